"""A task: work somebody owes by a day. It may be about a case; it is never in the way of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency, Membership, Role, User
from accounts.queries.teams import absences_covered_by
from catalog.models import ProcedureVersion
from common.clock import ClockNow
from common.errors import IllegalMove
from common.ids import new_id
from crm.models.case import Case
from crm.models.stage import FAR
from territory.models import Office


class TaskKind(models.TextChoices):
    """Where a task comes from: what somebody here wants done or has promised, or something that happened."""

    TODO = "todo", _("To do")
    CALL = "call", _("Call promised")
    ANSWER = "answer", _("Answer owed")
    OVERDUE = "overdue", _("Overdue")
    DIFFERENCE = "difference", _("Difference with the agency's system")
    SHEET = "sheet", _("Sheet that changed")


BY_HAND = (TaskKind.TODO, TaskKind.CALL, TaskKind.ANSWER)
PROMISED = frozenset({TaskKind.CALL, TaskKind.ANSWER})  # by a day, to a citizen


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


NEXT: dict[TaskState, frozenset[TaskState]] = {
    TaskState.OPEN: frozenset({TaskState.DONE, TaskState.CANCELLED}),
    TaskState.DONE: frozenset(),
    TaskState.CANCELLED: frozenset(),
}
TEAM_ROLES = (Role.CLERK, Role.HOST, Role.SUPERVISOR)  # at an office
LINE_ROLES = (Role.AGENT, Role.SUPERVISOR)


def posts_of_team(*, agency: Any = None, office: Any = None) -> QuerySet[Membership]:
    """
    Return the posts by which somebody is of a team today.

    :param agency: an agency, its key or an expression: its officers and chiefs
    :param office: the same of an office: its staff; without either, line 101
    """
    posts = Membership.objects.current().filter(user__is_active=True)
    if agency is not None:
        return posts.filter(role__in=[Role.OFFICER, Role.CHIEF], agency=agency)
    if office is not None:
        return posts.filter(role__in=TEAM_ROLES, office=office)
    return posts.filter(role__in=LINE_ROLES, office__isnull=True)


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(state=TaskState.OPEN)

    def owed(self) -> "TaskQuerySet":
        """
        Those whose owner is of their team today. Whoever left it owes nothing there any more: the team sees what they left, and takes it.
        """
        of_agency, of_office, of_line = (
            Exists(posts.filter(user=OuterRef("owner")))
            for posts in (
                posts_of_team(agency=OuterRef("agency")),
                posts_of_team(office=OuterRef("office")),
                posts_of_team(),
            )
        )
        on_line = Q(of_line, agency__isnull=True, office__isnull=True)
        return self.filter(Q(of_agency) | Q(of_office) | on_line)

    def visible_to(self, actor: Actor) -> "TaskQuerySet":
        """
        A team's tasks are seen by the team of today, whoever opened or owns them; what a colleague who is away owes, by their deputy too.
        """
        if actor.is_system:
            return self
        if not (actor.is_staff and actor.user_id):
            return self.none()
        absent = absences_covered_by(actor).values("user")
        seen = Q(pk__in=Task.objects.owed().filter(owner__in=absent).values("pk"))
        if agencies := actor.agency_ids(Role.OFFICER):
            seen |= Q(agency__in=agencies)
        if offices := actor.office_ids(*TEAM_ROLES):
            seen |= Q(office__in=offices)
        if is_on_line(actor):
            seen |= Q(agency__isnull=True, office__isnull=True)
        return self.filter(seen)


def is_on_line(actor: Actor) -> bool:
    """Whether somebody is of line 101: its agents and its supervisors, who have no office."""
    return any(post.role in LINE_ROLES and post.office_id is None for post in actor.posts)


# What the tasks say that the house itself opens, by the first part of their key: each reader reads it in their own language.
HOUSE_WORDS = {
    "late": _("The term is over: see that it is decided, or give it to a colleague."),
    "lapsing": _("The citizen did not answer in time: see whether to end your part for that, or to wait."),
    "difference": _("The agency's system tells this case differently: compare both, and say how it is."),
    "comparison": _(
        "Your agency's system could not be compared with Ventanilla. Tell whoever runs that system; what they need to know, they ask "
        "Ventanilla's administrators."
    ),
    "answer": _("The citizen wrote: read it, and answer."),
    "sheet": _("You explained this procedure, and it changed: see what to say now, and whom you told."),
}


class Task(models.Model):
    """
    Work owed. Its team is an agency or an office; without either, line 101. Nobody owns it until somebody takes it or is given it.

    `key` names what it is for where the house itself opens it: one open task for each. `what` and `outcome` are staff's words.
    """

    event_kind = "task"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=TaskKind, default=TaskKind.TODO)
    what = models.CharField(max_length=300, null=True)  # noqa: DJ001  # NULL once redacted
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="tasks")
    # The text of a procedure that it is about.
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="tasks")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="tasks")
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tasks")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=ClockNow())
    due_on = models.DateField(null=True, blank=True)
    due_by = models.GeneratedField(
        expression=Coalesce("due_on", Value(FAR, output_field=models.DateField())),
        output_field=models.DateField(),
        db_persist=True,
    )
    state = models.CharField(max_length=9, choices=TaskState, default=TaskState.OPEN)
    outcome = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120, blank=True)
    revision = models.PositiveIntegerField(default=1)
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_one_team", condition=Q(agency__isnull=True) | Q(office__isnull=True)
            ),
            models.CheckConstraint(
                name="task_ended_iff_over",
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("created_at")),
            ),
            models.UniqueConstraint(
                name="task_one_open_for_each_key", fields=["key"], condition=Q(state="open") & ~Q(key="")
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_by", "id"], name="task_owned", condition=Q(state="open")),
            models.Index(fields=["agency", "due_by", "id"], name="task_of_agency", condition=Q(state="open")),
            models.Index(fields=["office", "due_by", "id"], name="task_of_office", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN

    @property
    def words(self) -> str:
        """What is to be done, as whoever reads it reads it; empty once it was redacted."""
        return str(HOUSE_WORDS.get(self.key.partition(":")[0], self.what)) if self.what else ""

    @property
    def difference_id(self) -> UUID | None:
        """The difference between two lists that it is about, with which it ends, and not before."""
        what, _colon, which = self.key.partition(":")
        return UUID(which) if what == "difference" else None

    def end(self, state: TaskState, *, at: datetime) -> None:
        """Change the state in memory; the caller holds the row lock and saves."""
        old = TaskState(self.state)
        if state not in NEXT[old]:
            raise IllegalMove(old, state)
        self.state, self.ended_at = state, at
