#!/usr/bin/env python3

"""
Make the synthetic part of the reference data: the demo network.

No list of the real offices, agreements or savings parameters could be had, so these rows are invented by
rule, from real communes, and say so (`synthetic`, `kind`). Nothing here is random: running this again
gives the same files to the byte.

    python3 tools/make_demo_network.py          # writes the files
    python3 tools/make_demo_network.py --check  # writes nothing; fails if a file differs

Reads    territory/data/{regions,provinces,communes}.csv, accounts/data/agencies.csv
Writes   territory/data/offices.json, accounts/data/agency_offices.csv,
         catalog/data/agreements.json, metrics/data/parameters.json

How the offices are chosen, in this order, until FIXED_COMMUNES communes have one:
1. every regional and every provincial capital;
2. remote communes: 2,500 people or more, and no office within REMOTE_KM;
3. the most populous commune that has no office within NEIGHBOUR_KM (in a big city one office serves its
   neighbours), again and again;
4. single exchanges between a commune that keeps an office within NEAR_KM and a commune without one, until
   the communes with an office hold TARGET_SHARE of the population estimated around 2015.
The largest of them get a second office, so that there are FIXED_OFFICES. Six mobile offices go out from the
capitals of the five regions that the case study names (Biobío then included Ñuble).

How the savings are calibrated: the three investment classes keep the proportions of CLASS_WEIGHTS and are
scaled until the sum over (agency × commune served under an agreement where that agency has no office of its
own) is TARGET_USD. The published total is the only known figure; the classes are not observations.
"""

import argparse
import csv
import io
import json
import math
import re
import sys
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

FIXED_OFFICES = 200
FIXED_COMMUNES = 176
TARGET_SHARE = 0.75
REMOTE_KM, NEIGHBOUR_KM, NEAR_KM = 70.0, 6.2, 12.0

TARGET_USD = 30_000_000
CLASS_BOUNDS = {"small": (0, 29_999), "medium": (30_000, 99_999), "large": (100_000, None)}
CLASS_WEIGHTS = {"small": 1.0, "medium": 1.6, "large": 2.8}
CLASS_LABELS = {
    "small": ("Comuna de hasta 29.999 habitantes", "Commune of up to 29,999 people"),
    "medium": ("Comuna de 30.000 a 99.999 habitantes", "Commune of 30,000 to 99,999 people"),
    "large": ("Comuna de 100.000 habitantes o más", "Commune of 100,000 people or more"),
}

Row = dict[str, Any]


# --- Reading -----------------------------------------------------------------------------------------


def read_csv(path: str) -> list[Row]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Country:
    """The real places that everything else stands on."""

    def __init__(self) -> None:
        self.communes = {row["code"]: row for row in read_csv("territory/data/communes.csv")}
        for row in self.communes.values():
            row["region"] = row["code"][:2]
            row["people"] = int(row["population_2015"])
            row["people_2024"] = int(row["population_2024"])
            row["at"] = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None
        self.regions = {row["code"]: row for row in read_csv("territory/data/regions.csv")}
        self.regional_capitals = {row["capital_commune"] for row in self.regions.values()}
        self.capitals = self.regional_capitals | {
            row["capital_commune"] for row in read_csv("territory/data/provinces.csv")
        }
        self.people = sum(row["people"] for row in self.communes.values())

    def by_size(self) -> list[Row]:
        placed = [row for row in self.communes.values() if row["at"]]
        return sorted(placed, key=lambda row: (-row["people"], row["code"]))

    def kilometres(self, one: str, other: str) -> float:
        (lat1, lon1), (lat2, lon2) = self.communes[one]["at"], self.communes[other]["at"]
        east = (lon1 - lon2) * math.cos(math.radians((lat1 + lat2) / 2))
        return math.hypot(east, lat1 - lat2) * 111.2

    def nearest(self, code: str, others: list[str]) -> float:
        return min((self.kilometres(code, other) for other in others if other != code), default=math.inf)


# --- Offices -----------------------------------------------------------------------------------------


def choose_communes(country: Country) -> list[str]:
    chosen = sorted(country.capitals)
    kept = set(chosen)
    for row in country.by_size():
        is_remote = row["people"] >= 2_500 and country.nearest(row["code"], chosen) >= REMOTE_KM
        if row["code"] not in chosen and is_remote:
            chosen.append(row["code"])
            kept.add(row["code"])
    for row in country.by_size():
        if len(chosen) == FIXED_COMMUNES:
            break
        if row["code"] not in chosen and country.nearest(row["code"], chosen) >= NEIGHBOUR_KM:
            chosen.append(row["code"])
    return sorted(exchange(country, chosen, kept))


