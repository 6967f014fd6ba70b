"""
What we send to a citizen about a case: each message with when it may go, whether it left and whether it arrived; what they wish to be
sent; and the house's rules for it, which administrators change.
"""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.person import ContactPoint, Person, RowsOfPeople


class NotificationState(models.TextChoices):
    PENDING = "pending", _("To be sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Could not be sent")


class Failure(models.TextChoices):
    """Why a message did not reach anybody."""

    ENDED = "ended", _("the person is not reached there any more")
    UNSAFE = "unsafe", _("others may read there")
    BLOCKED = "blocked", _("their data are blocked")
    OVERTAKEN = "overtaken", _("it was no longer so")
    REFUSED = "refused", _("the address or number does not take it")
    UNAVAILABLE = "unavailable", _("the service that sends it did not answer for days")
    UNDELIVERED = "undelivered", _("it did not arrive")


class Notification(models.Model):
    """
    One message to one contact point, for one event: the event id makes a repeated delivery harmless.

    `next_try_at` is when something is to be done about it: to send it, to try again, to ask whether it arrived; empty once it is
    settled. `effective_on`: the day on which a decision sent to an electronic domicile takes effect.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="notifications")
    # Without one it goes to the e-mail that stands in the answers of the case: of an application not sent yet nobody is known.
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, blank=True, related_name="+")
    event_id = models.UUIDField()
    template = models.CharField(max_length=60)
    state = models.CharField(max_length=9, choices=NotificationState, default=NotificationState.PENDING)
    failure = models.CharField(max_length=11, choices=Failure, blank=True, db_default="", default="")
    at = models.DateTimeField(db_default=ClockNow())
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notification_once", fields=["event_id", "contact_point"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="notification_failed_says_why", condition=~Q(state="failed") | ~Q(failure="")
            ),
            models.CheckConstraint(
                name="notification_pending_is_to_be_sent",
                condition=~Q(state="pending") | Q(next_try_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="notification_next", condition=Q(next_try_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"

    @property
    def is_text(self) -> bool:
        """A text message, rather than an e-mail."""
        return self.contact_point is not None and self.contact_point.kind == "phone"


class WishChannel(models.TextChoices):
    ANY = "", _("By e-mail, or by text message where there is none")
    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By text message")
    BOTH = "both", _("By both")


class WishScope(models.TextChoices):
    ALL = "all", _("Everything that happens in the case")
    NEEDED = "needed", _("Only what asks something of me, and decisions")


class MessageWish(models.Model):
    """By which channel, and of what, a person wishes to be told: in one case, or in every case of theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="message_wish")
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="message_wish")
    channel = models.CharField(max_length=5, choices=WishChannel, blank=True, default=WishChannel.ANY)
    scope = models.CharField(max_length=6, choices=WishScope, default=WishScope.ALL)
    at = models.DateTimeField(db_default=ClockNow())

    objects = RowsOfPeople["MessageWish"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_wish_of_one",
                condition=Q(case__isnull=True, person__isnull=False)
                | Q(case__isnull=False, person__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.scope}"


class MessagePolicy(models.Model):
    """
    The rules for messages to citizens: one row, once they were changed; these defaults until then.

    Text messages rest from `quiet_from` to `quiet_until` in the zone of the case's commune, and all of Sundays and holidays. A decision
    sent to an electronic domicile takes effect on the `domicile_days`-th business day after it was sent (Ley 19.880, art. 46).
    """

    event_kind = "message_policy"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=20, unique=True, default="house")  # the one row
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    rests_on_holidays = models.BooleanField(default=True)
    domicile_is_active = models.BooleanField(default=True)
    domicile_days = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_policy_some_days", condition=Q(domicile_days__range=(1, 30)))
        ]

    def __str__(self) -> str:
        return f"{self.quiet_from}–{self.quiet_until}"


class MessagePolicyChange(models.Model):
    """One change of the rules, with its reason."""

    policy = models.ForeignKey(MessagePolicy, models.PROTECT, related_name="changes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.at}"
