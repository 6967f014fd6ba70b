"""
Parameter sets and definitions from their files. Loading again adds what is missing and changes nothing that
is there.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from common import clock
from metrics.models import IndicatorDefinition, InvestmentClass, Parameter, ParameterSet, SetStatus

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load_parameters() -> dict[str, int]:
    """Load the definitions and the first version of each parameter set; return how many there are."""
    content = json.loads((DATA / "parameters.json").read_text(encoding="utf-8"))
    for row in content["sets"]:
        if not ParameterSet.objects.filter(code=row["code"]).exists():
            _load_set(row, synthetic=content["synthetic"])
    load_definitions()
    return {
        "parameter sets": ParameterSet.objects.count(),
        "definitions": IndicatorDefinition.objects.count(),
    }


def load_definitions() -> None:
    """Add the definitions of the file that are not there yet."""
    rows = json.loads((DATA / "definitions.json").read_text(encoding="utf-8"))
    IndicatorDefinition.objects.bulk_create(
        [
            IndicatorDefinition(
                code=row["code"],
                version=row["version"],
                formula=row["formula"],
                **{
                    f"{name}_{lang}": row[name][lang]
                    for name in ("title", "definition", "population")
                    for lang in ("es", "en")
                },
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def _load_set(row: dict[str, Any], *, synthetic: bool) -> None:
    exchange, infrastructure = row["exchange_rate"], row["infrastructure"]
    loaded = ParameterSet.objects.create(
        code=row["code"],
        version=1,
        currency=row["currency"],
        price_year=row["price_year"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        population=row["population"],
        clp_per_usd=Decimal(str(exchange["clp_per_usd"])),
        exchange_kind=exchange["kind"],
        as_of=date.fromisoformat(infrastructure["as_of"]),
        target_usd=infrastructure["target_usd"],
        is_synthetic=synthetic,
        **_both("title", row["label"]),
        **_both("notes", row["notes"]),
        **_both("exchange_source", exchange["source"]),
    )
    Parameter.objects.bulk_create(
        Parameter(
            set=loaded,
            name=one["name"],
            channel=one["channel"] or "",
            area=one["area"] or "",
            region_id=one["region"],
            unit=one["unit"],
            mean=Decimal(str(one["mean"])),
            **_value(one),
        )
        for method in ("strict", "simple")
        for one in row[method]["parameters"]
    )
    InvestmentClass.objects.bulk_create(
        InvestmentClass(
            set=loaded,
            code=one["code"],
            population_from=one["population_from"],
            population_to=one["population_to"],
            clp=Decimal(str(one["clp"])),
            **_both("label", one["label"]),
            **_value(one),
        )
        for one in infrastructure["classes"]
    )
    loaded.status, loaded.approved_at = SetStatus.APPROVED, clock.now()
    loaded.save(update_fields=["status", "approved_at"])


def _value(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "standard_error": Decimal(str(one["standard_error"])),
        "n": one["n"],
        "kind": one["kind"],
        "as_of": date.fromisoformat(one["as_of"]),
        **_both("source", one["source"]),
    }


def _both(name: str, text: dict[str, str]) -> dict[str, str]:
    return {f"{name}_es": text["es"], f"{name}_en": text["en"]}
