"""The background work of people and cases."""

import json
import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.actors import Actor
from accounts.models import OutsideChannel
from catalog.caching import forget_pages
from common import clock, live
from crm import actions, files
from crm.actions.requests import KEPT_FOR
from crm.handing_over import claimed_agency, hand_over, pages_of_list
from crm.models import (
    Document,
    Interaction,
    Notification,
    PersonExport,
    Reconciliation,
    RetentionRule,
    Subscription,
)
from crm.queries.audit import broken_seals
from crm.queries.calendar import cases_counting, last_listed_day
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages, hashes_with_a_row
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
from crm.queries.holdings import holdings_of
from crm.queries.notifications import due_notifications
from crm.queries.questions import questions_to_remind_of
from crm.queries.work import agencies_of_events, late_stages
from crm.readable import as_pdf
from crm.terms import NETWORK_ZONE
from events.record import once
from integrations.agency import AgencyRefused, AgencyUnavailable
from territory.queries.calendar import add_business_days
from territory.queries.calendar import forget as forget_calendar

log = logging.getLogger(__name__)
IDLE = timedelta(minutes=30)
ORPHAN_AFTER = timedelta(hours=24)
FILLING_IN = timedelta(days=1)
LATE = timedelta(minutes=15)
DELIVERIES_KEPT_FOR = timedelta(days=90)  # a receiver may ask what became of a message, and be shown it
LISTED_AHEAD = timedelta(
    days=548
)  # eighteen months: the longest term, asked for and extended, and time to mend the list
MOST_DIFFERENCES = 200  # of one comparison: more of them are one trouble, the list's


@shared_task(name="crm.notify_citizens", acks_late=True)
def notify_citizens(*, event_ids: list[str]) -> None:
    """
    Prepare each event's notifications and send them; events come at least once, so a second time sends
    nothing twice.
    """
    for event_id in event_ids:
        for notification in actions.prepare_notifications(UUID(event_id), by=Actor.system()):
            send_notification.delay(notification_id=str(notification))


@shared_task(name="crm.send_notification", acks_late=True)
def send_notification(*, notification_id: str) -> None:
    """Do what is due about one message; nothing when it was done meanwhile."""
    actions.send_notification(UUID(notification_id), by=Actor.system())


@shared_task(name="crm.send_due_notifications", acks_late=True)
def send_due_notifications() -> int:
    """
    Every minute: do what is due about messages, whatever became of the worker that should have done it; return how many were due.

    One that was due for more than a quarter of an hour is said aloud: nobody swept.
    """
    now = clock.now()
    due = due_notifications(now)
    late = Notification.objects.filter(next_try_at__lt=now - LATE).count() if due else 0
    if late:
        log.error("Messages to citizens: %d were due for more than a quarter of an hour.", late)
    for notification in due:
        send_notification.delay(notification_id=str(notification))
    return len(due)


@shared_task(name="crm.end_idle_contacts", acks_late=True)
def end_idle_contacts() -> None:
    """
    End and wrap up contacts on the web, and in channels outside this house, after half an hour: served if a matter was resolved, abandoned otherwise.

    Filling in an application may take its time: while its draft is open, the contact is given a day.
    """
    now = clock.now()
    unattended = ["web", *OutsideChannel.objects.values_list("code", flat=True)]
    idle = Interaction.objects.filter(
        channel__in=unattended, wrapped_up_at__isnull=True, started_at__lt=now - IDLE
    ).exclude(started_at__gt=now - FILLING_IN, opened_cases__state="draft")
    for interaction in idle.order_by("started_at")[:500]:
        resolved = interaction.enquiries.filter(is_resolved=True).exists()
        actions.end_interaction(interaction, by=Actor.system(), ending="served" if resolved else "abandoned")


@shared_task(name="crm.announce_to_agencies", acks_late=True)
def announce_to_agencies(*, event_ids: list[str]) -> None:
    """
    Tell the screens of the agencies of these events' cases to look again; telling them twice harms nothing.
    """
    live.publish(*(f"agency:{agency}" for agency in agencies_of_events([UUID(one) for one in event_ids])))


@shared_task(name="crm.suspect_duplicates", acks_late=True)
def suspect_duplicates(*, event_ids: list[str]) -> None:
    """
    Look for records that may be of the people who were entered; events come at least once, so a second time suspects nothing anew.
    """
    for event_id in event_ids:
        actions.suspect_known(UUID(event_id), by=Actor.system())


@shared_task(name="crm.remove_orphan_papers")
def remove_orphan_papers() -> int:
    """Every night: remove files of papers that no row names a day after they came."""
    return files.remove_orphans(hashes_with_a_row, older_than=time.time() - ORPHAN_AFTER.total_seconds())


@shared_task(name="crm.expire_papers", acks_late=True)
def expire_papers() -> int:
    """Every night: mark the papers whose validity ended before their case was decided; return how many. A second time marks nothing."""
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    over = Document.objects.expiring(today).order_by("valid_until", "pk").values_list("pk", flat=True)
    return sum(actions.expire_document(one, by=Actor.system()) for one in list(over))


@shared_task(name="crm.check_case_states")
def check_case_states() -> None:
    """
    Every night: a case's state must be that of its stages; a difference is logged as an error with ids
    only.
    """
    for case_id in cases_whose_state_is_not_that_of_their_stages():
        log.error({"event": "case_state_drift", "case": str(case_id)})


@shared_task(name="crm.note_late_work", acks_late=True)
def note_late_work() -> None:
    """Every hour: tell chiefs and citizens of the parts whose term is over, each once."""
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    for stage in late_stages(today).iterator(chunk_size=500):
        actions.note_late(stage, by=Actor.system())


