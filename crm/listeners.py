"""What happens after an event of a case or a person: tasks, started once the event is safely written."""

from uuid import UUID

from crm import tasks
from crm.events import SHOWN_AT_ONCE, TOLD_TO_AGENCIES
from crm.told import TOLD
from events.registry import on
from territory.queries import calendar


@on(*TOLD, effect="crm.notify")
def notify_citizen(batch: list[UUID]) -> None:
    tasks.notify_citizens.delay(event_ids=[str(event) for event in batch])


@on(*SHOWN_AT_ONCE)
def announce_to_agencies(batch: list[UUID]) -> None:
    tasks.announce_to_agencies.delay(event_ids=[str(event) for event in batch])


@on("calendar.changed", effect="crm.move_terms")
def move_terms(batch: list[UUID]) -> None:
    # The processes that file cases believe for so long the calendar that they read; what they filed by the old one is moved too.
    kwargs = {"event_ids": [str(event) for event in batch]}
    tasks.move_terms.apply_async(kwargs=kwargs, countdown=1.5 * calendar.KEPT_SECONDS)


@on(*TOLD_TO_AGENCIES)
def tell_agencies(batch: list[UUID]) -> None:
    tasks.prepare_deliveries(event_ids=[str(event) for event in batch])


@on("case.late", "case.lapsing", "difference.found", effect="crm.open_tasks")
def open_tasks(batch: list[UUID]) -> None:
    tasks.open_tasks.delay(event_ids=[str(event) for event in batch])


@on(
    "case.written_to_agency",
    "case.written_to_citizen",
    "case.noticed",
    "case.asked",
    "case.taken",
    "case.reassigned",
    "case.stage_decided",
    "case.granted",
    "case.denied",
    "case.referred",
    "case.lapsed",
    "case.withdrawn",
    effect="crm.settle_answers",
)
def settle_answers(batch: list[UUID]) -> None:
    tasks.settle_answers.delay(event_ids=[str(event) for event in batch])


@on("version.published", effect="crm.tell_of_change")
def tell_of_change(batch: list[UUID]) -> None:
    tasks.tell_of_change.delay(event_ids=[str(event) for event in batch])


@on("subscription.changed", effect="crm.restate_cases")
def restate_cases(batch: list[UUID]) -> None:
    tasks.restate_cases.delay(event_ids=[str(event) for event in batch])


@on("retention_rule.changed")
def refresh_pages(batch: list[UUID]) -> None:
    tasks.refresh_pages.delay(event_ids=[str(event) for event in batch])


@on("person.known", "person.told", "person.corrected", effect="crm.suspect")
def suspect_duplicates(batch: list[UUID]) -> None:
    tasks.suspect_duplicates.delay(event_ids=[str(event) for event in batch])
