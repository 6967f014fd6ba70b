"""What one person owes: the stages assigned to them, the tasks they own, and those of whoever they stand in for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.actors import Actor
from accounts.models import Absence, User
from accounts.queries.teams import absences_covered_by
from common.keyset import KeysetPage, keyset_page
from crm.models import Case, Stage, Task
from crm.models.task import is_on_line
from crm.queries.work import MY_ORDER, PAGE, with_lines

MOST_ABSENT = 10  # colleagues for whom one person stands in at once


@dataclass(frozen=True)
class StandIn:
    """For whom somebody stands in, and until when."""

    user: User
    until: date


def covered_by(actor: Actor) -> list[StandIn]:
    """
    For whom the actor stands in today, the first to end first. Through a deputy who is away too they do so until the first of them is back.
    """
    away = {absence.user_id: absence for absence in absences_covered_by(actor).select_related("user")}
    found = [StandIn(absence.user, _until(absence, away, actor)) for absence in away.values()]
    return sorted(found, key=lambda one: (one.until, one.user.pk))[:MOST_ABSENT]


def _until(absence: Absence, away: dict[UUID, Absence], actor: Actor) -> date:
    last = absence.last_day
    while absence.deputy_id != actor.user_id and absence.deputy_id in away:
        absence = away[absence.deputy_id]
        last = min(last, absence.last_day)
    return last


def my_stages(actor: Actor, away: list[UUID]) -> QuerySet[Stage]:
    """The open stages that are assigned to the actor, or to those who are away and for whom they stand in."""
    return Stage.objects.of_agencies(actor).open().filter(assigned_to__in=[actor.signed_in_id, *away])


def my_page(actor: Actor, covered: list[StandIn], *, place: str = "") -> KeysetPage:
    """
    Return a page of what is assigned to the actor or promised by them, by the day due; and likewise of those they stand in for.

    Nothing else is in it: not what their team owes, nor what they merely opened, nor what they owed in a team they left.
    """
    rows: list[QuerySet[Stage] | QuerySet[Task]] = []
    for user_id in [actor.signed_in_id, *(one.user.pk for one in covered)]:
        stages = Stage.objects.of_agencies(actor).open().filter(assigned_to=user_id)
        rows += [with_lines(stages), with_task_lines(Task.objects.open().owed().filter(owner=user_id))]
    return keyset_page(rows, *MY_ORDER, place=place, size=PAGE)


def with_task_lines(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with all that a line of theirs shows."""
    return tasks.select_related("case__version", "version", "agency", "office", "owner").defer(
        "case__version__content", "case__answers", "version__content"
    )


def team_tasks(actor: Actor, *, place: str = "") -> KeysetPage:
    """
    Return a page of the open tasks of the actor's teams, by the day due; one short read of an index for each team.
    """
    waiting = Task.objects.open()
    teams = [waiting.filter(agency=agency) for agency in dict.fromkeys(actor.agency_ids("officer"))]
    teams += [
        waiting.filter(office=office)
        for office in dict.fromkeys(actor.office_ids("clerk", "host", "supervisor"))
    ]
    if is_on_line(actor):
        teams.append(waiting.filter(agency__isnull=True, office__isnull=True))
    return keyset_page([with_task_lines(rows) for rows in teams], *MY_ORDER, place=place, size=PAGE)


def tasks_of(case: Case, actor: Actor) -> list[Task]:
    """The tasks about a case that the actor may see, the open ones first."""
    rows = with_task_lines(Task.objects.visible_to(actor).filter(case=case))
    return list(rows.order_by(F("ended_at").asc(nulls_first=True), "due_by", "pk")[:PAGE])
