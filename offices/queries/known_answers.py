"""
What we know of a person already, as answers to the questions every application begins with: nobody is asked
twice.
"""

from typing import Any

from catalog.models import ProcedureVersion
from catalog.questionnaires.question import Questionnaire
from crm.models import ContactPoint, Person
from crm.models.person import ContactKind, PersonKind
from crm.queries.blocks import block_of
from crm.queries.people import number_of


def known_answers(person: Person | None, version: ProcedureVersion) -> dict[str, Any]:
    """Return the answers known for the applicant; the clerk reads them to the citizen before filing."""
    if person is None or person.kind != PersonKind.HUMAN or block_of(person):
        return {}
    person = person.merged_into or person
    number = number_of(person)
    points = dict(
        ContactPoint.objects.of(person)
        .filter(
            ended_at__isnull=True, is_safe=True
        )  # to the others nothing is sent, and a receipt lies about at home
        .order_by("at")
        .values_list("kind", "value")
    )
    home = getattr(person, "home", None)
    given = {
        "applicant_name": _name(person.name or ""),
        "applicant_run": number.value if number else None,
        "applicant_email": points.get(ContactKind.EMAIL),
        "applicant_phone": points.get(ContactKind.PHONE),
        "applicant_commune": home.commune_id if home else None,
    }
    asked = {question.key for question in Questionnaire(version.content).questions}
    return {key: value for key, value in given.items() if value and key in asked}


def _name(name: str) -> dict[str, str] | None:
    """Split a name as it is written in Chile: the last two words are the surnames."""
    words = name.split()
    if len(words) < 2:
        return None
    cut = -2 if len(words) > 2 else -1
    return {"given": " ".join(words[:cut]), "surnames": " ".join(words[cut:])}
