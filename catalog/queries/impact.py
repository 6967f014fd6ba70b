"""What a new text of a sheet changes for people: what they bring, what they pay, how long they wait."""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Subquery, TextChoices
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog import costs
from catalog.models import ProcedureVersion, Publication
from catalog.queries.variants import place_words
from catalog.questionnaires.conditions import conditions_of
from catalog.questionnaires.question import Question, Questionnaire
from catalog.sheets import Cost, Requirement, Sheet, in_language, term_in_words
from catalog.sheets.variants import applied
from common import clock
from common.clock import ClockNow

Facts = dict[str, tuple[Any, ...]]
_LABEL = 3  # of the facts of a thing to bring (`_facts`)
_NUMBER = re.compile(r"\d+")
_NO_LETTER = re.compile(r"\W+")
NEWS_FOR = timedelta(days=90)  # so long the public page says what changed
NEWS_FOR_STAFF = timedelta(days=30)  # and so long the rooms in which it is explained


class Touch(TextChoices):
    """What of theirs a new text touches."""

    BRING = "bring", _("What you need")
    PAY = "pay", _("What it costs")
    WAIT = "wait", _("How long it takes")


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise now, in a sentence of the active language."""

    touch: Touch
    sentence: str


def touches(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what a new text touches, of `Touch`; empty where it changes nothing but words elsewhere."""
    return sorted({change.touch.value for change in changes_for_people(before, after)})


