"""What keeps people and cases in order by itself."""

import json
import logging
import time
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from accounts.models import OutsideChannel
from catalog.caching import forget_pages
from common import clock
from crm import actions, files
from crm.actions.requests import KEPT_FOR
from crm.models import (
    Document,
    Enquiry,
    Interaction,
    PersonExport,
    RetentionRule,
)
from crm.queries.audit import broken_seals
from crm.queries.calendar import cases_counting, last_listed_day
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages, hashes_with_a_row
from crm.queries.holdings import holdings_of
from crm.readable import as_pdf
from crm.terms import NETWORK_ZONE
from events.record import once
from territory.queries.calendar import forget as forget_calendar

log = logging.getLogger(__name__)
IDLE = timedelta(minutes=30)
ORPHAN_AFTER = timedelta(hours=24)
FILLING_IN = timedelta(days=1)
LISTED_AHEAD = timedelta(
    days=548
)  # eighteen months: the longest term, asked for and extended, and time to mend the list


@shared_task(name="crm.end_idle_contacts", acks_late=True)
def end_idle_contacts() -> None:
    """
    End and wrap up contacts on the web, and in channels outside this house, half an hour after their last matter was begun or ended: served
    if a matter was resolved, abandoned otherwise.

    Filling in an application may take its time: while its draft is open, the contact is given a day.
    """
    now = clock.now()
    lately = Enquiry.objects.filter(
        Q(opened_at__gt=now - IDLE) | Q(closed_at__gt=now - IDLE), interaction=OuterRef("pk")
    )
    unattended = ["web", *OutsideChannel.objects.values_list("code", flat=True)]
    idle = Interaction.objects.filter(
        ~Exists(lately), channel__in=unattended, wrapped_up_at__isnull=True, started_at__lt=now - IDLE
    ).exclude(started_at__gt=now - FILLING_IN, opened_cases__state="draft")
    for interaction in idle.order_by("started_at")[:500]:
        resolved = interaction.enquiries.filter(is_resolved=True).exists()
        actions.end_interaction(interaction, by=Actor.system(), ending="served" if resolved else "abandoned")


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


@shared_task(name="crm.load_holidays", acks_late=True)
def load_holidays() -> None:
    """Every month: list the days off of the years to come; where the list ends in less than eighteen months all the same, say so aloud."""
    actions.load_holidays(by=Actor.system())
    listed = last_listed_day()
    if listed is None or listed < clock.local_date(clock.now(), NETWORK_ZONE) + LISTED_AHEAD:
        log.error({"event": "calendar_ends", "on": str(listed)})
