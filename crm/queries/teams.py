"""The teams that tasks are opened for, and who is of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from accounts.actors import Actor
from accounts.models import Agency, Role, User
from crm.models import Stage, Task
from crm.models.task import TEAM_ROLES, is_on_line, posts_of_team
from territory.models import Office


@dataclass(frozen=True)
class Team:
    """An agency's officers, an office's staff, or (with neither) line 101."""

    agency: Agency | None = None
    office: Office | None = None

    @property
    def code(self) -> str:
        if self.agency:
            return f"agency-{self.agency.pk}"
        return f"office-{self.office.pk}" if self.office else "line"

    @property
    def name(self) -> str:
        if self.agency:
            return self.agency.name
        return self.office.name if self.office else gettext("Line 101")


def teams_of(actor: Actor) -> list[Team]:
    """Return the teams somebody is of."""
    agencies = Agency.objects.filter(pk__in=actor.agency_ids(Role.OFFICER)).by_name()
    offices = Office.objects.filter(pk__in=actor.office_ids(*TEAM_ROLES)).order_by("name")
    line = [Team()] if is_on_line(actor) else []
    return [*(Team(agency=one) for one in agencies), *(Team(office=one) for one in offices), *line]


def team_of(task: Task) -> Team:
    """Return the team of a task that was read with it."""
    return Team(task.agency, task.office)


def members_of(team: Team) -> QuerySet[User]:
    """Return who works in a team today, by name."""
    posts = posts_of_team(agency=team.agency, office=team.office)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "pk")


def has_left() -> "ExpressionWrapper[Any]":
    """Whether whoever has a part does not work for its agency any more, to be read with the part as `has_left`."""
    posts = posts_of_team(agency=OuterRef("agency")).filter(user=OuterRef("assigned_to"))
    return ExpressionWrapper(Q(assigned_to__isnull=False) & ~Exists(posts), BooleanField())


def holder_of(stage: Stage) -> User | None:
    """Return whoever has an agency's part of a case, if they still work for the agency."""
    if stage.assigned_to_id is None:
        return None
    return members_of(Team(agency=stage.agency)).filter(pk=stage.assigned_to_id).first()
