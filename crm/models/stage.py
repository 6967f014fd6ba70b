"""One agency's part of a case: its own decision, observations and clock."""

from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.db.models import Case as Choice
from django.db.models import Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind
from accounts.models import Agency, Role, User
from catalog.models import Procedure
from common.errors import IllegalMove
from common.ids import new_id


class StageState(models.TextChoices):
    WAITING = "waiting", _("Waits for an earlier agency")
    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("Being reviewed")
    AWAITING_CITIZEN = "awaiting_citizen", _("Waiting for the citizen")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    REFERRED = "referred", _("Sent to another agency")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MOOT = "moot", _("Not needed any more")


S = StageState
# The whole life of a stage; docs/states.md is drawn from this table.
NEXT: dict[StageState, frozenset[StageState]] = {
    S.WAITING: frozenset({S.RECEIVED, S.WITHDRAWN, S.MOOT}),
    S.RECEIVED: frozenset({S.IN_REVIEW, S.WITHDRAWN, S.MOOT}),
    # Back to received: whoever took it gave it back before anything else happened.
    S.IN_REVIEW: frozenset(
        {S.RECEIVED, S.AWAITING_CITIZEN, S.GRANTED, S.DENIED, S.REFERRED, S.WITHDRAWN, S.MOOT}
    ),
    S.AWAITING_CITIZEN: frozenset({S.IN_REVIEW, S.LAPSED, S.WITHDRAWN, S.MOOT}),
    S.GRANTED: frozenset({S.IN_REVIEW}),
    S.DENIED: frozenset({S.IN_REVIEW}),
    S.REFERRED: frozenset({S.IN_REVIEW}),
    S.LAPSED: frozenset({S.IN_REVIEW}),
    S.WITHDRAWN: frozenset({S.IN_REVIEW, S.WAITING, S.RECEIVED}),
    S.MOOT: frozenset({S.WAITING, S.RECEIVED}),
}
OPEN = frozenset({S.WAITING, S.RECEIVED, S.IN_REVIEW, S.AWAITING_CITIZEN})
DECIDED = frozenset({S.GRANTED, S.DENIED, S.REFERRED, S.LAPSED})
ENDED = DECIDED | {S.WITHDRAWN}  # what ended of itself; what another part ended is moot
UNDER_WAY = OPEN - {S.WAITING}  # its agency's turn has come, and is not over
RUNNING = frozenset({S.RECEIVED, S.IN_REVIEW})  # their clock runs
# The order in which an agency's lists show its stages; those that ended come last.
RANKS = {S.RECEIVED: 0, S.IN_REVIEW: 1, S.AWAITING_CITIZEN: 2, S.WAITING: 3}
ENDED_RANK = 4
FAR = date(9999, 12, 31)  # where no day is due


class StageQuerySet(models.QuerySet["Stage"]):
    def open(self) -> "StageQuerySet":
        return self.filter(state__in=OPEN)

    def visible_to(self, actor: Actor) -> "StageQuerySet":
        """An agency's officers see its stages; whoever sees the case sees all of its stages."""
        from crm.models.case import Case

        if actor.is_system:
            return self
        is_officer = actor.kind in {ActorKind.STAFF, ActorKind.AGENCY}
        own = Q(agency__in=actor.agency_ids(Role.OFFICER)) if is_officer else Q(pk__in=[])
        return self.filter(own | Q(case__in=Case.objects.visible_to(actor)))

    def of_agencies(self, actor: Actor) -> "StageQuerySet":
        """The stages that the actor's agencies decide."""
        return self.filter(agency__in=actor.agency_ids(Role.OFFICER))

    def lock_all(self, case_id: UUID) -> list["Stage"]:
        """Lock every stage of a case, in a fixed order."""
        return list(
            self.select_for_update(of=("self",))
            .select_related("agency")
            .filter(case=case_id)
            .order_by("order", "pk")
        )


