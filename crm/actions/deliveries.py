"""Messages to agencies' systems: made of events, claimed, acknowledged, tried again, given up, sent again."""

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common import clock
from common.errors import DomainError, require
from common.ids import new_id
from crm import permissions
from crm.events import MOVES_A_STATE, TOLD_TO_AGENCIES
from crm.models import Case, Delivery, DeliveryState, Stage, Subscription
from crm.queries.agency_api import state_hash
from events.models import Event
from events.record import record

GIVE_UP_AFTER = timedelta(hours=48)
LEASE = timedelta(seconds=60)  # a message on its way for longer has lost its worker
FIRST_WAIT = 5.0  # seconds; doubled each time, drawn anew below that, and never more than
LONGEST_WAIT = 3600.0
MOST_AT_ONCE = 500
RESTATED = "case.restated"
_drawn = random.SystemRandom()
_NOT_ALLOWED = _("Only administrators look after deliveries.")


@transaction.atomic
def prepare_deliveries(event_ids: list[UUID], *, by: Actor) -> list[int]:
    """
    Make the messages of these events for the agencies that want them; made again, there is one all the same.

    The state told is that of the moment in which the message is made: never older than the event. Return the agencies.
    """
    wanted = {one.agency_id: one for one in Subscription.objects.filter(is_active=True)}
    if not wanted:
        return []
    events = Event.objects.filter(pk__in=event_ids, subject_kind="case", kind__in=TOLD_TO_AGENCIES).order_by(
        "seq"
    )
    parts = _parts({event.subject_id for event in events}, set(wanted))
    now = clock.now()
    made = [
        _message(event, agency, rows, now)
        for event in events
        for agency, rows in parts.get(event.subject_id, {}).items()
        if wanted[agency].wants(event.kind, moves=event.kind in MOVES_A_STATE)
    ]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return sorted({one.agency_id for one in made})


def _parts(case_ids: set[UUID], agencies: set[int]) -> dict[UUID, dict[int, list[dict[str, Any]]]]:
    rows = Stage.objects.filter(case__in=case_ids, agency__in=agencies).order_by("order", "id")
    parts: dict[UUID, dict[int, list[dict[str, Any]]]] = {}
    told: QuerySet[Any, Any] = rows.values(
        "id",
        "order",
        "state",
        "case_id",
        "agency_id",
        "agency__code",
        "case__folio",
        "case__state",
        "case__revision",
    )
    for row in told:
        parts.setdefault(row["case_id"], {}).setdefault(row["agency_id"], []).append(row)
    return parts


def _message(event: Event, agency_id: int, rows: list[dict[str, Any]], now: datetime) -> Delivery:
    return Delivery(
        agency_id=agency_id,
        case_id=event.subject_id,
        event_id=event.pk,
        seq=event.seq,
        kind=event.kind,
        happened_at=event.at,
        data=_told(rows),
        made_at=now,
        next_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )


def _told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Codes and ids, and nothing of the citizen."""
    first = rows[0]
    folio = first["case__folio"]
    return {
        "folio": folio,
        "agency": first["agency__code"],
        "case_state": first["case__state"],
        "revision": first["case__revision"],
        "stages": [{"id": str(row["id"]), "order": row["order"], "state": row["state"]} for row in rows],
        "state_hash": state_hash(folio, [(row["order"], row["state"]) for row in rows]),
    }


@transaction.atomic
def claim_delivery(agency_id: int, *, by: Actor) -> Delivery | None:
    """
    Take an agency's next message: none that an earlier one of its case precedes, and none while the agency's system rests.

    Whoever is lost with it leaves it to whoever comes a minute later.
    """
    now = clock.now()
    ready = Subscription.objects.filter(agency=agency_id, is_active=True)
    if not ready.filter(Q(paused_until__isnull=True) | Q(paused_until__lte=now)).exists():
        return None
    due = Delivery.objects.due(now).filter(agency=agency_id, give_up_at__gt=now)
    delivery = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at", "seq").first()
    if delivery is None:
        return None
    delivery.move_to(DeliveryState.SENT, at=now, next_at=now + LEASE)
    delivery.save(update_fields=["state", "trouble", "attempts", "next_at", "settled_at"])
    return delivery


@transaction.atomic
def acknowledge_delivery(delivery: Delivery, *, by: Actor) -> None:
    """The agency's system has it; told twice changes nothing."""
    present = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if present.state != DeliveryState.SENT:
        return
    present.move_to(DeliveryState.ACKNOWLEDGED, at=clock.now())
    present.save(update_fields=["state", "trouble", "next_at", "settled_at"])
    Subscription.objects.filter(agency=present.agency_id, failures__gt=0).update(
        failures=0, paused_until=None
    )


