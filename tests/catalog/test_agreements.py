"""Agreements: what may be done here, now, by this person; how they come about, change and end; what agencies owe by them."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from catalog import actions
from catalog.models import Accreditation, Agreement, DelegatedAct
from catalog.queries.agreements import acts_here, may_be_done
from catalog.queries.partners import partners
from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed, StaleVersion
from common.wording import short_day
from events.models import Event
from tests.factories import territory as places
from tests.factories.catalog import publish, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def by(administrator, actor_of):
    return actor_of(administrator)


@pytest.fixture
def version(agency):
    return publish(sheet(), agency=agency, agreed=False)


def today():
    return clock.local_date(clock.now(), settings.TIME_ZONE)


def agreed(agency, by, *, offices=None, stage="live", starts_on=date(2026, 1, 1), ends_on=None):
    return actions.make_agreement(
        agency,
        by=by,
        instrument={"es": "Convenio N° 1"},
        signed_on=date(2025, 12, 1),
        starts_on=starts_on,
        ends_on=ends_on,
        stage=stage,
        offices=offices,
    )


def let(agreement, by, act="receive", channels=("office",), **given):
    agreement.refresh_from_db()
    given = {
        "procedure": None,
        "price_clp": None,
        "needs_accreditation": False,
        "from_day": today(),
        "revision": agreement.revision,
        **given,
    }
    return actions.delegate_act(agreement, by=by, act=act, channels=list(channels), **given)


def may(act, version, *, channel="office", office=None, on=None, user=None):
    return may_be_done(
        act,
        agency_id=version.procedure.agency_id,
        procedure_id=version.procedure_id,
        channel=channel,
        office_id=office.pk if office else None,
        on=on or today(),
        user_id=user.pk if user else None,
    )


# --- may it be done? --------------------------------------------------------------------------------
def test_it_may_be_done_where_when_and_for_what_it_was_agreed_and_nowhere_else(
    version, agency, other_agency, office, other_office, by
):
    agreement = agreed(agency, by, offices=[office])
    let(agreement, by)
    other = publish(sheet(code="77", slug="de-otra"), agency=other_agency, agreed=False)

    assert may("receive", version, office=office)
    assert not may("decide", version, office=office)
    assert not may("receive", version, office=other_office)
    assert not may("receive", version, channel="phone")
    assert not may("receive", version, office=office, on=today() - timedelta(days=1))
    assert not may("receive", other, office=office)


def test_an_act_for_one_procedure_leaves_the_others_of_its_agency_alone(version, agency, office, by):
    another = publish(sheet(code="78", slug="otro"), agency=agency, agreed=False)
    let(agreed(agency, by), by, procedure=version.procedure)

    assert may("receive", version, office=office)
    assert not may("receive", another, office=office)


def test_what_is_only_signed_is_not_done_yet(version, agency, office, by):
    agreement = agreed(agency, by, stage="signed")
    let(agreement, by)
    assert not may("receive", version, office=office)

    agreement.refresh_from_db()
    actions.move_agreement(agreement, by=by, stage="pilot", revision=agreement.revision)

    assert may("receive", version, office=office)


def test_where_accreditation_is_asked_for_only_the_accredited_may(
    version, agency, office, clerk, second_clerk, by
):
    let(agreed(agency, by), by, needs_accreditation=True)
    given = actions.accredit(
        clerk, by=by, agency=agency, act="receive", from_day=today(), until=None, evidence="Resolución 5"
    )

    assert may("receive", version, office=office, user=clerk)
    assert not may("receive", version, office=office, user=second_clerk)
    assert not may("receive", version, office=office)
    assert acts_here(
        agency_id=agency.pk,
        procedure_id=version.procedure_id,
        channel="office",
        office_id=office.pk,
        on=today(),
        user_id=second_clerk.pk,
    ) == {"receive": False}

    actions.withdraw_accreditation(given, by=by)

    assert not may("receive", version, office=office, user=clerk)


def test_a_mobile_office_brings_it_along_its_route_and_other_houses_channels_are_one(version, agency, by):
    route = places.OfficeFactory(code="MO-1", kind="mobile")
    agreement = agreed(agency, by, offices=[route])
    let(agreement, by, channels=("mobile",))
    let(agreement, by, channels=("outside",))

    assert may("receive", version, channel="mobile", office=route)
    assert may("receive", version, channel="kiosk-of-a-municipality")
    assert not may("receive", version, channel="web")


def test_asking_is_one_question_whatever_there_is(version, agency, office, by, django_assert_num_queries):
    for number in range(6):
        agreement = Agreement.objects.create(
            agency=agency, signed_on=date(2020, 1, 1 + number), during=DateRange(date(2020, 1, 2), None)
        )
        agreement.offices.add(office)
        DelegatedAct.objects.create(
            agreement=agreement, act="receive", channel="office", during=DateRange(date(2020, 1, 2), None)
        )
    day = today()
    assert may("receive", version, office=office, on=day)

    with django_assert_num_queries(1):
        assert may("receive", version, office=office, on=day)


# --- how they change --------------------------------------------------------------------------------
def test_a_new_price_begins_on_its_day_and_what_was_done_before_stays_priced_as_it_was(agency, by):
    agreement = agreed(agency, by)
    let(agreement, by, price_clp=1000)
    later = today() + timedelta(days=10)

    let(agreement, by, price_clp=1500, from_day=later)

    rows = list(agreement.delegated_acts.order_by("during").values_list("price_clp", "during"))
    assert rows == [(1000, DateRange(today(), later)), (1500, DateRange(later, None))]


def test_what_has_not_begun_is_replaced_whole(agency, by):
    agreement = agreed(agency, by)
    later = today() + timedelta(days=10)
    let(agreement, by, price_clp=1000, from_day=later)

    let(agreement, by, price_clp=1200, from_day=later)

    assert [row.price_clp for row in agreement.delegated_acts.all()] == [1200]


def test_correcting_a_price_leaves_what_was_agreed_for_later(agency, by):
    agreement = agreed(agency, by)
    soon, later = today() + timedelta(days=10), today() + timedelta(days=30)
    let(agreement, by, price_clp=100)
    let(agreement, by, price_clp=200, from_day=later)
    let(agreement, by, price_clp=300, channels=["phone"], from_day=soon)

    let(agreement, by, price_clp=120)
    let(agreement, by, price_clp=150, from_day=soon)

    rows = agreement.delegated_acts.order_by("during").values_list("price_clp", "during")
    assert list(rows.filter(channel="office")) == [
        (120, DateRange(today(), soon)),
        (150, DateRange(soon, later)),
        (200, DateRange(later, None)),
    ]
    assert list(rows.filter(channel="phone")) == [(300, DateRange(soon, None))]


def test_a_price_before_all_that_is_agreed_ends_where_that_begins(agency, by, version):
    ends_on = today() + timedelta(days=90)
    agreement = agreed(agency, by, ends_on=ends_on)
    later = today() + timedelta(days=30)
    let(agreement, by, price_clp=200, from_day=later)

    let(agreement, by, price_clp=100)
    let(agreement, by, price_clp=50, procedure=version.procedure)

    rows = agreement.delegated_acts.order_by("price_clp").values_list("price_clp", "during")
    over = ends_on + timedelta(days=1)
    assert list(rows) == [
        (50, DateRange(today(), over)),
        (100, DateRange(today(), later)),
        (200, DateRange(later, over)),
    ]


def test_nothing_is_agreed_for_days_that_are_over_or_outside_the_agreement(agency, other_agency, version, by):
    agreement = agreed(agency, by, ends_on=today() + timedelta(days=5))
    other = publish(sheet(code="79", slug="ajena"), agency=other_agency, agreed=False).procedure

    with pytest.raises(DomainError, match="today or a day to come"):
        let(agreement, by, from_day=today() - timedelta(days=1))
    with pytest.raises(DomainError, match="not in force"):
        let(agreement, by, from_day=today() + timedelta(days=6))
    with pytest.raises(DomainError, match="another agency"):
        let(agreement, by, procedure=other)
    assert not agreement.delegated_acts.exists()


def test_an_end_is_the_end_of_all_it_lets_be_done(version, agency, office, by):
    agreement = agreed(agency, by)
    let(agreement, by)
    let(agreement, by, act="issue", from_day=today() + timedelta(days=30))
    agreement.refresh_from_db()
    last = today() + timedelta(days=3)

    actions.end_agreement(agreement, by=by, last_day=last, revision=agreement.revision)

    assert may("receive", version, office=office, on=last)
    assert not may("receive", version, office=office, on=last + timedelta(days=1))
    assert [row.act for row in agreement.delegated_acts.all()] == ["receive"]


def test_one_act_ends_alone(version, agency, office, by):
    agreement = agreed(agency, by)
    (row,) = let(agreement, by)
    let(agreement, by, act="inform")
    agreement.refresh_from_db()

    actions.end_act(row, by=by, last_day=today(), revision=agreement.revision)

    tomorrow = today() + timedelta(days=1)
    assert not may("receive", version, office=office, on=tomorrow)
    assert may("inform", version, office=office, on=tomorrow)


def test_whoever_read_an_older_state_is_told_so(agency, by):
    agreement = agreed(agency, by)
    let(agreement, by)

    with pytest.raises(StaleVersion):
        actions.place_agreement(agreement, by=by, offices=[], revision=1)


def test_it_goes_no_way_that_it_does_not_go(agency, by):
    agreement = agreed(agency, by)

    with pytest.raises(IllegalMove):
        actions.move_agreement(agreement, by=by, stage="signed", revision=1)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"starts_on": date(2025, 11, 1)}, "before it was signed"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2025, 12, 31)}, "before its first"),
    ],
)
def test_days_that_contradict_each_other_are_refused(agency, by, days, words):
    with pytest.raises(DomainError, match=words):
        agreed(agency, by, **days)


def test_the_same_agreement_is_entered_once(agency, by):
    agreed(agency, by)

    with pytest.raises(DomainError, match="stands here already"):
        agreed(agency, by)


def test_only_administrators_enter_agreements_and_nobody_accredits_themselves(
    agency, publisher, actor_of, by, administrator
):
    with pytest.raises(NotAllowed):
        agreed(agency, actor_of(publisher))
    with pytest.raises(NotAllowed):
        actions.accredit(
            administrator, by=by, agency=agency, act="", from_day=today(), until=None, evidence="Curso"
        )


def test_one_is_accredited_once_for_the_same_days(agency, clerk, by):
    given = {
        "by": by,
        "agency": agency,
        "act": "receive",
        "from_day": today(),
        "until": None,
        "evidence": "Curso",
    }
    actions.accredit(clerk, **given)

    with pytest.raises(DomainError, match="already"):
        actions.accredit(clerk, **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Accreditation.objects.create(
            user=clerk, agency=agency, act="receive", during=DateRange(today(), None), evidence="Otra"
        )


def test_the_database_keeps_one_price_at_a_time(agency, by):
    agreement = agreed(agency, by)
    let(agreement, by)

    with pytest.raises(IntegrityError), transaction.atomic():
        DelegatedAct.objects.create(
            agreement=agreement, act="receive", channel="office", during=DateRange(today(), None)
        )


def test_each_change_stands_in_the_record(agency, by):
    agreement = agreed(agency, by, stage="signed")
    let(agreement, by)
    agreement.refresh_from_db()
    actions.move_agreement(agreement, by=by, stage="live", revision=agreement.revision)

    kinds = Event.objects.filter(subject_kind="agreement").order_by("seq").values_list("kind", flat=True)

    assert list(kinds) == ["agreement.made", "agreement.act_added", "agreement.moved"]


# --- the room ------------------------------------------------------------------------------------------
def test_an_administrator_enters_an_agreement_and_what_it_lets_be_done(
    client_of, administrator, agency, version, office
):
    client = client_of(administrator)
    made = client.post(
        reverse("agreements:new"),
        {
            "agency": agency.pk,
            "instrument_es": "Convenio, Resolución N° 9",
            "signed_on": "2026-01-05",
            "starts_on": "2026-02-01",
            "stage": "live",
            "everywhere": "on",
        },
    )
    agreement = Agreement.objects.get()
    assert made.url == reverse("agreements:agreement", args=[agreement.pk])

    client.post(
        reverse("agreements:delegate", args=[agreement.pk]),
        {
            "act-revision": 1,
            "act-act": "receive",
            "act-channels": ["office", "phone"],
            "act-procedure": version.procedure.code,
            "act-price_clp": "$1.850",
            "act-from_day": today().isoformat(),
        },
    )

    assert may("receive", version, office=office)
    assert may("receive", version, channel="phone")
    assert {row.price_clp for row in agreement.delegated_acts.all()} == {1850}
    page = client.get(reverse("agreements:agreement", args=[agreement.pk])).text
    assert "Resolución N° 9" in page
    assert version.procedure.code in page


def test_offices_are_ticked_in_a_list_from_north_to_south_that_says_where_each_is(
    client_of, administrator, agency
):
    iquique = places.CommuneFactory(
        code="01101",
        name="Iquique",
        province__code="011",
        province__region__code="01",
        province__region__position=2,
    )
    south = places.OfficeFactory(name="Ventanilla A")
    north = places.OfficeFactory(name="Ventanilla B", commune=iquique)
    client = client_of(administrator)
    typed = {"agency": agency.pk, "instrument_es": "Convenio", "offices": [south.pk, north.pk]}

    page = client.get(reverse("agreements:new")).text
    kept = client.post(reverse("agreements:new"), typed).text

    assert page.index(f"Ventanilla B – Iquique, {iquique.region}") < page.index("Ventanilla A – Santiago")
    boxes = re.findall(r'<input type="checkbox" name="offices"[^>]*>', kept)
    assert [f'value="{office.pk}"' in box for office, box in zip((north, south), boxes, strict=True)] == [
        True,
        True,
    ]
    assert all(" checked" in box for box in boxes)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"act-procedure": "no-hay"}, "no procedure with this code"),
        ({"act-price_clp": "1.850,5"}, "whole pesos"),
        ({"act-price_clp": "1850.50"}, "whole pesos"),
        ({"act-price_clp": "99999999999"}, "ten million"),
        ({"act-channels": []}, "at least one"),
        ({"act-channels": ["moon"]}, "moon"),
        ({"act-from_day": "mañana"}, "as in the calendar"),
        ({"act-from_day": "2020-01-01"}, "today or a day to come"),
        ({"act-revision": "77"}, "meanwhile"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(
    client_of, administrator, agency, by, version, typed, words
):
    agreement = agreed(agency, by)
    good = {
        "act-revision": 1,
        "act-act": "issue",
        "act-channels": ["office"],
        "act-price_clp": "321",
        "act-from_day": today().isoformat(),
    }

    page = client_of(administrator).post(
        reverse("agreements:delegate", args=[agreement.pk]),
        {**good, **typed},
        headers={"accept-language": "en"},
    )

    assert page.status_code == 422
    assert words in page.text
    assert not agreement.delegated_acts.exists()
    assert 'value="issue" selected' in page.text


def test_the_list_of_agreements_takes_as_many_questions_for_many_as_for_one(
    client_of, administrator, agency, other_agency, by, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(administrator)
    agreed(agency, by)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("agreements:list"))
    for number in range(5):
        Agreement.objects.create(
            agency=other_agency, signed_on=date(2020, 1, 1 + number), during=DateRange(date(2020, 1, 2), None)
        )

    with django_assert_max_num_queries(len(few)):
        page = client.get(reverse("agreements:list"))

    assert page.text.count("data-row") == 6


def test_accrediting_names_somebody_who_works_here(client_of, administrator, clerk, stranger, agency):
    client = client_of(administrator)
    typed = {"agency": agency.pk, "act": "", "from_day": today().isoformat(), "evidence": "Curso 2026"}

    refused = client.post(reverse("agreements:accreditations"), {**typed, "email": stranger.email})
    assert refused.status_code == 422
    client.post(reverse("agreements:accreditations"), {**typed, "email": clerk.email})

    (given,) = Accreditation.objects.all()
    assert clerk.name in client.get(reverse("agreements:accreditations")).text
    client.post(reverse("agreements:accreditation-withdraw", args=[given.pk]))
    assert clerk.name not in client.get(reverse("agreements:accreditations")).text


# --- everybody ----------------------------------------------------------------------------------------
def test_the_public_reads_who_takes_part_since_when_and_how_far_along(
    client, agency, other_agency, office, by
):
    let(agreed(agency, by), by, act="inform", channels=("office", "phone"))
    agreed(other_agency, by, stage="signed", offices=[office])

    found = {one.agency: one for one in partners(on=today())}
    page = client.get(reverse("portal:partners"), headers={"accept-language": "en"})

    assert found[agency].since == date(2026, 1, 1)
    assert (found[agency].places, found[other_agency].places) == (None, 1)
    assert found[other_agency].acts == []
    assert page.status_code == 200
    assert agency.name in page.text
    assert "Signed" in page.text


def line_of(agency):
    return next(one for one in partners(on=today()) if one.agency == agency)


def done(agency):
    return [
        ([str(act) for act in one.acts], [str(place) for place in one.places], one.of_some)
        for one in line_of(agency).acts
    ]


def test_what_is_only_signed_is_not_told_to_be_done(agency, by):
    let(agreed(agency, by, stage="signed"), by)

    assert (str(line_of(agency).stage), done(agency)) == ("Signed", [])


def test_a_renewal_to_come_does_not_hide_the_agreement_in_force(agency, by):
    let(agreed(agency, by, ends_on=today() + timedelta(days=30)), by)
    assert done(agency) == [(["Receive applications and papers"], ["offices"], False)]

    begins = today() + timedelta(days=31)
    for stage, signed_on in (("signed", today()), ("live", today() - timedelta(days=1))):
        renewal = actions.make_agreement(
            agency,
            by=by,
            instrument={"es": "Convenio N° 2"},
            signed_on=signed_on,
            starts_on=begins,
            ends_on=None,
            stage=stage,
            offices=None,
        )
        let(renewal, by, from_day=begins, channels=("phone",))

        assert str(line_of(agency).stage) == "In service"
        assert done(agency) == [(["Receive applications and papers"], ["offices"], False)]


def test_what_has_not_begun_is_told_to_be_signed_and_no_more(agency, by):
    begins = today() + timedelta(days=5)
    let(agreed(agency, by, starts_on=begins, stage="live"), by, from_day=begins)

    assert (str(line_of(agency).stage), done(agency), line_of(agency).since) == ("Signed", [], begins)


def another(agency, by, **changes):
    """A second agreement of an agency, in service beside the first."""
    given = {"signed_on": date(2026, 2, 1), "starts_on": date(2026, 2, 1), "ends_on": None, "stage": "live"}
    return actions.make_agreement(
        agency, by=by, instrument={"es": "Anexo"}, **{**given, "offices": [], **changes}
    )


def test_what_several_agreements_in_service_let_be_done_is_told_together(agency, office, by):
    other = places.OfficeFactory()
    let(agreed(agency, by, offices=[office, other]), by)
    let(another(agency, by, offices=[office]), by, act="inform", channels=("phone",))

    assert done(agency) == [
        (["Inform"], ["line 101"], False),
        (["Receive applications and papers"], ["offices"], False),
    ]
    told = line_of(agency)
    assert (told.places, told.instrument, told.since) == (2, "Convenio N° 1; Anexo", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("ended", "since"),
    [(date(2018, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2015, 1, 1))],
    ids=["left and came back", "renewed"],
)
def test_since_when_an_agency_takes_part_counts_no_days_before_a_gap(agency, by, ended, since):
    Agreement.objects.create(
        agency=agency,
        signed_on=date(2015, 1, 1),
        during=DateRange(date(2015, 1, 1), ended),
        stage="live",
        all_offices=True,
    )
    another(agency, by)

    assert line_of(agency).since == since


def test_what_is_agreed_for_some_procedures_is_told_as_such(client, version, agency, by):
    agreement = agreed(agency, by)
    let(agreement, by, act="inform", channels=("office", "phone"))
    let(agreement, by, act="inform", channels=("phone",), procedure=version.procedure)
    let(agreement, by, channels=("phone",), procedure=version.procedure)

    assert done(agency) == [
        (["Inform"], ["offices", "line 101"], False),
        (["Receive applications and papers"], ["line 101"], True),
    ]
    page = client.get(reverse("portal:partners"), headers={"accept-language": "en"}).text
    assert "<strong>Receive applications and papers</strong> (some procedures): line 101" in page


def test_who_takes_part_takes_as_many_questions_for_many_as_for_one(
    agency, other_agency, by, django_assert_num_queries
):
    day = today()
    for many, one in enumerate((agency, other_agency), start=1):
        let(agreed(one, by), by)
        with django_assert_num_queries(3):
            assert len(partners(on=day)) == many


def test_what_is_over_is_not_listed(agency, by):
    agreement = agreed(agency, by)
    agreement.during = DateRange(date(2026, 1, 1), today())
    agreement.save()

    assert partners(on=today()) == []


# --- the rooms ask -----------------------------------------------------------------------------------
def test_an_agent_is_told_what_may_not_be_received_by_phone(agency, agent, version, by):
    from callcentre import actions as line
    from crm import actions as crm

    contact = crm.open_interaction("phone", by=Actor.system())
    contact = crm.attend_interaction(contact, by=Actor.staff(agent))
    begin = {"by": Actor.staff(agent), "version": version, "language": "es"}

    with pytest.raises(DomainError, match="by phone"):
        line.begin_application(contact, **begin)
    let(agreed(agency, by), by, channels=("phone",))

    assert line.begin_application(contact, **begin).version == version


def test_an_act_that_ends_already_is_not_lengthened_by_ending_it(agency, by):
    agreement = agreed(agency, by)
    (old,) = let(agreement, by, price_clp=1000)
    let(agreement, by, price_clp=1500, from_day=today() + timedelta(days=10))
    agreement.refresh_from_db()

    with pytest.raises(DomainError, match="ends by then already"):
        actions.end_act(old, by=by, last_day=today() + timedelta(days=20), revision=agreement.revision)


def test_what_is_asked_of_one_procedure_goes_before_what_is_asked_of_all(version, agency, office, clerk, by):
    agreement = agreed(agency, by)
    let(agreement, by)
    let(agreement, by, procedure=version.procedure, needs_accreditation=True)
    another = publish(sheet(code="82", slug="sin-acreditar"), agency=agency, agreed=False)

    assert not may("receive", version, office=office, user=clerk)
    assert may("receive", another, office=office, user=clerk)


def test_for_ever_is_no_day(client_of, administrator, agency, by):
    agreement = agreed(agency, by)

    page = client_of(administrator).post(
        reverse("agreements:end", args=[agreement.pk]), {"end-revision": 1, "end-last_day": "9999-12-31"}
    )

    assert page.status_code == 422
    assert "before 2101" in page.text


def test_identity_is_verified_of_a_person_and_agreed_for_no_single_procedure(
    client_of, administrator, agency, version, by
):
    agreement = agreed(agency, by)

    refused = client_of(administrator).post(
        reverse("agreements:delegate", args=[agreement.pk]),
        {
            "act-revision": 1,
            "act-act": "verify_identity",
            "act-channels": ["office"],
            "act-procedure": version.procedure.code,
            "act-from_day": today().isoformat(),
        },
    )

    assert refused.status_code == 422
    assert "leave the procedure blank" in refused.text
    assert not agreement.delegated_acts.exists()
    let(agreement, by, act="verify_identity")
    assert agreement.delegated_acts.count() == 1


def test_the_last_day_is_shown_and_not_the_day_after_it(client_of, administrator, clerk, agency, by):
    agreement = agreed(agency, by)
    (row,) = let(agreement, by)
    agreement.refresh_from_db()
    actions.end_act(row, by=by, last_day=date(2027, 3, 31), revision=agreement.revision)
    actions.accredit(
        clerk, by=by, agency=agency, act="", from_day=today(), until=date(2027, 5, 31), evidence="Curso"
    )
    client = client_of(administrator)

    page = client.get(reverse("agreements:agreement", args=[agreement.pk])).text
    accredited = client.get(reverse("agreements:accreditations")).text

    assert short_day(date(2027, 3, 31)) in page
    assert short_day(date(2027, 4, 1)) not in page
    assert short_day(date(2027, 5, 31)) in accredited
    assert short_day(date(2027, 6, 1)) not in accredited


# --- taken back ---------------------------------------------------------------------------------------
def test_what_was_entered_by_mistake_is_taken_back_before_its_first_day_and_entered_again(
    client_of, administrator, agency, by
):
    begins = today() + timedelta(days=10)
    agreement = agreed(agency, by, starts_on=begins)
    let(agreement, by, from_day=begins)
    client, uid = client_of(administrator), agreement.uid
    back = reverse("agreements:take-back", args=[agreement.pk])
    assert back in client.get(reverse("agreements:agreement", args=[agreement.pk])).text

    stale = client.post(back, {"back-revision": 1})
    assert (stale.status_code, "meanwhile" in stale.text) == (422, True)
    done = client.post(back, {"back-revision": 2}, follow=True)

    assert "It is taken back" in done.text
    assert not Agreement.objects.exists()
    assert not DelegatedAct.objects.exists()
    event = Event.objects.get(kind="agreement.taken_back")
    assert (event.subject_id, event.data["agency"]) == (uid, agency.code)
    agreed(agency, by, starts_on=begins + timedelta(days=1))


def test_what_has_begun_is_not_taken_back(client_of, administrator, agency, by):
    agreement = agreed(agency, by, starts_on=today())
    client, page = client_of(administrator), reverse("agreements:agreement", args=[agreement.pk])
    back = reverse("agreements:take-back", args=[agreement.pk])
    assert back not in client.get(page).text

    refused = client.post(back, {"back-revision": 1})

    assert (refused.status_code, "end it instead" in refused.text) == (422, True)
    assert Agreement.objects.exists()


def test_only_administrators_take_agreements_back(agency, by, publisher, actor_of):
    agreement = agreed(agency, by, starts_on=today() + timedelta(days=1))

    with pytest.raises(NotAllowed):
        actions.take_back_agreement(agreement, by=actor_of(publisher), revision=1)


def test_what_is_in_service_before_its_first_day_is_so_since_that_day(agency, by):
    first = today() + timedelta(days=30)
    agreement = agreed(agency, by, stage="signed", starts_on=first)

    agreement = actions.move_agreement(agreement, by=by, stage="live", revision=agreement.revision)

    assert agreement.stage_since == first
