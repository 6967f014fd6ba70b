"""On line 101: what the exchange tells, and what the agent does."""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.actors import Actor
from callcentre import actions
from callcentre.models import EventType
from callcentre.queries import knowledge
from callcentre.telephony import Told
from common import clock
from config.demo.contacts import Grade, Matter
from config.demo.people import Citizen
from config.demo.scenes.applications import fill
from config.demo.scenes.stage import Stage, key_of, mark_synthetic
from crm import actions as crm
from crm.models import Interaction
from crm.queries.levels import level_in

if TYPE_CHECKING:
    from config.demo.call_days import Ring

SYSTEM = Actor.system()
SEEN_BEFORE = timedelta(days=120)
ANSWER = "Por teléfono: la persona confirma lo que se le preguntó y llevará el original a la oficina."


def come(stage: Stage, *, agent: str) -> None:
    actions.take_up_state(by=stage.actor(agent), state="available")


def go(stage: Stage, *, agent: str) -> None:
    actions.take_up_state(by=stage.actor(agent), state="away")


def ring(stage: Stage, *, ring: "Ring") -> None:
    number = ring.citizen.phone if ring.citizen and ring.shows_number else ""
    payload = {"direction": "in", "number": number, "menu": ring.menu, "users": list(ring.rings_at)}
    call = actions.receive_event(Told(EventType.NEW_CALL, _id(ring), payload=payload), by=SYSTEM)
    if call.interaction is None:
        raise RuntimeError(f"The call {_id(ring)} opened no contact.")
    mark_synthetic(call.interaction)
    stage.contacts[ring.number] = call.interaction.pk


def answer(stage: Stage, *, ring: "Ring") -> None:
    actions.receive_event(Told(EventType.ANSWER, _id(ring), payload={"users": [ring.agent]}), by=SYSTEM)


def hang_up(stage: Stage, *, ring: "Ring", cause: str) -> None:
    actions.receive_event(Told(EventType.HANGUP, _id(ring), payload={"cause": cause}), by=SYSTEM)


def know(stage: Stage, *, ring: "Ring") -> None:
    """The caller says who they are and, to hear of a case, answers what only they know."""
    by, contact = stage.actor(ring.agent), stage.contact(ring.number)
    if ring.citizen is None:
        raise ValueError(f"Nobody in particular makes the call {_id(ring)}.")
    contact = actions.enter_caller(contact, by=by, name=ring.citizen.name, run=ring.citizen.run)
    about_case = any(matter.life and matter.do != "apply" for matter in ring.matters)
    if about_case:
        _was_seen_before(ring.citizen)
    if contact.person and about_case and (questions := knowledge.questions_for(contact.person, contact)):
        actions.check_knowledge(contact, by=by, given={one.key: one.right for one in questions})


def _was_seen_before(citizen: Citizen) -> None:
    """
    Long before, at a desk that this history does not tell of, they showed their card: of whoever was never seen nothing is asked by
    phone.
    """
    with clock.frozen(clock.now() - SEEN_BEFORE):
        crm.know_person(
            by=SYSTEM,
            name=citizen.name,
            run=citizen.run,
            level=500,
            commune_code=citizen.commune,
            birth_date=citizen.birth_date,
            synthetic=True,
        )


def settle(stage: Stage, *, ring: "Ring", index: int) -> None:
    """See to one matter; what the line may not do for want of certainty, it says."""
    matter, by, contact = ring.matters[index], stage.actor(ring.agent), stage.contact(ring.number)
    if matter.life is None:
        _inform(stage, matter, by, contact)
    elif matter.do == "apply":
        _apply(stage, matter, by, contact)
    else:
        _speak_of_case(stage, matter, by, contact)


def finish(stage: Stage, *, ring: "Ring") -> None:
    actions.finish_call(stage.contact(ring.number), by=stage.actor(ring.agent))


def finish_empty(stage: Stage, *, ring: "Ring", why: str) -> None:
    actions.finish_call(stage.contact(ring.number), by=stage.actor(ring.agent), no_matter=why)


def grade(stage: Stage, *, ring: "Ring", told: Grade) -> None:
    stage.grade(ring.number, told)


def _id(ring: "Ring") -> str:
    return f"demo-{ring.number}"


def _inform(stage: Stage, matter: Matter, by: Actor, contact: Interaction) -> None:
    told = actions.add_matter(contact, by=by, version=stage.version(matter.topic.version))
    crm.close_enquiry(told, by=by, outcome=matter.outcome)


def _apply(stage: Stage, matter: Matter, by: Actor, contact: Interaction) -> None:
    life = matter.its_life
    case = crm.begin_case(
        stage.version(life.topic.version), by=by, interaction=contact, key=key_of(life.number)
    )
    stage.cases[life.number] = case.pk
    fill(stage, case, life, by=by)
    actions.file_application(case, by=by)


def _speak_of_case(stage: Stage, matter: Matter, by: Actor, contact: Interaction) -> None:
    case = stage.case(matter.its_life.number)
    if not level_in(contact, case, "answer" if matter.do == "answer" else "status").is_enough:
        told = actions.add_matter(contact, by=by, version=case.version)
        crm.close_enquiry(told, by=by, outcome="not_resolved")
        return
    crm.bring_case(contact, by=by, case=case)
    if matter.do == "answer":
        actions.answer_for_citizen(contact, by=by, case=case, text=ANSWER)
    else:
        actions.tell_status(contact, by=by, case=case)
