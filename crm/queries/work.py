"""An officer's work: the stages that wait for them or their agency."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject

from accounts.actors import Actor
from accounts.models import Agency, Membership, Role, User
from accounts.queries.teams import chiefs_covered_by
from catalog.models import Procedure, ProcedureVersion
from catalog.models.procedure import VersionStatus
from common import clock
from common.keyset import KeysetPage, keyset_page
from crm.models import Case, ContactPoint, Party, PartyRole, Person, PersonIdentifier, Stage, StageState
from crm.models.person import surviving
from crm.models.stage import OPEN, RANKS, RUNNING
from crm.queries.questions import open_questions, unanswered
from crm.queries.teams import has_left
from crm.terms import NETWORK_ZONE
from events.models import Event

PAGE = 30
MOST_NEWS = 100
ORDER = (
    "rank",
    "due_by",
    "id",
)  # of an agency's lists; indexes of `Stage` begin with the agency and end with these
MY_ORDER = ("due_by", "id")


@dataclass(frozen=True)
class WorkFilter:
    """What a list is narrowed to; nothing here is personal."""

    state: str = ""
    procedure: str = ""
    channel: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """By what the list is ordered. What is decided has one rank: ordered by it too, the database would misjudge how much is beyond a place."""
        return MY_ORDER if self.state == "decided" else ORDER


def agency_work(actor: Actor, narrowed: WorkFilter) -> QuerySet[Stage]:
    """
    The stages of the actor's agencies: the open ones, or those whose case is decided and not closed yet.
    """
    stages = Stage.objects.of_agencies(actor)
    if narrowed.state == "decided":
        stages = stages.filter(to_close=True)
    elif narrowed.state == "late":
        today = clock.local_date(clock.now(), settings.TIME_ZONE)
        stages = stages.open().filter(due_by__lt=today, rank__in=[RANKS[state] for state in RUNNING])
    elif narrowed.state == "unanswered":
        stages = unanswered(stages, clock.local_date(clock.now(), NETWORK_ZONE))
    elif narrowed.state in OPEN:
        stages = stages.open().filter(rank=RANKS[StageState(narrowed.state)])
    else:
        stages = stages.open()
    if narrowed.procedure:
        stages = stages.filter(procedure=Procedure.objects.filter(code=narrowed.procedure).values("pk")[:1])
    if narrowed.channel:
        stages = stages.filter(channel=narrowed.channel)
    return stages


def work_page(actor: Actor, narrowed: WorkFilter, *, place: str = "") -> KeysetPage:
    """
    Return a page of the stages of the actor's agencies, received ones first, then by the day due, with all that a line of theirs shows.
    """
    return keyset_page(with_lines(agency_work(actor, narrowed)), *narrowed.order, place=place, size=PAGE)


def with_lines(stages: QuerySet[Stage]) -> QuerySet[Stage]:
    """Stages with all that a line of theirs shows."""
    applicants = Party.objects.filter(role=PartyRole.APPLICANT).select_related("person")
    return (
        stages.select_related("case__version", "assigned_to")
        .defer("case__version__content", "case__answers", "decision_reason")
        .prefetch_related(Prefetch("case__parties", applicants, to_attr="applicants"))
        .annotate(has_left=has_left())
    )


def procedures_at_work(actor: Actor, *, wanted: str = "") -> list[tuple[str, str]]:
    """
    Code and title of the procedures of which the actor's agencies have stages that are open, or to close: probes of an index for each.

    :param wanted: the code of one that is among them if it is known at all: what was chosen stays the choice when nothing of it is left
    """
    own = Stage.objects.of_agencies(actor).filter(procedure=OuterRef("pk"))
    known = Procedure.objects.values("pk")
    # Not one condition with "or": for that the database would read the whole table of stages.
    procedures = known.filter(Exists(own.open())).union(
        known.filter(Exists(own.filter(to_close=True))), known.filter(code=wanted)
    )
    versions = (
        ProcedureVersion.objects.filter(procedure__in=procedures, status=VersionStatus.APPROVED)
        .select_related("procedure")
        .defer("content")
        .order_by("procedure", "-number")
        .distinct("procedure")
    )
    named = [(version.procedure.code, version.title) for version in versions]
    return sorted(named, key=lambda pair: pair[1].casefold())


def arrived_since(actor: Actor, since: datetime) -> int:
    """
    How many stages of the actor's agencies arrived, or came back with the citizen's answer, since a moment;
    at most 100.
    """
    moved = Stage.objects.of_agencies(actor).filter(state__in=RUNNING, state_since__gt=since)
    arrived = moved.exclude(state=StageState.IN_REVIEW, stopped_seconds=0)
    return len(arrived.values_list("pk")[:MOST_NEWS])


def parties_of(case: Case, actor: Actor) -> QuerySet[Party]:
    """
    Everybody who has a part in a case: one query, with their active RUN as `runs` (value), the ways to reach them as `ways` (kind, value),
    whether they are closed to the actor as `is_closed` (`crm.queries.blocks.closed_to`), and who was there when it was filed and how
    surely they were known as `filed_by` and `filed_level`.
    """
    record = Person.objects.filter(
        pk=OuterRef("survivor")
    )  # one key: of two ways to it everybody would be read
    numbers = PersonIdentifier.objects.filter(person=OuterRef("person"), is_active=True, kind="run")
    ways = ContactPoint.objects.filter(person=OuterRef("person"), ended_at__isnull=True).exclude(value=None)
    return (
        case.parties.select_related("person__home__commune")
        .alias(survivor=surviving("person"))
        .annotate(
            runs=ArraySubquery(numbers.order_by("pk").values(found=JSONObject(value="value"))),
            is_closed=Exists(record.closed_to(actor)),
            filed_by=surviving("case__filed_by"),
            filed_level=F("case__filed_level"),
            ways=ArraySubquery(ways.order_by("pk").values(found=JSONObject(kind="kind", value="value"))),
        )
        .order_by("pk")
    )


def late_stages(today: date) -> QuerySet[Stage]:
    """The running stages whose term is over and whose chief was not told yet, the longest overdue first."""
    return Stage.objects.filter(state__in=sorted(RUNNING), late_at__isnull=True, due_on__lt=today).order_by(
        "due_on"
    )


def officers_of(case: Case) -> QuerySet[User]:
    """Who may be given an agency's part of a case, by name."""
    posts = Membership.objects.current().filter(
        agency__in=case.stages.values("agency"), role__in=[Role.OFFICER, Role.CHIEF]
    )
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk")