def exchange(country: Country, chosen: list[str], kept: set[str]) -> list[str]:
    """Swap one commune for another, whichever brings the share nearest to the target, until none does."""
    target = TARGET_SHARE * country.people
    chosen = list(chosen)
    gap = target - sum(country.communes[code]["people"] for code in chosen)
    while True:
        best: tuple[float, str, str] | None = None
        for out in sorted(set(chosen) - kept):
            rest = [code for code in chosen if code != out]
            if country.nearest(out, rest) > NEAR_KM:
                continue
            for row in country.by_size():
                change = row["people"] - country.communes[out]["people"]
                left = abs(gap - change)
                if row["code"] in chosen or left >= abs(gap) or (best and left >= best[0]):
                    continue
                if country.nearest(row["code"], rest) >= NEIGHBOUR_KM:
                    best = (left, out, row["code"])
        if best is None or abs(gap) < 1_000:
            return chosen
        _, out, into = best
        chosen[chosen.index(out)] = into
        gap -= country.communes[into]["people"] - country.communes[out]["people"]


def desks_for(people: int) -> int:
    steps = [(15_000, 2), (30_000, 3), (60_000, 4), (100_000, 6), (200_000, 8), (400_000, 10)]
    return next((desks for limit, desks in steps if people < limit), 12)


def hours_for(people: int, is_capital: bool) -> dict[str, list[list[str]]]:
    if people < 8_000:
        spans = [["09:00", "13:00"]]
    elif people < 60_000 and not is_capital:
        spans = [["08:30", "14:00"]]
    elif people < 150_000:
        spans = [["08:30", "14:00"], ["15:00", "17:00"]]
    else:
        spans = [["08:30", "17:30"]]
    hours = dict.fromkeys(WEEKDAYS[:5], spans)
    if people >= 250_000:
        hours["sat"] = [["09:00", "13:00"]]
    return hours


# Mondays without work in the years of the openings.
HOLIDAYS = {date(2012, 5, 21), date(2012, 7, 2), date(2012, 9, 17), date(2012, 10, 15), date(2014, 7, 14)}


def opening_days() -> list[date]:
    """The Mondays on which offices opened, from the launch in 2012 to the middle of 2014."""
    first, last = date(2012, 1, 23), date(2014, 6, 30)
    days = [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]
    return [day for day in days if day not in HOLIDAYS]


