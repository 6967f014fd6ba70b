"""Rows as the agency API shows them: plain dictionaries, no layer between the query and the JSON."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse

from crm.actions.requests import Answer
from crm.api.door import told, written


def instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def etag(revision: int) -> str:
    """The ETag of a case is its revision."""
    return f'"{revision}"'


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


def stage_row(row: dict[str, Any]) -> dict[str, Any]:
    """An agency's part of a case."""
    return {
        "id": str(row["id"]),
        "agency": row["agency__code"],
        "order": row["order"],
        "required": row["is_required"],
        "state": row["state"],
        "since": row["state_since"].isoformat(),
        "due_on": day(row["due_on"]),
        "assigned": row["assigned_to_id"] is not None,
        "decided_at": instant(row["decided_at"]),
        "reason": row["decision_reason"],
    }


def paper_row(row: dict[str, Any], folio: str) -> dict[str, Any]:
    """A paper of a case."""
    return {
        "id": str(row["id"]),
        "requirement": row["requirement"],
        "name": row["name"],
        "content_type": row["content_type"],
        "size": row["size"],
        "state": row["state"],
        "reason": row["reason"],
        "received_at": row["received_at"].isoformat(),
        "url": f"/api/v1/cases/{folio}/documents/{row['id']}",
    }


def message_row(row: dict[str, Any]) -> dict[str, Any]:
    """Something asked, answered, told or noted."""
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "text": row["text"],
        "at": row["at"].isoformat(),
        "stage": str(row["stage_id"]) if row["stage_id"] else None,
        "answers": str(row["answers_id"]) if row["answers_id"] else None,
    }


def party_row(row: dict[str, Any]) -> dict[str, Any]:
    """Somebody who has a part in a case."""
    return {name: row[name] for name in ("role", "relation", "kind", "name", "numbers", "contacts")}


def full_case(case: dict[str, Any]) -> dict[str, Any]:
    """A case in full."""
    folio = case["folio"]
    return {
        "folio": folio,
        "state": case["state"],
        "since": case["state_since"].isoformat(),
        "revision": case["revision"],
        "procedure": {
            "code": case["version__procedure__code"],
            "version": case["version__number"],
            "title": {"es": case["version__title_es"], "en": case["version__title_en"]},
        },
        "channel": case["channel"],
        "language": case["language"],
        "answers": case["answers"],
        "submitted_at": instant(case["submitted_at"]),
        "decided_at": instant(case["decided_at"]),
        "closed_at": instant(case["closed_at"]),
        "promised_on": day(case["promised_on"]),
        "reopened": case["reopened_count"],
        "stages": [stage_row(row) for row in case["stages"]],
        "parties": [party_row(row) for row in case["parties"]],
        "documents": [paper_row(row, folio) for row in case["documents"]],
        "messages": [message_row(row) for row in case["messages"]],
    }


def thread_row(row: dict[str, Any]) -> dict[str, Any]:
    """Something that happened."""
    return {
        "id": str(row["id"]),
        "at": row["at"].isoformat(),
        "kind": row["kind"],
        "by": row["actor_kind"],
        "channel": row["channel"],
        "data": {name: value for name, value in row["data"].items() if name not in {"spoken_by", "mandate"}},
    }


def case_written(stages: Iterable[dict[str, Any]]) -> Answer:
    """What a write on a case answers."""
    rows = list(stages)
    first = rows[0]
    content = {
        "folio": first["case__folio"],
        "state": first["case__state"],
        "revision": first["case__revision"],
        "stages": [stage_row(row) for row in rows],
    }
    return Answer(200, written(content), etag(first["case__revision"]))


def page(results: list[dict[str, Any]], following: str | None) -> HttpResponse:
    """A page of a list."""
    return told({"next": following, "results": results})
