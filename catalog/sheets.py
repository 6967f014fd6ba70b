"""
The sheet: what one version of a procedure says, as data (docs/catalogue-format.md).

`validated()` is the only way in: an editor's screen, the reference files and the importer all pass through it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog import costs, shape, text
from catalog.eligibility import grammar
from catalog.eligibility.words import Rule, rules_in_words
from catalog.questionnaires import definition
from common.errors import DomainError

LANGUAGES = ("es", "en")
SECTIONS = ("purpose", "who_may", "validity", "good_to_know")
CHANNELS = ("online", "office", "phone", "mobile", "mail", "consulate")
MODES = ("inform", "start", "complete")
# The rights of a person over their data (Ley 19.628 as amended by Ley 21.719, arts. 4 to 9): what a case of the sheet asks for.
VOICES = (
    "complaint",
    "suggestion",
    "compliment",
)  # what people say of the service: each a procedure with a term of its own
RIGHTS = ("access", "rectification", "suppression", "opposition", "portability", "blocking")
PROVIDERS = ("citizen", "state")
APPLICANTS = ("person", "organisation", "household")
CHANNEL_LABELS = {
    "online": _("Online"),
    "office": _("At an office"),
    "phone": _("By phone, line 101"),
    "mobile": _("At a mobile office"),
    "mail": _("By mail"),
    "consulate": _("At a consulate"),
}
MODE_LABELS = {
    "inform": _("You get information here"),
    "start": _("You start here"),
    "complete": _("You can do all of it here"),
}
# The level each act needs on each channel where a sheet does not say (design of identity levels: 100 declared … 600 e-ID).
HOUSE_LEVELS = {
    "web": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "office": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "mobile": {"inform": 0, "submit": 100, "status": 100, "answer": 100},
    "phone": {"inform": 0, "submit": 100, "status": 300, "answer": 300},
}
LIKE_OFFICE = (
    "mobile"  # a channel of ours that a sheet need not name: what it says of offices holds there too
)
RIGHT_NEEDS = (
    300  # a right over one's data is filed by whoever surely is that person, whatever a sheet leaves out
)
MAX_TEXT = 20_000
# What a whole sheet says of its procedure, and the form, which is compiled.
NOT_OF_THE_TEXT = {"form", "code", "slug", "agency", "popularity", "version"}


class SheetInvalid(DomainError):
    """A sheet breaks a rule; `problems` lists (place, sentence)."""

    code = "invalid-sheet"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


@dataclass(frozen=True)
class Requirement:
    """One line of “what you need”."""

    code: str
    label: str
    note: str
    provided_by: str
    required: bool
    upload: bool
    valid_days: int | None
    document_type: str = ""  # which document it is, whatever a sheet calls it


@dataclass(frozen=True)
class Cost:
    """An amount and when it applies; currency is an ISO 4217 code or UF/UTM."""

    amount: float
    currency: str
    condition: str

    @property
    def is_free(self) -> bool:
        return self.amount == 0


@dataclass(frozen=True)
class ChannelGuide:
    """How to do it on one channel."""

    code: str
    label: str
    mode: str
    mode_label: str
    html: SafeString
    url: str
    minutes: int | None


@dataclass(frozen=True)
class StageRow:
    """
    An agency's part in deciding: order, whether it is required, its term in business days or in days of the calendar.

    `addressed_by` is the question whose answer is another agency's code, where the applicant says to whom it goes.
    """

    agency: str
    order: int
    required: bool
    term_business_days: int | None
    term_calendar_days: int | None = None
    addressed_by: str = ""


@dataclass(frozen=True)
class LegalBasis:
    title: str
    url: str


def in_language(pair: Any, language: str | None = None) -> str:
    """Return the text of a `{es, en}` pair in a language (default: the active one), Spanish where it lacks."""
    if not isinstance(pair, dict):
        return str(pair or "")
    code = (language or get_language() or "es")[:2]
    return str(pair.get(code) or pair.get("es") or pair.get("en") or "")


class Sheet:
    """A validated sheet, read in the active language."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def _text(self, *path: str) -> str:
        value: Any = self.content
        for step in path:
            value = (value or {}).get(step)
        return in_language(value)

    @property
    def title(self) -> str:
        return self._text("title")

    @property
    def summary(self) -> str:
        return self._text("summary")

    @property
    def applicant(self) -> str:
        return str(self.content.get("applicant", "person"))

    def section(self, name: str) -> SafeString:
        """Return one section as safe HTML, empty when the sheet lacks it."""
        return text.render(self._text("sections", name))

    @property
    def purpose(self) -> SafeString:
        return self.section("purpose")

    @property
    def who_may(self) -> SafeString:
        return self.section("who_may")

    @property
    def validity(self) -> SafeString:
        return self.section("validity")

    @property
    def good_to_know(self) -> SafeString:
        return self.section("good_to_know")

    @property
    def requirements(self) -> list[Requirement]:
        return [
            Requirement(
                code=row["code"],
                label=in_language(row["label"]),
                note=in_language(row.get("note")),
                provided_by=row.get("provided_by", "citizen"),
                required=row.get("required", True),
                upload=row.get("upload", False),
                valid_days=row.get("valid_days"),
                document_type=row.get("document_type") or "",
            )
            for row in self.content.get("requirements", [])
        ]

    @property
    def costs(self) -> list[Cost]:
        return [
            Cost(row["amount"], row.get("currency", "CLP"), in_language(row.get("condition")))
            for row in self.content.get("costs", [])
        ]

    @property
    def term_text(self) -> str:
        return self._text("term", "text")

    @property
    def term_business_days(self) -> int | None:
        return (self.content.get("term") or {}).get("business_days")

    @property
    def term_calendar_days(self) -> int | None:
        return (self.content.get("term") or {}).get("calendar_days")

    @property
    def right(self) -> str:
        """The right over their data that a case asks for, empty for every other procedure."""
        return str(self.content.get("right") or "")

    @property
    def legal_basis(self) -> list[LegalBasis]:
        return [
            LegalBasis(in_language(row["title"]), row.get("url", ""))
            for row in self.content.get("legal_basis", [])
        ]

    @property
    def channels(self) -> list[ChannelGuide]:
        """The ways to do it, in the house's order."""
        rows = self.content.get("channels", {})
        return [
            ChannelGuide(
                code=code,
                label=str(CHANNEL_LABELS[code]),
                mode=rows[code].get("mode", "inform"),
                mode_label=str(MODE_LABELS[rows[code].get("mode", "inform")]),
                html=text.render(in_language(rows[code].get("text"))),
                url=rows[code].get("url", ""),
                minutes=rows[code].get("minutes"),
            )
            for code in CHANNELS
            if code in rows
        ]

    @property
    def stages(self) -> list[StageRow]:
        return [
            StageRow(
                row["agency"],
                row.get("order", 1),
                row.get("required", True),
                row.get("term_business_days"),
                row.get("term_calendar_days"),
                row.get("addressed_by") or "",
            )
            for row in self.content.get("stages", [])
        ]

    @property
    def has_form(self) -> bool:
        return bool(self.content.get("form", {}).get("ui", {}).get("questions"))

    @property
    def eligibility(self) -> dict[str, Any] | None:
        """The rules of who may get it, where the sheet has them (`catalog.eligibility`)."""
        return self.content.get("eligibility") or None

    @property
    def rules(self) -> list[Rule]:
        """The same in words."""
        return rules_in_words(self.eligibility)

    @property
    def sources(self) -> list[dict[str, Any]]:
        return list(self.content.get("sources", []))

    @property
    def related(self) -> list[str]:
        """The numbers of the procedures it points to; never followed any further, so that cycles do no harm."""
        return list(self.content.get("related") or [])

    @property
    def questions_for_agency(self) -> list[str]:
        return [in_language(row) for row in self.content.get("questions_for_agency", [])]

    def level(self, channel: str, act: str) -> int:
        """
        Return the identity level (0 to 600) that an act needs on a channel.

        A channel outside this house, which no sheet can name, needs the highest level that the sheet sets for the act on any channel.
        """
        levels = self.content.get("levels") or {}
        named = levels.get(channel) or (levels.get("office") if channel == LIKE_OFFICE else None) or {}
        if act in named:
            needed = int(named[act])
        elif channel in HOUSE_LEVELS:
            needed = HOUSE_LEVELS[channel].get(act, 100)
        else:
            needed = max((int((row or {}).get(act) or 0) for row in levels.values()), default=0)
            needed = max(needed, 0 if act == "inform" else 100)
        return max(needed, RIGHT_NEEDS) if self.right and act == "submit" else needed

    @property
    def is_taken_outside(self) -> bool:
        """
        Whether an application can be begun in a channel outside this house: it has a form, can be begun on the web too, and asks for no
        more than that people say who they are.
        """
        online = (self.content.get("channels") or {}).get("online") or {}
        return self.has_form and online.get("mode", "inform") != "inform" and self.level("", "submit") <= 100