def fixed_offices(country: Country, communes: list[str]) -> list[Row]:
    by_size = sorted(communes, key=lambda code: (-country.communes[code]["people"], code))
    doubled = set(by_size[: FIXED_OFFICES - FIXED_COMMUNES])
    places = [(code, number) for code in communes for number in ((1, 2) if code in doubled else (1,))]
    # Capitals first, then the large ones, then the rest, then the second offices.
    queue = sorted(places, key=lambda p: (p[1], p[0] not in country.regional_capitals, by_size.index(p[0])))
    days = opening_days()
    offices = []
    for code, number in places:
        row = country.communes[code]
        people = row["people"] if number == 1 else row["people"] // 3
        north, east = ((0.0, 0.0), (0.014, 0.011))[number - 1]
        place = "Plaza de Armas" if number == 1 else "Avenida Norte 100"
        name = row["name"] if code not in doubled else f"{row['name']} {('Centro', 'Norte')[number - 1]}"
        opened = days[queue.index((code, number)) * (len(days) - 1) // (len(queue) - 1)]
        offices.append(
            {
                "code": f"OF-{code}-{number}",
                "name": f"Ventanilla {name}",
                "kind": "office",
                "commune": code,
                "address": f"{place} (dirección de ejemplo)",
                "latitude": round(row["at"][0] + north, 4),
                "longitude": round(row["at"][1] + east, 4),
                "opened_on": opened.isoformat(),
                "desks": desks_for(people),
                "hours": hours_for(people, code in country.capitals),
                "itinerary": [],
                "synthetic": True,
            }
        )
    return offices


# region today, region in 2012, base commune, first day
MOBILE = [
    ("05", "05", "05101", "2012-03-05"),
    ("06", "06", "06101", "2012-03-05"),
    ("08", "08", "08101", "2012-04-02"),
    ("09", "09", "09101", "2012-04-02"),
    ("13", "13", "13101", "2012-06-04"),
    ("16", "08", "16101", "2012-08-06"),
]
NO_ROAD = {"05104", "05201"}  # Juan Fernández and Isla de Pascua: islands
STOPS = 12
PLACES = [
    ("Frente a la municipalidad", "In front of the town hall"),
    ("Plaza principal", "Main square"),
    ("Junto al consultorio de salud", "Next to the health centre"),
]


def mobile_offices(country: Country, communes: list[str]) -> list[Row]:
    offices = []
    for region, region_then, base, opened_on in MOBILE:
        without = [
            row
            for row in country.communes.values()
            if row["region"] == region and row["code"] not in communes and row["code"] not in NO_ROAD
        ]
        # Rural ones first, the farthest from an office before the others.
        without.sort(
            key=lambda row: (row["rural"] == "0", -country.nearest(row["code"], communes), row["code"])
        )
        stops = [row["code"] for row in without[:STOPS]]
        offices.append(
            {
                "code": f"MO-{region}-1",
                "name": f"Ventanilla móvil {country.regions[region]['short_name']}",
                "kind": "mobile",
                "commune": base,
                "address": f"Sale de {country.communes[base]['name']} (dirección de ejemplo)",
                "latitude": round(country.communes[base]["at"][0], 4),
                "longitude": round(country.communes[base]["at"][1], 4),
                "opened_on": opened_on,
                "desks": 2,
                "hours": {},
                "itinerary": [stop(number, code, country) for number, code in enumerate(stops)],
                "region_2012": region_then,
                "synthetic": True,
            }
        )
    return offices


def stop(number: int, code: str, country: Country) -> Row:
    """Three days a week for four weeks: `week` 1 is the first such weekday of a calendar month."""
    es, en = PLACES[number % len(PLACES)]
    is_far = country.communes[code]["people"] < 8_000
    return {
        "week": number // 3 + 1,
        "weekday": ("tue", "wed", "thu")[number % 3],
        "commune": code,
        "from": "10:30" if is_far else "10:00",
        "to": "13:30" if is_far else "15:00",
        "place": {"es": f"{es} (lugar de ejemplo)", "en": f"{en} (example place)"},
    }


def make_offices(country: Country) -> list[Row]:
    communes = choose_communes(country)
    return fixed_offices(country, communes) + mobile_offices(country, communes)


# --- Agencies and their own offices ------------------------------------------------------------------

# Where an agency had offices of its own before the network: a rule (`rule_holds`) and single communes more.
OWN_OFFICES: dict[str, tuple[str, list[str]]] = {
    "IPS": ("network", []),
    "SRCEI": ("people:8000", []),
    "FONASA": ("capitals:60000", []),
    "SERNAC": ("regional", []),
    "SENCE": ("regional", []),
    "MINVU": ("capitals:30000", []),
    "MBN": ("capitals:100000", []),
    "ISL": ("capitals:80000", []),
    "DIPRECA": ("none", ["13101", "05101", "08101", "09101", "07101", "02101"]),
    "CAPREDENA": ("none", ["13101", "05109", "08110", "02101", "01101", "15101", "10101", "12101"]),
    "MINEDUC": ("capitals:30000", []),
    "JUNAEB": ("regional", []),
    "MDS": ("regional", []),
    "FOSIS": ("capitals:100000", []),
    "SENADIS": ("regional", []),
    "SENAMA": ("regional", []),
    "INJUV": ("regional", []),
    "COMPIN": ("capitals:60000", []),
    "SUPERSALUD": ("regional", []),
    "SUPERPENSIONES": ("none", ["13101"]),
    "DT": ("capitals:0", []),
    "CHILEVALORA": ("none", ["13101"]),
    "CORFO": ("regional", []),
    "SERCOTEC": ("regional", []),
    "SUBTEL": ("none", ["13101"]),
}


def rule_holds(rule: str, row: Row, country: Country, network: set[str]) -> bool:
    kind, _, number = rule.partition(":")
    if kind == "network":
        return row["code"] in network
    if kind == "regional" or (kind == "capitals" and row["code"] in country.regional_capitals):
        return row["code"] in country.regional_capitals
    if kind == "capitals":
        return row["code"] in country.capitals and row["people"] >= int(number)
    if kind == "people":
        return row["code"] in country.capitals or row["people"] >= int(number)
    return False


def make_agency_offices(country: Country, offices: list[Row]) -> list[Row]:
    network = {office["commune"] for office in offices if office["kind"] == "office"}
    return [
        {"agency": agency, "commune": code, "synthetic": 1}
        for agency, (rule, more) in OWN_OFFICES.items()
        for code, row in sorted(country.communes.items())
        if code in more or rule_holds(rule, row, country, network)
    ]


# --- Agreements --------------------------------------------------------------------------------------

EVERYWHERE, LARGE = "all", "large"
IN_PERSON = ["office", "mobile"]
ALL_CHANNELS = ["office", "mobile", "phone", "web"]
INFORM, RECEIVE = ["inform"], ["inform", "receive", "verify_identity"]
ISSUE, DECIDE = [*RECEIVE, "issue"], [*RECEIVE, "issue", "decide"]

# agency, signed on, starts on, where, channels, acts, price of an act in pesos, stage
AGREEMENTS: list[tuple[str, str, str, str, list[str], list[str], dict[str, int] | None, str]] = [
    ("IPS", "2011-12-20", "2012-01-23", EVERYWHERE, ALL_CHANNELS, DECIDE, None, "live"),
    (
        "FONASA",
        "2011-12-21",
        "2012-01-23",
        EVERYWHERE,
        ALL_CHANNELS,
        ISSUE,
        {"receive": 1850, "issue": 900},
        "live",
    ),
    ("SERNAC", "2011-12-22", "2012-01-23", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("MINVU", "2011-12-27", "2012-01-23", EVERYWHERE, ALL_CHANNELS, RECEIVE, {"receive": 2100}, "live"),
    ("MBN", "2011-12-28", "2012-01-23", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("ISL", "2011-12-29", "2012-01-23", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("SENCE", "2012-01-04", "2012-01-23", EVERYWHERE, ALL_CHANNELS, RECEIVE, {"receive": 1600}, "live"),
    ("DIPRECA", "2012-01-05", "2012-01-23", EVERYWHERE, ALL_CHANNELS, ISSUE, None, "live"),
    ("CAPREDENA", "2012-01-06", "2012-01-23", EVERYWHERE, ALL_CHANNELS, ISSUE, None, "live"),
    ("SRCEI", "2012-02-14", "2012-03-05", EVERYWHERE, ALL_CHANNELS, ISSUE, {"issue": 950}, "live"),
    ("JUNAEB", "2012-03-06", "2012-04-02", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("MDS", "2012-03-20", "2012-04-16", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("SENADIS", "2012-04-10", "2012-05-07", EVERYWHERE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("SENAMA", "2012-04-24", "2012-05-14", EVERYWHERE, ALL_CHANNELS, INFORM, None, "live"),
    ("MINEDUC", "2012-05-15", "2012-06-04", EVERYWHERE, ALL_CHANNELS, ISSUE, None, "live"),
    ("FOSIS", "2012-06-05", "2012-07-09", LARGE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("INJUV", "2012-06-19", "2012-07-16", LARGE, ["office", "mobile", "web"], ISSUE, None, "live"),
    ("COMPIN", "2012-07-10", "2012-08-06", LARGE, ALL_CHANNELS, RECEIVE, {"receive": 1750}, "live"),
    ("SUPERSALUD", "2012-08-07", "2012-09-03", LARGE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("DT", "2012-09-04", "2012-10-01", LARGE, ["office", "phone", "web"], INFORM, None, "live"),
    ("SUPERPENSIONES", "2012-10-09", "2012-11-05", LARGE, ALL_CHANNELS, RECEIVE, None, "live"),
    ("SERCOTEC", "2012-11-06", "2012-12-03", LARGE, ["office", "phone", "web"], RECEIVE, None, "live"),
    ("CORFO", "2013-03-12", "2013-04-08", LARGE, ["office", "phone", "web"], RECEIVE, None, "live"),
    ("CHILEVALORA", "2013-08-06", "2013-09-02", LARGE, ["office", "phone", "web"], INFORM, None, "live"),
    ("SUBTEL", "2014-03-11", "2014-05-05", LARGE, ["office", "phone", "web"], RECEIVE, None, "pilot"),
]


def is_large(office: Row, country: Country) -> bool:
    """The offices of an agreement that is not for all: capitals and communes of 100,000 people or more."""
    commune = country.communes[office["commune"]]
    return office["kind"] == "office" and (
        commune["code"] in country.capitals or commune["people"] >= 100_000
    )


def make_agreements(country: Country, offices: list[Row]) -> list[Row]:
    large = [office["code"] for office in offices if is_large(office, country)]
    numbers: dict[str, int] = {}
    agreements = []
    for agency, signed_on, starts_on, where, channels, acts, price, stage in AGREEMENTS:
        year = signed_on[:4]
        numbers[year] = numbers.get(year, 0) + 1
        agreements.append(
            {
                "agency": agency,
                "instrument": {
                    "es": f"Convenio de ejemplo N° {numbers[year]} de {year} (sintético)",
                    "en": f"Example agreement No. {numbers[year]} of {year} (synthetic)",
                },
                "signed_on": signed_on,
                "starts_on": starts_on,
                "ends_on": None,
                "stage": stage,
                "offices": "all" if where == EVERYWHERE else large,
                "channels": [*channels, "outside"] if "web" in channels and "receive" in acts else channels,
                "acts": acts,
                "price_clp_per_act": price,
                "synthetic": True,
            }
        )
    return agreements


# --- Savings -----------------------------------------------------------------------------------------


def served_pairs(
    agreements: list[Row], offices: list[Row], own: list[Row], until: str
) -> list[tuple[str, str]]:
    """(agency, commune) served by `until` under an agreement, in a fixed office, where it has none itself."""
    has_own = {(row["agency"], row["commune"]) for row in own}
    pairs = set()
    for agreement in agreements:
        if agreement["stage"] not in {"pilot", "live"} or "office" not in agreement["channels"]:
            continue
        for office in offices:
            covered = agreement["offices"] == "all" or office["code"] in agreement["offices"]
            begins = max(agreement["starts_on"], office["opened_on"])
            if office["kind"] == "office" and covered and begins <= until:
                pairs.add((agreement["agency"], office["commune"]))
    return sorted(pairs - has_own)


def class_of(people: int) -> str:
    for code, (low, high) in CLASS_BOUNDS.items():
        if people >= low and (high is None or people <= high):
            return code
    raise ValueError(people)


def half_up(value: float, step: int) -> int:
    return int((Decimal(str(value)) / step).quantize(Decimal(1), ROUND_HALF_UP)) * step


RATE_2014, RATE_2024 = 570.35, 944.0
# Yearly inflation (annual average) of 2015 to 2024, World Bank.
INFLATION = [4.3, 3.8, 2.2, 2.4, 2.6, 3.0, 4.5, 11.6, 7.6, 4.3]
CPI_FACTOR = round(math.prod(1 + rate / 100 for rate in INFLATION), 3)


def said(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


ASSUMED = said("Supuesto propio: no hay valores publicados.", "Our assumption: no values are published.")
CPI_SOURCE = "World Bank, FP.CPI.TOTL.ZG, read at https://econoview.ai/chile/inflation on 2026-11-24"
CPI_NOTE = said(
    f"Monto del conjunto calibrated-2014 × {CPI_FACTOR} (IPC, promedio de 2014 a promedio de 2024).",
    f"Amount of the set calibrated-2014 × {CPI_FACTOR} (CPI, average of 2014 to average of 2024).",
)
FARE_2014 = said(
    "Dos pasajes de bus de Santiago a $620, tarifa adulta desde el 2014-09-01 (Panel de Expertos del "
    "Transporte Público, publicada en publimetro.cl).",
    "Two Santiago bus fares of 620 pesos, adult fare from 2014-09-01 (public transport panel of experts, "
    "published in publimetro.cl).",
)
FARE_2024 = said(
    "Dos pasajes de bus de Santiago a $730, tarifa adulta desde el 2024-02-04 (Panel de Expertos del "
    "Transporte Público, publicada en t13.cl).",
    "Two Santiago bus fares of 730 pesos, adult fare from 2024-02-04 (public transport panel of experts, "
    "published in t13.cl).",
)
TIME_VALUE = said(
    "Supuesto: el valor social del tiempo de viaje urbano de 2026 ($3.338 por hora; Precios Sociales, "
    "Sistema Nacional de Inversiones; leído de segunda mano) llevado a precios de 2014 con el IPC y "
    "redondeado a $2.000; rural, 80 % de eso.",
    "Assumption: the social value of urban travel time of 2026 (3,338 pesos an hour; Social Prices, "
    "National Investment System; read second-hand) brought back to 2014 prices with the CPI and rounded to "
    "2,000 pesos; rural, 80 % of that.",
)
RURAL_TIME = said(
    "Supuesto propio; antes de 2012 hubo personas rurales que viajaban más de cinco horas por un "
    "certificado (candidatura N° 2067 al premio de servicio público de Naciones Unidas).",
    "Our assumption; before 2012 some rural people travelled more than five hours for a certificate "
    "(United Nations public service award, nomination 2067).",
)


def both(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    return {language: f"{one[language]} {other[language]}" for language in one}


# channel: (trips, wait minutes and access fee avoided, each urban then rural; resolved share)
BEHAVIOUR = {
    "web": ((0.55, 0.60), (45, 45), (400, 700), 0.62),
    "office": ((0.50, 0.55), (15, 20), (300, 500), 0.82),
    "mobile": ((0.90, 0.95), (20, 30), (300, 600), 0.78),
    "phone": ((0.45, 0.50), (40, 40), (200, 400), 0.70),
}
TRAVEL_MINUTES = {"urban": 70, "rural": 190}
RURAL_FARE = 3_600
TIME_VALUES = {"urban": 2_000, "rural": 1_600}
# The case study's own method: minutes and pesos saved by each contact, whatever came of it.
SIMPLE = {"web": (60, 900), "office": (45, 800), "mobile": (120, 2_600), "phone": (55, 750)}


def parameter(name: str, unit: str, mean: float, share_of_error: float, **more: Any) -> Row:
    error = round(mean * share_of_error, 3)
    row: Row = {"name": name, "unit": unit, "channel": None, "area": None, "region": None, "mean": mean}
    row |= {"standard_error": error, "n": 0, "kind": "assumption", "as_of": "2014-12-31", "source": ASSUMED}
    return row | more


def strict_parameters() -> list[Row]:
    rows = []
    for channel, (trips, waits, fees, resolved) in BEHAVIOUR.items():
        rows.append(parameter("resolved_share", "share", resolved, 0.05, channel=channel))
        for index, area in enumerate(("urban", "rural")):
            key = {"channel": channel, "area": area}
            is_rural = area == "rural"
            rows += [
                parameter("trips_avoided", "trips per resolved enquiry", trips[index], 0.08, **key),
                parameter(
                    "travel_minutes",
                    "minutes per trip, there and back",
                    TRAVEL_MINUTES[area],
                    0.15,
                    **key,
                    source=RURAL_TIME if is_rural else ASSUMED,
                ),
                parameter("wait_minutes_avoided", "minutes per resolved enquiry", waits[index], 0.15, **key),
                parameter(
                    "value_of_time_clp_hour",
                    "CLP per hour",
                    TIME_VALUES[area],
                    0.20,
                    **key,
                    source=TIME_VALUE,
                ),
                parameter(
                    "fare_clp",
                    "CLP per trip, there and back",
                    RURAL_FARE if is_rural else 2 * 620,
                    0.25 if is_rural else 0.10,
                    **key,
                    source=ASSUMED if is_rural else FARE_2014,
                ),
                parameter("access_fee_clp", "CLP per resolved enquiry", fees[index], 0.30, **key),
            ]
    return rows


def simple_parameters() -> list[Row]:
    return [
        row
        for channel, (minutes, pesos) in SIMPLE.items()
        for row in (
            parameter("minutes_per_contact", "minutes", minutes, 0.15, channel=channel),
            parameter("clp_per_contact", "CLP", pesos, 0.20, channel=channel),
        )
    ]


def at_2024_prices(row: Row) -> Row:
    row = row | {"as_of": "2024-12-31"}
    if "CLP" not in row["unit"]:
        return row
    if row["source"] == FARE_2014:
        mean, source = 2 * 730, FARE_2024
    else:
        mean, source = half_up(row["mean"] * CPI_FACTOR, 10), both(row["source"], CPI_NOTE)
    error = round(row["standard_error"] / row["mean"] * mean, 3)
    return row | {"mean": mean, "standard_error": error, "source": source}


def investment_classes(amounts: dict[str, int], as_of: str, source: dict[str, str]) -> list[Row]:
    return [
        {
            "code": code,
            "label": dict(zip(("es", "en"), CLASS_LABELS[code], strict=True)),
            "population_from": low,
            "population_to": high,
            "clp": amounts[code],
            "standard_error": round(amounts[code] * 0.25),
            "n": 0,
            "kind": "calibrated",
            "as_of": as_of,
            "source": source,
        }
        for code, (low, high) in CLASS_BOUNDS.items()
    ]


def calibrate(pairs: list[tuple[str, str]], country: Country) -> dict[str, int]:
    weights = sum(CLASS_WEIGHTS[class_of(country.communes[code]["people"])] for _, code in pairs)
    unit = TARGET_USD * RATE_2014 / weights
    return {code: half_up(unit * weight, 10_000) for code, weight in CLASS_WEIGHTS.items()}


CALIBRATED_SOURCE = said(
    "Calibrado: ningún valor de inversión es público. Las tres clases guardan la proporción 1 : 1,6 : 2,8 "
    "y se escalan hasta que la red sintética suma los US$ 30 millones publicados.",
    "Calibrated: no investment value is public. The three classes keep the proportion 1 : 1.6 : 2.8 and "
    "are scaled until the synthetic network adds up to the published US$30 million.",
)
INFRASTRUCTURE_RULE = said(
    "Por cada institución y cada comuna donde se atiende por un convenio vigente en una oficina fija y la "
    "institución no tiene oficina propia: la inversión de la clase de la comuna, una sola vez, desde el "
    "día en que rigen el convenio y la oficina.",
    "For each agency and each commune served under an agreement in a fixed office where the agency has no "
    "office of its own: the investment of the commune's class, once, from the day when both the agreement "
    "and the office are in force.",
)
STRICT_FORMULA = (
    "sum over resolved enquiries of: trips_avoided * (travel_minutes / 60 * value_of_time_clp_hour + "
    "fare_clp) + wait_minutes_avoided / 60 * value_of_time_clp_hour + access_fee_clp"
)
SIMPLE_FORMULA = "contacts of a channel * minutes_per_contact; contacts of a channel * clp_per_contact"


def parameter_set(code: str, label: dict[str, str], notes: dict[str, str], **more: Any) -> Row:
    return {
        "code": code,
        "label": label,
        "notes": notes,
        "currency": "CLP",
        **more,
    }


PARAMETERS_NOTE = said(
    "Parámetros de ahorro. Ningún valor viene de una encuesta: n = 0 y `kind` dicen cuál es supuesto y "
    "cuál calibrado. Un ministerio los reemplaza creando un conjunto nuevo, sin tocar estos.",
    "Savings parameters. No value comes from a survey: n = 0 and `kind` say which is an assumption and "
    "which calibrated. A ministry replaces them by creating a new set, leaving these as they are.",
)
NOTES_2014 = said(
    "Reproduce la cifra publicada de US$ 30 millones con la red sintética.",
    "Reproduces the published figure of US$30 million with the synthetic network.",
)
NOTES_2024 = said(
    "Los mismos supuestos con la población del Censo 2024 y los montos en pesos llevados a precios de "
    f"2024 con el IPC (× {CPI_FACTOR}); el pasaje urbano es el de 2024.",
    "The same assumptions with the population of the 2024 census and the amounts in pesos brought to 2024 "
    f"prices with the CPI (× {CPI_FACTOR}); the urban fare is that of 2024.",
)


def make_parameters(country: Country, offices: list[Row], own: list[Row], agreements: list[Row]) -> Row:
    pairs = served_pairs(agreements, offices, own, "2014-12-31")
    amounts = calibrate(pairs, country)
    amounts_2024 = {code: half_up(clp * CPI_FACTOR, 10_000) for code, clp in amounts.items()}
    strict, simple = strict_parameters(), simple_parameters()
    counted = {"rule": INFRASTRUCTURE_RULE, "office_kinds": ["office"], "stages": ["pilot", "live"]}
    return {
        "note": PARAMETERS_NOTE,
        "kinds": ["published", "assumption", "survey", "calibrated"],
        "synthetic": True,
        "sets": [
            parameter_set(
                "calibrated-2014",
                said("Calibrado a 2014", "Calibrated to 2014"),
                NOTES_2014,
                valid_from="2012-01-01",
                valid_to="2023-12-31",
                price_year=2014,
                population="population_2015",
                exchange_rate={
                    "clp_per_usd": RATE_2014,
                    "as_of": "2014",
                    "kind": "published",
                    "source": said(
                        "Banco Mundial y FMI, PA.NUS.FCRF, promedio de 2014, leído en "
                        "https://www.indexmundi.com/facts/chile/indicator/PA.NUS.FCRF el 2026-11-24.",
                        "World Bank and IMF, PA.NUS.FCRF, average of 2014, read at "
                        "https://www.indexmundi.com/facts/chile/indicator/PA.NUS.FCRF on 2026-11-24.",
                    ),
                },
                infrastructure={
                    **counted,
                    "as_of": "2014-12-31",
                    "target_usd": TARGET_USD,
                    "classes": investment_classes(amounts, "2014-12-31", CALIBRATED_SOURCE),
                },
                strict={"formula": STRICT_FORMULA, "parameters": strict},
                simple={"formula": SIMPLE_FORMULA, "parameters": simple},
            ),
            parameter_set(
                "2024",
                said("Censo 2024 y precios de 2024", "2024 census and 2024 prices"),
                NOTES_2024,
                valid_from="2024-01-01",
                valid_to=None,
                price_year=2024,
                population="population_2024",
                cpi={
                    "factor": CPI_FACTOR,
                    "from": 2014,
                    "to": 2024,
                    "kind": "published",
                    "yearly_inflation_percent": dict(
                        zip(map(str, range(2015, 2025)), INFLATION, strict=True)
                    ),
                    "source": said(CPI_SOURCE, CPI_SOURCE),
                },
                exchange_rate={
                    "clp_per_usd": RATE_2024,
                    "as_of": "2024",
                    "kind": "assumption",
                    "source": said(
                        "Supuesto: promedio de 2024 redondeado, por verificar con el dólar observado del "
                        "Banco Central; solo se pudieron leer cotizaciones de abril de 2024, entre 952 y "
                        "955.",
                        "Assumption: rounded average of 2024, to be verified against the observed dollar "
                        "of the Central Bank; only quotations of April 2024, 952 to 955, could be read.",
                    ),
                },
                infrastructure={
                    **counted,
                    "as_of": "2024-12-31",
                    "target_usd": None,
                    "classes": investment_classes(
                        amounts_2024, "2024-12-31", both(CALIBRATED_SOURCE, CPI_NOTE)
                    ),
                },
                strict={"formula": STRICT_FORMULA, "parameters": [at_2024_prices(row) for row in strict]},
                simple={"formula": SIMPLE_FORMULA, "parameters": [at_2024_prices(row) for row in simple]},
            ),
        ],
    }


# --- Writing -----------------------------------------------------------------------------------------


def as_json(value: Any) -> str:
    """Indented JSON with short lists and objects on one line, so that a change is a readable diff."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    scalar = r'(?:"(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false)'
    member = rf'(?:"(?:[^"\\]|\\.)*": )?(?:{scalar}|\[{scalar}(?:, {scalar})*\])'
    for _ in range(3):
        text = re.sub(
            rf"([\[{{])\s+((?:{member},\s+)*{member})\s+([\]}}])",
            lambda m: one_line(m) if len(m[0]) < 4000 else m[0],
            text,
        )
    return text + "\n"


def one_line(match: re.Match[str]) -> str:
    line = match[1] + re.sub(r",\n\s+", ", ", match[2]) + match[3]
    return line if len(line) <= 110 else match[0]


def as_csv(rows: list[Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def make_all() -> dict[str, str]:
    country = Country()
    offices = make_offices(country)
    own = make_agency_offices(country, offices)
    agreements = make_agreements(country, offices)
    parameters = make_parameters(country, offices, own, agreements)
    known = {row["code"] for row in read_csv("accounts/data/agencies.csv")}
    unknown = {row[0] for row in AGREEMENTS} - known
    if unknown:
        raise SystemExit(f"Agreements name agencies that accounts/data/agencies.csv lacks: {sorted(unknown)}")
    return {
        "territory/data/offices.json": as_json(offices),
        "accounts/data/agency_offices.csv": as_csv(own),
        "catalog/data/agreements.json": as_json(agreements),
        "metrics/data/parameters.json": as_json(parameters),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    is_check = options.parse_args().check
    stale = []
    for path, text in make_all().items():
        target = ROOT / path
        if is_check:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                stale.append(path)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {path}")
    for path in stale:
        print(f"{path} is not what the generator makes", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
