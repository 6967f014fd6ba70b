"""One survey a contact, answered once."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Procedure, ProcedureVersion
from common import clock
from common.errors import AlreadyDone, DomainError
from common.ids import new_id
from crm import keys
from crm.models import Enquiry, Interaction, SurveyAnswer, SurveyInvitation
from events.record import record

VALID_FOR = timedelta(days=30)

_INVITE = f"""
INSERT INTO {SurveyInvitation._meta.db_table}
    (id, interaction_id, token_hash, channel, agent_id, office_id, procedure_id, agency_id, made_at, expires_at)
SELECT %(id)s, %(interaction)s, %(token)s, %(channel)s, %(agent)s, %(office)s, matter.procedure_id, matter.agency_id, %(at)s, %(until)s
FROM (SELECT 1) AS one LEFT JOIN LATERAL (
    SELECT v.procedure_id, p.agency_id FROM {Enquiry._meta.db_table} e
    JOIN {ProcedureVersion._meta.db_table} v ON v.id = e.version_id JOIN {Procedure._meta.db_table} p ON p.id = v.procedure_id
    WHERE e.interaction_id = %(interaction)s ORDER BY e.opened_at LIMIT 1
) AS matter ON true
"""  # noqa: S608  # names of ours


def hashed_token(token: str) -> bytes:
    """Return what is stored of a survey's token."""
    return hashlib.sha256(token.strip().lower().encode()).digest()


@transaction.atomic
def invite_to_survey(interaction: Interaction, *, by: Actor, at: datetime) -> SurveyInvitation:
    """Make the one invitation of a contact, freezing who served, where, and for what."""
    make_invitation(interaction, at=at)
    return SurveyInvitation.objects.get(interaction=interaction)


def make_invitation(interaction: Interaction, *, at: datetime) -> None:
    """Do what `invite_to_survey` says, as a step of an action that has its transaction. The contact's first matter tells for what."""
    row: dict[str, Any] = {
        "id": new_id(),
        "interaction": interaction.pk,
        "token": hashed_token(keys.survey_token(interaction.pk)),
        "channel": interaction.channel,
        "agent": interaction.agent_id,
        "office": interaction.office_id,
        "at": at,
        "until": at + VALID_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, row)


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
