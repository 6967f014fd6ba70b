"""Two ways to make a history, and a way to look at all of it: every row of every table, ids and chances made comparable."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection

# Tables a history leaves alone, or that say nothing of it.
IGNORED = {"django_session", "django_migrations", "django_content_type", "config_seedrun", "portal_savedpage", "events_handled"}
# Drawn by lot: only that they are there can be compared.
CHANCE = {("crm_case", "secret_hash"), ("offices_ticket", "token"), ("portal_draft", "code"), ("crm_surveyinvitation", "token_hash")}
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
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: (row.get("seq") or 0))


def _names(tables: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Name every uuid after what its row says that is no id: table, times, kinds; a person after their name."""
    names: dict[str, str] = {}
    for _round in range(4):  # a row's name may rest on that of another
        for table, rows in tables.items():
            for row in rows:
                if "id" in row and len(str(row["id"])) == 36:
                    said = {
                        key: names.get(str(value), value if not _is_id(value) else "?")
                        for key, value in row.items()
                        if key not in {"id", *COUNTED} and (table, key) not in CHANCE
                    }
                    names[str(row["id"])] = f"<{table} {hash(json.dumps(said, default=str, sort_keys=True))}>"
    return names


def _is_id(value: Any) -> bool:
    return len(str(value)) == 36 and str(value).count("-") == 4


def _told(table: str, rows: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    told = []
    for row in rows:
        said: dict[str, Any] = {}
        for key, value in row.items():
            if key in COUNTED or key == "id" and isinstance(value, int):
                continue
            text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False)
            if (table, key) in CHANCE:
                text = f"{len(bytes(value)) if isinstance(value, memoryview | bytes) else len(str(value))} drawn"
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