def is_answer_overdue(stage: Stage) -> bool:
    """Whether the day is over until which the citizen could answer what a stage asks."""
    asked = open_questions(stage.case).filter(stage=stage).last()
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    return asked is not None and asked.answer_by is not None and asked.answer_by < today


def stages_of(case: Case, actor: Actor) -> QuerySet[Stage]:
    """Every agency's part of a case, in its order; `covers_chief`: the actor stands in for a chief of it."""
    covered = chiefs_covered_by(actor).filter(agency=OuterRef("agency"))
    return (
        case.stages.select_related("agency", "assigned_to")
        .annotate(has_left=has_left(), covers_chief=Exists(covered))
        .order_by("order", "pk")
    )


def agency_names(actor: Actor) -> str:
    """The agencies the actor decides for, by name."""
    agencies = Agency.objects.filter(pk__in=actor.agency_ids(Role.OFFICER)).by_name()
    return ", ".join(agency.name for agency in agencies)


def agencies_of_events(event_ids: list[UUID]) -> list[int]:
    """The agencies that decide the cases these events are about."""
    cases = Event.objects.filter(pk__in=event_ids, subject_kind="case").values("subject_id")
    return list(
        Stage.objects.filter(case__in=cases).order_by("agency").values_list("agency", flat=True).distinct()
    )
