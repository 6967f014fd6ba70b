"""Claim codes: given face to face or by phone once the person is verified, to add an assisted case to one's account."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm import keys, permissions
from crm.models import Case, ClaimCode, Interaction
from events.record import record

VALID_FOR = timedelta(days=30)


@transaction.atomic
def issue_claim_code(case: Case, *, by: Actor, interaction: Interaction) -> str:
    """
    Return a new claim code of a case; an earlier one stops working. Only its keyed hash is stored.

    :raises NotAllowed: `by` does not attend somebody with this case before them
    """
    case = Case.objects.lock(case.pk)
    require(
        by.is_system
        or (permissions.is_attending(by, interaction) and permissions.can_speak_for_citizen(by, case)),
        _("A claim code is given by whoever attends the person."),
    )
    now = clock.now()
    case.claim_codes.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    code = keys.new_claim_code()
    ClaimCode.objects.create(
        case=case, code_hmac=keys.claim_hmac(case.pk, code), made_at=now, expires_at=now + VALID_FOR
    )
    record(
        "case.claim_code_issued", case, by=by, at=now, interaction=interaction, channel=interaction.channel
    )
    return code
