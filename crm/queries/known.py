"""
What is known of an applicant already, to be offered as answers: what they said in this very application, and where whoever is here is
surely known, what our records hold as surely.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from catalog.models import ProcedureVersion
from common import clock, wording
from crm.models import Case, ContactPoint, Interaction, MandateAct, Person
from crm.models.interaction import SURE_ENOUGH
from crm.models.person import PersonKind
from crm.queries.blocks import block_of
from crm.queries.people import number_of, surest


@dataclass(frozen=True)
class Fact:
    """One thing known, as an answer, and from where in a sentence."""

    value: Any
    source: str


def applicant_in(interaction: Interaction, version: ProcedureVersion) -> Person | None:
    """
    Return in whose name is applied here, where we are sure enough to write down what we know of them: whoever is here, or whom they speak
    for as far as a mandate opens it. What is written down they take home.
    """
    if interaction.identity_level < SURE_ENOUGH:
        return None
    if interaction.represented_id is None:
        return interaction.person
    here = Interaction.objects.filter(pk=interaction.pk)
    may_apply = here.spoken_for(MandateAct.SUBMIT, version.procedure_id).exists()
    return interaction.represented if may_apply else None


def facts_for(case: Case) -> dict[str, Fact]:
    """Return what is known for an application, by what a question may be filled in with; what was said in it comes first."""
    needed = max(SURE_ENOUGH, case.version.sheet.level(case.channel, "submit"))
    person = applicant_in(case.source, case.version) if case.source.identity_level >= needed else None
    return {**(_on_record(person, needed) if person else {}), **said_here(case.answers or {})}


def said_here(answers: dict[str, Any]) -> dict[str, Fact]:
    """Return what the applicant says of themselves in an application, by what a question may be filled in with."""
    name = answers.get("applicant_name")
    said = {
        "name": f"{name.get('given', '')} {name.get('surnames', '')}".strip()
        if isinstance(name, dict)
        else "",
        **{part: answers.get(f"applicant_{part}") for part in ("run", "email", "phone", "commune")},
    }
    return {part: Fact(value, gettext("said in this application")) for part, value in said.items() if value}


def _on_record(person: Person, needed: int) -> dict[str, Fact]:
    """What our records hold of a person at least so surely."""
    person = person.merged_into or person
    if person.kind != PersonKind.HUMAN or block_of(person):
        return {}
    now = clock.now()
    facts: dict[str, Fact] = {}
    for key in ("name", "birth_date", "commune", "address"):
        learnt = surest(person, key, at=now)
        if learnt and learnt.level_at(now) >= needed:
            facts[key] = Fact(learnt.value, _source(learnt.get_process_display(), learnt.at))
    number = number_of(person)
    if number and number.level >= needed:
        facts["run"] = Fact(number.value, _source(number.get_process_display(), number.at))
    points = ContactPoint.objects.of(person).filter(ended_at__isnull=True, is_safe=True, level__gte=needed)
    for point in points.order_by("at"):
        facts[point.kind] = Fact(point.value, _source(point.get_process_display(), point.at))
    return {key: fact for key, fact in facts.items() if fact.value}


def _source(process: str, at: datetime) -> str:
    return gettext("our records, %(day)s: %(process)s") % {"day": wording.day(at), "process": process}
