"""Who is calling: chosen by the agent after asking, made surer by questions; a number alone never says."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from callcentre.models import KnowledgeCheck
from callcentre.permissions import user_of
from callcentre.queries import knowledge
from common import clock
from common.errors import DomainError, TooManyAttempts, require
from crm import permissions, reasons
from crm.actions import identify_person, know_person, open_file
from crm.models import Interaction, Person

DECLARED, QUESTIONED = 100, 300
MOST_IN_A_CALL = 2
MOST_IN_A_DAY = 4


@transaction.atomic
def choose_caller(interaction: Interaction, *, by: Actor, person: Person) -> Interaction:
    """
    The caller says they are this person: declared, no more. The reading of the file is logged.

    :raises NotAllowed: `by` does not attend this call
    """
    interaction = identify_person(interaction, by=by, person=person, level=DECLARED)
    open_file(person, by=by, reason=reasons.CALLS, interaction=interaction)
    return interaction


@transaction.atomic
def enter_caller(interaction: Interaction, *, by: Actor, name: str, run: str | None = None) -> Interaction:
    """
    The caller says who they are, and nobody was found: entered as told. A RUN that is known names its one
    person.

    :raises NotAllowed: `by` does not attend this call
    """
    require(
        permissions.is_attending(by, interaction), _("Only whoever attends a contact says with whom it is.")
    )
    person = know_person(
        by=by, name=name, run=run, level=DECLARED, interaction=interaction, synthetic=interaction.is_synthetic
    )
    return choose_caller(interaction, by=by, person=person)


@transaction.atomic
def forget_caller(interaction: Interaction, *, by: Actor) -> Interaction:
    """
    It was somebody else: the contact is again with nobody known.

    :raises NotAllowed: `by` does not attend this call
    """
    return identify_person(interaction, by=by, person=None, level=0)


@transaction.atomic
def check_knowledge(interaction: Interaction, *, by: Actor, given: Mapping[str, str]) -> bool:
    """
    Compare what the caller answered with what we know; both right: level 300. What we know is never shown
    to the agent.

    :raises NotAllowed: `by` does not attend this call
    :raises TooManyAttempts: wrong too often, in this call or today
    :raises DomainError: nobody was chosen, or too little is known to ask
    """
    interaction = Interaction.objects.select_related("person").lock(interaction.pk)
    require(
        permissions.is_attending(by, interaction), _("Only whoever attends a contact asks these questions.")
    )
    person = interaction.person
    if person is None:
        raise DomainError(_("Say first who is calling."))
    require_attempts_left(interaction, person)
    questions = knowledge.questions_for(person, interaction)
    if not questions:
        raise DomainError(
            _(
                "We know nothing surely enough to ask this person. How a case goes they read with the key of its receipt, or hear at any "
                "office with their identity card."
            )
        )
    is_right = all(knowledge.is_right(question, given.get(question.key, "")) for question in questions)
    KnowledgeCheck.objects.create(
        interaction=interaction,
        person=person,
        agent_id=user_of(by),
        asked=[question.key for question in questions],
        is_right=is_right,
        at=clock.now(),
    )
    if is_right:
        identify_person(interaction, by=by, person=person, level=max(QUESTIONED, interaction.identity_level))
    return is_right


def require_attempts_left(interaction: Interaction, person: Person) -> None:
    """
    Refuse when wrong answers came too often, so that nobody learns by trying.

    :raises TooManyAttempts: wrong too often, in this call or today
    """
    wrong = KnowledgeCheck.objects.filter(is_right=False)
    in_call = wrong.filter(interaction=interaction).count()
    in_day = wrong.filter(person=person, at__gt=clock.now() - timedelta(days=1)).count()
    if in_call >= MOST_IN_A_CALL or in_day >= MOST_IN_A_DAY:
        raise TooManyAttempts(
            _("The answers were wrong too often. An office can see the identity card and go on.")
        )
