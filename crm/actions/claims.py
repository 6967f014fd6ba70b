"""Claim codes: given face to face or by phone once the person is verified; each opens its case by web once, and gives a key to keep."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import keys, permissions, reasons
from crm.actions.files import log_access
from crm.actions.keys import require_few_guesses
from crm.models import Case, ClaimCode, Interaction
from events.record import record

VALID_FOR = timedelta(days=30)
# Wrong ones, at most twenty in a quarter of an hour: a stranger who knows the folio can not spoil a code in passing, and eight
# characters of thirty-two leave fifty guesses one chance in twenty thousand million.
MOST_ATTEMPTS = 50


@transaction.atomic
def issue_claim_code(case: Case, *, by: Actor, interaction: Interaction) -> str:
    """
    Return a new claim code of a case; an earlier one stops working. Only its keyed hash is stored.

    :raises NotAllowed: `by` does not attend somebody with this case before them
    :raises DomainError: whoever is there speaks for another
    """
    case = Case.objects.lock(case.pk)
    attends = permissions.is_attending(by, interaction)
    require(
        by.is_system or (attends and permissions.can_speak_for_citizen(by, case, interaction=interaction)),
        _("A claim code is given by whoever attends the person."),
    )
    if not by.is_system and not permissions.can_be_given_key(interaction, case):
        raise DomainError(
            _(
                "The code opens the case for good, longer than a mandate may last: it is given to the person themselves."
            )
        )
    return _issue(case, keys.new_claim_code(), by=by, interaction=interaction, channel=interaction.channel)


@transaction.atomic
def issue_claim_code_at_agency(case: Case, *, by: Actor, document_seen: bool) -> str:
    """
    Return a new claim code of a case for whoever came to the agency itself and showed their document.

    :raises NotAllowed: `by` is no officer of an agency that decides the case
    :raises DomainError: no document was seen
    """
    case = Case.objects.lock(case.pk)
    require(permissions.can_note(by, case), _("Only officers of the agency give a code."))
    if not document_seen:
        unseen = _("Ask for the identity card first: the code opens the case.")
        raise DomainError(unseen, document_seen=unseen)
    log_access("claim_code", by=by, case_id=case.pk, reason=reasons.CARD_SEEN)
    return _issue(case, keys.new_claim_code(), by=by, interaction=None, channel="agency")


def _issue(case: Case, code: str, *, by: Actor, interaction: Interaction | None, channel: str) -> str:
    now = clock.now()
    case.claim_codes.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    claim_of(case, code, at=now).save(force_insert=True)
    record("case.claim_code_issued", case, by=by, at=now, interaction=interaction, channel=channel)
    return code


def claim_of(case: Case, code: str, *, at: datetime) -> ClaimCode:
    """Return the claim code of a case that has no other one now, for an action that holds its lock to write and to tell of."""
    return ClaimCode(
        case=case, code_hmac=keys.claim_hmac(case.pk, code), made_at=at, expires_at=at + VALID_FOR
    )


@transaction.atomic
def redeem_claim_code(folio: str, code: str, *, by: Actor, address: str) -> tuple[Case, str] | None:
    """
    Return the case and a new key of it if folio and code belong together, else None; the code is used up and an earlier key stops,
    also in browsers that have shown it.

    Every try counts before it is looked at, the right one too: a code is short, and nobody may learn from an answer that guessing
    goes on. Whoever comes with the right code during a rush waits a quarter of an hour, or calls line 101.

    :param folio: canonical (`crm.folios.normalise`)
    :param address: where the attempt comes from; limits guessing together with the folio
    :raises TooManyGuesses: too many attempts lately
    """
    require_few_guesses(folio, address)
    case = Case.objects.submitted().select_for_update().filter(folio=folio).first()
    now = clock.now()
    claim = case and case.claim_codes.filter(used_at=None, revoked_at=None, expires_at__gt=now).first()
    if not case or not claim:
        return None
    if not keys.is_claim(case.pk, code, claim.code_hmac):
        claim.attempts += 1
        claim.revoked_at = now if claim.attempts >= MOST_ATTEMPTS else None
        claim.save(update_fields=["attempts", "revoked_at"])
        if claim.revoked_at:
            record("case.claim_code_spoilt", case, by=by, at=now, channel="web")
        return None
    claim.used_at = now
    claim.save(update_fields=["used_at"])
    key = keys.new_key()
    case.secret_hash = keys.hashed(key)
    case.save(update_fields=["secret_hash"])
    record("case.key_renewed", case, by=by, at=now, channel="web")
    log_access("redeem_claim_code", by=by, case_id=case.pk)
    return case, key
