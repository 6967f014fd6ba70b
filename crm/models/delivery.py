"""What an agency's system is told of its cases: one message for each event, and what became of it. Apart from the state of the case."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Role, User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.troubles import trouble_words


class Subscription(models.Model):
    """
    Where an agency's system is told, and of what; `kinds` empty means all. Where its list is compared with ours, it is told besides
    whatever moves a state: it could not agree otherwise.

    The signing secret follows from `secret_number` and the house's own key, so it lies nowhere; while `both_until` lies ahead, the one
    before it signs too. After a failure nothing is tried before `paused_until`: a dead receiver costs one attempt a pause.
    """

    event_kind = "subscription"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.OneToOneField(Agency, models.PROTECT, related_name="subscription")
    url = models.URLField(max_length=300)
    reconcile_url = models.URLField(max_length=300, blank=True)
    kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    secret_number = models.PositiveIntegerField(default=1)
    both_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)  # one after another
    paused_until = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(db_default=ClockNow(), editable=False)

    def __str__(self) -> str:
        return f"{self.agency_id} {self.url}"

    @property
    def follows_states(self) -> bool:
        """Whether its system is told of every move, and so can know in which state each case is."""
        return not self.kinds or bool(self.reconcile_url)

    def wants(self, kind: str, *, moves: bool) -> bool:
        """
        Whether its system is told of a kind of event.

        :param moves: such an event moves a state
        """
        return not self.kinds or kind in self.kinds or (moves and self.follows_states)


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("To be delivered")
    SENT = "sent", _("On its way")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    FAILED = "failed", _("Will be tried again")
    DEAD = "dead", _("Given up")
    OVERTAKEN = "overtaken", _("Overtaken, and told anew")


D = DeliveryState
UNSETTLED = frozenset({D.PENDING, D.SENT, D.FAILED})
# The whole life of a delivery; a given-up one can be sent again, unless the system was told of its case what came later.
NEXT: dict[DeliveryState, frozenset[DeliveryState]] = {
    D.PENDING: frozenset({D.SENT, D.DEAD}),
    D.SENT: frozenset(
        {D.SENT, D.ACKNOWLEDGED, D.FAILED, D.DEAD}
    ),  # on its way once more: its worker was lost
    D.FAILED: frozenset({D.SENT, D.DEAD}),
    D.ACKNOWLEDGED: frozenset(),
    D.DEAD: frozenset({D.PENDING, D.OVERTAKEN}),
    D.OVERTAKEN: frozenset(),
}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unsettled(self) -> "DeliveryQuerySet":
        return self.filter(state__in=UNSETTLED)

    def dead(self) -> "DeliveryQuerySet":
        return self.filter(state=D.DEAD)

    def overtaken(self) -> "DeliveryQuerySet":
        """Those whose case the agency's system has in a later revision, or is told in one just now."""
        return self.filter(
            Exists(
                Delivery.objects.filter(
                    agency=OuterRef("agency"),
                    case=OuterRef("case"),
                    state__in=[D.ACKNOWLEDGED, D.SENT],
                    data__revision__gt=OuterRef("data__revision"),
                )
            )
        )

    def due(self, at: datetime) -> "DeliveryQuerySet":
        """Those whose moment has come and that no earlier one of the same case and agency precedes."""
        earlier = Delivery.objects.unsettled().filter(
            # A case told anew has the place of what happened last in it, whose own message may still wait: that was made before.
            Q(seq__lt=OuterRef("seq")) | Q(seq=OuterRef("seq"), id__lt=OuterRef("id")),
            agency=OuterRef("agency"),
            case=OuterRef("case"),
        )
        return self.unsettled().filter(~Exists(earlier), next_at__lte=at)


