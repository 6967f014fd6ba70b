"""
What is held about people, and what becomes of it: every column with words or personal data, registered by the app that owns it.

An app says from `AppConfig.ready()` what of it goes with a person, a case or a contact, what has a rule of its own, and what holds
nothing of a citizen; which rows a retention rule reaches (`Subject`); and what it adds to the export of a person (`Section`). A test walks
every model and finds the column nobody spoke for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise


class Fate(StrEnum):
    """When a column is emptied."""

    PERSON = "person"  # with the person
    CASE = "case"  # with the case, part by part
    CONTACT = "contact"  # with the contact
    OWN = "own"  # by a rule of its own: nobody knows whose it is
    KEPT = "kept"  # never; `why` says so


@dataclass(frozen=True)
class Column:
    """One column, as `app.Model.field`, and what becomes of it."""

    name: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True)
class Subject:
    """
    What a retention rule reaches.

    `due` selects the ids of rows older than `%(before)s`, without order or limit, from one table under the alias `t`; `redact` calls the
    owner's function with `%(ids)s`. `subject_kind` is set where each row has a history of its own that tells of it.
    """

    code: str
    due: str
    redact: str
    key: str = "uuid"
    subject_kind: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a person's export: `gather` is given the person and returns rows without anybody else's data."""

    code: str
    title: str | Promise
    gather: Callable[[Any], list[dict[str, Any]]]
    position: int = 50


_columns: dict[str, Column] = {}
_subjects: dict[str, Subject] = {}
_sections: dict[str, Section] = {}


def register(model: str, fate: Fate, *fields: str, why: str = "") -> None:
    """Say what becomes of columns of a model (`app.Model`); what is kept says why."""
    for field in fields:
        name = f"{model}.{field}"
        _columns[name] = Column(name, fate, why)


def nothing_of_citizens(*models: str) -> None:
    """Say that models hold codes, texts of the State or the names of its staff, and nothing a citizen said."""
    for model in models:
        register(model, Fate.KEPT, "*", why="nothing of a citizen")


def register_subject(*subjects: Subject) -> None:
    """Make known what rules can reach."""
    _subjects.update({subject.code: subject for subject in subjects})


def register_section(*sections: Section) -> None:
    """Add parts to every export."""
    _sections.update({section.code: section for section in sections})


def column(name: str) -> Column | None:
    """Return what was said of a column (`app.Model.field`), or of all of its model."""
    return _columns.get(name) or _columns.get(f"{name.rpartition('.')[0]}.*")


def columns() -> list[Column]:
    """Return all that was said."""
    return list(_columns.values())


def subject(code: str) -> Subject:
    """Return what a rule reaches; a rule of an unknown subject is a programmer's error."""
    return _subjects[code]


def subjects() -> list[Subject]:
    """Return everything that rules can reach."""
    return list(_subjects.values())


def sections() -> list[Section]:
    """Return the parts of an export in order."""
    return sorted(_sections.values(), key=lambda section: section.position)
