"""People who sign in: made, ended, opened again by administrators."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import journal, permissions
from accounts.actors import Actor
from accounts.models import Membership, Role, User
from common import clock
from common.errors import DomainError, require

MAX_NAME = 120
MAX_EMAIL = 254


@transaction.atomic
def create_user(*, by: Actor, name: str, email: str) -> User:
    """
    Give a person a sign-in without a password: they choose it themselves through a link
    (`accounts.links_in`).

    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the name or the address is wrong, or the address is taken
    """
    require(permissions.can_manage_people(by), _("Only administrators give sign-ins."))
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > MAX_NAME:
        raise DomainError(
            _("Write the person's name."), name=_("Write the person's name, up to 120 letters.")
        )
    try:
        validate_email(email[: MAX_EMAIL + 1])
        if len(email) > MAX_EMAIL:
            raise ValidationError(email)
    except ValidationError:
        wrong = _("Write an e-mail address, like name@agency.cl.")
        raise DomainError(wrong, email=wrong) from None
    now = clock.now()
    user = User(name=name, email=email, created_at=now)
    user.set_unusable_password()
    made = User.objects.bulk_create([user], ignore_conflicts=True)[0]
    if not User.objects.filter(pk=made.pk).exists():
        taken = _("Somebody already signs in with this address.")
        raise DomainError(taken, email=taken)
    journal.note("user.created", made, by=by, at=now)
    return made


@transaction.atomic
def disable_user(user: User, *, by: Actor) -> User:
    """
    End a sign-in: every session of it is dead at its next request, and the password is gone. A second time
    changes nothing.

    :raises NotAllowed: `by` is no administrator, or means themselves
    :raises DomainError: nobody would be left to administer
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(permissions.can_disable(by, user), _("Only another administrator can end this sign-in."))
    if not user.is_active:
        return user
    require_administrator_left(without=user)
    now = clock.now()
    user.is_active = False
    user.set_unusable_password()  # sessions carry a hash of it: none comes back when it is opened again
    user.save(update_fields=["is_active", "password"])
    journal.note("user.disabled", user, by=by, at=now)
    return user


@transaction.atomic
def enable_user(user: User, *, by: Actor) -> User:
    """
    Open a sign-in again; the person chooses a new password.

    :raises NotAllowed: `by` is no administrator
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(permissions.can_manage_people(by), _("Only administrators open sign-ins."))
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    journal.note("user.enabled", user, by=by, at=clock.now())
    return user


def require_administrator_left(*, without: User) -> None:
    """
    Refuse to take the last administrator away; the posts looked at are locked, so that two can not take
    each other's.
    """
    posts = (
        Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .current()
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    holders = {post.user_id for post in posts}
    if holders and holders <= {without.pk}:
        raise DomainError(
            _(
                "Nobody would be left to administer people and posts: "
                "make somebody else an administrator first."
            )
        )
