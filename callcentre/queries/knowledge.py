"""
Questions only the person can answer, built from what we know of them surely.

Whoever knows somebody's RUN can file something in their name, and would be asked what they wrote themselves. So only that is
asked which was learnt at level 300 or more, still holds, and is some weeks old. Which two are asked follows from the contact, so
that looking again brings no others.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language, gettext

from catalog.models import SearchEntry
from common import clock
from crm.models import Case, Interaction, Person, PersonAttribute
from crm.models.interaction import SURE_ENOUGH
from crm.queries.blocks import block_of
from territory.models import Commune

ASKED = 2
SETTLED = timedelta(weeks=4)  # time enough for a filing that was not theirs to come to light
DECOYS = 6


@dataclass(frozen=True)
class Question:
    """One question: `options` where the agent chooses what the caller says; the right answer stays here."""

    key: str
    text: str
    right: str
    options: list[tuple[str, str]] = field(default_factory=list)


def questions_for(person: Person, interaction: Interaction) -> list[Question]:
    """
    Return the two questions to ask this person in this call; none where fewer than two things are known surely, or may
    be used: data blocked at the person's request are not.
    """
    if block_of(person):
        return []
    now = clock.now()
    found = (_birth_year(person, now), _commune(person, now), _filed_before(person, interaction, now))
    known = [question for question in found if question]
    if len(known) < ASKED:
        return []
    known.sort(key=lambda question: _shuffled(interaction.pk, question.key))
    return known[:ASKED]


def is_right(question: Question, given: str) -> bool:
    """Compare as people speak: accents, capitals and blanks do not matter."""
    return bool(given.strip()) and _plain(given) == _plain(question.right)


def _birth_year(person: Person, now: datetime) -> Question | None:
    born = _sure(person, "birth_date", now)
    return (
        Question("birth_year", gettext("In which year were you born?"), born[:4])
        if re.match(r"\d{4}-", born)
        else None
    )


def _commune(person: Person, now: datetime) -> Question | None:
    code = _sure(person, "commune", now)
    name = Commune.objects.filter(code=code).values_list("name", flat=True).first() if code else None
    return Question("commune", gettext("In which commune do you live?"), name) if name else None


def _filed_before(person: Person, interaction: Interaction, now: datetime) -> Question | None:
    """Which of these they applied for while we knew them surely; nothing else they ever applied for is among the others."""
    surely = (
        Case.objects.submitted().filed_by(person, level=SURE_ENOUGH).filter(submitted_at__lte=now - SETTLED)
    )
    case = surely.select_related("version__procedure").order_by("-submitted_at").first()
    if case is None:
        return None
    right = case.version.procedure.code
    theirs = Case.objects.submitted().with_party(person).values("version__procedure__code")
    language = "en" if (get_language() or "es").startswith("en") else "es"
    others = (
        SearchEntry.objects.filter(language=language).exclude(code__in=theirs).order_by("-popularity", "code")
    )
    decoys = sorted(
        others.values_list("code", "title")[: DECOYS * 4], key=lambda row: _shuffled(interaction.pk, row[0])
    )[:DECOYS]
    options = sorted([(right, case.version.title), *decoys], key=lambda row: row[1])
    options.append(("other", gettext("None of these, or they do not know")))
    text = gettext(
        "Which of these did you apply for, at an office with your identity card or with us by phone?"
    )
    return Question("last_procedure", text, right, options)


def _sure(person: Person, key: str, now: datetime) -> str:
    """What we know surely of a person, and have known for some weeks: of values that differ, the latest, or nothing while it is new."""
    rows = PersonAttribute.objects.of(person).filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        key=key,
        level__gte=SURE_ENOUGH,
        value__isnull=False,
    )
    value = rows.order_by("-at").values_list("value", flat=True).first()
    if not isinstance(value, str):
        return ""
    return value if rows.filter(value=value, at__lte=now - SETTLED).exists() else ""


def _shuffled(seed: UUID, word: str) -> str:
    return hashlib.sha256(f"{seed}:{word}".encode()).hexdigest()


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("ñ", "\ue001"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
