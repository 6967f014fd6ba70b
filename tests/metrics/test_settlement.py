"""What agencies owe for a month is counted from what was done, at the price of its day."""

from datetime import UTC, date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from accounts.actors import Actor
from catalog import actions as actions_of
from catalog.models import Agreement, DelegatedAct
from common import clock
from crm import actions
from metrics.queries import recounts
from metrics.queries.coverage import agencies_on
from metrics.queries.infrastructure import served_pairs
from metrics.queries.settlement import settlements
from tests.factories import crm
from tests.factories.catalog import publish, sheet

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def version(agency):
    return publish(sheet(), agency=agency, agreed=False)


def agreement(agency, *, offices=(), since=date(2026, 1, 1)):
    made = Agreement.objects.create(
        agency=agency, signed_on=since, during=DateRange(since, None), all_offices=not offices
    )
    made.offices.set(offices)
    return made


def priced(made, act, channel, price, *, since=date(2026, 1, 1), until=None, procedure=None):
    DelegatedAct.objects.create(
        agreement=made,
        act=act,
        channel=channel,
        price_clp=price,
        during=DateRange(since, until),
        procedure=procedure,
    )


def informed(version, user, at, *, office=None, channel="office", level=0):
    with clock.frozen(at):
        contact = actions.open_interaction(channel, by=Actor.system(), office=office)
        contact = actions.attend_interaction(contact, by=Actor.staff(user))
        enquiry = actions.open_enquiry(contact, by=Actor.staff(user), kind="inform", version=version)
        actions.close_enquiry(enquiry, by=Actor.staff(user), outcome="informed")
    if level:
        type(contact).objects.filter(pk=contact.pk).update(identity_level=level)
    return contact


def october(day, hour=15):
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def told(month=OCTOBER):
    return [
        (one.code, str(line.act), line.price, line.times) for one in settlements(month) for line in one.lines
    ]


def test_each_act_is_counted_on_its_day_at_the_price_of_that_day(version, agency, clerk, office):
    made = agreement(agency)
    priced(made, "inform", "office", 100, until=date(2026, 10, 15))
    priced(made, "inform", "office", 150, since=date(2026, 10, 15))
    for day in (2, 14, 15, 20, 31):
        informed(version, clerk, october(day), office=office)
    informed(version, clerk, datetime(2026, 11, 1, 15, tzinfo=UTC), office=office)

    assert [(price, times) for _code, _act, price, times in told()] == [(100, 2), (150, 3)]
    (owed,) = settlements(OCTOBER)
    assert owed.amount == 2 * 100 + 3 * 150


def test_the_price_of_a_procedure_goes_before_that_of_all(version, agency, clerk, office):
    another = publish(sheet(code="81", slug="otro"), agency=agency, agreed=False)
    made = agreement(agency)
    priced(made, "inform", "office", 100)
    priced(made, "inform", "office", 900, procedure=version.procedure)

    informed(version, clerk, october(2), office=office)
    informed(another, clerk, october(2), office=office)

    assert sorted(price for _code, _act, price, _times in told()) == [100, 900]


@pytest.mark.parametrize(("old_price", "new_price"), [(900, 100), (100, 900), (900, None)])
def test_where_two_agreements_hold_the_price_is_that_of_the_one_that_began_latest(
    old_price, new_price, version, agency, clerk, office
):
    old, new = agreement(agency), agreement(agency, since=date(2026, 10, 15))
    priced(old, "inform", "office", old_price, until=date(2026, 10, 16))
    priced(new, "inform", "office", new_price, since=date(2026, 10, 15))

    for day in (14, 15, 16):
        informed(version, clerk, october(day), office=office)

    assert {price: times for _code, _act, price, times in told()} == {old_price: 1, new_price: 2}


def test_what_is_done_without_an_agreement_is_owed_to_nobody(version, agency, clerk, office, other_office):
    priced(agreement(agency, offices=[other_office]), "inform", "office", 100)

    informed(version, clerk, october(2), office=office)

    assert told() == []


@pytest.mark.parametrize("change", ["places", "stage"])
def test_what_was_done_until_an_agreement_changed_is_owed_as_before_and_its_office_was_saved(
    change, version, agency, clerk, office, other_office, administrator
):
    made, by = agreement(agency, offices=[office]), Actor.staff(administrator)
    priced(made, "inform", "office", 100)
    for day in (2, 15, 16):  # the day of the change is owed whichever hour it was
        informed(version, clerk, october(day), office=office)
    before = [served_pairs(date(2026, 10, day)) for day in (14, 16)]

    with clock.frozen(october(15)):
        if change == "places":
            actions_of.place_agreement(made, by=by, offices=[other_office], revision=1)
        else:
            made.stage = "pilot"
            made.save()
            actions_of.move_agreement(made, by=by, stage="signed", revision=1)

    assert [(price, times) for _code, _act, price, times in told()] == [(100, 2)]
    after = [served_pairs(date(2026, 10, day)) for day in (14, 16)]
    assert after[0] == before[0] != []
    assert [pair.office for pair in after[1]] == ([other_office.code] if change == "places" else [])
    assert [recounts.agencies(date(2026, 10, day)) for day in (14, 16)] == [1, 1 if change == "places" else 0]
    assert [len(agencies_on(date(2026, 10, day))) for day in (14, 16)] == [1, 1 if change == "places" else 0]


def test_applications_count_on_the_day_they_were_filed_and_identities_once_for_each_agency(
    version, agency, clerk, agent, office
):
    made = agreement(agency)
    priced(made, "receive", "web", None)
    priced(made, "verify_identity", "office", 40)
    with clock.frozen(datetime(2026, 10, 1, 2, tzinfo=UTC)):  # still September in Santiago
        crm.filed_case(version)
    with clock.frozen(october(3)):
        crm.filed_case(version)
    contact = informed(version, clerk, october(4), office=office, level=500)
    with clock.frozen(october(4)):
        again = actions.open_enquiry(contact, by=Actor.staff(clerk), kind="inform", version=version)
        actions.close_enquiry(again, by=Actor.staff(clerk), outcome="not_resolved")

    assert {(price, times) for _code, _act, price, times in told()} == {(None, 1), (40, 1)}
    assert len(told(date(2026, 9, 1))) == 1


def test_analysts_read_it_and_take_it_as_a_file_and_supervisors_do_not(
    client_of, analyst, office_supervisor, version, agency, clerk, office
):
    priced(agreement(agency), "inform", "office", 100)
    informed(version, clerk, october(2), office=office)
    page = reverse("metrics:settlement")

    shown = client_of(analyst).get(page, {"month": "2026-10"})
    file = client_of(analyst).get(page, {"month": "2026-10", "file": "csv"})

    assert agency.name in shown.text
    assert file.headers["Content-Type"].startswith("text/csv")
    assert f"2026-10,{agency.code}," in file.text
    assert client_of(office_supervisor).get(page).status_code == 403


@pytest.mark.parametrize("month", ["", "2026-13", "1-1", "9999-12", "0000-01", "٢٠٢٦-١٠", "2026-10\x00"])
def test_a_month_that_makes_no_sense_shows_one_that_does(client_of, analyst, month):
    assert client_of(analyst).get(reverse("metrics:settlement"), {"month": month}).status_code in {200, 400}