def validated(data: Any) -> dict[str, Any]:
    """
    Return the sheet in its stored form, the form compiled.

    :raises SheetInvalid: with every problem found, each with its place
    """
    if unreadable := shape.faults(data):
        raise SheetInvalid(unreadable)
    problems: list[tuple[str, str]] = []
    problems += _check_plain(data)
    problems += _check_pairs(data)
    problems += _check_rows(data)
    problems += _check_terms(data)
    problems += _check_related(data)
    content = {
        key: value for key, value in data.items() if key not in NOT_OF_THE_TEXT and key != "eligibility"
    }
    try:
        content |= _checked_rules(data)
    except grammar.RulesInvalid as error:
        problems += error.problems
    try:
        content["form"] = _compiled_form(data)
    except definition.FormInvalid as error:
        problems += [(f"form.{place}" if place else "form", sentence) for place, sentence in error.problems]
    except (AttributeError, KeyError, TypeError):  # left blank where the compiler asks for something
        problems.append(("form", gettext("can not be read: see how a form is written")))
    if problems:
        raise SheetInvalid(problems)
    stored: dict[str, Any] = _jsonable(content)
    return stored


def _compiled_form(data: dict[str, Any]) -> dict[str, Any]:
    form = data.get("form") or {}
    if isinstance(form, dict):  # already compiled: an editor saved a sheet whose form did not change
        return definition.compiled(form.get("ui", {}).get("questions", []))
    return definition.compiled(form)


