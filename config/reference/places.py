"""Territory from its reference files: upserts, so that loading again changes only what differs."""

import csv
import json
from datetime import date, time
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.actors import Actor
from crm.actions import load_holidays
from territory.models import Commune, MobileStop, Office, OpeningHours, Province, Region, Weekday

DATA = Path(settings.BASE_DIR) / "territory" / "data"
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_places() -> dict[str, int]:
    """Load regions, provinces, communes, offices and the calendar; return how many of each there are."""
    regions = [
        Region(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            position=int(row["order_north_to_south"]),
            time_zone=row["time_zone"],
        )
        for row in rows(DATA / "regions.csv")
    ]
    provinces = [
        Province(code=r["code"], region_id=r["region"], name=r["name"]) for r in rows(DATA / "provinces.csv")
    ]
    region_of = {province.code: province.region_id for province in provinces}
    communes = [_commune(row, region_of) for row in rows(DATA / "communes.csv")]
    _upsert(Region, regions)
    _upsert(Province, provinces)
    _upsert(Commune, communes)
    offices = _load_offices()
    days = load_holidays(by=Actor.system())
    return {
        "regions": len(regions),
        "provinces": len(provinces),
        "communes": len(communes),
        "offices": offices,
        "holidays": days,
    }


def _upsert(model: Any, objects: list[Any]) -> None:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(
        objects,
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
        batch_size=500,
    )


def _commune(row: dict[str, str], region_of: dict[str, str]) -> Commune:
    return Commune(
        code=row["code"],
        province_id=row["province"],
        region_id=region_of[row["province"]],
        name=row["name"],
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        area_km2=float(row["area_km2"]) if row["area_km2"] else None,
        population_2015=int(row["population_2015"]),
        population_2024=int(row["population_2024"]),
        aged_65_plus_2024=int(row["aged_65_plus_2024"] or 0),
        is_rural=row["rural"] == "1",
        time_zone=row["time_zone"],
    )


def _load_offices() -> int:
    data: list[dict[str, Any]] = json.loads((DATA / "offices.json").read_text(encoding="utf-8"))
    for row in data:
        office, _created = Office.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "kind": row["kind"],
                "commune_id": row["commune"],
                "address": row["address"],
                "latitude": row["latitude"],
                "longitude": row["longitude"],
                "desks": row["desks"],
                "opened_on": date.fromisoformat(row["opened_on"]),
                "is_synthetic": row["synthetic"],
            },
        )
        office.hours.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(office=office, weekday=WEEKDAYS[day], opens=at(opens), closes=at(closes))
            for day, stretches in row["hours"].items()
            for opens, closes in stretches
        )
        office.stops.all().delete()
        MobileStop.objects.bulk_create(
            MobileStop(
                office=office,
                commune_id=stop["commune"],
                week_of_month=stop["week"],
                weekday=Weekday(WEEKDAYS[stop["weekday"]]),
                opens=at(stop["from"]),
                closes=at(stop["to"]),
                place=stop["place"],
            )
            for stop in row["itinerary"]
        )
    return len(data)


def at(text: str) -> time:
    """Return a time of day; 24:00 is the last minute of the day."""
    return time(23, 59, 59) if text == "24:00" else time.fromisoformat(text)
