"""Agencies, the offices of their own they had, and the agreements, from their reference files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Agency, AgencyOffice
from catalog.models import Agreement, DelegatedAct
from config.reference.places import rows
from territory.models import Office

BASE = Path(settings.BASE_DIR)


def load_agencies() -> dict[str, int]:
    """Load the 140 institutions of 2018 and those added since, and where they had offices."""
    agencies = [
        Agency(
            code=row["code"],
            official_code=row["official_code"],
            acronym=row["acronym"],
            name_es=row["name_es"],
            name_en=row["name_en"],
            rut=row["rut"],
            home_url=row["home_url"],
            is_added=row["listed_2018"] != "1",
        )
        for row in rows(BASE / "accounts" / "data" / "agencies.csv")
    ]
    fields = ["official_code", "acronym", "name_es", "name_en", "rut", "home_url", "is_added"]
    Agency.objects.bulk_create(agencies, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    by_code = dict(Agency.objects.values_list("code", "pk"))
    own = [
        AgencyOffice(
            agency_id=by_code[row["agency"]], commune_id=row["commune"], is_synthetic=row["synthetic"] == "1"
        )
        for row in rows(BASE / "accounts" / "data" / "agency_offices.csv")
    ]
    AgencyOffice.objects.bulk_create(own, ignore_conflicts=True)
    return {"agencies": len(agencies), "own offices": len(own)}


def load_agreements() -> dict[str, int]:
    """Load the agreements and the acts they delegate."""
    data: list[dict[str, Any]] = json.loads(
        (BASE / "catalog" / "data" / "agreements.json").read_text(encoding="utf-8")
    )
    agencies = dict(Agency.objects.values_list("code", "pk"))
    offices = dict(Office.objects.values_list("code", "pk"))
    for row in data:
        starts, ends = (
            date.fromisoformat(row["starts_on"]),
            row["ends_on"] and date.fromisoformat(row["ends_on"]),
        )
        during = DateRange(starts, ends or None, "[)")
        agreement, _created = Agreement.objects.get_or_create(
            agency_id=agencies[row["agency"]],
            signed_on=date.fromisoformat(row["signed_on"]),
            defaults={
                "instrument": row["instrument"],
                "during": during,
                "stage": row["stage"],
                "stage_since": starts,
                "all_offices": row["offices"] == "all",
                "is_synthetic": row["synthetic"],
            },
        )
        if agreement.revision > 1:  # it was changed here: what it says here holds
            continue
        agreement.offices.set([] if row["offices"] == "all" else [offices[code] for code in row["offices"]])
        prices = row.get("price_clp_per_act") or {}
        DelegatedAct.objects.bulk_create(
            [
                DelegatedAct(
                    agreement=agreement,
                    act=act,
                    channel=channel,
                    during=during,
                    price_clp=prices.get(act),
                )
                for act in row["acts"]
                for channel in row["channels"]
            ],
            ignore_conflicts=True,
        )
    return {"agreements": len(data)}
