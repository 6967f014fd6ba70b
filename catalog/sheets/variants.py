"""
The same procedure done otherwise by some municipalities or by one agency: what differs there, and nothing else.

A variant names its communes or its agency, and may have words, a term and an address of its own, costs instead of the common ones, and
papers besides the common ones. The form and who decides are those of everybody; a term of its own binds whoever decides alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from catalog import text
from catalog.sheets.row_checks import cost_faults, is_link, requirement_faults, spanish, term_faults
from catalog.sheets.rows import Cost, Requirement, costs_in, in_language, requirements_in, term_in_words

DIFFERING = ("text", "costs", "requirements", "url")
DAYS = {
    "business_days": "term_business_days",
    "calendar_days": "term_calendar_days",
}  # a term's, and an agency's


@dataclass(frozen=True)
class Variant:
    """What differs somewhere, in the active language."""

    communes: tuple[str, ...]
    agency: str
    html: SafeString
    costs: list[Cost]
    requirements: list[Requirement]
    term_text: str
    url: str
    content: dict[str, Any]

    @property
    def requirement_codes(self) -> set[str]:
        return {row.code for row in self.requirements}


def variants_in(rows: list[dict[str, Any]] | None) -> list[Variant]:
    return [
        Variant(
            communes=tuple(row.get("communes") or ()),
            agency=row.get("agency") or "",
            html=text.render(in_language(row.get("text"))),
            costs=costs_in(row.get("costs") or []),
            requirements=requirements_in(row.get("requirements") or []),
            term_text=in_language(_term_of(row).get("text")) or term_in_words(_term_of(row)),
            url=row.get("url") or "",
            content=row,
        )
        for row in rows or []
    ]


def applied(content: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    """Return a sheet's content as it is where a variant of it holds."""
    made = {**content}
    if variant.get("costs"):
        made["costs"] = variant["costs"]
    if variant.get("requirements"):
        made["requirements"] = [*(content.get("requirements") or []), *variant["requirements"]]
    if term := _term_of(variant):
        made["term"] = term
        stages = content.get("stages") or []
        if len(stages) == 1 and (days := {key: term[key] for key in DAYS if term.get(key)}):
            rest = {key: value for key, value in stages[0].items() if key not in DAYS.values()}
            made["stages"] = [rest | {DAYS[key]: count for key, count in days.items()}]
    online = (content.get("channels") or {}).get("online")
    if variant.get("url") and online is not None:
        made["channels"] = {**content["channels"], "online": {**online, "url": variant["url"]}}
    return made


def _term_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the term of its own, empty where it says none."""
    term = row.get("term") or {}
    said = [term.get("business_days"), term.get("calendar_days"), in_language(term.get("text"), "es") or None]
    return term if any(part is not None for part in said) else {}


def faults_of(rows: Any, codes: set[Any]) -> Iterator[tuple[str, str]]:
    """
    Return (place, sentence) of what can not be meant.

    :param codes: of the papers that everybody needs
    """
    seen: set[str] = set()
    for index, row in enumerate(rows or []):
        place = f"variants[{index}]"
        communes, agency = row.get("communes") or [], row.get("agency") or ""
        if bool(communes) == bool(agency):
            yield f"{place}.communes", gettext("must name communes, or else one agency")
        for name, code in [
            *(("communes", code) for code in communes),
            *([("agency", agency)] if agency else []),
        ]:
            if f"{name} {code}" in seen:
                yield (
                    f"{place}.{name}",
                    gettext("%(code)s has a variant already: each has one") % {"code": code},
                )
            seen.add(f"{name} {code}")
        if not _term_of(row) and not any(row.get(part) for part in DIFFERING):
            yield f"{place}.text", gettext("must say what differs")
        elif row.get("text") and not spanish(row["text"]):
            yield f"{place}.text", gettext("must have a Spanish text")
        if not is_link(row.get("url")):
            yield f"{place}.url", gettext("must be an http(s) address")
        yield from cost_faults(row.get("costs"), f"{place}.costs")
        yield from requirement_faults(row.get("requirements"), f"{place}.requirements", set(codes))
        yield from term_faults(row.get("term") or {}, f"{place}.term")