def changes_for_people(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """
    Return what people bring, pay or wait otherwise under `after` than under `before`, both of them validated sheets.

    The Spanish text decides, by its words: another translation, accent or comma changes nothing for anybody. What changes only where the
    sheet has a variant says where.
    """
    everywhere = _changes(Sheet(before), Sheet(after))
    said = list(everywhere)
    for places, was, now in _variants(before, after):
        there = _changes(Sheet(applied(before, was)), Sheet(applied(after, now)))
        said += [
            replace(
                change,
                sentence=gettext("In %(places)s: %(change)s") % {"places": places, "change": change.sentence},
            )
            for change in there
            if change not in everywhere
        ]
    return said


def changes_for_whom(
    before: dict[str, Any], after: dict[str, Any], *, answers: dict[str, Any], commune: str | None
) -> list[Change]:
    """
    Return what whoever applied brings, pays or waits otherwise: as it is done where they live, or at the agency they chose. Where that is not
    known yet, what changes anywhere.

    :param answers: of their application
    """
    if not commune:
        return changes_for_people(before, after)
    return _changes(Sheet(before).for_whom(answers, commune), Sheet(after).for_whom(answers, commune))


def _variants(
    before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """
    Return where either sheet is done otherwise, in words, with what held there and what holds now; empty: what holds everywhere.

    Places that had one variant and have one now stand together.
    """
    was, now = _by_place(before), _by_place(after)
    together: dict[str, list[tuple[str, str]]] = {}
    pairs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for place in {**was, **now}:
        pair = (was.get(place, {}), now.get(place, {}))
        if pair[0] != pair[1]:
            key = json.dumps(pair, sort_keys=True)
            pairs[key] = pair
            together.setdefault(key, []).append(place)
    return [(_named(places), *pairs[key]) for key, places in together.items()]


def _by_place(content: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what differs in each commune and with each agency of which a sheet says that it is done otherwise."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in content.get("variants") or []:
        own = {key: value for key, value in row.items() if key not in {"communes", "agency"}}
        for commune in row.get("communes") or []:
            found["commune", commune] = own
        if row.get("agency"):
            found["agency", row["agency"]] = own
    return found


def _named(places: list[tuple[str, str]]) -> str:
    communes = [code for kind, code in places if kind == "commune"]
    rows = [{"communes": communes}] if communes else []
    return ", ".join(place_words([*rows, *({"agency": code} for kind, code in places if kind == "agency")]))


def _changes(old: Sheet, new: Sheet) -> list[Change]:
    return [
        *(Change(Touch.BRING, sentence) for sentence in _bring(old, new)),
        *(Change(Touch.PAY, sentence) for sentence in _pay(old, new)),
        *(Change(Touch.WAIT, sentence) for sentence in _wait(old, new)),
    ]


def _bring(old: Sheet, new: Sheet) -> list[str]:
    before, after = _asked(old), _asked(new)
    facts_before, facts_after = _facts(old), _facts(new)
    was = {now: code for code, now in _codes_now(facts_before, facts_after).items()}
    said = []
    for code, row in after.items():
        if code not in was:
            said.append(
                gettext("Bring this too: %(what)s") % {"what": row.label}
                if row.required
                else gettext("In some situations, bring this too: %(what)s") % {"what": row.label}
            )
        elif facts_before[was[code]] != facts_after[code]:
            said.append(_otherwise(before[was[code]], row))
    gone = [row for code, row in before.items() if code not in was.values()]
    return said + [
        gettext("You need not bring this any more: %(what)s") % {"what": row.label} for row in gone
    ]


def _codes_now(before: Facts, after: Facts) -> dict[str, str]:
    """
    The code that each thing to bring has now, for those that are there: under the same words it is the same thing to everybody, whatever its
    code; else under its code, unless that is another's now.
    """
    found = {code: code for code in before if code in after and before[code][_LABEL] == after[code][_LABEL]}
    for code, facts in before.items():
        named = [one for one in after if one not in found.values() and after[one][_LABEL] == facts[_LABEL]]
        if code not in found and named:
            found[code] = named[0]
    for code in before:
        if code not in found and code in after and code not in found.values():
            found[code] = code
    return found


def _otherwise(before: Requirement, after: Requirement) -> str:
    if after.required and not before.required:
        return gettext("Everybody brings this now: %(what)s") % {"what": after.label}
    if before.required and not after.required:
        return gettext("Only in some situations you bring this now: %(what)s") % {"what": after.label}
    if after.upload and not before.upload:
        return gettext("This is asked as a file online now: %(what)s") % {"what": after.label}
    if before.upload and not after.upload:
        return gettext("This is not asked as a file online any more: %(what)s") % {"what": after.label}
    if after.valid_days and after.valid_days != before.valid_days:
        return ngettext(
            "This must be at most %(days)d day old now: %(what)s",
            "This must be at most %(days)d days old now: %(what)s",
            after.valid_days,
        ) % {"days": after.valid_days, "what": after.label}
    return gettext("What is asked here changed: %(what)s") % {"what": after.label}


def _asked(sheet: Sheet) -> dict[str, Requirement]:
    """
    What people bring themselves, by its code; what the State holds is none of their trouble. What the form asks as a file is a thing to
    bring too, whether or not the sheet lists it.
    """
    files = _files(sheet)
    listed = {
        row.code: replace(row, upload=row.upload or row.code in files)
        for row in sheet.requirements
        if row.provided_by == "citizen"
    }
    unlisted = {
        code: Requirement(code, file.label, file.hint, "citizen", not conditions_of(file.row), True, None)
        for code, file in files.items()
        if code not in listed
    }
    return listed | unlisted


def _files(sheet: Sheet) -> dict[str, Question]:
    """The questions that must be answered with a file, by the code of what they ask for."""
    asked = Questionnaire(sheet.content).questions
    return {one.requirement: one for one in asked if one.kind == "file" and one.required}


def _facts(sheet: Sheet) -> Facts:
    """What of each thing to bring would be news, in the words of the Spanish text."""
    with translation.override("es"):
        return {
            code: (
                row.required,
                row.upload,
                row.valid_days,
                _words(row.label),
                _words(row.note),
            )
            for code, row in _asked(sheet).items()
        }


def _pay(old: Sheet, new: Sheet) -> list[str]:
    if _prices(old) == _prices(new):
        return []
    if not new.costs:
        return [gettext("What it costs is not known to us any more: ask before you begin.")]
    now = "; ".join(_price(cost) for cost in new.costs)
    if len(old.costs) == len(new.costs) == 1:
        return [
            gettext("It costs %(now)s; before, %(before)s.") % {"now": now, "before": _price(old.costs[0])}
        ]
    return [gettext("It costs now: %(now)s.") % {"now": now}]


def _prices(sheet: Sheet) -> set[tuple[Any, ...]]:
    rows = sheet.content.get("costs") or []
    if rows and not any(row["amount"] for row in rows):
        return {(0, "", "")}  # free for everybody, whatever is said of it
    return {(row["amount"], row.get("currency", "CLP"), _words(row.get("condition"))) for row in rows}


def _price(cost: Cost) -> str:
    amount = costs.written(cost.amount, cost.currency)
    return f"{amount} ({cost.condition})" if cost.condition else amount


def _wait(old: Sheet, new: Sheet) -> list[str]:
    if _stage_terms(old) == _stage_terms(new) and _is_same_term(old, new):
        return []
    now, before = term_words(new).rstrip("."), term_words(old).rstrip(".")
    if now == before:
        now, before = new.term_text.rstrip("."), old.term_text.rstrip(".")
    if now and before and now != before:
        return [gettext("It takes: %(now)s. Before: %(before)s.") % {"now": now, "before": before}]
    if now and now != before:
        return [gettext("It takes: %(now)s.") % {"now": now}]
    return [gettext("How long it takes changed.")]


def _is_same_term(old: Sheet, new: Sheet) -> bool:
    """
    Whether two sheets say that it takes as long: by their numbers where both have some, those that their words tell besides among them, else
    by their words.
    """
    numbers, said, besides = [], [], []
    for sheet in (old, new):
        numbers.append((sheet.term_business_days, sheet.term_calendar_days))
        said.append(_words((sheet.content.get("term") or {}).get("text")))
        besides.append(set(_NUMBER.findall(said[-1])) - {str(number) for number in numbers[-1]})
    has_numbers = [any(number is not None for number in pair) for pair in numbers]
    if all(has_numbers):
        return numbers[0] == numbers[1] and besides[0] == besides[1]
    # A number that comes to stand beside the same words is news to nobody.
    return said[0] == said[1] and (said[0] != "" or not any(has_numbers))


def _stage_terms(sheet: Sheet) -> list[tuple[int, int, int]]:
    """How long each part may take, whoever decides it: of another agency nobody waits longer."""
    return sorted(
        (row.order, row.term_business_days or -1, row.term_calendar_days or -1) for row in sheet.stages
    )


def term_words(sheet: Sheet) -> str:
    """Return how long a sheet says that it takes, in the active language; empty where it says nothing."""
    return term_in_words(sheet.content.get("term") or {}) or sheet.term_text


def _words(pair: Any) -> str:
    """Return the words of a Spanish text without accents, marks and capitals."""
    bare = unicodedata.normalize("NFKD", in_language(pair, "es").casefold())
    return _NO_LETTER.sub(" ", "".join(one for one in bare if not unicodedata.combining(one))).strip()


@dataclass(frozen=True)
class RecentChange:
    """What the public text changed for people, and since when."""

    since: date
    changes: list[Change]


def recent_change(procedure_id: UUID, *, within: timedelta = NEWS_FOR) -> RecentChange | None:
    """Return the last change for people of a procedure; None: none within so long."""
    told = Publication.objects.filter(
        procedure=procedure_id, begun_at__gte=clock.now() - within, tells=True, replaces__isnull=False
    )
    latest = told.exclude(touches=[]).select_related("version", "replaces").order_by("-begun_at").first()
    if latest is None or latest.begun_at is None or latest.replaces is None:
        return None
    changes = changes_for_people(latest.replaces.content, latest.version.content)
    return RecentChange(clock.local_date(latest.begun_at, settings.TIME_ZONE), changes)


def changes_since(version_id: UUID, *, answers: dict[str, Any], commune: str | None) -> list[Change]:
    """
    Return what whoever applied under a text of a procedure brings, pays or waits otherwise under the public one (`changes_for_whom`); nothing
    where none of the texts that came after it was to be told of.
    """
    public = ProcedureVersion.objects.published().filter(procedure__versions=version_id)
    public_id = public.values_list("pk", flat=True).first()
    if public_id is None or public_id == version_id or not _is_told_since(version_id):
        return []
    content = ProcedureVersion.objects.in_bulk([version_id, public_id])
    return changes_for_whom(
        content[version_id].content, content[public_id].content, answers=answers, commune=commune
    )


def _is_told_since(version_id: UUID) -> bool:
    """Whether one of the texts that became public after a version tells those it touches."""
    own = Publication.objects.filter(version=version_id).order_by("-during__startswith")
    later = Publication.objects.filter(
        procedure__versions=version_id,
        during__startswith__gt=Subquery(own.values("during__startswith")[:1]),
        during__startswith__lte=ClockNow(),
    )
    return later.filter(tells=True).exclude(touches=[]).exists()
