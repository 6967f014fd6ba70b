"""One survey a contact, answered once."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import AlreadyDone, DomainError
from crm import keys
from crm.models import Enquiry, Interaction, SurveyAnswer, SurveyInvitation
from events.record import record

VALID_FOR = timedelta(days=30)


def hashed_token(token: str) -> bytes:
    """Return what is stored of a survey's token."""
    return hashlib.sha256(token.strip().lower().encode()).digest()


@transaction.atomic
def invite_to_survey(interaction: Interaction, *, by: Actor, at: datetime) -> SurveyInvitation:
    """Make the one invitation of a contact, freezing who served, where, and for what."""
    enquiry = (
        Enquiry.objects.filter(interaction=interaction, version__isnull=False)
        .select_related("version__procedure")
        .order_by("opened_at")
        .first()
    )
    procedure = enquiry.version.procedure if enquiry and enquiry.version else None
    return SurveyInvitation.objects.create(
        interaction=interaction,
        token_hash=hashed_token(keys.survey_token(interaction.pk)),
        channel=interaction.channel,
        agent_id=interaction.agent_id,
        office_id=interaction.office_id,
        procedure=procedure,
        agency_id=procedure.agency_id if procedure else None,
        made_at=at,
        expires_at=at + VALID_FOR,
    )


@transaction.atomic
def answer_survey(
    invitation: SurveyInvitation, *, by: Actor, grade: int, resolved: bool | None = None, comment: str = ""
) -> SurveyAnswer:
    """
    Keep the answer of a contact's survey.

    :raises AlreadyDone: it was answered before
    :raises DomainError: it has expired, or the grade is not from 1 to 7
    """
    invitation = SurveyInvitation.objects.select_for_update().get(pk=invitation.pk)
    if not 1 <= grade <= 7:
        raise DomainError(_("Choose a grade from 1 to 7."), grade=_("Choose a grade from 1 to 7."))
    if SurveyAnswer.objects.filter(pk=invitation.pk).exists():
        raise AlreadyDone(_("This survey was already answered. Thank you."))
    now = clock.now()
    if invitation.expires_at < now:
        raise DomainError(_("This survey is closed: its thirty days are over."))
    answer = SurveyAnswer.objects.create(
        invitation=invitation,
        grade=grade,
        resolved=resolved,
        comment=comment.strip()[:2000],
        by_proxy=by.is_staff,
        at=now,
    )
    record(
        "survey.answered",
        invitation,
        by=by,
        at=now,
        channel=invitation.channel,
        interaction=invitation.interaction,
    )
    return answer
