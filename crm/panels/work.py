"""
An officer's work as values ready to be drawn: a line of a list, a part of a case, a person's part in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext, ngettext

from accounts.actors import Actor
from common import clock, links, phone, wording
from common.keyset import KeysetPage
from common.thread import Promise, ThreadPoint
from crm import permissions
from crm.models import Case, PartyRole, Person, Relation, Stage, StageState, Task
from crm.models.stage import UNDER_WAY
from crm.panels.applications import answer_rows
from crm.panels.cards import level_words, promise_of
from crm.panels.mandates import MandateLine, lines_of
from crm.queries.blocks import closed_to, closed_words
from crm.queries.mandates import mandates_by_id
from crm.queries.messages import cases_with_news
from crm.queries.mine import StandIn
from crm.queries.neighbours import MY_LIST, place_of
from crm.queries.timeline import latest_points
from crm.queries.work import WorkFilter, parties_of, stages_of

ABOUT_APPLICANT = "applicant_"  # how the keys of the questions begin that ask who somebody is
TONES = {
    StageState.RECEIVED: "you",
    StageState.IN_REVIEW: "waiting",
    StageState.GRANTED: "granted",
    StageState.DENIED: "refused",
    StageState.LAPSED: "refused",
}


@dataclass(frozen=True)
class Due:
    """When something is due, in the one unit that matters."""

    words: str
    is_late: bool = False


@dataclass(frozen=True)
class WorkLine:
    """One stage in a list."""

    folio: str
    title: str
    applicant: str
    state: str
    tone: str
    due: Due
    assigned_to: str
    points: list[ThreadPoint]
    promise: Promise | None
    stage_id: UUID
    place: str  # where in the list, sealed: for the cases before and after
    can_be_taken: bool
    has_news: bool = False  # the citizen wrote, and nobody of the agency has read it
    stands_for: str = ""  # whose it is, where somebody stands in for them
    is_task = False


@dataclass(frozen=True)
class TaskLine:
    """One task in a list."""

    task: Task
    kind: str
    what: str
    folio: str
    title: str
    team: str
    owner: str
    due: Due
    stands_for: str = ""
    is_task = True


@dataclass(frozen=True)
class StageLine:
    """One agency's part of a case."""

    stage: Stage
    tone: str
    due: Due
    with_whom: str
    is_own: bool


@dataclass(frozen=True)
class PartyLine:
    """A person's part in a case, and how sure we were of who they are when it was filed: of whoever was not there, as it was said."""

    href: str
    name: str
    glyph: str
    role: str
    is_applicant: bool
    run: str
    level_words: str
    commune: str
    contacts: list[str]
    acts_for: str = ""  # whose representative they are
    relation: str = ""  # what they say they are to them
    mandate: MandateLine | None = None
    is_closed: bool = False  # their data are blocked, and not for this agency to decide on


def work_lines(
    page: KeysetPage, *, actor: Actor, among: str, narrowed: WorkFilter | None = None
) -> list[WorkLine]:
    """
    Return the lines of a page of stages, with four more queries whatever their number.

    :param among: in which list they stand (`crm.queries.neighbours`), narrowed to what
    """
    drawing = _Drawing(actor, among, narrowed or WorkFilter(), page.rows)
    return [drawing.stage(stage) for stage in page.rows]


def mine_lines(page: KeysetPage, *, actor: Actor, covered: list[StandIn]) -> list[WorkLine | TaskLine]:
    """Return the lines of somebody's own work, stages and tasks together, with four more queries whatever their number."""
    stages = [row for row in page.rows if isinstance(row, Stage)]
    away = {one.user.pk: stands_for_words(one) for one in covered}
    drawing = _Drawing(actor, MY_LIST, WorkFilter(), stages, away)
    return [drawing.stage(row) if isinstance(row, Stage) else drawing.task(row) for row in page.rows]


