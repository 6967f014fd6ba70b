"""Opening a case with its folio and key."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import TooManyAttempts
from common.limits import allow
from crm import folios, keys
from crm.actions.files import log_access
from crm.models import Case


class TooManyGuesses(TooManyAttempts):
    """A folio's key was tried too often."""


@transaction.atomic
def open_with_key(folio: str, key: str, *, by: Actor, address: str) -> Case | None:
    """
    Return the case if folio and key belong together, else None: whoever asks never learns which of the two was wrong.

    :param address: where the attempt comes from; limits guessing together with the folio
    :raises TooManyGuesses: too many attempts lately
    """
    canonical = folios.normalise(folio) or ""
    case = Case.objects.submitted().filter(folio=canonical).first() if canonical else None
    if keys.opens(key, case.secret_hash if case else bytes(32)) and case is not None:
        log_access("open_with_key", by=by, case_id=case.pk)
        return case
    # Only failures count: the folio is public, so nobody else's guesses may keep the holder of the key out.
    require_few_guesses(canonical, address)
    return None


def require_few_guesses(folio: str, address: str) -> None:
    """
    Count one more guess at a folio and from an address.

    :raises TooManyGuesses: too many attempts lately
    """
    within = timedelta(minutes=15)
    few = allow("key-folio", folio, times=20, within=within) and allow(
        "key-address", address, times=120, within=within
    )
    if not few:
        raise TooManyGuesses(_("This was tried too many times. Wait fifteen minutes, or call line 101."))
