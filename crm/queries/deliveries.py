"""What agencies' systems are told: subscriptions, what waits, what was given up, what their lists and ours say differently."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, product
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common.keyset import KeysetPage, keyset_page
from crm import keys
from crm.models import (
    Delivery,
    DeliveryState,
    Difference,
    DifferenceKind,
    Reconciliation,
    Stage,
    Subscription,
    Task,
)
from crm.models.delivery import UNSETTLED
from crm.models.stage import OPEN, StageState
from crm.queries.agency_api import state_hash
from events.models import Event, Handled

PAGE = 50
COMPARED = timedelta(days=30)  # of what is not open any more, what changed within these days is compared
RESTATING = "crm.restate_cases"
AT_ONCE = 1000  # cases read at a time
CALM = timedelta(minutes=10)  # what changed just now may still be on its way


def subscription_of(agency: Agency) -> Subscription | None:
    """Return an agency's subscription, if it has one."""
    return Subscription.objects.filter(agency=agency).select_related("agency").first()


def signing_secrets(subscription: Subscription, at: datetime | None = None) -> list[str]:
    """Return the secret in use; with a moment, also the one before it, while both sign."""
    numbers = [subscription.secret_number]
    if at and subscription.both_until and at < subscription.both_until and subscription.secret_number > 1:
        numbers.append(subscription.secret_number - 1)
    return [keys.signing_secret(subscription.pk, number) for number in numbers]


def subscription_lines() -> QuerySet[Subscription]:
    """Return every subscription with how much waits, was given up, and is told differently, and why its list could not be compared the last time."""
    one = Delivery.objects.filter(agency=OuterRef("agency")).order_by().values("agency")
    waiting = one.filter(state__in=UNSETTLED).annotate(n=Count("pk")).values("n")
    dead = one.filter(state=DeliveryState.DEAD).annotate(n=Count("pk")).values("n")
    open_ones = (
        Difference.objects.filter(agency=OuterRef("agency"), resolution="").order_by().values("agency")
    )
    latest = _comparisons(OuterRef("agency")).values("trouble")[:1]
    return (
        Subscription.objects.select_related("agency")
        .annotate(
            waiting=waiting,
            dead=dead,
            differences=open_ones.annotate(n=Count("pk")).values("n"),
            list_trouble=latest,
        )
        .order_by("agency__code")
    )


@dataclass(frozen=True)
class Sides:
    """An open difference, and what each side holds, in words."""

    difference: Difference
    ours: str
    theirs: str


def sides_of(task: Task, actor: Actor) -> Sides | None:
    """Return the open difference that a task is about, as it stands now on our side and stood on theirs when it was found last."""
    open_ones = Difference.objects.visible_to(actor).filter(resolution="").select_related("agency")
    found = open_ones.filter(pk=task.difference_id).first() if task.difference_id else None
    if found is None:
        return None
    ours = list(
        Stage.objects.filter(case=found.case_id, agency=found.agency_id)
        .order_by("order")
        .values_list("order", "state")
    )
    theirs = _behind(found.their_hash, found.folio, [order for order, _state in ours])
    absent = found.kind == DifferenceKind.MISSING_THERE
    return Sides(
        found,
        ours=_labels(ours) or str(_("No case with this folio")),
        theirs=str(_("Its list does not name it")) if absent else _labels(theirs) or str(_UNKNOWN),
    )


_UNKNOWN = _("A state that can not be made out from what its list says")
_MOST_PARTS = 3  # of an agency in one case, of which every state is tried


def _behind(digest: str, folio: str, orders: list[int]) -> list[tuple[int, str]]:
    """The states of parts that a hash stands for: it says none, but there are few to try."""
    if len(orders) <= _MOST_PARTS:
        for states in product(StageState.values, repeat=len(orders)):
            parts = list(zip(orders, states, strict=True))
            if state_hash(folio, parts) == digest:
                return parts
    return []


def _labels(parts: list[tuple[int, str]]) -> str:
    return " · ".join(str(StageState(state).label) for _order, state in parts)


def trouble_of(task: Task) -> str:
    """Say why an agency's list could not be compared the last time, where that is what a task is about; empty once it could."""
    latest = _comparisons(task.agency_id).first() if task.key.startswith("comparison:") else None
    return latest.trouble_words if latest else ""


def _comparisons(agency: Any) -> QuerySet[Reconciliation]:
    """An agency's comparisons that are over, the latest first."""
    return Reconciliation.objects.filter(agency=agency, ended_at__isnull=False).order_by("-began_at")


def dead_letters(*, place: str = "") -> KeysetPage:
    """Return a page of the messages that were given up, the oldest first."""
    rows = Delivery.objects.dead().select_related("agency", "case", "owner").defer("case__answers")
    return keyset_page(rows, "id", place=place, size=PAGE)


def given_up_of(agency: Agency) -> int:
    """How many messages to an agency's system were given up."""
    return Delivery.objects.dead().filter(agency=agency).count()


