"""Keys to the open catalogue."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from catalog.models import ApiToken
from common import clock
from common.errors import DomainError, require
from common.ids import new_secret


def token_digest(token: str) -> str:
    """Return what is kept of a key: it has 128 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_token(holder: str, *, by: Actor, contact: str = "") -> str:
    """
    Make a key and return it: it is told once and kept nowhere.

    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: nobody is named
    """
    require(by.is_system or by.has_role(Role.ADMINISTRATOR), _("Only an administrator can make keys."))
    if not holder.strip():
        raise DomainError(_("Say who will use the key."))
    token = new_secret()
    ApiToken.objects.create(digest=token_digest(token), holder=holder.strip()[:120], contact=contact.strip())
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """
    Withdraw a key; doing it twice changes nothing.

    :raises NotAllowed: `by` is not an administrator
    """
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    require(by.is_system or by.has_role(Role.ADMINISTRATOR), _("Only an administrator can withdraw keys."))
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
    return token
