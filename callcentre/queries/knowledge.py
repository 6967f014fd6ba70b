"""
Questions only the person can answer, built from what we know of them.

Nothing told in this very call is asked back. Which two are asked follows from the contact, so that looking
again brings no others.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import get_language, gettext

from catalog.models import SearchEntry
from crm.models import Case, Interaction, Person, PersonAttribute
from crm.queries.blocks import block_of
from territory.models import Commune

ASKED = 2
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
    Return the two questions to ask this person in this call; none where fewer than two things are known, or may
    be used: data blocked at the person's request are not.
    """
    if block_of(person):
        return []
    known = [
        q
        for q in (
            _birth_year(person, interaction),
            _commune(person, interaction),
            _last_procedure(person, interaction),
        )
        if q
    ]
    if len(known) < ASKED:
        return []
    known.sort(key=lambda question: _shuffled(interaction.pk, question.key))
    return known[:ASKED]


def is_right(question: Question, given: str) -> bool:
    """Compare as people speak: accents, capitals and blanks do not matter."""
    return bool(given.strip()) and _plain(given) == _plain(question.right)


def _birth_year(person: Person, interaction: Interaction) -> Question | None:
    born = _attribute(person, "birth_date", interaction)
    return (
        Question("birth_year", gettext("In which year were you born?"), born[:4])
        if re.match(r"\d{4}-", born)
        else None
    )


def _commune(person: Person, interaction: Interaction) -> Question | None:
    code = _attribute(person, "commune", interaction)
    name = Commune.objects.filter(code=code).values_list("name", flat=True).first() if code else None
    return Question("commune", gettext("In which commune do you live?"), name) if name else None


def _last_procedure(person: Person, interaction: Interaction) -> Question | None:
    cases = Case.objects.submitted().with_party(person).exclude(source=interaction)
    case = cases.select_related("version__procedure").order_by("-submitted_at").first()
    if case is None:
        return None
    right = case.version.procedure.code
    language = "en" if (get_language() or "es").startswith("en") else "es"
    others = SearchEntry.objects.filter(language=language).exclude(code=right).order_by("-popularity", "code")
    decoys = sorted(
        others.values_list("code", "title")[: DECOYS * 4], key=lambda row: _shuffled(interaction.pk, row[0])
    )[:DECOYS]
    options = sorted([(right, case.version.title), *decoys], key=lambda row: row[1])
    options.append(("other", gettext("Something else, or they do not know")))
    return Question("last_procedure", gettext("What did you last apply for with us?"), right, options)


def _attribute(person: Person, key: str, interaction: Interaction) -> str:
    rows = (
        PersonAttribute.objects.of(person)
        .filter(key=key)
        .exclude(interaction=interaction)
        .order_by("-level", "-at")
    )
    value = rows.values_list("value", flat=True).first()
    return value if isinstance(value, str) else ""


def _shuffled(seed: UUID, word: str) -> str:
    return hashlib.sha256(f"{seed}:{word}".encode()).hexdigest()


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("ñ", "\ue001"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