class Delivery(models.Model):
    """
    One message to one agency; `event_id` is its CloudEvents id, by which the receiver knows a repetition.

    `data` holds codes and ids only and is sent as it stands, however often. While it is on its way, `next_at` is when its worker is taken
    for lost. After `give_up_at` it is dead, until somebody sends it again, or tells the case anew in its place.
    """

    event_kind = "delivery"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="deliveries")
    case = models.ForeignKey(Case, models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField()
    seq = models.BigIntegerField()  # the event's: the order within the case
    kind = models.CharField(max_length=60)
    happened_at = models.DateTimeField()
    data = models.JSONField()
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.CharField(
        max_length=40, blank=True
    )  # our word for what went wrong, never what they answered
    made_at = models.DateTimeField(db_default=ClockNow())
    next_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["event_id", "agency"]),
            models.CheckConstraint(
                name="delivery_settled_iff_over",
                condition=Q(state__in=["acknowledged", "dead", "overtaken"], settled_at__isnull=False)
                | Q(state__in=["pending", "sent", "failed"], settled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "next_at"],
                name="delivery_due",
                condition=Q(state__in=["failed", "pending", "sent"]),
            ),
            models.Index(
                fields=["case", "agency", "seq"],
                name="delivery_waiting",
                condition=Q(state__in=["failed", "pending", "sent"]),
            ),
            models.Index(fields=["agency", "id"], name="delivery_dead", condition=Q(state="dead")),
            models.Index(fields=["settled_at"], name="delivery_settled", condition=Q(state="acknowledged")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def trouble_words(self) -> str:
        return trouble_words(self.trouble)

    def move_to(
        self, state: DeliveryState, *, at: datetime, next_at: datetime | None = None, trouble: str = ""
    ) -> None:
        """Change the state in memory; the caller holds the row and saves."""
        from common.errors import IllegalMove

        old = DeliveryState(self.state)
        if state not in NEXT[old]:
            raise IllegalMove(old, state)
        self.state, self.trouble = state, trouble
        self.settled_at = at if state not in UNSETTLED else None
        self.next_at = next_at or at
        if state == D.SENT:
            self.attempts += 1

    def begin_again(self, *, at: datetime, within: timedelta) -> None:
        """Make a given-up one wait to be sent, as if it were new."""
        self.move_to(DeliveryState.PENDING, at=at)
        self.attempts, self.give_up_at = 0, at + within


class Reconciliation(models.Model):
    """One comparison of an agency's list with ours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="reconciliations")
    began_at = models.DateTimeField(db_default=ClockNow())
    ended_at = models.DateTimeField(null=True, blank=True)
    theirs = models.PositiveIntegerField(default=0)
    ours = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.agency_id} {self.began_at}"

    @property
    def trouble_words(self) -> str:
        return trouble_words(self.trouble)


class DifferenceKind(models.TextChoices):
    MISSING_THERE = "missing_there", _("They do not have it")
    MISSING_HERE = "missing_here", _("We do not have it")
    OTHER_STATE = "other_state", _("They have it in another state")


class Resolution(models.TextChoices):
    OPEN = "", _("To be resolved")
    SENT_AGAIN = "sent_again", _("Sent again")
    NOTED = "noted", _("Explained")
    GONE = "gone", _("Gone by itself")


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def visible_to(self, actor: Actor) -> "DifferenceQuerySet":
        """Administrators see all of them, an agency's officers its own."""
        if actor.is_system or (actor.is_staff and actor.has_role(Role.ADMINISTRATOR)):
            return self
        return self.filter(agency__in=actor.agency_ids(Role.OFFICER)) if actor.is_staff else self.none()


class Difference(models.Model):
    """What an agency's list and ours say differently of one folio, until it is resolved."""

    event_kind = "difference"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="differences")
    reconciliation = models.ForeignKey(
        Reconciliation, models.PROTECT, related_name="differences"
    )  # the latest that found it
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    folio = models.CharField(max_length=40)  # as they call it
    kind = models.CharField(max_length=13, choices=DifferenceKind)
    our_hash = models.CharField(max_length=64, blank=True)
    their_hash = models.CharField(max_length=64, blank=True)
    first_at = models.DateTimeField(db_default=ClockNow())
    last_at = models.DateTimeField(db_default=ClockNow())
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True, default="")
    note = models.CharField(max_length=300, blank=True)  # by staff, of a system
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="difference_open_once", fields=["agency", "folio"], condition=Q(resolution="")
            ),
            models.CheckConstraint(
                name="difference_resolved_iff_how",
                condition=Q(resolution="", resolved_at__isnull=True)
                | ~Q(resolution="") & Q(resolved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.folio}"