def open_differences(*, place: str = "") -> KeysetPage:
    """Return a page of what is told differently and not resolved yet."""
    rows = Difference.objects.filter(resolution="").select_related("agency")
    return keyset_page(rows, "id", place=place, size=PAGE)


def agencies_with_work(at: datetime) -> list[int]:
    """Return the agencies whose systems could be told something now: of each, whether anything is due."""
    due = Delivery.objects.filter(agency=OuterRef("agency"), state__in=UNSETTLED, next_at__lte=at)
    open_now = Q(paused_until__isnull=True) | Q(paused_until__lte=at)
    rows = Subscription.objects.filter(open_now, Exists(due), is_active=True)
    return list(rows.order_by("agency").values_list("agency", flat=True))


@dataclass(frozen=True)
class Told:
    """What is told differently of one folio."""

    folio: str
    kind: str
    case_id: UUID | None = None
    ours: str = ""
    theirs: str = ""


def compared(agency_id: int, items: list[tuple[str, str]], *, at: datetime) -> Iterator[Told]:
    """
    Compare a page of an agency's list with our rows.

    :param items: (folio, state hash) as they tell them
    """
    known = _hashes(agency_id, Q(case__folio__in=[folio for folio, _hash in items]))
    moving = _moving(agency_id, known, at)
    for folio, theirs in items:
        if folio not in known:
            yield Told(folio, DifferenceKind.MISSING_HERE, theirs=theirs)
        elif known[folio].hash != theirs and folio not in moving:
            yield Told(folio, DifferenceKind.OTHER_STATE, known[folio].case_id, known[folio].hash, theirs)


def missing_there(agency_id: int, seen: set[str], *, at: datetime) -> Iterator[Told]:
    """
    Compare our rows with the whole of an agency's list: its cases that the list does not name, whether it was ever told of them or not.
    """
    named: set[str] = set()
    for case_ids in compared_cases(agency_id, at=at):
        known = _hashes(agency_id, Q(case__in=case_ids))
        absent = {folio: row for folio, row in known.items() if folio not in seen and folio not in named}
        moving = _moving(agency_id, absent, at)
        for folio, row in absent.items():
            if folio not in moving:
                named.add(folio)
                yield Told(folio, DifferenceKind.MISSING_THERE, row.case_id, row.hash)


def compared_cases(agency_id: int, *, at: datetime) -> Iterator[list[UUID]]:
    """
    Yield the cases that an agency's system should know, a thousand at a time: those of which it has an open part, however quiet they are,
    and those of which a part of its ended within thirty days. One of which it has several parts may come twice.
    """
    own = Stage.objects.filter(agency=agency_id)
    ended = own.exclude(state__in=OPEN).filter(state_since__gte=at - COMPARED)
    for rows in (own.open().order_by("rank", "due_by", "id"), ended.order_by("state_since", "id")):
        found = rows.values_list("case", flat=True).iterator(chunk_size=AT_ONCE)
        while page := list(islice(found, AT_ONCE)):
            yield page


def count_ours(agency_id: int, *, at: datetime) -> int:
    """How many cases an agency's system should know."""
    own = Stage.objects.filter(Q(state__in=OPEN) | Q(state_since__gte=at - COMPARED), agency=agency_id)
    return int(own.aggregate(n=Count("case", distinct=True))["n"])


def begun_with(event_id: UUID) -> Subscription | None:
    """Return the subscription that an event began, if it did, the agency's system is still told, and was not told its cases since."""
    event = Event.objects.get(pk=event_id)
    if not event.value("begins") or Handled.objects.filter(event_id=event_id, listener=RESTATING).exists():
        return None
    rows = Subscription.objects.filter(pk=event.subject_id, is_active=True).select_related("agency")
    return next((one for one in rows if one.follows_states), None)


@dataclass(frozen=True)
class _Ours:
    case_id: UUID
    hash: str
    changed_at: datetime


def _hashes(agency_id: int, which: Q) -> dict[str, _Ours]:
    rows = Stage.objects.filter(which, agency=agency_id).values_list(
        "case__folio", "case_id", "order", "state", "state_since"
    )
    grouped: dict[str, list[Any]] = {}
    for folio, case_id, order, state, since in rows:
        grouped.setdefault(str(folio), []).append((case_id, order, state, since))
    return {
        folio: _Ours(
            parts[0][0],
            state_hash(folio, [(order, state) for _case, order, state, _since in parts]),
            max(since for *_rest, since in parts),
        )
        for folio, parts in grouped.items()
    }


def _moving(agency_id: int, known: dict[str, _Ours], at: datetime) -> set[str]:
    """The folios of which something is on its way, or happened so lately that it may be."""
    ids = [one.case_id for one in known.values()]
    waiting: Iterable[UUID] = (
        Delivery.objects.unsettled().filter(agency=agency_id, case__in=ids).values_list("case", flat=True)
    )
    under_way = set(waiting)
    return {folio for folio, one in known.items() if one.case_id in under_way or one.changed_at > at - CALM}
