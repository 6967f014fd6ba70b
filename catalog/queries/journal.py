"""Who did what when with a procedure's sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Procedure, VersionComment
from events.models import Event
from events.registry import kind_of

MOST = 30


@dataclass(frozen=True)
class Deed:
    """One line: what was done, to which version, by whom."""

    at: datetime
    what: str | Promise
    number: int | None
    who: str


def deeds_of(procedure: Procedure, *, limit: int = MOST) -> list[Deed]:
    """Return what was done last with a procedure's versions and their upkeep, the latest first, in three queries."""
    numbers = dict(procedure.versions.values_list("pk", "number"))
    told = list(
        Event.objects.filter(
            Q(subject_kind="version", subject_id__in=list(numbers))
            | Q(subject_kind="procedure", subject_id=procedure.pk)
        ).order_by("-at", "-seq")[:limit]
    )
    names = dict(User.objects.filter(pk__in={event.actor_id for event in told}).values_list("pk", "name"))
    return [
        Deed(
            at=event.at,
            what=_told_nobody() if event.value("tells") is False else kind_of(event.kind).staff_label,
            number=numbers.get(event.subject_id),
            who=names.get(event.actor_id, _("Ventanilla")) if event.actor_id else _("Ventanilla"),
        )
        for event in told
    ]


def _told_nobody() -> str:
    return _("A version was published; nobody was told, as it was said to change nothing for people")


def comments_on(procedure: Procedure) -> list[VersionComment]:
    """Return the comments that nobody settled yet, on any version that is still worked on or public, the latest first."""
    rows: Any = VersionComment.objects.filter(version__procedure=procedure, settled_at__isnull=True)
    return list(rows.select_related("author", "version").defer("version__content").order_by("-pk")[:100])
