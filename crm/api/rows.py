"""Rows as the agency API shows them: plain dictionaries, no layer between the query and the JSON."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from crm.actions.requests import Answer
from crm.api.door import told
from crm.queries import agency_api as queries


def instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


# What agencies are told of what happened, besides that it did: codes, days, and the ids of what they can read. Nobody's of the staff, nor
# of another case.
TOLD = frozenset({
    "agency", "answer_by", "by_other", "day", "document", "due_on", "folio", "from", "key", "message", "moved", "reopened", "requirement",
    "stage", "to",
})  # fmt: skip


def etag(revision: int, digest: str = "") -> str:
    """The ETag of a case begins with its revision, which If-Match reads; read in full, with a digest of all that is told of it."""
    return f'"{revision}-{digest}"' if digest else f'"{revision}"'


def work_row(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the work list."""
    folio = row["case__folio"]
    return {
        "folio": folio,
        "stage": str(row["id"]),
        "state": row["state"],
        "since": row["state_since"].isoformat(),
        "due_on": day(row["due_on"]),
        "assigned": row["assigned_to_id"] is not None,
        "case_state": row["case__state"],
        "revision": row["case__revision"],
        "procedure": row["case__version__procedure__code"],
        "channel": row["case__channel"],
        "submitted_at": instant(row["case__submitted_at"]),
        "url": f"/api/v1/cases/{folio}",
    }


def thread_row(row: dict[str, Any]) -> dict[str, Any]:
    """Something that happened."""
    return {
        "id": str(row["id"]),
        "at": row["at"].isoformat(),
        "kind": row["kind"],
        "by": row["actor_kind"],
        "channel": row["channel"],
        "data": {name: value for name, value in row["data"].items() if name in TOLD},
    }


def page(results: list[dict[str, Any]], following: str | None) -> HttpResponse:
    """A page of a list."""
    return told({"next": following, "results": results})


def case_written(case_id: UUID) -> Answer:
    """What a write on a case answers."""
    revision, body = queries.case_written(case_id)
    return Answer(200, body, etag(revision))
