"""Savings: the set of each year, another set for the same year, the interval, and what has no price."""

from datetime import UTC, date, datetime
from math import sqrt

import pytest

from metrics.models import Parameter, ParameterSet
from metrics.queries import infrastructure, savings
from metrics.queries.filters import Filters
from tests.factories import metrics as made
from tests.metrics.conftest import count_all

ALL = Filters(start=date(2000, 1, 1), end=date(2030, 12, 31))


def mean(code, name, channel="office", area=""):
    return float(Parameter.objects.get(set__code=code, name=name, channel=channel, area=area).mean)


def test_each_year_is_priced_with_its_own_set(country, parameters):
    for year in (2014, 2026):
        made.contact(office=country.offices[0], at=datetime(year, 5, 5, 13, tzinfo=UTC))
    count_all()

    found = savings.savings_by_contacts(ALL, savings.Sets())

    assert [(one.cell.year, one.parameter_set.code) for one in found.cells] == [
        (2014, "calibrated-2014"),
        (2026, "2024"),
    ]
    each = [
        mean(code, "minutes_per_contact") / 60 * mean(code, "value_of_time_clp_hour", area="urban")
        + mean(code, "clp_per_contact")
        for code in ("calibrated-2014", "2024")
    ]
    assert found.clp == pytest.approx(sum(each))


def test_a_year_can_be_computed_again_with_another_set(country, parameters):
    made.contact(office=country.offices[0])
    count_all()
    other = ParameterSet.objects.get(code="calibrated-2014")

    own = savings.savings_by_contacts(ALL, savings.Sets())
    again = savings.savings_by_contacts(ALL, savings.Sets(other))

    assert [one.code for one in again.sets] == ["calibrated-2014"]
    assert again.clp < own.clp


def test_the_interval_adds_one_name_s_doubt_over_all_cells_and_squares_between_names(country, parameters):
    for office in country.offices[:2]:  # urban and rural
        made.contact(office=office, matters=((country.versions[0], "informed"),))
    count_all()
    found = savings.savings_by_matters(ALL, savings.Sets())

    def moved(name: str) -> float:
        """
        What the total moves when every value of a name rises by its standard error: a difference, not a
        derivative.
        """
        step, total = 1e-4, 0.0
        for one in found.cells:
            p = {key: float(row.mean) for key, row in one.values.items()}
            up = {**p, name: p[name] + step * float(one.values[name].standard_error)}
            total += one.cell.count * (worth(up) - worth(p)) / step
        return total

    def worth(p: dict[str, float]) -> float:
        trip = p["travel_minutes"] / 60 * p["value_of_time_clp_hour"] + p["fare_clp"]
        wait = p["wait_minutes_avoided"] / 60 * p["value_of_time_clp_hour"]
        return p["trips_avoided"] * trip + wait + p["access_fee_clp"]

    assert {one.cell.area for one in found.cells} == {"urban", "rural"}
    assert found.margin == pytest.approx(
        1.96 * sqrt(sum(moved(name) ** 2 for name in savings.MATTER_NAMES)), rel=1e-3
    )
    assert found.low < found.clp < found.high


def test_nobody_served_and_nothing_resolved_saves_nothing(country, parameters):
    made.contact(office=country.offices[0], ending="no_show", waits=None)
    made.contact(office=country.offices[0], matters=((country.versions[0], "not_resolved"),))
    count_all()

    assert savings.savings_by_contacts(ALL, savings.Sets()).count == 1
    assert savings.savings_by_matters(ALL, savings.Sets()).clp == 0


def test_a_channel_without_parameters_is_told_and_saves_nothing(country, parameters):
    made.contact("kiosk", office=country.offices[0])
    count_all()

    found = savings.savings_by_contacts(ALL, savings.Sets())

    assert (found.clp, found.count, found.unpriced) == (0, 0, 1)


def test_without_any_set_everything_is_unpriced(country):
    made.contact(office=country.offices[0])
    count_all()

    assert savings.savings_by_contacts(ALL, savings.Sets()).unpriced == 1


def test_a_regional_value_goes_before_the_national_one(country, parameters):
    made.contact(office=country.offices[0])
    count_all()
    sets = savings.Sets()
    draft = ParameterSet.objects.create(
        code="regional", title_es="Regional", title_en="Regional", price_year=2026,
        valid_from=date(2026, 1, 1),
        population="population_2024", clp_per_usd=900, exchange_kind="assumption", as_of=date(2026, 1, 1),
    )  # fmt: skip
    base = Parameter.objects.filter(set=sets.of_year(2026), channel="office")
    for name, region, number in [
        ("clp_per_contact", "13", 5000),
        ("clp_per_contact", None, 1),
        ("minutes_per_contact", None, 0),
    ]:
        Parameter.objects.create(
            set=draft, name=name, channel="office", region_id=region, unit="CLP", mean=number,
            kind="assumption",
            as_of=date(2026, 1, 1), source_es="prueba",
        )  # fmt: skip
    hour = base.get(name="value_of_time_clp_hour", area="urban")
    hour.pk, hour.set = None, draft
    hour.save()

    assert savings.savings_by_contacts(ALL, savings.Sets(draft)).clp == 5000


def test_infrastructure_counts_a_pair_once_and_never_where_the_agency_has_its_own_office(country, parameters):
    from django.db.backends.postgresql.psycopg_any import DateRange

    from accounts.models import AgencyOffice
    from catalog.models import Act, Agreement, DelegatedAct
    from tests.factories.territory import OfficeFactory

    ips = country.agencies[1]
    OfficeFactory(code="OF-13101-2", commune=country.communes[0])
    for signed in (date(2012, 1, 1), date(2013, 1, 1)):
        agreement = Agreement.objects.create(
            agency=ips, signed_on=signed, during=DateRange(signed, None), all_offices=True, stage="live"
        )
        DelegatedAct.objects.create(
            agreement=agreement, act=Act.INFORM, channel="office", during=agreement.during
        )
    own = ParameterSet.objects.get(code="calibrated-2014")

    both = infrastructure.infrastructure_savings(own, date(2014, 12, 31))
    early = infrastructure.infrastructure_savings(own, date(2012, 1, 15))
    AgencyOffice.objects.create(agency=ips, commune=country.communes[0])
    left = infrastructure.infrastructure_savings(own, date(2014, 12, 31))

    assert [(one.pair.agency, one.pair.commune, one.investment.code) for one in both.rows] == [
        ("IPS", "05404", "small"),
        ("IPS", "13101", "large"),
    ]
    assert both.clp == sum(one.clp for one in both.rows) == 4_260_000 + 11_920_000
    assert both.rows[0].pair.since == date(2012, 3, 5)
    assert early.rows == []  # the agreement held, but no office was open yet
    assert [one.pair.commune for one in left.rows] == ["05404"]