@transaction.atomic
def fail_delivery(delivery: Delivery, *, by: Actor, trouble: str, is_away: bool, wait: float = 0) -> None:
    """
    Try it again later, each time after a longer wait drawn at random; past its term it is given up.

    :param trouble: our word for what went wrong
    :param is_away: nobody answered: the agency's system is left alone for a while, and its other messages wait too
    :param wait: seconds the system itself asks for
    """
    present = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if present.state != DeliveryState.SENT:
        return
    now = clock.now()
    subscription = Subscription.objects.select_for_update(of=("self",)).get(agency=present.agency_id)
    times = subscription.failures + 1 if is_away else present.attempts
    again = now + timedelta(seconds=max(wait, waiting_time(times)))
    if is_away:
        subscription.failures, subscription.paused_until = times, again
        subscription.save(update_fields=["failures", "paused_until"])
    if now >= present.give_up_at:
        present.move_to(DeliveryState.DEAD, at=now, trouble=trouble)
    else:
        present.move_to(DeliveryState.FAILED, at=now, next_at=again, trouble=trouble)
    present.save(update_fields=["state", "trouble", "next_at", "settled_at"])


def waiting_time(times: int) -> float:
    """Return how long to wait after so many failures: anything up to a bound that doubles (full jitter), in seconds."""
    return _drawn.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(max(times, 1) - 1, 20)))


@transaction.atomic
def give_up_deliveries(*, by: Actor) -> dict[str, int]:
    """Give up what could not be delivered in 48 hours; return how many of each agency, by its code."""
    now = clock.now()
    late = Delivery.objects.unsettled().filter(give_up_at__lte=now).order_by("pk").select_related("agency")
    rows = list(late.select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE])
    given_up: dict[str, int] = {}
    for row in rows:
        row.move_to(DeliveryState.DEAD, at=now, trouble=row.trouble or "never answered")
        given_up[row.agency.code] = given_up.get(row.agency.code, 0) + 1
    Delivery.objects.bulk_update(rows, ["state", "trouble", "next_at", "settled_at"])
    return given_up


@dataclass(frozen=True)
class SentAgain:
    """How many given-up messages are sent again, and in the place of how many the state of their case is told anew."""

    again: int = 0
    anew: int = 0


@transaction.atomic
def send_again(deliveries: Iterable[UUID], *, by: Actor) -> SentAgain:
    """
    Send given-up messages again, each with the same id and content, for another 48 hours. Where the agency's system knows its case in a later
    revision the message would take it back: the case is told anew instead.

    :raises NotAllowed: `by` looks after no deliveries
    """
    require(permissions.can_manage_deliveries(by), _NOT_ALLOWED)
    dead = Delivery.objects.dead().filter(pk__in=list(deliveries)).order_by("pk")
    rows = list(dead.select_for_update(of=("self",)))
    _hold_those_beside(rows)
    overtaken = set(dead.overtaken().values_list("pk", flat=True))
    now = clock.now()
    cases: dict[int, set[UUID]] = {}
    for row in rows:
        if row.pk in overtaken:
            row.move_to(DeliveryState.OVERTAKEN, at=now, trouble=row.trouble)
            cases.setdefault(row.agency_id, set()).add(row.case_id)
        else:
            row.begin_again(at=now, within=GIVE_UP_AFTER)
        record(
            "delivery.sent_again",
            row,
            by=by,
            at=now,
            event=str(row.event_id),
            kind_told=row.kind,
            anew=row.pk in overtaken,
        )
    Delivery.objects.bulk_update(
        rows, ["state", "trouble", "attempts", "next_at", "give_up_at", "settled_at"]
    )
    for agency_id, case_ids in cases.items():
        _tell_anew(agency_id, case_ids, lambda _case: new_id())
    Subscription.objects.filter(agency__in={row.agency_id for row in rows}).update(
        failures=0, paused_until=None
    )
    return SentAgain(len(rows) - len(overtaken), len(overtaken))


