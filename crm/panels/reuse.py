"""A paper of another case, offered again in words and used with the press of its button."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from accounts.actors import Actor
from catalog.questionnaires.question import Question, Questionnaire
from common import wording
from common.errors import DomainError
from crm import actions
from crm.models import Case, Document, Interaction
from crm.queries.reuse import Reusable, reusable_papers
from crm.queries.together import Application

GONE = gettext_lazy("This paper can not be used again here. Hand it in anew.")


@dataclass(frozen=True)
class ReuseChoice:
    """One offer: the sentence that asks, and what its button sends."""

    value: str
    text: str
    label: str


def reuse_choices(case: Case, *, by: Actor, interaction: Interaction | None = None) -> list[ReuseChoice]:
    """Return what is offered to be used again in a case."""
    return [_choice(one) for one in reusable_papers(case, by=by, interaction=interaction)]


def reusable_for(application: Application, question: Question, *, by: Actor) -> list[ReuseChoice]:
    """Return what is offered for one question of an application that asks for a file."""
    if question.kind != "file":
        return []
    asking = application.asking(question.key)
    offers = (_offered(case, own, by=by) for case, own in asking)
    return next((found for found in offers if found), [])


def _offered(case: Case, question: Question, *, by: Actor) -> list[ReuseChoice]:
    return [_choice(one) for one in reusable_papers(case, by=by) if one.requirement == question.requirement]


def reuse_choice(case: Case, *, by: Actor, chosen: str, interaction: Interaction | None = None) -> Document:
    """
    Use again what a button named; in an application that is being filled in, it answers the question that asks for it.

    :raises DomainError: it can not be used again here
    """
    requirement, _separator, document_id = chosen.rpartition(":")
    try:
        wanted = UUID(document_id)
    except ValueError:
        raise DomainError(GONE) from None
    document = actions.reuse_document(
        case, by=by, document_id=wanted, requirement=requirement, interaction=interaction
    )
    if case.is_draft and (given := _answered_by(case, document)):
        actions.fill_case(case, by=by, answers=given)
    return document


def reuse_answer(application: Application, *, by: Actor, question: Question, chosen: str) -> None:
    """
    Answer a question of an application with a paper of another case.

    :raises DomainError: it can not be used again here
    """
    asking = [
        case for case, own in application.asking(question.key) if chosen.rpartition(":")[0] == own.requirement
    ]
    for case in asking:
        offered = any(one.value == chosen for one in reuse_choices(case, by=by))
        if offered or case is asking[-1]:
            reuse_choice(case, by=by, chosen=chosen)
            return
    raise DomainError(GONE)


def _answered_by(case: Case, document: Document) -> dict[str, Any]:
    """The questions of an application that ask for this paper, each with it as the answer."""
    return {
        question.key: {"document": str(document.pk), "name": document.name}
        for question in Questionnaire(case.version.content).questions
        if question.kind == "file" and question.requirement == document.requirement
    }


def _choice(one: Reusable) -> ReuseChoice:
    told = {
        "label": one.label,
        "day": wording.day(one.document.received_at),
        "folio": one.document.case.folio,
    }
    return ReuseChoice(
        value=f"{one.requirement}:{one.document.pk}",
        text=gettext("%(label)s: given on %(day)s in case %(folio)s. Use it again here?") % told,
        label=one.label,
    )
