"""A question whose answer is a list: its entries are added and taken off one by one, each under its own id, under the case's lock."""

from typing import Any

from django.db import transaction

from accounts.actors import Actor
from catalog.questionnaires.lists import too_many
from catalog.questionnaires.members import identified
from catalog.questionnaires.question import Question
from common.errors import DomainError
from crm.actions.applications import keep_answers, lock_draft
from crm.models import Case


@transaction.atomic
def add_member(case: Case, *, by: Actor, question: Question, member: dict[str, Any]) -> Case:
    """
    Add an entry to the list; what is on it already, by its id, is not added again.

    :param member: as `QuestionForm.new_member` gives it
    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already, or the list is full
    """
    case = lock_draft(case, by=by)
    members = identified((case.answers or {}).get(question.key))
    if member["id"] in {one["id"] for one in members}:
        return case
    if len(members) >= question.max_items:
        raise DomainError(too_many(question), **{question.first_box: too_many(question)})
    return keep_answers(case, {**(case.answers or {}), question.key: [*members, member]})


@transaction.atomic
def remove_member(case: Case, *, by: Actor, question: Question, member: str) -> Case:
    """
    Take the entry with this id off the list; what is not on it (any more) changes nothing.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    case = lock_draft(case, by=by)
    members = identified((case.answers or {}).get(question.key))
    left = [one for one in members if one["id"] != member]
    return case if left == members else keep_answers(case, {**(case.answers or {}), question.key: left})
