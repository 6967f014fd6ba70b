"""
A number in an office's queue, its life, and the measured stretches of it.

Numbers restart with the office's own day. Who is called next is decided by `turn_at` alone: see
`offices.actions.tickets`.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from common.errors import IllegalMove
from common.ids import new_id, new_secret
from offices.models.desk import OFFICE_ROLES, Desk
from offices.models.visit import Visit
from territory.models import Office


class TicketState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    SERVING = "serving", _("At the desk")
    HELD = "held", _("Fetching a paper")
    FINISHED = "finished", _("Served")
    NO_SHOW = "no_show", _("Did not come")
    ABANDONED = "abandoned", _("Left")


T = TicketState
# The whole life of a ticket; docs/states.md is drawn from this table.
NEXT: dict[TicketState, frozenset[TicketState]] = {
    T.WAITING: frozenset({T.CALLED, T.ABANDONED}),
    T.CALLED: frozenset({T.SERVING, T.NO_SHOW, T.WAITING, T.ABANDONED}),
    T.SERVING: frozenset({T.HELD, T.FINISHED}),
    T.HELD: frozenset({T.SERVING, T.FINISHED, T.ABANDONED}),
    T.FINISHED: frozenset(),
    T.NO_SHOW: frozenset(),
    T.ABANDONED: frozenset(),
}
OVER = frozenset({T.FINISHED, T.NO_SHOW, T.ABANDONED})
AT_DESK = frozenset({T.CALLED, T.SERVING})  # a desk holds at most one such ticket


class PeriodKind(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    WALKING = "walking", _("On the way to the desk")
    SERVING = "serving", _("At the desk")
    HOLD = "hold", _("Fetching a paper")


# What is measured while a ticket is in a state; a called person who says so on their phone is walking.
PERIOD_OF: dict[TicketState, PeriodKind] = {
    T.WAITING: PeriodKind.WAITING,
    T.CALLED: PeriodKind.CALLED,
    T.SERVING: PeriodKind.SERVING,
    T.HELD: PeriodKind.HOLD,
}


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, actor: Actor) -> "TicketQuerySet":
        """The tickets of the offices where the actor works."""
        return self if actor.is_system else self.filter(office__in=actor.office_ids(*OFFICE_ROLES))

    def of_day(self, office: Office, day: date) -> "TicketQuerySet":
        return self.filter(office=office, business_date=day)

    def waiting(self) -> "TicketQuerySet":
        return self.filter(state=T.WAITING)

    def in_turn(self) -> "TicketQuerySet":
        """In the order in which they will be called."""
        return self.order_by("turn_at", "id")


class Ticket(models.Model):
    """A place in the queue. `token` opens the page that tells, on one's phone, how many are before."""

    event_kind = "ticket"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.OneToOneField(Visit, models.PROTECT, related_name="ticket")
    office = models.ForeignKey(Office, models.PROTECT, related_name="tickets")
    business_date = models.DateField()
    series = models.CharField(max_length=1)
    number = models.PositiveIntegerField()
    token = models.CharField(max_length=26, unique=True, default=new_secret)
    state = models.CharField(max_length=9, choices=TicketState, default=TicketState.WAITING)
    taken_at = models.DateTimeField()
    turn_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    called_count = models.PositiveSmallIntegerField(default=0)
    call_key = models.UUIDField(
        null=True, blank=True
    )  # the request that called it: sent again, it is answered with this ticket
    desk = models.ForeignKey(Desk, models.PROTECT, null=True, blank=True, related_name="tickets")
    clerk = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ticket_number_once", fields=["office", "business_date", "series", "number"]
            ),
            models.UniqueConstraint(
                name="ticket_one_at_a_desk", fields=["desk"], condition=Q(state__in=["called", "serving"])
            ),
            models.UniqueConstraint(name="ticket_call_key_once", fields=["desk", "call_key"]),
            models.CheckConstraint(name="ticket_number_from_one", condition=Q(number__gt=0)),
            models.CheckConstraint(
                name="ticket_called_has_desk",
                condition=~Q(state__in=["called", "serving", "held", "finished", "no_show"])
                | Q(desk__isnull=False, clerk__isnull=False, called_at__isnull=False, called_count__gt=0),
            ),
            models.CheckConstraint(
                name="ticket_waiting_has_no_desk",
                condition=~Q(state="waiting")
                | Q(desk__isnull=True, clerk__isnull=True, called_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ticket_ended_iff_over",
                condition=Q(state__in=["finished", "no_show", "abandoned"], ended_at__isnull=False)
                | ~Q(state__in=["finished", "no_show", "abandoned"]) & Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ticket_ends_after_taken",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("taken_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "business_date", "turn_at", "id"],
                name="ticket_queue",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["office", "business_date", "-called_at"], name="ticket_calls"),
            models.Index(
                fields=["clerk"], name="ticket_in_hand", condition=Q(state__in=["called", "serving", "held"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is printed, shown and called: a letter and a number."""
        return f"{self.series} {self.number:03d}"

    @property
    def is_waiting(self) -> bool:
        return self.state == T.WAITING

    @property
    def is_called(self) -> bool:
        return self.state == T.CALLED

    @property
    def is_serving(self) -> bool:
        return self.state == T.SERVING

    @property
    def is_held(self) -> bool:
        return self.state == T.HELD

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_no_show(self) -> bool:
        return self.state == T.NO_SHOW

    @property
    def is_finished(self) -> bool:
        return self.state == T.FINISHED

    def move_to(self, state: TicketState, *, at: datetime) -> None:
        """Change the state in memory; the caller holds the row lock and saves."""
        old = TicketState(self.state)
        if state not in NEXT[old]:
            raise IllegalMove(old, state)
        self.state = state
        self.ended_at = max(at, self.taken_at) if state in OVER else None
        if state == T.WAITING:
            self.desk, self.clerk, self.called_at, self.call_key = None, None, None, None


class Counter(models.Model):
    """
    The last number of a series of an office's day; its row is the lock that makes numbers unique and without
    gaps.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    business_date = models.DateField()
    series = models.CharField(max_length=1)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="counter_once", fields=["office", "business_date", "series"])
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Period(models.Model):
    """
    A measured stretch of a visit: at any moment a living ticket has one that is open, an ended one none.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="periods")
    kind = models.CharField(max_length=7, choices=PeriodKind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="period_one_open", fields=["ticket"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="period_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes = [models.Index(fields=["kind", "-ended_at"], name="period_recent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"
