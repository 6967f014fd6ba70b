"""An officer's work: the stages that wait for them or their agency."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Case as Choice
from django.db.models import DateField, F, IntegerField, Prefetch, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.actors import Actor
from accounts.models import Agency, Membership, Role, User
from common import clock
from common.keyset import KeysetPage, keyset_page
from crm.models import Case, Message, Party, PartyRole, Stage, StageState
from crm.models.case import DECIDED
from crm.models.stage import OPEN, RUNNING
from crm.queries.questions import open_questions
from crm.terms import NETWORK_ZONE
from events.models import Event

PAGE = 30
MOST_NEWS = 100
FAR = date(9999, 12, 31)  # where no day is due


@dataclass(frozen=True)
class WorkFilter:
    """What a list is narrowed to; nothing here is personal."""

    state: str = ""
    procedure: str = ""
    channel: str = ""


def my_work(actor: Actor) -> QuerySet[Stage]:
    """The open stages assigned to the actor: their work and nothing else."""
    return Stage.objects.of_agencies(actor).open().filter(assigned_to=actor.user_id)


def agency_work(actor: Actor, narrowed: WorkFilter) -> QuerySet[Stage]:
    """
    The stages of the actor's agencies: the open ones, or those whose case is decided and not closed yet.
    """
    stages = Stage.objects.of_agencies(actor)
    if narrowed.state == "decided":
        stages = stages.filter(case__state__in=DECIDED)
    elif narrowed.state == "late":
        stages = stages.filter(
            due_on__lt=clock.local_date(clock.now(), settings.TIME_ZONE), state__in=RUNNING
        )
    elif narrowed.state in OPEN:
        stages = stages.filter(state=narrowed.state)
    else:
        stages = stages.open()
    if narrowed.procedure:
        stages = stages.filter(case__version__procedure__code=narrowed.procedure)
    if narrowed.channel:
        stages = stages.filter(case__channel=narrowed.channel)
    return stages


def work_page(stages: QuerySet[Stage], *, place: str = "") -> KeysetPage:
    """
    Return a page of stages, received ones first, then by the day due, with all that a line of theirs shows.
    """
    applicants = Party.objects.filter(role=PartyRole.APPLICANT).select_related("person")
    rows = (
        stages.select_related("case__version", "assigned_to")
        .defer("case__version__content", "case__answers", "decision_reason")
        .prefetch_related(Prefetch("case__parties", applicants, to_attr="applicants"))
        .annotate(
            rank=Choice(
                When(state=StageState.RECEIVED, then=Value(0)),
                When(state=StageState.WAITING, then=Value(2)),
                default=Value(1),
                output_field=IntegerField(),
            ),
            due=Coalesce(F("due_on"), Value(FAR), output_field=DateField()),
        )
    )
    return keyset_page(rows, "rank", "due", "id", place=place, size=PAGE)


def procedures_at_work(actor: Actor) -> list[tuple[str, str]]:
    """Code and title of the procedures of which the actor's agencies have open stages."""
    title = (
        "case__version__title_en" if (get_language() or "es").startswith("en") else "case__version__title_es"
    )
    code = "case__version__procedure__code"
    rows = (
        Stage.objects.of_agencies(actor)
        .open()
        .order_by()
        .values_list(code, title, "case__version__title_es")
        .distinct()
    )
    named = {number: name or spanish for number, name, spanish in rows}
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def arrived_since(actor: Actor, since: datetime) -> int:
    """
    How many stages of the actor's agencies arrived, or came back with the citizen's answer, since a moment;
    at most 100.
    """
    moved = Stage.objects.of_agencies(actor).filter(state__in=RUNNING, state_since__gt=since)
    arrived = moved.exclude(state=StageState.IN_REVIEW, stopped_seconds=0)
    return len(arrived.values_list("pk")[:MOST_NEWS])


def parties_of(case: Case) -> QuerySet[Party]:
    """Everybody who has a part in a case, with their numbers and ways to reach them."""
    rows = case.parties.select_related("person__home__commune")
    return rows.prefetch_related("person__identifiers", "person__contact_points").order_by("pk")


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


def stages_of(case: Case) -> QuerySet[Stage]:
    """Every agency's part of a case, in its order."""
    return case.stages.select_related("agency", "assigned_to").order_by("order", "pk")


def messages_of(case: Case) -> QuerySet[Message]:
    """What was asked, answered and noted in a case, in order."""
    return case.messages.select_related("author", "stage__agency").order_by("at", "pk")


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