def task_lines(tasks: list[Task], now: datetime) -> list[TaskLine]:
    """Return the lines of tasks that were read with all they show."""
    return [_task_line(task, now) for task in tasks]


def stands_for_words(one: StandIn) -> str:
    """For whom somebody does something, and until when."""
    told = {"name": one.user.name, "day": wording.short_day(one.until)}
    return gettext("for %(name)s, absent until %(day)s") % told


class _Drawing:
    """What all lines of a page need, read once."""

    def __init__(
        self,
        actor: Actor,
        among: str,
        narrowed: WorkFilter,
        stages: list[Stage],
        away: dict[UUID, str] | None = None,
    ) -> None:
        self.among, self.narrowed, self.away = among, narrowed, away or {}
        self.threads = latest_points([stage.case for stage in stages], actor=actor) if stages else {}
        self.news = cases_with_news(self.threads, actor) if stages else set()
        self.closed = closed_to(actor, [party.person for stage in stages for party in stage.case.applicants])  # type: ignore[attr-defined]  # read with the lines
        self.now = clock.now()

    def stage(self, stage: Stage) -> WorkLine:
        case: Any = stage.case
        has_left = stage.has_left  # type: ignore[attr-defined]  # read with the lines
        return WorkLine(
            folio=case.folio,
            title=case.version.title,
            applicant=next((_name(party.person, self.closed) for party in case.applicants), ""),
            state=str(stage.get_state_display()),
            tone=tone_of(stage),
            due=due_of(stage, self.now),
            assigned_to=_with_whom(stage),
            points=self.threads.get(stage.case_id, []),
            promise=promise_of(case),
            stage_id=stage.pk,
            place=place_of(stage, self.among, self.narrowed),
            can_be_taken=stage.is_received or (has_left and stage.state in UNDER_WAY),
            has_news=stage.case_id in self.news,
            stands_for=self.away.get(stage.assigned_to_id, "") if stage.assigned_to_id else "",
        )

    def task(self, task: Task) -> TaskLine:
        return _task_line(task, self.now, self.away.get(task.owner_id, "") if task.owner_id else "")


def _task_line(task: Task, now: datetime, stands_for: str = "") -> TaskLine:
    case = task.case
    team = task.agency.name if task.agency else task.office.name if task.office else gettext("Line 101")
    return TaskLine(
        task=task,
        kind=str(task.get_kind_display()),
        what=task.words or gettext("This text was removed."),
        folio=(case.folio or "") if case else "",
        title=case.version.title if case else task.version.title if task.version else "",
        team=team,
        owner=task.owner.name if task.owner else "",
        due=_due_of_task(task, now),
        stands_for=stands_for,
    )


def _due_of_task(task: Task, now: datetime) -> Due:
    if not task.is_open and task.ended_at:
        return Due(gettext("since %(day)s") % {"day": wording.short_day(task.ended_at)})
    return _due_on(task.due_on, now) or Due(
        gettext("came %(ago)s") % {"ago": wording.age(task.created_at, now)}
    )


def tone_of(stage: Stage) -> str:
    """How a stage's state is drawn for its agency: what is received waits on them."""
    return TONES.get(StageState(stage.state), "neutral")


def due_of(stage: Stage, now: datetime) -> Due:
    """Say when a stage is due, or since when it stands."""
    if stage.is_awaiting_citizen:
        return Due(gettext("asked %(ago)s") % {"ago": wording.age(stage.state_since, now)})
    if not stage.is_open:
        return Due(gettext("since %(day)s") % {"day": wording.short_day(stage.state_since)})
    return _due_on(stage.due_on, now) or Due(
        gettext("came %(ago)s") % {"ago": wording.age(stage.state_since, now)}
    )


def _due_on(day: date | None, now: datetime) -> Due | None:
    if day is None:
        return None
    left = (day - clock.local_date(now, settings.TIME_ZONE)).days
    if left < 0:
        return Due(ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}, is_late=True)
    if left == 0:
        return Due(gettext("today"))
    return Due(ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left})


