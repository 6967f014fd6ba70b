#!/usr/bin/env python3

"""
Recount the demo network from its data files and print what follows from it.

It shares no code with the generator, so that a slip in one shows in the other.

    python3 tools/check_demo_network.py
"""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def read(path: str) -> Any:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return json.load(file) if path.endswith(".json") else list(csv.DictReader(file))


def covered_codes(agreement: dict[str, Any], offices: list[dict[str, Any]]) -> set[str]:
    return {o["code"] for o in offices} if agreement["offices"] == "all" else set(agreement["offices"])


def served_pairs(until: str) -> set[tuple[str, str]]:
    """(agency, commune) served in a fixed office under an agreement, where it has no office of its own."""
    offices = read("territory/data/offices.json")
    own = {(row["agency"], row["commune"]) for row in read("accounts/data/agency_offices.csv")}
    return {
        (agreement["agency"], office["commune"])
        for agreement in read("catalog/data/agreements.json")
        if agreement["stage"] in {"pilot", "live"} and "office" in agreement["channels"]
        for office in offices
        if office["kind"] == "office"
        and office["code"] in covered_codes(agreement, offices)
        and agreement["starts_on"] <= until
        and office["opened_on"] <= until
    } - own


def infrastructure_usd(parameters: dict[str, Any]) -> float:
    people = {row["code"]: int(row[parameters["population"]]) for row in read("territory/data/communes.csv")}
    total = 0
    for _, commune in served_pairs(parameters["infrastructure"]["as_of"]):
        (amount,) = [
            row["clp"]
            for row in parameters["infrastructure"]["classes"]
            if row["population_from"] <= people[commune] <= (row["population_to"] or 10**9)
        ]
        total += amount
    return float(total / parameters["exchange_rate"]["clp_per_usd"])


def coverage(column: str) -> tuple[int, int]:
    """(people in communes with a fixed office, everybody)."""
    here = {o["commune"] for o in read("territory/data/offices.json") if o["kind"] == "office"}
    rows = read("territory/data/communes.csv")
    return sum(int(r[column]) for r in rows if r["code"] in here), sum(int(r[column]) for r in rows)


def figures() -> dict[str, Any]:
    offices = read("territory/data/offices.json")
    agreements = read("catalog/data/agreements.json")
    fixed = [o for o in offices if o["kind"] == "office"]
    mobile = [o for o in offices if o["kind"] == "mobile"]
    covered, people = coverage("population_2015")
    covered_2024, people_2024 = coverage("population_2024")
    sets = {row["code"]: row for row in read("metrics/data/parameters.json")["sets"]}
    return {
        "fixed offices": len(fixed),
        "desks": sum(o["desks"] for o in fixed),
        "communes with a fixed office": len({o["commune"] for o in fixed}),
        "regions with a fixed office": len({o["commune"][:2] for o in fixed}),
        "fixed offices by region": dict(sorted(Counter(o["commune"][:2] for o in fixed).items())),
        "mobile offices": len(mobile),
        "regions of 2012 with a mobile office": sorted({o["region_2012"] for o in mobile}),
        "communes visited by a mobile office": len({s["commune"] for o in mobile for s in o["itinerary"]}),
        "people covered, 2015": covered,
        "share covered, 2015": covered / people,
        "people covered, 2024": covered_2024,
        "share covered, 2024": covered_2024 / people_2024,
        "agencies listed in 2018": sum(
            row["listed_2018"] == "1" for row in read("accounts/data/agencies.csv")
        ),
        "agencies with an agreement": len({row["agency"] for row in agreements}),
        "agreements signed by the end of 2012": sum(row["signed_on"] <= "2012-12-31" for row in agreements),
        "agreements signed by the end of 2013": sum(row["signed_on"] <= "2013-12-31" for row in agreements),
        "own offices of those agencies": len(read("accounts/data/agency_offices.csv")),
        "agency and commune pairs, 2014": len(served_pairs("2014-12-31")),
        "infrastructure savings, calibrated-2014, US$": infrastructure_usd(sets["calibrated-2014"]),
        "infrastructure savings, 2024, US$": infrastructure_usd(sets["2024"]),
    }


def main() -> None:
    print("Synthetic demo network; the savings are calibrated to the published US$30 million.\n")
    for name, value in figures().items():
        if name.startswith("share"):
            text = f"{value:.2%}"
        elif isinstance(value, int | float):
            text = f"{value:,.0f}"
        elif isinstance(value, dict):
            text = ", ".join(f"{key}: {number}" for key, number in value.items())
        else:
            text = ", ".join(value)
        print(f"{name:<46}{text}")


if __name__ == "__main__":
    main()
