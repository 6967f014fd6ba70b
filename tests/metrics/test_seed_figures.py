"""The case study's figures come out of the demo network's rows by computation."""

from datetime import date

import pytest

from config.reference import bodies, places
from metrics.models import ParameterSet
from metrics.queries import coverage, infrastructure
from metrics.reference import load_parameters

THEN = date(2014, 12, 31)


@pytest.fixture
def network(db):
    places.load_places()
    bodies.load_agencies()
    bodies.load_agreements()
    load_parameters()


def test_three_quarters_of_the_people_about_thirteen_million_have_an_office(network):
    communes = coverage.communes_on(THEN)

    then, now = coverage.covered(communes, "population_2015"), coverage.covered(communes, "population_2024")

    assert len(communes) == 346
    assert (then.total, now.total) == (17_378_977, 18_480_432)
    assert then.share == pytest.approx(75, abs=0.05)
    assert 12_900_000 < then.people < 13_100_000
    assert now.share == pytest.approx(75.24, abs=0.01)


def test_infrastructure_savings_are_about_thirty_million_dollars(network):
    own = ParameterSet.objects.get(code="calibrated-2014", version=1)

    found = infrastructure.infrastructure_savings(own, own.as_of)

    assert own.as_of == THEN
    assert float(found.usd) == pytest.approx(30_000_000, rel=0.001)
    assert found.margin_usd > 0
    assert len(found.rows) == len({(one.pair.agency, one.pair.commune) for one in found.rows}) == 2550
    assert {one.investment.kind for one in found.rows} == {"calibrated"}


def test_twenty_four_agencies_then_twenty_five_take_part(network):
    assert len(coverage.agencies_on(date(2013, 12, 31))) == 24
    assert len(coverage.agencies_on(THEN)) == 25
    nine = {"IPS", "FONASA", "SERNAC", "MINVU", "MBN", "ISL", "SENCE", "DIPRECA", "CAPREDENA"}
    assert nine <= {one.code for one in coverage.agencies_on(THEN)}


def test_there_are_two_hundred_offices_and_mobile_ones_on_their_rounds(network):
    communes = coverage.communes_on(THEN)

    assert sum(row.offices for row in communes) == 200
    assert sum(row.has_round for row in communes) == 71
    assert all(row.offices == 0 or row.kilometres < 60 for row in communes)
    assert (
        coverage.near(communes, "population_2024", 25).people
        >= coverage.near(communes, "population_2024", 5).people
    )
    assert sum(len(rows) for _c, _n, rows in coverage.by_region(communes)) == 346


def test_loading_the_parameters_again_changes_nothing(network):
    before = list(ParameterSet.objects.order_by("code").values_list("pk", "revision"))

    load_parameters()

    assert list(ParameterSet.objects.order_by("code").values_list("pk", "revision")) == before
