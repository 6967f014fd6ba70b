"""Moments as they come from outside."""

from datetime import UTC, datetime, tzinfo

from django.utils.dateparse import parse_datetime


def instant(text: str, *, zone: tzinfo | None = None) -> datetime | None:
    """
    Return the moment that a text from outside names, in UTC: what is legal in ISO 8601 may stand in a zone, or a year, that the database
    refuses. None where it names no moment.

    :param zone: in which a text without a zone is read; None refuses it
    """
    try:
        found = parse_datetime(text)
        if found is not None and found.tzinfo is None:
            found = found.replace(tzinfo=zone) if zone else None
        return found.astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None
