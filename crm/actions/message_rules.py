"""What a person wishes to be told and where, their electronic domicile, and the house's rules for messages."""

from datetime import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from common.errors import DomainError, require
from crm.actions.contact_points import require_told, tell
from crm.actions.mandates import require_voice
from crm.models import (
    Case,
    ContactPoint,
    Interaction,
    MandateAct,
    MessagePolicy,
    MessagePolicyChange,
    MessageWish,
    Person,
)
from crm.models.notification import WishChannel, WishScope
from crm.models.person import ContactKind
from events.record import record

DOCUMENT_SEEN = 500  # whoever says where decisions are told by law has shown who they are
MOST_DOMICILE_DAYS = 30


@transaction.atomic
def wish_messages_in_case(
    case: Case, *, by: Actor, channel: str, scope: str, interaction: Interaction | None = None
) -> MessageWish:
    """
    Note how the citizen wishes to be told of one case. What asks something of them, and decisions, are told all the same.

    :raises NotAllowed: `by` neither holds the key nor has the case before them
    :raises DomainError: there is no such channel or extent
    """
    _require_known(channel, scope)
    case = Case.objects.lock(case.pk)
    require_voice(
        case,
        by=by,
        act=MandateAct.ANSWER,
        interaction=interaction,
        refusal=_("Only the citizen, or whoever attends them, says how they are told."),
    )
    now = clock.now()
    wish, _is_new = MessageWish.objects.update_or_create(
        case=case, defaults={"channel": channel, "scope": scope, "at": now}
    )
    record(
        "case.messages_wished",
        case,
        by=by,
        at=now,
        interaction=interaction,
        channel=interaction.channel if interaction else "",
        by_channel=channel,
        scope=scope,
    )
    return wish


@transaction.atomic
def wish_messages(
    person: Person, *, by: Actor, interaction: Interaction, channel: str, scope: str
) -> MessageWish:
    """
    Note how a person wishes to be told of every case of theirs, but for those in which they said otherwise.

    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: there is no such channel or extent
    """
    _require_known(channel, scope)
    person = require_told(person, by=by, interaction=interaction)
    wish, _is_new = MessageWish.objects.update_or_create(
        person=person, defaults={"channel": channel, "scope": scope, "at": clock.now()}
    )
    tell(person, "messages", by=by, interaction=interaction)
    return wish


def _require_known(channel: str, scope: str) -> None:
    if channel not in WishChannel.values:
        raise DomainError(_("Choose one of the ways."), channel=_("Choose one of the ways."))
    if scope not in WishScope.values:
        raise DomainError(_("Choose what you wish to be told."), scope=_("Choose what you wish to be told."))


@transaction.atomic
def choose_domicile(point: ContactPoint, *, by: Actor, interaction: Interaction) -> ContactPoint:
    """
    Make an e-mail the electronic domicile of a person, instead of any other; chosen before, it is given up.

    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: it is no safe e-mail of theirs, or they did not show their identity card in this contact
    """
    person = require_told(point.person, by=by, interaction=interaction)
    point = ContactPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    if interaction.identity_level < DOCUMENT_SEEN:
        raise DomainError(
            _("Look at their identity card first: decisions count as told once they are sent there.")
        )
    if point.kind != ContactKind.EMAIL or not point.is_safe or point.ended_at or point.value is None:
        raise DomainError(_("Only an e-mail that is theirs and safe can be an electronic domicile."))
    chosen = not point.is_domicile
    others = ContactPoint.objects.of(person).exclude(pk=point.pk).filter(is_domicile=True)
    if chosen:
        for other in others:
            other.is_domicile = False
            other.save(update_fields=["is_domicile"])
    point.is_domicile = chosen
    point.save(update_fields=["is_domicile"])
    tell(person, "domicile", by=by, interaction=interaction)
    return point


@transaction.atomic
def change_message_policy(
    *,
    by: Actor,
    quiet_from: time,
    quiet_until: time,
    rests_on_holidays: bool,
    domicile_is_active: bool,
    domicile_days: int,
    reason: str,
) -> MessagePolicy:
    """
    Change the rules for messages; what is sent already stays as it is. The same again changes nothing.

    :raises NotAllowed: `by` is no administrator
    :raises DomainError: no reason, or a number of days that makes no sense
    """
    require(by.has_role(Role.ADMINISTRATOR), _("Only administrators change the rules for messages."))
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(_("Write why the rules change."), reason=_("Write why the rules change."))
    if not 1 <= domicile_days <= MOST_DOMICILE_DAYS:
        wrong = _("Write a number of business days from 1 to 30.")
        raise DomainError(wrong, domicile_days=wrong)
    MessagePolicy.objects.get_or_create(code="house")
    rules = MessagePolicy.objects.select_for_update().get(code="house")
    before = _values(rules)
    rules.quiet_from, rules.quiet_until, rules.rests_on_holidays = quiet_from, quiet_until, rests_on_holidays
    rules.domicile_is_active, rules.domicile_days = domicile_is_active, domicile_days
    after = _values(rules)
    if before == after:
        return rules
    rules.save()
    now = clock.now()
    MessagePolicyChange.objects.create(
        policy=rules, by_id=by.signed_in_id, at=now, before=before, after=after, reason=reason[:300]
    )
    record("message_policy.changed", rules, by=by, at=now, after=after)
    return rules


def _values(rules: MessagePolicy) -> dict[str, str | bool | int]:
    return {
        "quiet_from": f"{rules.quiet_from:%H:%M}",
        "quiet_until": f"{rules.quiet_until:%H:%M}",
        "rests_on_holidays": rules.rests_on_holidays,
        "domicile_is_active": rules.domicile_is_active,
        "domicile_days": rules.domicile_days,
    }
