"""The reference files hold together, and the published figures follow from their rows."""

import csv
import json
import runpy
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).resolve().parents[2]
THANKED = {"IPS", "FONASA", "SERNAC", "MINVU", "MBN", "ISL", "SENCE", "DIPRECA", "CAPREDENA"}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def rows(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def data(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def communes() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("territory/data/communes.csv")}


@pytest.fixture(scope="module")
def offices() -> list[dict[str, Any]]:
    return data("territory/data/offices.json")


@pytest.fixture(scope="module")
def fixed(offices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [office for office in offices if office["kind"] == "office"]


@pytest.fixture(scope="module")
def mobile(offices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [office for office in offices if office["kind"] == "mobile"]


def usd(parameters: dict[str, Any], column: str, until: str) -> float:
    """Add up the class of each commune where an agency is served under an agreement and has no own office."""
    people = {row["code"]: int(row[column]) for row in rows("territory/data/communes.csv")}
    own = {(row["agency"], row["commune"]) for row in rows("accounts/data/agency_offices.csv")}
    opened = [
        o for o in data("territory/data/offices.json") if o["kind"] == "office" and o["opened_on"] <= until
    ]
    pesos = 0
    for agreement in data("catalog/data/agreements.json"):
        if agreement["starts_on"] > until or agreement["stage"] == "signed":
            continue
        here = {
            o["commune"] for o in opened if agreement["offices"] == "all" or o["code"] in agreement["offices"]
        }
        for commune in here:
            if (agreement["agency"], commune) not in own:
                pesos += sum(
                    row["clp"]
                    for row in parameters["infrastructure"]["classes"]
                    if row["population_from"] <= people[commune] <= (row["population_to"] or people[commune])
                )
    return float(pesos / parameters["exchange_rate"]["clp_per_usd"])


# --- Places


def test_the_country_has_16_regions_56_provinces_and_346_communes(communes):
    regions, provinces = rows("territory/data/regions.csv"), rows("territory/data/provinces.csv")

    assert (len(regions), len(provinces), len(communes)) == (16, 56, 346)
    assert {row["region"] for row in provinces} == {row["code"] for row in regions}
    assert {row["province"] for row in communes.values()} == {row["code"] for row in provinces}
    assert sorted(int(row["order_north_to_south"]) for row in regions) == list(range(1, 17))
    assert all(row["capital_commune"] in communes for row in regions + provinces)
    assert all(row["capital_commune"].startswith(row["code"]) for row in regions + provinces)


def test_populations_add_up_to_the_published_totals(communes):
    assert sum(int(row["population_2015"]) for row in communes.values()) == 17_378_977
    assert sum(int(row["population_2024"]) for row in communes.values()) == 18_480_432
    assert sum(int(row["aged_65_plus_2024"]) for row in communes.values()) == 2_587_238


def test_each_commune_has_a_real_time_zone_and_the_four_zones_are_where_they_should_be(communes):
    zones = Counter(row["time_zone"] for row in communes.values())

    assert set(zones) == {"America/Santiago", "America/Punta_Arenas", "America/Coyhaique", "Pacific/Easter"}
    for code, row in communes.items():
        special = {"11": "America/Coyhaique", "12": "America/Punta_Arenas"}.get(code[:2], "America/Santiago")
        assert row["time_zone"] == ("Pacific/Easter" if code == "05201" else special), row["name"]
    assert all(ZoneInfo(zone).key == zone for zone in zones)


def test_rural_is_what_its_rule_says(communes):
    for row in communes.values():
        density = int(row["population_2024"]) / float(row["area_km2"]) if row["area_km2"] else 0
        assert row["rural"] == str(int(density < 150 and int(row["population_2024"]) < 50_000)), row["name"]


def test_only_antarctica_has_no_point_and_the_others_lie_in_chile(communes):
    assert [row["name"] for row in communes.values() if not row["latitude"]] == ["Antártica"]
    for row in communes.values():
        if row["latitude"]:
            assert -56.6 < float(row["latitude"]) < -17.4, row["name"]
            assert -109.6 < float(row["longitude"]) < -66.3, row["name"]


def test_boundaries_are_keyed_by_commune_code_small_and_attributed(communes):
    path = ROOT / "territory/data/boundaries.topojson"
    topology = data("territory/data/boundaries.topojson")
    codes = [shape["id"] for shape in topology["objects"]["communes"]["geometries"]]

    assert sorted(codes) == sorted(set(communes) - {"12202"})
    assert path.stat().st_size < 250_000
    assert "IDE Chile" in topology["attribution"]


# --- The network


def test_200_offices_stand_in_all_regions_and_six_mobile_ones_in_the_five_named(fixed, mobile):
    assert len(fixed) == 200
    assert len({office["commune"][:2] for office in fixed}) == 16
    assert len(mobile) == 6
    assert {office["region_2012"] for office in mobile} == {"05", "06", "08", "09", "13"}


def test_every_capital_has_an_office(fixed):
    capitals = {row["capital_commune"] for row in rows("territory/data/regions.csv")}
    capitals |= {row["capital_commune"] for row in rows("territory/data/provinces.csv")}

    assert capitals <= {office["commune"] for office in fixed}


def test_communes_with_an_office_hold_three_quarters_of_the_people_about_13_million(communes, fixed):
    here = {office["commune"] for office in fixed}
    covered = sum(int(communes[code]["population_2015"]) for code in here)

    assert 0.749 <= covered / 17_378_977 <= 0.751
    assert 13_000_000 <= covered < 13_100_000


def test_offices_are_marked_synthetic_and_carry_no_foreign_brand(offices):
    assert all(office["synthetic"] is True for office in offices)
    assert all("ejemplo" in office["address"] for office in offices)
    assert all(office["name"].startswith("Ventanilla") for office in offices)
    assert len({office["code"] for office in offices}) == len(offices)
    assert len({office["name"] for office in offices}) == len(offices)


def test_hours_are_ordered_spans_of_a_week(offices):
    for office in offices:
        assert set(office["hours"]) <= set(WEEKDAYS)
        for spans in office["hours"].values():
            times = [time for span in spans for time in span]
            assert times == sorted(set(times)), office["code"]
        assert bool(office["hours"]) == (office["kind"] == "office")


def test_offices_opened_from_2012_on_and_have_desks(offices):
    for office in offices:
        assert date(2012, 1, 1) <= date.fromisoformat(office["opened_on"]) <= date(2014, 12, 31)
        assert office["desks"] >= 2


def test_a_mobile_office_is_in_one_place_at_a_time_and_goes_where_no_office_is(communes, fixed, mobile):
    here = {office["commune"] for office in fixed}
    for office in mobile:
        moments = [(stop["week"], stop["weekday"]) for stop in office["itinerary"]]
        assert len(moments) == len(set(moments)) >= 10
        for stop in office["itinerary"]:
            assert stop["commune"] in communes
            assert stop["commune"] not in here
            assert stop["commune"][:2] == office["commune"][:2]
            assert stop["from"] < stop["to"]
            assert set(stop["place"]) == {"es", "en"}


# --- Agencies and agreements


def check_digit(number: str) -> str:
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(number)))
    return "0K987654321"[total % 11] if total % 11 else "0"


def test_there_are_140_listed_agencies_and_the_added_ones_say_why():
    agencies = rows("accounts/data/agencies.csv")
    added = [row for row in agencies if row["listed_2018"] == "0"]

    assert len(agencies) - len(added) == 140
    assert all(row["source"] == "added" and row["added_reason"] for row in added)
    assert len({row["code"] for row in agencies}) == len(agencies)
    assert all(row["name_es"] and row["name_en"] and row["code"].isascii() for row in agencies)


def test_a_rut_has_its_right_check_digit():
    ruts = [row["rut"] for row in rows("accounts/data/agencies.csv") if row["rut"]]

    assert len(ruts) == len(set(ruts)) > 30
    for rut in ruts:
        number, digit = rut.split("-")
        assert check_digit(number) == digit, rut


def test_25_agencies_have_a_dated_agreement_the_nine_thanked_ones_from_the_start(offices):
    known = {row["code"] for row in rows("accounts/data/agencies.csv")}
    agreements = data("catalog/data/agreements.json")
    agencies = [agreement["agency"] for agreement in agreements]

    assert len(agencies) == len(set(agencies)) == 25
    assert set(agencies) <= known
    assert {a["agency"] for a in agreements if a["starts_on"] <= "2012-01-31"} == THANKED
    assert 22 <= sum(a["signed_on"] <= "2012-12-31" for a in agreements) <= 24
    assert sum(a["signed_on"] <= "2013-12-31" for a in agreements) == 24
    codes = {office["code"] for office in offices}
    for agreement in agreements:
        assert agreement["synthetic"] is True
        assert date.fromisoformat(agreement["signed_on"]) < date.fromisoformat(agreement["starts_on"])
        assert agreement["offices"] == "all" or set(agreement["offices"]) <= codes
        assert set(agreement["channels"]) <= {"office", "mobile", "phone", "web", "outside"}
        assert set(agreement["acts"]) <= {"inform", "receive", "verify_identity", "decide", "issue"}
        assert agreement["stage"] in {"signed", "pilot", "live"}


def test_own_offices_are_of_agencies_with_an_agreement_and_marked_synthetic(communes):
    own = rows("accounts/data/agency_offices.csv")

    assert {row["agency"] for row in own} == {a["agency"] for a in data("catalog/data/agreements.json")}
    assert all(row["commune"] in communes and row["synthetic"] == "1" for row in own)
    assert len({(row["agency"], row["commune"]) for row in own}) == len(own)


# --- Savings


def test_infrastructure_savings_come_to_30_million_dollars_from_the_rows():
    calibrated, later = data("metrics/data/parameters.json")["sets"]

    assert calibrated["code"] == "calibrated-2014"
    assert 29_900_000 <= usd(calibrated, "population_2015", "2014-12-31") <= 30_100_000
    assert later["population"] == "population_2024"
    assert usd(later, "population_2024", "2024-12-31") > 0


def test_no_parameter_pretends_to_come_from_a_survey():
    for parameters in data("metrics/data/parameters.json")["sets"]:
        listed = parameters["strict"]["parameters"] + parameters["simple"]["parameters"]
        for row in listed + parameters["infrastructure"]["classes"]:
            assert row["kind"] in {"assumption", "calibrated"}
            assert row["n"] == 0
            assert row["standard_error"] > 0
            assert row["source"]["es"]
            assert row["source"]["en"]
            assert date.fromisoformat(row["as_of"])


def test_each_set_has_every_parameter_of_each_channel_and_area():
    needed = {
        "trips_avoided",
        "travel_minutes",
        "wait_minutes_avoided",
        "value_of_time_clp_hour",
        "fare_clp",
        "access_fee_clp",
    }
    for parameters in data("metrics/data/parameters.json")["sets"]:
        strict = {(row["name"], row["channel"], row["area"]) for row in parameters["strict"]["parameters"]}
        simple = {(row["name"], row["channel"]) for row in parameters["simple"]["parameters"]}
        for channel in ("web", "office", "mobile", "phone"):
            assert {(name, channel, area) for name in needed for area in ("urban", "rural")} <= strict
            assert ("resolved_share", channel, None) in strict
            assert {("minutes_per_contact", channel), ("clp_per_contact", channel)} <= simple


# --- Line 101


def test_the_menu_of_line_101_names_known_agencies_and_has_one_option_per_key():
    menu = data("callcentre/data/line_101_menu.json")
    known = {row["code"] for row in rows("accounts/data/agencies.csv")}

    def walk(options: list[dict[str, Any]]) -> int:
        keys = [option["key"] for option in options]
        assert len(keys) == len(set(keys))
        for option in options:
            assert set(option["label"]) == {"es", "en"}
            assert option["agency"] is None or option["agency"] in known
            assert option["hours"] is None or set(option["hours"]) <= set(WEEKDAYS)
        return len(options) + sum(walk(option["children"]) for option in options)

    assert menu["number"] == "101"
    assert menu["hours"]["fri"] == [["08:00", "18:00"]]
    assert menu["hours"]["mon"] == [["08:00", "20:00"]]
    assert "sat" not in menu["hours"]
    assert len(menu["options"]) == 6
    assert walk(menu["options"]) == 41


# --- The tools


def test_running_the_generator_again_changes_nothing():
    made = runpy.run_path(str(ROOT / "tools/make_demo_network.py"))["make_all"]()

    for path, text in made.items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, path


def test_the_checking_tool_counts_what_these_tests_count(fixed):
    figures = runpy.run_path(str(ROOT / "tools/check_demo_network.py"))["figures"]()
    calibrated = data("metrics/data/parameters.json")["sets"][0]

    assert figures["fixed offices"] == len(fixed)
    assert figures["infrastructure savings, calibrated-2014, US$"] == usd(
        calibrated, "population_2015", "2014-12-31"
    )
