"""Two records side by side: what is equal, what differs, and what standing for both would show."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext

from accounts.actors import Actor
from crm.models import DuplicatePair, DuplicateRule, Person
from crm.models.person import LANGUAGES
from crm.panels.files import PersonFile, person_file


@dataclass(frozen=True)
class Row:
    """One thing of both records."""

    label: str
    first: list[str]
    second: list[str]

    @property
    def is_equal(self) -> bool:
        return bool(set(self.first) & set(self.second))

    @property
    def is_told(self) -> bool:
        return bool(self.first or self.second)


@dataclass(frozen=True)
class Comparison:
    """
    Both files, the rows to compare, and the choices of what the record that stands will show; of two that stand as one already, each
    record by itself, so that what was decided can be looked at again.
    """

    first: PersonFile
    second: PersonFile
    rows: list[Row]
    choices: dict[str, list[tuple[str, str]]]
    proposed: dict[str, Any]
    are_one: bool = False


@dataclass(frozen=True)
class PairLine:
    """A pair in the list of those that wait."""

    pair: DuplicatePair
    why: str
    taken_by: str = ""
    words: list[str] = field(default_factory=list)


def pair_lines(pairs: list[DuplicatePair], *, actor: Actor, now: datetime) -> list[PairLine]:
    """Return the lines of several pairs, without a further query."""
    return [
        PairLine(
            pair,
            why_suspected(pair),
            pair.taken_by.name
            if pair.taken_by
            and pair.taken_until
            and pair.taken_until > now
            and pair.taken_by_id != actor.user_id
            else "",
        )
        for pair in pairs
    ]


def why_suspected(pair: DuplicatePair) -> str:
    """Say why somebody or something thinks that two records are of one person."""
    if pair.rule is not None:
        return rule_title(pair.rule)
    if pair.reported_by is not None:
        return gettext("%(name)s said so") % {"name": pair.reported_by.name}
    return ""


def rule_title(rule: DuplicateRule) -> str:
    """Return a rule's title in the language of the page."""
    return rule.title_en if (get_language() or "es").startswith("en") else rule.title_es


def compare(pair: DuplicatePair, *, actor: Actor, now: datetime) -> Comparison:
    """Return two records side by side; the one with the longer history is proposed to stand for both."""
    are_one = pair.first.survivor_id == pair.second.survivor_id
    first = person_file(pair.first, actor=actor, now=now, alone=are_one)
    second = person_file(pair.second, actor=actor, now=now, alone=are_one)
    older = first if first.person.created_at <= second.person.created_at else second
    choices = {
        "name": _choices(first, second, first.name, second.name),
        "commune": _choices(first, second, _commune(first), _commune(second)),
        "language": _choices(first, second, _language(first.person), _language(second.person)),
    }
    proposed = {"survivor": older.person.pk, **dict.fromkeys(choices, str(older.person.pk))}
    return Comparison(first, second, _rows(first, second), choices, proposed, are_one)


def _rows(first: PersonFile, second: PersonFile) -> list[Row]:
    labels = dict.fromkeys(
        label for file in (first, second) for label in _told(file)
    )  # in the order in which files tell them
    mine, theirs = _told(first), _told(second)
    return [Row(label, mine.get(label, []), theirs.get(label, [])) for label in labels]


def _told(file: PersonFile) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for fact in [*file.numbers, *file.facts]:
        told.setdefault(fact.label, []).append(fact.value)
    for point in file.points:
        told.setdefault(point.label, []).append(point.value)
    for need in file.needs:
        told.setdefault(gettext("Needs"), []).append(need.label)
    return {label: list(dict.fromkeys(values)) for label, values in told.items()}


def _choices(first: PersonFile, second: PersonFile, one: str, other: str) -> list[tuple[str, str]]:
    return [
        (str(first.person.pk), one or gettext("not known")),
        (str(second.person.pk), other or gettext("not known")),
    ]


def _commune(file: PersonFile) -> str:
    home = getattr(file.person, "home", None)
    return home.commune.name if home else ""


def _language(person: Person) -> str:
    return str(LANGUAGES.get(person.language, person.language))
