"""
What a channel learns about a contact only after the fact: telephone exchanges tell things late, or in the
wrong order.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm import permissions
from crm.actions.surveys import invite_to_survey
from crm.models import Interaction, SurveyInvitation
from crm.models.interaction import Ending
from events.record import record


@transaction.atomic
def attend_late(interaction: Interaction, *, by: Actor) -> Interaction:
    """
    Note that a contact already ended as unattended had been attended after all; otherwise nothing changes.

    When the service began is not known: all of its time counts as waited. The work on it is not finished
    while an agent is known.

    :raises NotAllowed: `by` does not work at this place
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(permissions.can_attend(by, interaction), _("This contact belongs to another place."))
    if interaction.attended_at is not None or interaction.ended_at is None:
        return interaction
    now = clock.now()
    interaction.attended_at = interaction.ended_at
    interaction.agent_id = by.user_id
    interaction.served_seconds = 0
    interaction.ending = Ending.SERVED
    if by.user_id:
        interaction.wrapped_up_at = None
    interaction.save()
    if not SurveyInvitation.objects.filter(interaction=interaction).exists():
        invite_to_survey(interaction, by=by, at=now)
    channel = interaction.channel
    record("interaction.attended", interaction, by=by, at=now, interaction=interaction, channel=channel)
    record(
        "interaction.ended",
        interaction,
        by=by,
        at=now,
        interaction=interaction,
        channel=channel,
        ending=interaction.ending,
    )
    return interaction


@transaction.atomic
def note_reason(interaction: Interaction, *, by: Actor, reason: str) -> Interaction:
    """Add the reason of a contact that was opened before it was known; one known already stays."""
    interaction = Interaction.objects.lock(interaction.pk)
    require(
        by.is_system or permissions.is_attending(by, interaction),
        _("Only whoever attends a contact adds to it."),
    )
    if not interaction.reason and reason:
        interaction.reason = reason[:40]
        interaction.save(update_fields=["reason"])
    return interaction
