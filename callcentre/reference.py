"""The menu and hours of line 101 from their file; loading again changes only what differs."""

import json
from typing import Any

from django.conf import settings

from accounts.models import Agency
from callcentre.models import Line, LineHours, MenuOption
from territory.models import Weekday

FILE = settings.BASE_DIR / "callcentre" / "data" / "line_101_menu.json"
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def load_menu() -> dict[str, int]:
    """Load line 101; return how many options and stretches of hours it has."""
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    line, _created = Line.objects.update_or_create(
        number=data["number"],
        defaults={
            "time_zone": data["time_zone"],
            "year": data["year"],
            "rules": data["rules"],
            "source": data["source"],
        },
    )
    agencies = dict(Agency.objects.values_list("code", "pk"))
    hours = _hours(line, None, data["hours"])
    seen = [
        _load_option(line, None, row, place, agencies, hours) for place, row in enumerate(data["options"])
    ]
    LineHours.objects.filter(line=line).delete()
    LineHours.objects.bulk_create(hours)
    return {"options": sum(seen), "hours": len(hours)}


def _load_option(
    line: Line,
    parent: MenuOption | None,
    row: dict[str, Any],
    place: int,
    agencies: dict[str, int],
    hours: list[LineHours],
) -> int:
    option, _created = MenuOption.objects.update_or_create(
        line=line,
        path=f"{parent.path}.{row['key']}" if parent else row["key"],
        defaults={
            "parent": parent,
            "position": place,
            "label_es": row["label"]["es"],
            "label_en": row["label"]["en"],
            "agency_id": agencies.get(row["agency"] or ""),
        },
    )
    hours += _hours(line, option, row["hours"] or {})
    return 1 + sum(
        _load_option(line, option, child, at, agencies, hours) for at, child in enumerate(row["children"])
    )


def _hours(line: Line, option: MenuOption | None, week: dict[str, list[list[str]]]) -> list[LineHours]:
    return [
        LineHours(
            line=line,
            option=option,
            weekday=Weekday(WEEKDAYS[day]),
            opens=_minutes(opens),
            closes=_minutes(closes),
        )
        for day, stretches in week.items()
        for opens, closes in stretches
    ]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
