"""Messages about a case are for whose case it is and who acts for them by a mandate; only mail to the applicant begins a term of theirs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.models import ContactPoint, Notification, Party, PartyRole
from crm.queries.notifications import is_shared
from events.models import Event
from integrations.mail import memory as post
from tests.factories import catalog as sheets
from tests.factories import crm, mandates

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SYSTEM = Actor.system()
NOON = datetime(2026, 11, 25, 15, tzinfo=UTC)  # a Wednesday, at midday in Santiago
AMINAS, MARIAS = "amina@test.invalid", "maria@test.invalid"


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def amina(submitted_case):
    return submitted_case.parties.get().person


@pytest.fixture
def maria(db):
    """Somebody whom we know well, with an electronic domicile of her own."""
    person = actions.know_person(by=SYSTEM, name="María Pérez Lagos", run="7654321-6", level=500)
    ContactPoint.objects.create(person=person, kind="email", value=MARIAS, level=200, is_domicile=True)
    return person


def takes_part(case, person, role=PartyRole.REPRESENTATIVE):
    return Party.objects.create(case=case, person=person, role=role)


def decided(case, by):
    """The agency decides a case; returns what is to be told of it."""
    stage = actions.take_stage(case.stages.get(), by=by)
    actions.decide_stage(stage, by=by, decision="denied", reason="Falta un requisito.")
    return prepared(case, "case.denied")


def prepared(case, kind="case.submitted"):
    event = Event.objects.filter(subject_id=case.pk, kind=kind).latest("seq")
    actions.prepare_notifications(event.pk, by=SYSTEM)
    return list(Notification.objects.filter(event_id=event.pk).order_by("contact_point__value"))


def places(notifications):
    return [one.contact_point.value for one in notifications]


def sent(notification):
    actions.send_notification(notification.pk, by=SYSTEM)
    notification.refresh_from_db()
    return notification


@pytest.mark.parametrize("role", [PartyRole.MEMBER, PartyRole.BENEFICIARY, PartyRole.REPRESENTATIVE], ids=str)
def test_whoever_is_only_named_in_a_case_is_sent_nothing_of_it(role, submitted_case, maria, by):
    takes_part(submitted_case, maria, role)

    assert places(decided(submitted_case, by)) == [AMINAS]


def test_whoever_acts_by_a_mandate_is_told_and_no_term_begins_with_their_mail(
    submitted_case, amina, maria, by
):
    takes_part(submitted_case, maria)
    with clock.frozen(NOON):
        mandates.mandate(None, by, grantor=amina, agent=maria, case=submitted_case)
        told = decided(submitted_case, by)
        for one in told:
            sent(one)

    assert places(told) == [AMINAS, MARIAS]
    assert [one.effective_on for one in told] == [None, None]
    assert [letter["to"] for letter in post.sent()[-2:]] == [AMINAS, MARIAS]
    assert all(submitted_case.version.title_es in letter["body"] for letter in post.sent()[-2:])


def test_the_applicant_is_reached_by_text_also_where_only_whoever_acts_for_them_has_mail(
    procedure_version, maria, by
):
    case = crm.filed_case(procedure_version, applicant_email="")
    takes_part(case, maria)
    mandates.mandate(None, by, grantor=case.parties.get(role="applicant").person, agent=maria, case=case)

    assert places(prepared(case)) == ["+56987654321", MARIAS]


@pytest.mark.parametrize("is_over", ["revoked", "its last day is over", "of other acts"])
def test_a_mandate_that_holds_no_more_or_allows_no_question_tells_nothing(
    is_over, submitted_case, amina, maria, by
):
    takes_part(submitted_case, maria)
    today = clock.now().date()
    mandate = mandates.mandate(
        None,
        by,
        grantor=amina,
        agent=maria,
        case=submitted_case,
        acts=["receive"] if is_over == "of other acts" else mandates.ALL,
        ends_on=today if is_over == "its last day is over" else None,
    )
    if is_over == "revoked":
        actions.revoke_mandate(mandate, by=by, reason="Ya no.")

    with clock.frozen(clock.now() + timedelta(days=2)):
        assert places(prepared(submitted_case)) == [AMINAS]


def test_a_mandate_revoked_before_its_message_was_sent_stops_it(submitted_case, amina, maria, by):
    takes_part(submitted_case, maria)
    mandate = mandates.mandate(None, by, grantor=amina, agent=maria, case=submitted_case)
    _aminas, marias = prepared(submitted_case)
    actions.revoke_mandate(mandate, by=by, reason="Ya no.")

    assert (sent(marias).state, marias.failure) == ("failed", "ended")
    assert post.sent() == []


def test_a_mandate_of_somebody_else_in_the_case_tells_nothing(submitted_case, maria, by):
    takes_part(submitted_case, maria)
    son = actions.know_person(by=SYSTEM, name="Exequiel Mora", run="9876543-3")
    takes_part(submitted_case, son, PartyRole.MEMBER)
    mandates.mandate(None, by, grantor=son, agent=maria, case=submitted_case)

    assert places(prepared(submitted_case)) == [AMINAS]


def test_the_domicile_of_the_record_that_stands_for_the_applicant_is_theirs(
    submitted_case, amina, supervisor, actor_of, by
):
    same = actions.know_person(by=SYSTEM, name="Amina Rojas S.", run="9876543-3", level=500)
    ContactPoint.objects.create(
        person=same, kind="email", value="domicilio@test.invalid", level=200, is_domicile=True
    )
    actions.merge_people(same, amina, by=actor_of(supervisor), reason="Es la misma persona.")

    with clock.frozen(NOON):
        told = {one.contact_point.value: sent(one) for one in decided(submitted_case, by)}

    assert told["domicilio@test.invalid"].effective_on == date(2026, 11, 30)
    assert told[AMINAS].effective_on is None


@pytest.mark.parametrize("is_undone", [False, True])
def test_after_a_merge_each_case_is_written_to_where_its_own_applicant_said(
    submitted_case, amina, procedure_version, supervisor, actor_of, is_undone
):
    other = crm.filed_case(procedure_version, applicant_run="9876543-3", applicant_email="otra@test.invalid")
    who, why = actor_of(supervisor), "Es la misma persona."
    merge = actions.merge_people(amina, other.parties.get().person, by=who, reason=why)
    if is_undone:
        actions.unmerge_people(merge, by=who, reason="Eran dos.")

    assert places(prepared(submitted_case)) == [AMINAS]
    assert places(prepared(other)) == ["otra@test.invalid"]


def test_an_address_of_two_is_the_applicants_domicile_where_it_is_theirs(submitted_case, amina, maria, by):
    takes_part(submitted_case, maria)
    amina.contact_points.filter(kind="email").update(value=MARIAS, is_domicile=True)
    maria.contact_points.update(level=600)

    with clock.frozen(NOON):
        mandates.mandate(None, by, grantor=amina, agent=maria, case=submitted_case)
        (told,) = decided(submitted_case, by)
        sent(told)

    assert told.contact_point.person == amina
    assert told.effective_on == date(2026, 11, 30)


def test_a_mailbox_shared_with_the_household_is_told_only_that_there_is_a_message(submitted_case, maria):
    takes_part(submitted_case, maria, PartyRole.MEMBER)
    ContactPoint.objects.create(person=maria, kind="email", value=AMINAS)
    (notification,) = prepared(submitted_case)

    assert is_shared(notification.contact_point, submitted_case)
    sent(notification)

    assert submitted_case.version.title_es not in post.sent()[-1]["body"]


def test_an_organisations_message_goes_to_whoever_filed_for_it(agency):
    version = sheets.publish(sheets.sheet(applicant="organisation"), agency=agency)
    case = crm.filed_case(
        version, applicant_organisation_name="La que digo", applicant_organisation_rut="76123456-0"
    )

    assert places(prepared(case)) == [AMINAS]
