"""On the web: applications, visits to one's case, searches, votes."""

from uuid import UUID

from accounts.actors import Actor
from catalog import actions as catalog
from catalog.queries.search import search as look_for
from config.demo.contacts import Grade
from config.demo.lives import Life
from config.demo.scenes.applications import fill
from config.demo.scenes.stage import Stage, key_of, mark_synthetic
from crm import actions as crm
from crm.models import Interaction
from portal import actions as portal

ANSWER = "Buenas tardes, adjunto lo que me pidieron. Cualquier otra cosa me avisan, por favor."
VISITOR = Actor.visitor()


def begin(stage: Stage, *, life: Life, contact: int) -> None:
    """Open the form of a procedure."""
    draft = portal.begin_draft(
        stage.version(life.topic.version), by=VISITOR, key=key_of(life.number), language="es"
    )
    mark_synthetic(draft.case.source, draft.case)
    stage.cases[life.number] = draft.case.pk
    stage.contacts[contact] = draft.case.source_id


def write(stage: Stage, *, life: Life, only: int | None = None) -> None:
    """Fill it in, all of it or only the first questions."""
    fill(stage, stage.case(life.number), life, by=stage.holder(life.number), only=only)


def file(stage: Stage, *, life: Life) -> None:
    portal.file_application(stage.case(life.number).draft, by=stage.holder(life.number))


def give_up(stage: Stage, *, contact: int) -> None:
    """Half an hour passes and nothing more comes."""
    crm.end_interaction(stage.contact(contact), by=Actor.system(), ending="abandoned")


def look(stage: Stage, *, life: Life, contact: int) -> None:
    """See how the case goes."""
    _visit(stage, life, contact)


def answer(stage: Stage, *, life: Life, contact: int) -> None:
    """Answer what the agency asks."""
    visit = _visit(stage, life, contact)
    portal.answer_in_visit(stage.case(life.number), by=stage.holder(life.number), visit=visit, text=ANSWER)


def withdraw(stage: Stage, *, life: Life, contact: int) -> None:
    visit = _visit(stage, life, contact)
    portal.withdraw_in_visit(stage.case(life.number), by=stage.holder(life.number), visit=visit)


def grade(stage: Stage, *, contact: int, told: Grade) -> None:
    stage.grade(contact, told)


def search(stage: Stage, *, words: str) -> None:
    found = look_for(words, language="es")
    catalog.log_search(words, by=VISITOR, language="es", channel="web", results=len(found.entries))


def vote(stage: Stage, *, version: UUID, is_useful: bool, saved: str) -> None:
    catalog.record_vote(stage.version(version), by=VISITOR, is_useful=is_useful, saved_visit=saved)


def _visit(stage: Stage, life: Life, contact: int) -> Interaction:
    visit = portal.begin_visit(stage.case(life.number), by=stage.holder(life.number), language="es")
    mark_synthetic(visit)
    stage.contacts[contact] = visit.pk
    return visit
