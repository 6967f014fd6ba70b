"""
Calls as the telephone exchange tells them: raw events as they came, and the call folded from them.

Events come in any order, repeated, or not at all; `callcentre.folding` turns whatever came into one call in
one clear state.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from callcentre.models.line import MenuOption
from common.clock import ClockNow
from common.ids import new_id
from crm.models import Interaction


class CallState(models.TextChoices):
    RINGING = "ringing", _("Ringing")
    CONNECTED = "connected", _("Speaking")
    ENDED = "ended", _("Over")


class Direction(models.TextChoices):
    IN = "in", _("Incoming")
    OUT = "out", _("Outgoing")


class NoMatter(models.TextChoices):
    """Why a call had no matter to close."""

    WRONG_NUMBER = "wrong_number", _("Wrong number")
    NO_VOICE = "no_voice", _("Nobody spoke")
    CUT_OFF = "cut_off", _("It was cut off before they could say")
    TEST = "test", _("A test of the line")


class CallQuerySet(models.QuerySet["Call"]):
    def incoming(self) -> "CallQuerySet":
        return self.filter(direction=Direction.IN)

    def waiting(self) -> "CallQuerySet":
        """Incoming calls nobody has answered yet."""
        return self.incoming().filter(state=CallState.RINGING)

    def unanswered(self) -> "CallQuerySet":
        """Incoming calls that ended without an answer."""
        return self.incoming().filter(state=CallState.ENDED, answered_at__isnull=True)

    def ringing_at(self, user_id: Any) -> "CallQuerySet":
        """The calls that ring at one agent's phone now."""
        return self.waiting().filter(rings__user=user_id)

    def unfinished_of(self, user_id: Any) -> "CallQuerySet":
        """The calls an agent speaks in, or has not finished the work on."""
        return self.filter(agent=user_id, interaction__agent=user_id, interaction__wrapped_up_at__isnull=True)

    def lock(self, *, provider: str, call_id: str) -> "Call":
        return self.select_for_update(of=("self",)).get(provider=provider, call_id=call_id)


class Call(models.Model):
    """
    One call. `from_number` is the citizen's number in E.164, empty when it is withheld or unreadable.

    `interaction` is the contact it opened; outgoing calls open none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=30)
    call_id = models.CharField(max_length=120)
    interaction = models.OneToOneField(
        Interaction, models.PROTECT, null=True, blank=True, related_name="call"
    )
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    from_number = models.CharField(max_length=20, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    option = models.ForeignKey(MenuOption, models.PROTECT, null=True, blank=True, related_name="calls")
    state = models.CharField(max_length=9, choices=CallState, default=CallState.RINGING)
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="calls")
    started_at = models.DateTimeField(db_default=ClockNow())
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=40, blank=True)
    no_matter = models.CharField(max_length=12, choices=NoMatter, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="call_once", fields=["provider", "call_id"]),
            models.CheckConstraint(
                name="call_state_fits_times",
                condition=Q(state="ringing", answered_at__isnull=True, ended_at__isnull=True)
                | Q(state="connected", answered_at__isnull=False, ended_at__isnull=True)
                | Q(state="ended", ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_answered_after_start",
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="call_ended_after_answer",
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__gte=F("started_at"))
                & (Q(answered_at__isnull=True) | Q(ended_at__gte=F("answered_at"))),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "started_at"], name="call_live", condition=~Q(state="ended")),
            models.Index(fields=["-started_at", "id"], name="call_latest"),
            models.Index(
                fields=["from_number", "started_at"], name="call_number", condition=~Q(from_number="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.state}"

    @property
    def is_ringing(self) -> bool:
        return self.state == CallState.RINGING

    @property
    def is_connected(self) -> bool:
        return self.state == CallState.CONNECTED

    @property
    def is_over(self) -> bool:
        return self.state == CallState.ENDED


class Ring(models.Model):
    """That a call rings, or rang, at an agent's phone; `shown_at` is when their screen told them of it."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rings")
    user = models.ForeignKey(User, models.PROTECT, related_name="rings")
    since = models.DateTimeField(db_default=ClockNow())
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="ring_once", fields=["call", "user"])]

    def __str__(self) -> str:
        return f"{self.call_id} {self.user_id}"


class EventType(models.TextChoices):
    NEW_CALL = "newCall", _("It rings")
    ANSWER = "answer", _("Somebody answered")
    HANGUP = "hangup", _("It was hung up")


class EventSource(models.TextChoices):
    """Who told us."""

    EXCHANGE = "exchange", _("The telephone exchange")
    CONSOLE = "console", _("The agent")
    SWEEP = "sweep", _("Ventanilla, because nothing more was heard")


class CallEvent(models.Model):
    """
    What was told of a call, as it came: the first of each type counts, `repeats` says how often it came
    again.

    `payload` keeps only what folding needs; names and whatever else an exchange sends are not stored.
    """

    provider = models.CharField(max_length=30)
    call_id = models.CharField(max_length=120)
    type = models.CharField(max_length=7, choices=EventType)
    source = models.CharField(max_length=8, choices=EventSource, default=EventSource.EXCHANGE)
    received_at = models.DateTimeField(db_default=ClockNow())
    payload = models.JSONField(default=dict)
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="callevent_once", fields=["provider", "call_id", "type"])]

    def __str__(self) -> str:
        return f"{self.type} {self.received_at}"


class CallNote(models.Model):
    """What an agent writes down of a call, for colleagues; it can be redacted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(null=True)  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())
    redacted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.call_id} {self.at}"
