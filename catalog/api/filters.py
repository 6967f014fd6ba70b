"""What a caller may narrow a list by."""

import re
from datetime import UTC, datetime

from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from common.instants import instant

_CODE = re.compile(r"[\w-]{1,40}")


def code(request: Request, name: str) -> str:
    """Return the code asked for, or nothing."""
    value = request.query_params.get(name, "")
    if value and not _CODE.fullmatch(value):
        raise ValidationError({name: [gettext("This is no code: letters, digits, - and _ only.")]})
    return value


def moment(request: Request, name: str) -> datetime | None:
    """Return the instant asked for: `2026-11-24` (midnight UTC) or `2026-11-24T09:00:00Z`."""
    value = request.query_params.get(name, "")
    if not value:
        return None
    at = instant(value.replace(" ", "+"), zone=UTC) if "T" in value else None
    try:
        day = parse_date(value) if at is None else None
    except ValueError:
        day = None
    if day:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if at is None:
        raise ValidationError(
            {name: [gettext("Write a date or an instant, like 2026-11-24 or 2026-11-24T09:00:00Z.")]}
        )
    return at


def words(request: Request, name: str) -> str:
    """Return the words searched for."""
    value = " ".join(request.query_params.get(name, "").replace("\x00", "").split())
    if len(value) > 200:
        raise ValidationError({name: [gettext("Search with at most 200 characters.")]})
    return value


def choice(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, or nothing."""
    value = request.query_params.get(name, "")
    if value and value not in choices:
        raise ValidationError(
            {name: [gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}]}
        )
    return value