def _hold_those_beside(rows: list[Delivery]) -> None:
    """Let no worker take a later message of these cases before it is settled whether an earlier one waits again."""
    beside = Delivery.objects.unsettled().filter(
        agency__in={row.agency_id for row in rows}, case__in={row.case_id for row in rows}
    )
    list(beside.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


@transaction.atomic
def send_all_again(agency: Agency, *, by: Actor) -> SentAgain:
    """
    Send an agency's given-up messages again, at most 500 (`given_up_of` counts those that are left).

    :raises NotAllowed: `by` looks after no deliveries
    """
    require(permissions.can_manage_deliveries(by), _NOT_ALLOWED)
    dead = Delivery.objects.dead().filter(agency=agency).order_by("pk").values_list("pk", flat=True)
    return send_again(list(dead[:MOST_AT_ONCE]), by=by)


@transaction.atomic
def own_delivery(delivery: Delivery, *, by: Actor) -> Delivery:
    """
    Say that one looks after a given-up message.

    :raises NotAllowed: `by` looks after no deliveries
    """
    require(permissions.can_manage_deliveries(by) and by.user_id is not None, _NOT_ALLOWED)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    delivery.owner_id = by.user_id
    delivery.save(update_fields=["owner"])
    return delivery


@transaction.atomic
def restate_case(case: Case, agency: Agency, *, by: Actor) -> Delivery:
    """
    Tell an agency's system anew in which state a case is.

    :raises NotAllowed: `by` looks after no deliveries, nor is an officer of the agency
    :raises DomainError: the agency has no part in the case, or no system is told
    """
    require(permissions.can_settle_with(by, agency.pk), _NOT_ALLOWED)
    case = Case.objects.lock(case.pk)
    rows = _parts({case.pk}, {agency.pk}).get(case.pk, {}).get(agency.pk, [])
    if not rows or not Subscription.objects.filter(agency=agency, is_active=True).exists():
        raise DomainError(_("This agency has no part in the case, or no system that is told."))
    latest = Event.objects.about("case", case.pk).order_by("-seq").values_list("seq", flat=True).first()
    delivery = _restated(agency.pk, case.pk, rows, new_id(), latest or 0, clock.now())
    delivery.save(force_insert=True)
    return delivery


@transaction.atomic
def restate_cases(agency: Agency, case_ids: list[UUID], *, by: Actor, cause: UUID) -> int:
    """
    Tell an agency's system in which state these cases are, of which it may never have heard; for the same cause there is one message of each,
    however often. Return how many there were to tell.

    :param cause: the event that calls for it
    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _NOT_ALLOWED)
    return _tell_anew(agency.pk, case_ids, lambda case_id: uuid5(cause, str(case_id)))


def _tell_anew(agency_id: int, case_ids: Collection[UUID], event_id: Callable[[UUID], UUID]) -> int:
    # Read before the states, without the cases' locks: the state told is never older than the place of its message.
    latest = (
        Event.objects.filter(subject_kind="case", subject_id__in=case_ids).order_by().values("subject_id")
    )
    seqs = dict(latest.annotate(last=Max("seq")).values_list("subject_id", "last"))
    parts = _parts(set(case_ids), {agency_id})
    now = clock.now()
    made = [
        _restated(agency_id, case_id, rows[agency_id], event_id(case_id), seqs.get(case_id, 0), now)
        for case_id, rows in parts.items()
    ]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _restated(
    agency_id: int, case_id: UUID, rows: list[dict[str, Any]], event_id: UUID, seq: int, now: datetime
) -> Delivery:
    return Delivery(
        agency_id=agency_id,
        case_id=case_id,
        event_id=event_id,
        seq=seq,
        kind=RESTATED,
        happened_at=now,
        data=_told(rows),
        made_at=now,
        next_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )


@transaction.atomic
def forget_deliveries(*, by: Actor, before: datetime, most: int = 5000) -> int:
    """
    Forget messages that were acknowledged before a moment, so many at a time; return how many there were. What was given up is kept, and
    whatever else was told of its case, by which it is known whether it was overtaken.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _NOT_ALLOWED)
    given_up = Delivery.objects.dead().filter(agency=OuterRef("agency"), case=OuterRef("case"))
    old = Delivery.objects.filter(~Exists(given_up), state=DeliveryState.ACKNOWLEDGED, settled_at__lt=before)
    rows = list(old.order_by("settled_at").values_list("pk", flat=True)[:most])
    return Delivery.objects.filter(pk__in=rows).delete()[0]
