"""An office as a *sucursal*."""

from itertools import groupby
from typing import Any

from territory.models import MobileStop, Office

DAYS = ("", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
WEEKS = ("", "primer", "segundo", "tercer", "cuarto", "quinto")
LINE = "101"


def office_row(office: Office) -> dict[str, Any]:
    """Return an office; prefetch `hours` and `stops__commune`."""
    return {
        "id": office.code,
        "codigo": office.code,
        "nombre": office.name,
        "direccion": office.address,
        "comuna": office.commune.name,
        "region": office.commune.region.name,
        "horario": hours_in_words(office),
        "telefono": LINE,
        "mobileOffice": office.is_mobile,
        "latitud": office.latitude,
        "longitud": office.longitude,
    }


def hours_in_words(office: Office) -> str:
    """Return opening hours as a sentence: `Lunes a viernes de 8:30 a 14:00`."""
    if office.is_mobile:
        stops = sorted(office.stops.all(), key=lambda stop: (stop.week_of_month, stop.weekday, stop.opens))
        return "; ".join(_stop(stop) for stop in stops)
    of_day: dict[int, tuple[str, ...]] = {}
    for row in sorted(office.hours.all(), key=lambda row: (row.weekday, row.opens)):
        of_day[row.weekday] = (
            *of_day.get(row.weekday, ()),
            f"de {row.opens.hour}:{row.opens:%M} a {row.closes.hour}:{row.closes:%M}",
        )
    parts = [
        f"{_days([day for day, _times in same])} {' y '.join(times)}"
        for times, same in (
            (key, list(rows)) for key, rows in groupby(of_day.items(), key=lambda pair: pair[1])
        )
    ]
    return "; ".join(parts)


def _days(days: list[int]) -> str:
    first = DAYS[days[0]].capitalize()
    if len(days) == 1:
        return first
    if days == list(range(days[0], days[-1] + 1)) and len(days) > 2:
        return f"{first} a {DAYS[days[-1]]}"
    return ", ".join([first, *(DAYS[day] for day in days[1:-1])]) + f" y {DAYS[days[-1]]}"


def _stop(stop: MobileStop) -> str:
    opens, closes = f"{stop.opens.hour}:{stop.opens:%M}", f"{stop.closes.hour}:{stop.closes:%M}"
    day = f"{WEEKS[min(stop.week_of_month, 5)]} {DAYS[stop.weekday]} del mes"
    return f"{stop.commune.name}: {day}, de {opens} a {closes}"
