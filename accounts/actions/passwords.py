"""Passwords: chosen through a link that works once, changed by oneself, taken back by an administrator."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import journal, permissions
from accounts.actors import Actor
from accounts.models import User
from common import clock
from common.errors import DomainError, require


@transaction.atomic
def take_password_back(user: User, *, by: Actor) -> str:
    """
    Make a person's password and all their sessions worthless, and return the token of the link by which
    they choose a new one.

    The token works once, for three days; an earlier one stops working.

    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the sign-in is ended
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(permissions.can_manage_people(by), _("Only administrators take passwords back."))
    if not user.is_active:
        raise DomainError(_("This sign-in is ended: open it again first."))
    user.set_unusable_password()
    user.save(update_fields=["password"])
    journal.note("user.password_reset", user, by=by, at=clock.now())
    token: str = default_token_generator.make_token(user)
    return token


@transaction.atomic
def choose_password(user: User, *, by: Actor, token: str, password: str) -> User:
    """
    Choose a password with the token of one's link; all other sessions end.

    :raises DomainError: the link is used up or too old, or the password is too weak
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active or not default_token_generator.check_token(user, token):
        raise DomainError(
            _("This link was used already or is too old. Ask your administrator for a new one.")
        )
    return _set(user, password, field="password", by=by)


@transaction.atomic
def change_password(user: User, *, by: Actor, old: str, new: str) -> User:
    """
    Change one's own password; all other sessions end.

    :raises NotAllowed: somebody else's
    :raises DomainError: the old one is wrong, or the new one too weak
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(permissions.can_set_password(by, user), _("Everybody changes their own password alone."))
    if not user.check_password(old):
        raise DomainError(
            _("This is not your present password."), old=_("This is not your present password.")
        )
    return _set(user, new, field="new", by=by)


def _set(user: User, password: str, *, field: str, by: Actor) -> User:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), **{field: " ".join(error.messages)}) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.note("user.password_set", user, by=by, at=clock.now())
    return user
