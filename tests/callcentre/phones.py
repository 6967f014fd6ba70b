"""
Playing the telephone exchange: events as they would be posted, and calls in the states that screens show.
"""

from datetime import timedelta
from typing import Any

from accounts.actors import Actor
from accounts.models import User
from callcentre import actions
from callcentre.models import Call, EventType
from callcentre.telephony import Told
from common import clock
from crm.actions import identify_person, know_person
from crm.models import Interaction, Person
from crm.models.person import HomeCommune
from tests.factories.territory import CommuneFactory

NUMBER = "+56987654321"
SYSTEM = Actor.system()


def told(kind: str, call_id: str = "call-1", **payload: Any) -> Told:
    """Return an event as `callcentre.telephony.read` would."""
    return Told(kind, call_id, payload={"direction": "in", **payload})


def rings(*users: User, call_id: str = "call-1", number: str = NUMBER, menu: str = "") -> Call:
    """Let a call ring at these agents' phones."""
    emails = [user.email for user in users]
    return actions.receive_event(
        told(EventType.NEW_CALL, call_id, number=number, menu=menu, users=emails), by=SYSTEM
    )


def answers(user: User, call_id: str = "call-1") -> Call:
    """Let an agent answer."""
    return actions.receive_event(told(EventType.ANSWER, call_id, users=[user.email]), by=SYSTEM)


def hangs_up(call_id: str = "call-1", cause: str = "normalClearing") -> Call:
    """Let somebody hang up."""
    return actions.receive_event(told(EventType.HANGUP, call_id, cause=cause), by=SYSTEM)


def speaks(user: User, call_id: str = "call-1", **given: Any) -> Interaction:
    """Return the contact of a call that an agent is speaking in."""
    rings(user, call_id=call_id, **given)
    contact = answers(user, call_id).interaction
    assert contact is not None
    return contact


def wraps_up(user: User, call_id: str = "call-1", **given: Any) -> Interaction:
    """Return the contact of a call that is over and to be finished."""
    speaks(user, call_id, **given)
    contact = hangs_up(call_id).interaction
    assert contact is not None
    return contact


def amina(*, phone: str = NUMBER) -> Person:
    """Return somebody we have known for two months, her card seen: RUN, number, commune, year of birth."""
    commune = CommuneFactory()
    with clock.frozen(clock.now() - timedelta(days=60)):
        person = know_person(
            by=SYSTEM,
            name="Amina Rojas Soto",
            run="12345678-5",
            level=500,
            phone=phone,
            commune_code=commune.code,
            birth_date="1990-03-27",
        )
    assert HomeCommune.objects.filter(person=person).exists()
    return person


def at_level(contact: Interaction, user: User, person: Person, level: int) -> Interaction:
    """Return the contact, with its person known at a level."""
    return identify_person(contact, by=Actor.staff(user), person=person, level=level)