def stage_lines(case: Case, *, actor: Actor, now: datetime) -> list[StageLine]:
    """Return every agency's part of a case."""
    return [
        StageLine(
            stage,
            tone_of(stage),
            due_of(stage, now),
            _with_whom(stage),
            permissions.can_decide(actor, stage),
        )
        for stage in stages_of(case, actor)
    ]


def _with_whom(stage: Stage) -> str:
    """Who has a part, and that they have it no more where they left; empty where nobody was given it."""
    if stage.assigned_to is None:
        return ""
    name = stage.assigned_to.name
    has_left = stage.has_left  # type: ignore[attr-defined]  # read with it
    return gettext("%(name)s (no longer in the post)") % {"name": name} if has_left else name


def answer_lines(case: Case, parties: list[PartyLine]) -> list[dict[str, Any]]:
    """Return what was answered in a case; who the applicant is, not to whom their data are blocked (`party_lines`)."""
    rows = answer_rows(case)
    if not any(line.is_applicant and line.is_closed for line in parties):
        return rows
    return [
        row | {"answer": closed_words()} if row["key"].startswith(ABOUT_APPLICANT) else row for row in rows
    ]


def party_lines(case: Case, *, actor: Actor, on: date) -> list[PartyLine]:
    """
    Return everybody who has a part in a case, the applicant first; a constant number of queries.

    :param on: the day on which their mandates are to hold
    """
    order = list(PartyRole.values)
    parties: list[Any] = sorted(parties_of(case, actor), key=lambda party: order.index(party.role))
    given = mandates_by_id({party.mandate_id for party in parties})
    closed = {party.person.survivor_id for party in parties if party.is_closed}
    lines = {line.mandate.pk: line for line in lines_of(list(given.values()), actor=actor, on=on)}
    applicant = next(
        (_name(party.person, closed) for party in parties if party.role == PartyRole.APPLICANT), ""
    )
    return [_party_line(party, applicant, lines, closed) for party in parties]


def _name(person: Person, closed: set[UUID]) -> str:
    return closed_words() if person.survivor_id in closed else person.name or ""


def _party_line(
    party: Any, applicant: str, mandates: dict[UUID, MandateLine], closed: set[UUID]
) -> PartyLine:
    is_representative = party.role == PartyRole.REPRESENTATIVE
    person = party.person
    if person.survivor_id in closed:
        return PartyLine(
            href="",
            name=closed_words(),
            glyph="lock",
            role=str(party.get_role_display()),
            is_applicant=party.role == PartyRole.APPLICANT,
            run="",
            level_words=gettext(
                "At their request; decide without it. It is told to nobody but who decides the request."
            ),
            commune="",
            contacts=[],
            acts_for=(applicant or gettext("Name erased")) if is_representative else "",
            mandate=mandates.get(party.mandate_id) if party.mandate_id else None,
            is_closed=True,
        )
    run: dict[str, Any] = party.runs[0] if party.runs else {}
    home = getattr(person, "home", None)
    return PartyLine(
        href=links.url("file", person.survivor_id),
        name=person.shown_name,
        glyph="organisation" if person.kind == "organisation" else "person",
        role=str(party.get_role_display()),
        is_applicant=party.role == PartyRole.APPLICANT,
        run=run.get("value") or "",
        level_words=level_words(party.filed_level if party.filed_by == person.survivor_id else 100),
        commune=home.commune.name if home else "",
        contacts=[
            phone.pretty(one["value"]) if one["kind"] == "phone" else one["value"] for one in party.ways
        ][:4],
        acts_for=(applicant or gettext("Name erased")) if is_representative else "",
        relation=str(Relation(party.relation).label) if party.relation in Relation.values else "",
        mandate=mandates.get(party.mandate_id) if party.mandate_id else None,
    )
