"""At an office: tickets, desks, matters."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.actors import Actor
from config.demo.contacts import Grade, Matter
from config.demo.scenes.applications import fill
from config.demo.scenes.stage import Stage, key_of
from config.demo.world import Place
from crm import actions as crm
from offices import actions
from offices.models import VisitMatter

if TYPE_CHECKING:
    from config.demo.office_days import Guest

ANSWER = "Traje el papel que faltaba y lo dejé en la oficina."


def open_desk(stage: Stage, *, place: Place, clerk: str, number: int) -> None:
    stage.desks[clerk] = actions.open_desk(stage.office(place.id), by=stage.actor(clerk), number=number)


def close_desk(stage: Stage, *, clerk: str) -> None:
    actions.close_desk(stage.desks[clerk], by=stage.actor(clerk))


def take(stage: Stage, *, place: Place, guest: "Guest", clerk: str) -> None:
    """Receive somebody."""
    told = [matter.topic.version for matter in guest.matters if matter.life is None or matter.do == "apply"]
    ticket = actions.take_ticket(
        stage.office(place.id),
        by=stage.actor(clerk),
        versions=[stage.version(version) for version in dict.fromkeys(told)],
        priority=guest.priority,
        run=guest.citizen.run if guest.citizen else None,
        name=guest.citizen.name if guest.citizen else "",
        synthetic=True,
    )
    stage.tickets[guest.number] = ticket
    stage.contacts[guest.number] = ticket.visit.interaction_id


def call(stage: Stage, *, place: Place, guest: "Guest", clerk: str) -> None:
    ticket = actions.call_next(stage.desks[clerk], by=stage.actor(clerk))
    if ticket is None or ticket.pk != stage.tickets[guest.number].pk:
        raise RuntimeError(f"{place.code}: the queue called somebody else than the plan, {guest.number}")


def call_again(stage: Stage, *, guest: "Guest", clerk: str) -> None:
    actions.recall_ticket(stage.tickets[guest.number], by=stage.actor(clerk))


def give_up(stage: Stage, *, guest: "Guest", clerk: str) -> None:
    actions.mark_no_show(stage.tickets[guest.number], by=stage.actor(clerk))


def leave(stage: Stage, *, guest: "Guest") -> None:
    actions.abandon_ticket(stage.tickets[guest.number], by=Actor.visitor())


def say_coming(stage: Stage, *, guest: "Guest") -> None:
    actions.say_on_the_way(stage.tickets[guest.number], by=Actor.visitor())


def begin(stage: Stage, *, guest: "Guest", clerk: str) -> None:
    """The person is at the desk; whoever does more than ask shows their card."""
    by = stage.actor(clerk)
    actions.start_serving(stage.tickets[guest.number], by=by)
    contact = stage.contact(guest.number)
    if contact.person and any(matter.do != "inform" for matter in guest.matters):
        crm.identify_person(contact, by=by, person=contact.person, level=500)


def settle(stage: Stage, *, guest: "Guest", clerk: str, index: int) -> None:
    """See to one matter."""
    matter = guest.matters[index]
    _DOES[matter.do](stage, guest, matter, stage.actor(clerk))


def finish(stage: Stage, *, guest: "Guest", clerk: str) -> None:
    actions.finish_visit(stage.tickets[guest.number], by=stage.actor(clerk))


def grade(stage: Stage, *, guest: "Guest", told: Grade) -> None:
    stage.grade(guest.number, told)


def _told(stage: Stage, guest: "Guest", matter: Matter) -> VisitMatter:
    visit = stage.tickets[guest.number].visit
    return VisitMatter.objects.select_related(
        "visit__interaction", "visit__office__commune", "version__procedure"
    ).get(visit=visit, version=matter.topic.version)


def _brought(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> VisitMatter:
    visit = stage.tickets[guest.number].visit
    return actions.add_matter(visit, by=by, case=stage.case(matter.its_life.number))


def _inform(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> None:
    actions.settle_matter(_told(stage, guest, matter), by=by, outcome=matter.outcome)


def _apply(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> None:
    life, told = matter.its_life, _told(stage, guest, matter)
    case = actions.begin_case_here(told, by=by, key=key_of(life.number))
    stage.cases[life.number] = case.pk
    fill(stage, case, life, by=by)
    actions.file_case_here(told, by=by)


def _paper(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> None:
    brought = _brought(stage, guest, matter, by)
    known = [row.code for row in stage.version(matter.topic.version).sheet.requirements]
    actions.add_paper_here(brought, by=by, file=stage.paper, requirement=known[0] if known else "other")


def _answer(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> None:
    actions.answer_agency_here(_brought(stage, guest, matter, by), by=by, text=ANSWER)


def _follow(stage: Stage, guest: "Guest", matter: Matter, by: Actor) -> None:
    actions.settle_matter(_brought(stage, guest, matter, by), by=by, outcome="status_told")


_DOES: dict[str, Callable[[Stage, "Guest", Matter, Actor], None]] = {
    "inform": _inform,
    "apply": _apply,
    "paper": _paper,
    "answer": _answer,
    "follow": _follow,
}