def _checked_rules(data: dict[str, Any]) -> dict[str, Any]:
    rules = data.get("eligibility")
    if rules is None or rules == {}:
        return {}
    return {"eligibility": grammar.validated(rules, applicant=str(data.get("applicant", "person")))}


def _check_plain(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if data.get("applicant", "person") not in APPLICANTS:
        yield "applicant", _one_of(APPLICANTS)
    if data.get("completeness", "basic") not in {"full", "basic"}:
        yield "completeness", _one_of(("full", "basic"))
    for name in (
        "requirements",
        "costs",
        "legal_basis",
        "stages",
        "sources",
        "questions_for_agency",
        "keywords_list",
    ):
        if name in data and not isinstance(data[name] or [], list):
            yield name, gettext("must be a list")


def _one_of(known: tuple[str, ...]) -> str:
    return gettext("must be one of %(known)s") % {"known": ", ".join(known)}


def _at_most(most: int) -> str:
    return gettext("must be at most %(most)s characters") % {"most": most}


def _spanish(pair: Any) -> str:
    return str((pair.get("es") if isinstance(pair, dict) else pair) or "").strip()


def _check_pairs(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("title", "summary"):
        if not _spanish(data.get(name)):
            yield name, gettext("must have a Spanish text")
    if len(in_language(data.get("title"), "es")) > 250:
        yield "title", _at_most(250)
    for path, value in _texts({key: value for key, value in data.items() if key != "eligibility"}):
        if len(value) > MAX_TEXT:
            yield path, _at_most(MAX_TEXT)
    if not _spanish((data.get("sections") or {}).get("purpose")):
        yield "sections.purpose", gettext("must say what the procedure is for")


def _check_rows(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seen = set()
    for index, row in enumerate(data.get("requirements") or []):
        code = row.get("code", "") if isinstance(row, dict) else ""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", str(code)) or code in seen:
            yield (
                f"requirements[{index}].code",
                gettext("must be lower case, unique, at most 60 characters"),
            )
        seen.add(code)
        if (row.get("provided_by") or "citizen") not in PROVIDERS:
            yield f"requirements[{index}].provided_by", _one_of(PROVIDERS)
        kind = row.get("document_type") if isinstance(row, dict) else None
        if kind and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", str(kind)):
            yield (
                f"requirements[{index}].document_type",
                gettext("must be lower case letters, numbers and dashes, at most 60"),
            )
    for index, row in enumerate(data.get("costs") or []):
        if not isinstance(row, dict) or not isinstance(row.get("amount"), int | float) or row["amount"] < 0:
            yield f"costs[{index}].amount", gettext("must be a number, 0 for free")
        elif (row.get("currency") or "CLP") not in costs.CURRENCIES:
            yield f"costs[{index}].currency", _one_of(costs.CURRENCIES)
    for code, guide in (data.get("channels") or {}).items() if isinstance(data.get("channels"), dict) else []:
        if code not in CHANNELS:
            yield f"channels.{code}", _one_of(CHANNELS)
        elif not isinstance(guide, dict) or guide.get("mode", "inform") not in MODES:
            yield f"channels.{code}.mode", _one_of(MODES)
        elif not _is_link(guide.get("url", "")):
            yield f"channels.{code}.url", gettext("must be an http(s) address")
    for index, row in enumerate(data.get("legal_basis") or []):
        if not isinstance(row, dict) or not _is_link(row.get("url", "")):
            yield f"legal_basis[{index}].url", gettext("must be an http(s) address")


def _check_terms(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, known in (("right", RIGHTS), ("voice", VOICES)):
        if data.get(name) and data[name] not in known:
            yield name, _one_of(known)
    term = data.get("term")
    stages = data.get("stages")
    places = [("term", term, "")] if isinstance(term, dict) else []
    places += [
        (f"stages[{index}]", row, "term_")
        for index, row in enumerate(stages if isinstance(stages, list) else [])
        if isinstance(row, dict)
    ]
    for place, row, prefix in places:
        calendar = row.get(f"{prefix}calendar_days")
        if calendar is None:
            continue
        if not isinstance(calendar, int) or isinstance(calendar, bool) or not 0 <= calendar <= 2000:
            yield f"{place}.{prefix}calendar_days", gettext("must be a number of days")
        if row.get(f"{prefix}business_days") is not None:
            yield (
                f"{place}.{prefix}calendar_days",
                gettext("must stand alone: a term counts business days or every day"),
            )


def _check_related(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seen = {str(data.get("code") or "")}
    for index, code in enumerate(data.get("related") or []):
        if code in seen:
            yield f"related[{index}]", gettext("must be another procedure, and each once")
        seen.add(code)


def _is_link(url: Any) -> bool:
    return not url or text.is_address(url)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]")


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_jsonable(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)  # dates in sources
