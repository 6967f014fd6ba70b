"""Where an agency's system is told what happens in its cases, and the secret that proves who tells it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.events import TOLD_TO_AGENCIES
from crm.models import Subscription
from events.record import record
from integrations.agency import is_allowed

BOTH_FOR = timedelta(days=2)  # a new secret signs beside the old one for so long
_NOT_ALLOWED = _("Only administrators change where agencies are told.")


@transaction.atomic
def subscribe(
    agency: Agency,
    *,
    by: Actor,
    url: str,
    reconcile_url: str = "",
    kinds: Collection[str] = (),
    is_active: bool = True,
) -> Subscription:
    """
    Say where an agency's system is told, of what, and where its list lies; said again, it is changed. One that from now on follows the
    states of cases, or another one in its place, is to be told them all: the event says so.

    :param kinds: which events; none means all
    :raises NotAllowed: `by` is no administrator
    :raises DomainError: an address may not be called from here, or a kind is not told
    """
    require(permissions.can_manage_deliveries(by), _NOT_ALLOWED)
    wrong = _(
        "Write an https address by name, without a password in it. See that nothing in the name is mistyped."
    )
    if not is_allowed(url):
        raise DomainError(wrong, url=wrong)
    if reconcile_url and not is_allowed(reconcile_url):
        raise DomainError(wrong, reconcile_url=wrong)
    if unknown := set(kinds) - set(TOLD_TO_AGENCIES):
        raise DomainError(", ".join(sorted(unknown)), kinds=_("Choose one of the list."))
    now = clock.now()
    is_new = not Subscription.objects.filter(agency=agency).exists()
    made = {"url": url, "since": now}
    Subscription.objects.bulk_create([Subscription(agency=agency, **made)], ignore_conflicts=True)
    subscription = Subscription.objects.select_for_update(of=("self",)).get(agency=agency)
    followed = (
        not is_new and subscription.is_active and subscription.follows_states and subscription.url == url
    )
    if subscription.url != url:
        subscription.failures, subscription.paused_until = 0, None  # another receiver
    subscription.url, subscription.reconcile_url = url, reconcile_url
    subscription.kinds, subscription.is_active = sorted(kinds), is_active
    subscription.save()
    begins = is_active and subscription.follows_states and not followed
    record(
        "subscription.changed",
        subscription,
        by=by,
        at=now,
        agency=agency.code,
        active=is_active,
        begins=begins,
    )
    return subscription


@transaction.atomic
def change_secret(subscription: Subscription, *, by: Actor) -> Subscription:
    """
    Begin a new signing secret; for two days the one before signs too.

    :raises NotAllowed: `by` is no administrator
    """
    require(permissions.can_manage_deliveries(by), _NOT_ALLOWED)
    subscription = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    now = clock.now()
    subscription.secret_number += 1
    subscription.both_until = now + BOTH_FOR
    subscription.save(update_fields=["secret_number", "both_until"])
    record("subscription.secret_changed", subscription, by=by, at=now, number=subscription.secret_number)
    return subscription
