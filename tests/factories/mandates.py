"""People before a member of staff, and the mandates by which one acts for another."""

from typing import Any

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from crm import actions, files, keys
from crm.models import Case, Interaction, Mandate, Person
from crm.models.person import PersonKind
from tests.factories.crm import AMINA, ANSWERS, pdf
from tests.factories.territory import CommuneFactory

ALL = ("status", "answer", "submit", "receive")


def at_desk(office: Any, by: Actor, person: Person, *, level: int = 500) -> Interaction:
    """Return a contact at an office with somebody whose card was seen."""
    contact = actions.open_interaction("office", by=Actor.system(), office=office)
    contact = actions.attend_interaction(contact, by=by)
    return actions.identify_person(contact, by=by, person=person, level=level)


def on_phone(by: Actor, person: Person, *, level: int = 300) -> Interaction:
    """Return a call with somebody."""
    contact = actions.attend_interaction(actions.open_interaction("phone", by=Actor.system()), by=by)
    return actions.identify_person(contact, by=by, person=person, level=level)


def organisation(name: str, run: str) -> Person:
    """Return an organisation."""
    return actions.know_person(by=Actor.system(), name=name, run=run, kind=PersonKind.ORGANISATION)


def mandate(interaction: Interaction | None, by: Actor, **given: Any) -> Mandate:
    """Return a power before a notary that allows everything, without an end."""
    told: dict[str, Any] = {
        "kind": "notarised",
        "acts": ALL,
        "ends_on": None,
        "evidence": "Poder ante la 4.ª Notaría de Santiago",
        **given,
    }
    return actions.register_mandate(by=by, interaction=interaction, **told)


def filed_in(contact: Interaction, by: Actor, version: ProcedureVersion, **answers: Any) -> Case:
    """Return an application of Amina's, filed in a contact."""
    CommuneFactory()
    case = actions.begin_case(version, by=by, interaction=contact, key=keys.new_key())
    given = {**AMINA, **ANSWERS, **answers}
    paper = actions.add_document(case, by=by, file=files.store(pdf()), requirement="proof")
    given["proof"] = {"document": str(paper.pk), "name": paper.name}
    return actions.submit_case(actions.fill_case(case, by=by, answers=given), by=by)
