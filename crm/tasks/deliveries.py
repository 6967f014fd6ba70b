"""What agencies' systems are told, and whether they know what we know."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.handing_over import claimed_agency, hand_over, pages_of_list
from crm.models import (
    Reconciliation,
    Subscription,
)
from crm.queries.deliveries import (
    RESTATING,
    Told,
    agencies_with_work,
    begun_with,
    compared,
    compared_cases,
    count_ours,
    missing_there,
)
from events.record import once
from integrations.agency import AgencyRefused, AgencyUnavailable

log = logging.getLogger(__name__)
DELIVERIES_KEPT_FOR = timedelta(days=90)  # a receiver may ask what became of a message, and be shown it
MOST_DIFFERENCES = 200  # of one comparison: more of them are one trouble, the list's


@shared_task(name="crm.forget_deliveries", acks_late=True)
def forget_deliveries() -> None:
    """Every night: forget the messages that agencies' systems acknowledged more than ninety days ago."""
    before = clock.now() - DELIVERIES_KEPT_FOR
    while actions.forget_deliveries(by=Actor.system(), before=before):
        pass


@shared_task(name="crm.restate_cases", acks_late=True)
def restate_cases(*, event_ids: list[str]) -> None:
    """
    Tell the systems of agencies that begin to be told in which state their cases are; events come at least once, and there is one message of
    each case all the same.
    """
    for event_id in map(UUID, event_ids):
        if subscription := begun_with(event_id):
            for case_ids in compared_cases(subscription.agency_id, at=clock.now()):
                actions.restate_cases(subscription.agency, case_ids, by=Actor.system(), cause=event_id)
            wake_deliverer(subscription.agency_id)
        with transaction.atomic():
            once(event_id, RESTATING)


def prepare_deliveries(*, event_ids: list[str]) -> None:
    """
    Make the messages of these events, and wake a worker for each agency.

    No task: the outbox calls it before it stamps the events, so that with the broker no message is lost.
    """
    for agency in actions.prepare_deliveries([UUID(one) for one in event_ids], by=Actor.system()):
        wake_deliverer(agency)


def wake_deliverer(agency_id: int) -> None:
    """Ask a worker to tell an agency's system; without a broker the next sweep does."""
    try:
        deliver_to_agency.apply_async(kwargs={"agency_id": agency_id}, retry=False, expires=60)
    except (OperationalError, RedisError, OSError):
        log.warning({"event": "delivery_nudge_failed"})


@shared_task(name="crm.deliver_to_agency", acks_late=True)
def deliver_to_agency(*, agency_id: int, most: int = 500) -> int:
    """
    Tell an agency's system what waits for it, one message after another; one worker at a time for each agency.

    What came while the last one was being sent is seen once more after the claim is let go, so no nudge is lost.
    """
    told = 0
    while told < most:
        with claimed_agency(agency_id) as mine:
            done = _tell(agency_id, most - told) if mine else 0
        if not done:
            return told
        told += done
    wake_deliverer(agency_id)  # others have their turn in between
    return told


def _tell(agency_id: int, most: int) -> int:
    subscription = Subscription.objects.filter(agency=agency_id).first()
    told = 0
    while subscription and told < most and (delivery := actions.claim_delivery(agency_id, by=Actor.system())):
        told += 1
        try:
            hand_over(subscription, delivery)
        except AgencyUnavailable as error:
            actions.fail_delivery(
                delivery, by=Actor.system(), trouble=error.trouble, is_away=True, wait=error.wait
            )
        except AgencyRefused as error:
            actions.fail_delivery(delivery, by=Actor.system(), trouble=error.trouble, is_away=False)
        else:
            actions.acknowledge_delivery(delivery, by=Actor.system())
    return told


@shared_task(name="crm.sweep_deliveries", acks_late=True)
def sweep_deliveries() -> None:
    """
    Every half minute: wake a worker for whatever is due, its own worker lost or its wait over; give up what is too old, and say so.
    """
    while given_up := actions.give_up_deliveries(by=Actor.system()):
        for agency, count in given_up.items():
            log.error({"event": "deliveries_given_up", "agency": agency, "count": count})
    for agency_id in agencies_with_work(clock.now()):
        wake_deliverer(agency_id)


@shared_task(name="crm.reconcile", acks_late=True)
def reconcile() -> None:
    """Every night: compare each agency's list with ours, each in a task of its own."""
    subscriptions = Subscription.objects.filter(is_active=True).exclude(reconcile_url="")
    for agency_id in subscriptions.values_list("agency", flat=True):
        reconcile_agency.delay(agency_id=agency_id)


@shared_task(
    name="crm.reconcile_agency",
    acks_late=True,
    autoretry_for=(AgencyUnavailable,),
    retry_backoff=60,
    retry_backoff_max=3600,
    max_retries=6,
)
def reconcile_agency(*, agency_id: int) -> None:
    """
    Compare an agency's list with ours, both ways; a list that can not be read is a trouble of its own, and resolves nothing. One worker at
    a time for each agency: what another is comparing is not compared beside it.
    """
    with claimed_agency(agency_id, "reconcile") as mine:
        if mine:
            _reconcile(agency_id)


def _reconcile(agency_id: int) -> None:
    subscription = Subscription.objects.select_related("agency").get(agency=agency_id)
    run = actions.begin_reconciliation(subscription.agency, by=Actor.system())
    now, seen, found = clock.now(), set[str](), 0
    try:
        for items in pages_of_list(subscription):
            seen |= {folio for folio, _hash in items}
            found = _note(run, compared(agency_id, items, at=now), found)
        found = _note(run, missing_there(agency_id, seen, at=now), found)
    except (AgencyRefused, AgencyUnavailable) as error:
        actions.end_reconciliation(
            run, by=Actor.system(), theirs=len(seen), found=found, trouble=error.trouble
        )
        log.error({"event": "reconciliation_failed", "agency": subscription.agency.code})
        if isinstance(error, AgencyUnavailable):
            raise
        return
    ours = count_ours(agency_id, at=now)
    actions.end_reconciliation(run, by=Actor.system(), theirs=len(seen), ours=ours, found=found)


def _note(run: Reconciliation, told: Iterable[Told], found: int) -> int:
    """
    Note differences besides those found already; return how many there are now.

    :raises AgencyRefused: so many that it is the list which is wrong, and not each case
    """
    for one in told:
        found += 1
        if found > MOST_DIFFERENCES:
            raise AgencyRefused("too many differences")
        actions.note_difference(
            run,
            by=Actor.system(),
            folio=one.folio,
            kind=one.kind,
            case_id=one.case_id,
            ours=one.ours,
            theirs=one.theirs,
        )
    return found