@shared_task(name="crm.remind_of_questions", acks_late=True)
def remind_of_questions() -> None:
    """Every morning: remind of what is asked two business days before the day to answer by, and tell once it is over."""
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    for question in questions_to_remind_of(today, add_business_days(today, 2)).iterator(chunk_size=500):
        actions.remind_of_question(question, by=Actor.system())


@shared_task(name="crm.open_tasks", acks_late=True)
def open_tasks(*, event_ids: list[str]) -> None:
    """Open the tasks that these events call for; events come at least once, so a second time opens nothing."""
    for event_id in event_ids:
        actions.open_task_for(UUID(event_id), by=Actor.system())


@shared_task(name="crm.settle_answers", acks_late=True)
def settle_answers(*, event_ids: list[str]) -> None:
    """Open and end the tasks of the answers owed in the cases of these events; events come at least once, and settling again changes nothing."""
    for event_id in event_ids:
        actions.settle_answers(UUID(event_id), by=Actor.system())


@shared_task(name="crm.tell_of_change", acks_late=True)
def tell_of_change(*, event_ids: list[str]) -> None:
    """Tell those whom these publications touch; events come at least once, so a second time tells nobody twice."""
    for event_id in map(UUID, event_ids):
        last = None
        while last := actions.tell_cases_of_change(event_id, by=Actor.system(), after=last):
            pass
        actions.tell_staff_of_change(event_id, by=Actor.system())


@shared_task(name="crm.move_terms", acks_late=True)
def move_terms(*, event_ids: list[str]) -> None:
    """Count the terms of open cases anew after the calendar changed; events come at least once, so a second time moves nothing."""
    forget_calendar()
    for event_id in map(UUID, event_ids):
        for case_id in cases_counting(event_id):
            actions.move_terms(case_id, event_id, by=Actor.system())
        with transaction.atomic():
            once(event_id, "crm.move_terms")


@shared_task(name="crm.estimate_decision_times", acks_late=True)
def estimate_decision_times() -> None:
    """Every night: how long decisions take; the public pages that say so are drawn anew."""
    actions.estimate_decision_times(by=Actor.system())
    forget_pages()


@shared_task(name="crm.seal_audit", acks_late=True)
def seal_audit() -> None:
    """Seal what was done, read and changed since the last seal."""
    actions.seal_audit(by=Actor.system())


@shared_task(name="crm.check_audit", acks_late=True)
def check_audit() -> None:
    """Say aloud when something that was sealed is not what it was."""
    for broken in broken_seals():
        log.error(
            "Audit: %s between %s and %s are not what was sealed.", broken.source, broken.since, broken.until
        )


@shared_task(name="crm.make_export", acks_late=True)
def make_export(*, export_id: str) -> None:
    """
    Make the export that was asked for and attach it to its case; a second time, or once the person was erased, attaches nothing.
    """
    export = PersonExport.objects.select_related("person__merged_into", "case").get(pk=export_id)
    if export.made_at is not None or export.given_up_at is not None:
        return
    content = holdings_of(export.person.merged_into or export.person)
    written = json.dumps(content, ensure_ascii=False, indent=2).encode()
    name = f"datos-{export.case.folio}"
    actions.attach_export(
        export,
        by=Actor.system(),
        data=files.keep(f"{name}.json", written, "application/json"),
        readable=files.keep(f"{name}.pdf", as_pdf(content), "application/pdf"),
    )


@shared_task(name="crm.apply_retention", acks_late=True)
def apply_retention(*, most_steps: int = 500) -> None:
    """
    Every night: redact what each rule reaches, step by step; what is left after so many steps waits for the next night. Then the files
    of redacted papers are removed.
    """
    for rule in RetentionRule.objects.filter(is_active=True).order_by("position", "code"):
        for _step in range(most_steps):
            if not actions.apply_retention_rule(rule, by=Actor.system()):
                break
    remove_orphan_papers()


@shared_task(name="crm.finish_exports", acks_late=True)
def finish_exports() -> None:
    """Every few minutes: make the exports whose worker was lost; making one twice attaches it once."""
    waiting = PersonExport.objects.filter(made_at__isnull=True, given_up_at__isnull=True)
    for export_id in waiting.order_by("asked_at").values_list("pk", flat=True)[:20]:
        make_export(export_id=str(export_id))


@shared_task(name="crm.refresh_pages", acks_late=True)
def refresh_pages(*, event_ids: list[str]) -> None:
    """Make the public page that says how long things are kept stale; doing it twice does no harm."""
    forget_pages()


@shared_task(name="crm.forget_requests", acks_late=True)
def forget_requests() -> None:
    """Every night: forget the keys of programs' writes that are older than seven days."""
    before = clock.now() - KEPT_FOR
    while actions.forget_requests(by=Actor.system(), before=before):
        pass


@shared_task(name="crm.forget_deliveries", acks_late=True)
def forget_deliveries() -> None:
    """Every night: forget the messages that agencies' systems acknowledged more than ninety days ago."""
    before = clock.now() - DELIVERIES_KEPT_FOR
    while actions.forget_deliveries(by=Actor.system(), before=before):
        pass


@shared_task(name="crm.load_holidays", acks_late=True)
def load_holidays() -> None:
    """Every month: list the days off of the years to come; where the list ends in less than eighteen months all the same, say so aloud."""
    actions.load_holidays(by=Actor.system())
    listed = last_listed_day()
    if listed is None or listed < clock.local_date(clock.now(), NETWORK_ZONE) + LISTED_AHEAD:
        log.error({"event": "calendar_ends", "on": str(listed)})


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
