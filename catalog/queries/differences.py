"""What changed between two sheets, word by word."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog import costs, sheets
from catalog.eligibility.words import named_rules
from catalog.queries.deciding_differences import deciding_differences
from catalog.queries.form_differences import form_differences
from catalog.queries.pieces import Difference, Piece, Place, both_languages, text_differences
from catalog.queries.topics import topic_titles
from catalog.queries.variants import place_words

__all__ = ["Difference", "differences"]

SECTION_NAMES = {
    "purpose": _("What it is for"),
    "who_may": _("Who may ask for it"),
    "validity": _("How long it is valid"),
    "good_to_know": _("Good to know"),
}
_LISTS = {
    "audience": _("For whom"),
    "life_events": _("Life events"),
    "themes": _("Themes"),
}
# What a procedure is, in one word each; where a sheet does not say, it is the second.
_KINDS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "applicant": (_("Who applies"), "person", sheets.APPLICANT_LABELS),
    "completeness": (_("Completeness"), "basic", sheets.COMPLETENESS_LABELS),
    "voice": (_("What people say of the service"), "", sheets.VOICE_LABELS),
    "right": (_("A right over one's data"), "", sheets.RIGHT_LABELS),
}


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return every text that differs between two sheets, in the order in which a sheet is read."""
    return [
        *text_differences(dict(_texts(before)), dict(_texts(after))),
        *_list_differences(before, after),
        *form_differences(before, after),
        *deciding_differences(before, after),
    ]


def _list_differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return, of each list of codes that differs, what was added and taken away; their order says nothing."""
    found = []
    for name, place in _LISTS.items():
        old, new = before.get(name) or [], after.get(name) or []
        if set(old) == set(new):
            continue
        codes = list(dict.fromkeys([*old, *new]))
        titles = topic_titles(name, codes)
        pieces: list[Piece] = []
        for code in codes:
            kind = "new" if code not in old else "same" if code in new else "gone"
            pieces += [*([Piece("same", ", ")] if pieces else []), Piece(kind, titles[code])]
        found.append(Difference(place, "", pieces))
    return found


def _texts(content: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """Return every text a person reads, by place and language; an amount or a link under no language."""
    yield from both_languages(_("Title"), content.get("title"))
    yield from both_languages(_("Summary"), content.get("summary"))
    for key, label in (("keywords", _("Keywords")), ("synonyms", _("Synonyms"))):
        words = content.get(key) or {}
        yield from both_languages(
            label, {code: ", ".join(map(str, words.get(code) or [])) for code in sheets.LANGUAGES}
        )
    yield (str(_("Related procedures")), ""), ", ".join(content.get("related") or [])
    for name, (label, unsaid, words) in _KINDS.items():
        value = content.get(name) or unsaid
        yield (str(label), ""), str(words.get(value, value))
    yield (str(_("Nobody must say who they are")), ""), str(_("Yes")) if content.get("anonymous") else ""
    for name, label in SECTION_NAMES.items():
        yield from both_languages(label, (content.get("sections") or {}).get(name))
    valid_for = sheets.validity_in(content.get("valid_for"))
    yield (str(SECTION_NAMES["validity"]), ""), valid_for.sentence if valid_for else ""
    for name, words in named_rules(content.get("eligibility")):
        yield (_("Who may get it: %(rule)s") % {"rule": name}, ""), words
    yield from _varying(content)
    for number, row in enumerate(content.get("legal_basis") or [], start=1):
        place = _("Legal basis %(number)s") % {"number": number}
        yield from both_languages(place, row.get("title"))
        yield (place, ""), row.get("url") or ""
    channels = content.get("channels") or {}
    for code in sheets.CHANNELS:
        if code in channels:
            yield from _channel(code, channels[code])
    yield from _variants(content.get("variants") or [])


def _varying(content: dict[str, Any], where: str = "") -> Iterator[tuple[Place, str]]:
    """What may be otherwise somewhere: there each place begins with `where`."""
    for number, row in enumerate(content.get("costs") or [], start=1):
        place = where + _("Cost %(number)s") % {"number": number}
        yield (place, ""), costs.written(row["amount"], row.get("currency") or "CLP")
        yield from both_languages(place, row.get("condition"))
    for row in content.get("requirements") or []:
        yield from _requirement(row, where)
    term = content.get("term") or {}
    yield from both_languages(where + _("How long it takes"), term.get("text"))
    yield (where + _("Term in business days"), ""), _number(term.get("business_days"))
    yield (where + _("Term in days of the calendar"), ""), _number(term.get("calendar_days"))


def _variants(rows: list[dict[str, Any]]) -> Iterator[tuple[Place, str]]:
    for number, (row, words) in enumerate(zip(rows, place_words(rows), strict=True), start=1):
        place = _("Done otherwise, %(number)s") % {"number": number}
        yield (place, ""), " · ".join(part for part in (words, row.get("url") or "") if part)
        yield from both_languages(place, row.get("text"))
        yield from _varying(row, where=f"{place}: ")


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _requirement(row: dict[str, Any], where: str) -> Iterator[tuple[Place, str]]:
    place = where + _("Requirement “%(code)s”") % {"code": row["code"]}
    yield from both_languages(place, row.get("label"))
    note = where + _("Note of requirement “%(code)s”") % {"code": row["code"]}
    yield from both_languages(note, row.get("note"))
    facts = [
        _("the State has it") if row.get("provided_by") == "state" else _("the citizen brings it"),
        _("always needed") if row.get("required", True) else _("needed in some situations"),
        _("asked as a file") if row.get("upload") else "",
        _("at most %(days)s days old") % {"days": row["valid_days"]} if row.get("valid_days") else "",
        sheets.document_name(row.get("document_type") or ""),
    ]
    yield (place, ""), ", ".join(str(fact) for fact in facts if fact)


def _channel(code: str, row: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    place = str(sheets.CHANNEL_LABELS.get(code, code))
    facts = [
        str(sheets.MODE_LABELS.get(row.get("mode") or "inform", "")),
        row.get("url") or "",
        str(_("%(minutes)s minutes") % {"minutes": row["minutes"]}) if row.get("minutes") else "",
    ]
    yield (place, ""), " · ".join(fact for fact in facts if fact)
    yield from both_languages(place, row.get("text"))