class Stage(models.Model):
    """An agency's part in deciding a case."""

    event_kind = "stage"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("crm.Case", models.PROTECT, related_name="stages")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="stages")
    order = models.PositiveSmallIntegerField(default=1)
    is_required = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=StageState, default=StageState.RECEIVED)
    state_since = models.DateTimeField()
    term_business_days = models.PositiveSmallIntegerField(null=True, blank=True)
    term_calendar_days = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # where the law counts every day
    counts_from = models.DateField(
        null=True, blank=True
    )  # the day after which its term counts; none while it waits for an earlier agency
    due_on = models.DateField(
        null=True, blank=True
    )  # as things stand, where it still waits for an earlier agency
    late_at = models.DateTimeField(null=True, blank=True)  # when a supervisor was told that it is late
    extended_at = models.DateTimeField(null=True, blank=True)  # its term was extended, once
    stopped_at = models.DateTimeField(null=True, blank=True)  # the clock stands while the citizen is asked
    stopped_seconds = models.PositiveBigIntegerField(default=0)
    stopped_days = models.PositiveIntegerField(
        default=0, db_default=0
    )  # of those that its term counts, by which it is longer
    assigned_to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="stages")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    # What lists are ordered and narrowed by, kept by the database: the first two are computed, triggers write the others from the case.
    rank = models.GeneratedField(
        expression=Choice(
            *(When(state=state.value, then=Value(rank)) for state, rank in RANKS.items()),
            default=Value(ENDED_RANK),
            output_field=models.SmallIntegerField(),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    due_by = models.GeneratedField(
        expression=Coalesce("due_on", Value(FAR, output_field=models.DateField())),
        output_field=models.DateField(),
        db_persist=True,
    )
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, editable=False, related_name="+")
    channel = models.CharField(max_length=20, blank=True, editable=False)
    to_close = models.BooleanField(default=False, editable=False)  # its case is decided, and not closed yet

    objects = StageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stage_decided_iff_decision",
                condition=Q(state__in=["granted", "denied", "referred", "lapsed"], decided_at__isnull=False)
                | ~Q(state__in=["granted", "denied", "referred", "lapsed"]) & Q(decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stage_clock_stands_iff_awaiting",
                condition=Q(state="awaiting_citizen", stopped_at__isnull=False)
                | ~Q(state="awaiting_citizen") & Q(stopped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stage_denied_says_why", condition=~Q(state="denied") | ~Q(decision_reason="")
            ),
            models.CheckConstraint(
                name="stage_one_kind_of_term",
                condition=Q(term_business_days__isnull=True) | Q(term_calendar_days__isnull=True),
            ),
            models.CheckConstraint(
                name="stage_term_counts_once_received",
                condition=Q(state="waiting", counts_from__isnull=True)
                | Q(state__in=["moot", "withdrawn"])
                | ~Q(state__in=["waiting", "moot", "withdrawn"]) & Q(counts_from__isnull=False),
            ),
            models.UniqueConstraint(name="stage_once", fields=["case", "agency", "order"]),
        ]
        indexes = [
            models.Index(  # what the calendar has not told the chief of yet
                fields=["due_on"],
                name="stage_running_due",
                condition=Q(state__in=sorted(RUNNING), late_at__isnull=True),
            ),
            models.Index(
                fields=["agency", "rank", "due_by", "id"],
                name="stage_inbox",
                condition=Q(state__in=sorted(OPEN)),
            ),
            # What an agency's program lists: in the order in which they changed, all or those of one state.
            models.Index(fields=["agency", "state_since", "id"], name="stage_changed"),
            models.Index(fields=["agency", "state", "state_since", "id"], name="stage_in_state"),
            models.Index(
                fields=["agency", "procedure", "rank", "due_by", "id"],
                name="stage_by_procedure",
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.Index(
                fields=["agency", "channel", "rank", "due_by", "id"],
                name="stage_by_channel",
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.Index(
                fields=["agency", "due_by", "id"], name="stage_to_close_by_day", condition=Q(to_close=True)
            ),
            models.Index(  # also which procedures have any
                fields=["agency", "procedure", "due_by", "id"],
                name="stage_to_close_by_procedure",
                condition=Q(to_close=True),
            ),
            models.Index(
                fields=["agency", "state_since"],
                name="stage_arrived",
                condition=Q(state__in=["in_review", "received"]),
            ),
            models.Index(
                fields=["assigned_to", "due_by", "id"],
                name="stage_mine",
                condition=Q(state__in=sorted(OPEN)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_decidable(self) -> bool:
        return self.state == S.IN_REVIEW

    @property
    def is_awaiting_citizen(self) -> bool:
        return self.state == S.AWAITING_CITIZEN

    @property
    def is_received(self) -> bool:
        return self.state == S.RECEIVED

    def move_to(self, state: StageState, *, at: datetime, reason: str = "") -> None:
        """Change the state in memory; the caller holds the case's lock and saves."""
        old = StageState(self.state)
        if state not in NEXT[old]:
            raise IllegalMove(old, state)
        if self.stopped_at is not None:
            self.stopped_seconds += int((at - self.stopped_at).total_seconds())
        self.stopped_at = at if state == S.AWAITING_CITIZEN else None
        self.state, self.state_since = state, at
        self.decided_at = at if state in DECIDED else None
        self.decision_reason = reason if state in DECIDED else ""
