"""What a procedure's page answers before any scrolling, worked out from its sheet."""

import json
import re
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from catalog import text
from catalog.models import ProcedureVersion
from catalog.queries.impact import term_words
from catalog.sheets import ChannelGuide, Cost, Sheet, in_language
from common import wording

_SENTENCE = re.compile(r"(?<=[.!?])\s")
SHORT = 70  # characters of an answer that fit on the first screen of a phone
GLYPHS = {"online": "web", "consulate": "agency"}


@dataclass(frozen=True)
class Way:
    """One way to do it; `why_quickest` is set on the quickest alone."""

    guide: ChannelGuide
    glyph: str
    why_quickest: str


@dataclass(frozen=True)
class Facts:
    """The short answers; one that is empty takes more words than fit, and is read further down."""

    for_whom: str
    cost: str
    cost_note: str
    term: str
    bring: str


def can_apply_online(version: ProcedureVersion) -> bool:
    """Whether the application can be filled in and filed on these pages."""
    return version.has_form and version.sheet.level("web", "submit") <= 100


def facts_of(sheet: Sheet) -> Facts:
    """Return the short answers of a sheet in the active language."""
    cost, note = _cost(sheet)
    return Facts(for_whom=_for_whom(sheet), cost=cost, cost_note=note, term=_term(sheet), bring=_bring(sheet))


def _for_whom(sheet: Sheet) -> str:
    """Return the first sentence of who may ask for it, when it is short enough to stand alone."""
    words = text.plain(in_language((sheet.content.get("sections") or {}).get("who_may")))
    first = _SENTENCE.split(words)[0] if words else ""
    return first if first.endswith(".") and len(first) <= SHORT else ""


def _cost(sheet: Sheet) -> tuple[str, str]:
    costs = sheet.costs
    if not costs:
        return gettext("Not known to us"), ""
    lowest = min(costs, key=lambda cost: cost.amount)
    if len(costs) == 1:
        return said_cost(lowest), lowest.condition
    if all(cost.is_free for cost in costs):
        return gettext("Free"), ""
    if lowest.is_free:
        return gettext("Free or paid"), gettext("It depends on your situation.")
    return gettext("From %(amount)s") % {"amount": said_cost(lowest)}, gettext(
        "It depends on your situation."
    )


def said_cost(cost: Cost) -> str:
    """Return an amount as people write it."""
    if cost.is_free:
        return gettext("Free")
    if cost.currency == "CLP":
        return wording.money(cost.amount)
    return f"{wording.number(cost.amount, 0 if cost.amount == int(cost.amount) else 2)} {cost.currency}"


def _term(sheet: Sheet) -> str:
    words = term_words(sheet)
    if not words:
        return gettext("No term is stated")
    return words if len(words) <= SHORT else ""


def _bring(sheet: Sheet) -> str:
    needed = sum(1 for row in sheet.requirements if row.provided_by == "citizen" and row.required)
    some = sum(1 for row in sheet.requirements if row.provided_by == "citizen" and not row.required)
    if needed:
        return ngettext("%(count)d thing", "%(count)d things", needed) % {"count": needed}
    return gettext("It depends on your situation.") if some else gettext("Nothing")


def ways_of(sheet: Sheet) -> list[Way]:
    """Return the ways to do it; the quickest is marked among those where one gets furthest, and told why."""
    guides = sheet.channels
    quickest = _quickest(guides)
    return [
        Way(guide, GLYPHS.get(guide.code, guide.code), _why(guide, guides) if guide is quickest else "")
        for guide in guides
    ]


def _quickest(guides: list[ChannelGuide]) -> ChannelGuide | None:
    for mode in ("complete", "start"):
        timed = [guide for guide in guides if guide.mode == mode and guide.minutes]
        if len([guide for guide in guides if guide.mode == mode]) > 0:
            return min(timed, key=lambda guide: guide.minutes or 0, default=None)
    return None


def _why(quickest: ChannelGuide, guides: list[ChannelGuide]) -> str:
    others = [
        guide.minutes
        for guide in guides
        if guide.mode == quickest.mode and guide.minutes and guide is not quickest
    ]
    if not others:
        return (
            gettext("The quickest: the only way to do all of it.")
            if quickest.mode == "complete"
            else gettext("The quickest way to start.")
        )
    return (
        gettext("The quickest: about %(less)d minutes less than the next.")
        % {"less": min(others) - (quickest.minutes or 0)}
        if min(others) > (quickest.minutes or 0)
        else gettext("The quickest.")
    )


def linked_data(version: ProcedureVersion, url: str) -> str:
    """Return the page as schema.org data, safe to stand inside a script element."""
    sheet = version.sheet
    data = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": sheet.title,
        "description": text.plain(sheet.summary),
        "identifier": version.procedure.code,
        "url": url,
        "serviceOperator": {"@type": "GovernmentOrganization", "name": version.procedure.agency.name},
        "areaServed": {"@type": "Country", "name": "Chile"},
    }
    return (
        json.dumps(data, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    )
