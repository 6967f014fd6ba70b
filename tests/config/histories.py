"""Two ways to make a history, and a way to look at all of it: every row of every table, ids and chances made comparable."""

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql

from accounts.actors import Actor
from accounts.models import User
from crm.models import Case, Person, Stage
from crm.panels.applications import answer_rows
from crm.panels.cards import case_lines
from crm.queries.cases import cases_of
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages
from crm.queries.mine import my_page
from crm.queries.people import find_people
from crm.queries.timeline import case_timeline
from crm.queries.work import WorkFilter, work_page
from metrics.actions import recount_all
from metrics.queries.cases import case_counts
from metrics.queries.checks import differences
from metrics.queries.contacts import (
    contact_counts,
    contacts_by_channel,
    contacts_over_time,
    service_times,
    waits,
)
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import satisfaction
from offices.models import Ticket
from offices.queries.queue import calls, today
from offices.queries.waits import wait_now
from portal.queries.progress import progress_of
from territory.models import Office

# Tables a history leaves alone, or that say nothing of it.
IGNORED = {
    "django_session",
    "django_migrations",
    "django_content_type",
    "config_seedrun",
    "portal_savedpage",
    "events_handled",
}
# Drawn by lot: only that they are there can be compared.
CHANCE = {
    ("crm_case", "secret_hash"),
    ("offices_ticket", "token"),
    ("portal_draft", "code"),
    ("crm_surveyinvitation", "token_hash"),
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COUNTED = {"seq"}  # their order is compared, not their value


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, in an order and with names for ids that do not depend on how it was made."""
    tables = {table: _rows(table) for table in _tables()}
    names = _names(tables)
    return {table: _told(table, rows, names) for table, rows in tables.items() if rows}


def _tables() -> list[str]:
    managed = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(managed - IGNORED)


def _rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: row.get("seq") or 0)


def _names(tables: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Name every uuid after what its row says that is no id: table, times, kinds; a person after their name."""
    names: dict[str, str] = {}
    for _round in range(4):  # a row's name may rest on that of another
        for table, rows in tables.items():
            for row in rows:
                if "id" in row and len(str(row["id"])) == 36:
                    said = {
                        key: names.get(str(value)) or _UUID.sub("?", str(value))
                        for key, value in row.items()
                        if key not in {"id", *COUNTED} and (table, key) not in CHANCE
                    }
                    names[str(row["id"])] = f"<{table} {hash(json.dumps(said, default=str, sort_keys=True))}>"
    return names


def _told(table: str, rows: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    told = []
    for row in rows:
        said: dict[str, Any] = {}
        for key, value in row.items():
            if key in COUNTED or (key == "id" and isinstance(value, int)):
                continue
            text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False)
            if (table, key) in CHANCE:
                text = (
                    f"{len(bytes(value)) if isinstance(value, memoryview | bytes) else len(str(value))} drawn"
                )
            for uuid, name in names.items():
                if uuid in text:
                    text = text.replace(uuid, name)
            said[key] = text
        told.append(said)
    if table != "events_event":  # the order of events is a fact; that of other rows is not
        told.sort(key=lambda row: json.dumps(row, sort_keys=True))
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def answers() -> dict[str, Any]:
    """Return what the house's queries say of a history: files, threads, lists of work, queues, figures."""
    said: dict[str, Any] = {}
    officers = [
        Actor.staff(user) for user in User.objects.filter(memberships__role="officer").order_by("email")
    ]
    for case in Case.objects.submitted().select_related("version__procedure__agency").order_by("folio"):
        holder = Actor.visitor(frozenset({case.pk}))
        readers = {
            "system": Actor.system(),
            "holder": holder,
            **{f"officer {n}": one for n, one in enumerate(officers)},
        }
        for reader, actor in readers.items():
            said[f"thread {case.folio} {reader}"] = case_timeline(case, actor=actor)
            line = case_lines([case], actor=actor)[0]
            said[f"line {case.folio} {reader}"] = (
                line.title,
                line.state,
                line.tone,
                line.points,
                line.promise,
            )
        said[f"progress {case.folio}"] = progress_of(case)
        said[f"answers {case.folio}"] = answer_rows(case)
    for actor in officers:
        for state in ("", "decided", "received", "awaiting_citizen"):
            page = work_page(actor, WorkFilter(state=state))
            said[f"work {state}"] = [stage.case.folio for stage in page.rows]
        said["mine"] = [row.case.folio for row in my_page(actor, []).rows if isinstance(row, Stage)]
    for person in Person.objects.order_by("name"):
        said[f"person {person.name}"] = (
            [one.name for one in find_people(person.name, by=Actor.system())],
            [one.folio for one in cases_of(person, Actor.system())],
            {one.kind: one.value for one in person.contact_points.order_by("kind")},
        )
    for office in Office.objects.all():
        for day in sorted(set(Ticket.objects.values_list("business_date", flat=True))):
            said[f"queue {office} {day}"] = (
                today(office, day),
                [str(one) for one in calls(office, day)],
                wait_now(office, day),
            )
    said["drift"] = cases_whose_state_is_not_that_of_their_stages()
    return {**said, **_figures()}


def _figures() -> dict[str, Any]:
    recount_all(by=Actor.system())
    everywhen = Filters(start=date(2026, 1, 1), end=date(2027, 1, 1))
    figures: dict[str, Any] = {"roll-ups": _told("metrics_dailycontact", _rows("metrics_dailycontact"), {})}
    for channel in ("", "web", "office"):
        narrowed = everywhen.but(channel=channel)
        for ask in (
            contact_counts,
            waits,
            service_times,
            satisfaction,
            case_counts,
            contacts_by_channel,
            contacts_over_time,
        ):
            figures[f"{ask.__name__} {channel}"] = ask(narrowed)
    figures["roll-up drift"] = differences()
    return figures
