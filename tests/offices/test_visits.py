"""Serving somebody: matters and their outcomes, a case opened, papers, answers, hold, finish."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Membership
from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed
from crm import actions as crm
from crm import files, keys
from crm.models import AccessLog, Case, Enquiry, Interaction, SurveyAnswer, SurveyInvitation
from offices import actions
from offices.models import VisitMatter
from tests.factories import catalog as sheets
from tests.factories import offices as make
from tests.factories.crm import AMINA, ANSWERS, pdf, pdf_of

pytestmark = pytest.mark.usefixtures("in_english")

MORNING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.fixture
def visit(office, clerk, procedure_version):
    """A visit at Clara's desk, for one procedure."""
    return make.serving(office, clerk, versions=[procedure_version]).visit


def matter_of(visit) -> VisitMatter:
    return visit.matters.select_related("version__procedure", "visit__interaction", "case").get()


def filled_matter(visit, clerk) -> VisitMatter:
    """A matter whose application is filled in and not filed."""
    by = Actor.staff(clerk)
    case = actions.begin_case_here(matter_of(visit), by=by, key=keys.new_key())
    paper = crm.add_document(case, by=by, file=files.store(pdf()), requirement="proof")
    crm.fill_case(
        case, by=by, answers={**AMINA, **ANSWERS, "proof": {"document": str(paper.pk), "name": paper.name}}
    )
    return matter_of(visit)


def test_starting_ends_the_wait_and_measures_the_service(office, clerk):
    with clock.frozen(MORNING):
        ticket = make.called(office, clerk)
    with clock.frozen(MORNING + timedelta(minutes=1)):
        ticket = actions.start_serving(ticket, by=Actor.staff(clerk))
        again = actions.start_serving(ticket, by=Actor.staff(clerk))
    with clock.frozen(MORNING + timedelta(minutes=9)):
        actions.finish_visit(again, by=Actor.staff(clerk))

    contact = ticket.visit.interaction
    contact.refresh_from_db()
    assert (contact.waited_seconds, contact.served_seconds, contact.agent, contact.ending) == (
        60,
        480,
        clerk,
        "served",
    )
    assert [(p.kind, p.ended_at is not None) for p in ticket.periods.order_by("id")] == [
        ("waiting", True),
        ("called", True),
        ("serving", True),
    ]


def test_finishing_invites_to_the_survey_once(visit, clerk):
    by = Actor.staff(clerk)

    actions.finish_visit(visit.ticket, by=by, anyway=True)
    actions.finish_visit(visit.ticket, by=by, anyway=True)

    assert SurveyInvitation.objects.get().interaction_id == visit.interaction_id


def test_a_grade_stays_with_whoever_served_whatever_becomes_of_them_before_it_is_given(
    visit, clerk, second_clerk, office, other_office, procedure_version
):
    actions.finish_visit(visit.ticket, by=Actor.staff(clerk), anyway=True)
    Membership.objects.filter(user=clerk).update(office=other_office)
    Interaction.objects.update(agent=second_clerk, office=other_office, channel="mobile")
    Enquiry.objects.update(version=None)

    crm.answer_survey(SurveyInvitation.objects.get(), by=Actor.visitor(), grade=7)

    of = SurveyAnswer.objects.get().invitation
    assert (of.agent, of.office, of.channel) == (clerk, office, "office")
    assert (of.procedure, of.agency) == (procedure_version.procedure, procedure_version.procedure.agency)


def test_a_visit_with_an_open_matter_asks_for_its_outcome_before_it_ends(visit, clerk):
    with pytest.raises(actions.MattersOpen):
        actions.finish_visit(visit.ticket, by=Actor.staff(clerk))

    actions.settle_matter(matter_of(visit), by=Actor.staff(clerk), outcome="informed")
    assert actions.finish_visit(visit.ticket, by=Actor.staff(clerk)).is_finished


def test_what_was_asked_for_and_not_attended_counts_as_not_resolved(visit, clerk):
    actions.finish_visit(visit.ticket, by=Actor.staff(clerk), anyway=True)

    enquiry = Enquiry.objects.get()
    assert (enquiry.outcome, enquiry.is_resolved) == ("not_resolved", False)


def test_several_matters_in_one_visit_each_have_their_own_outcome(visit, clerk, agency):
    from tests.factories import catalog as sheets

    other = sheets.publish(sheets.sheet(code="9001", slug="otro-tramite"), agency=agency)
    by = Actor.staff(clerk)

    second = actions.add_matter(visit, by=by, version=other)
    assert actions.add_matter(visit, by=by, version=other) == second
    actions.settle_matter(matter_of_version(visit, other), by=by, outcome="referred")
    actions.settle_matter(visit.matters.exclude(pk=second.pk).get(), by=by, outcome="informed")

    assert set(Enquiry.objects.values_list("outcome", "is_resolved")) == {
        ("referred", False),
        ("informed", True),
    }


def matter_of_version(visit, version) -> VisitMatter:
    return visit.matters.get(version=version)


def test_an_application_at_the_desk_is_the_same_case_as_on_the_web(visit, clerk, office, agency):
    make.agreement(agency, office)
    matter = filled_matter(visit, clerk)

    case, code = actions.file_case_here(matter, by=Actor.staff(clerk))

    assert (case.state, case.channel, case.source) == ("submitted", "office", visit.interaction)
    assert case.folio
    assert len(code) == 8
    enquiry = Enquiry.objects.get()
    assert (enquiry.kind, enquiry.outcome, enquiry.case) == ("apply", "case_opened", case)


def test_what_we_know_of_whoever_showed_their_card_is_filled_in_already(
    office, clerk, agency, procedure_version
):
    make.agreement(agency, office)
    ticket = make.serving(
        office, clerk, versions=[procedure_version], run="12345678-5", name="Amina Rojas Soto"
    )
    visit = ticket.visit
    actions.identify_here(visit, by=Actor.staff(clerk), person=visit.interaction.person, document_seen=True)

    case = actions.begin_case_here(matter_of(ticket.visit), by=Actor.staff(clerk), key=keys.new_key())

    assert case.answers["applicant_run"] == "12345678-5"
    assert case.answers["applicant_name"] == {"given": "Amina", "surnames": "Rojas Soto"}


def test_without_an_agreement_nothing_is_received_here(visit, clerk, office, agency, submitted_case):
    make.agreement(agency, office, "inform")
    by = Actor.staff(clerk)

    with pytest.raises(actions.NotHere):
        actions.begin_case_here(matter_of(visit), by=by, key=keys.new_key())
    brought = actions.add_matter(visit, by=by, case=submitted_case, reason="Comes with the folio")
    with pytest.raises(actions.NotHere):
        actions.add_paper_here(brought, by=by, file=files.store(pdf()), requirement="proof")


@pytest.mark.parametrize(("level", "is_received"), [(100, True), (500, False)])
def test_where_whoever_applies_must_show_their_card_verifying_it_must_be_agreed_too(
    office, clerk, agency, client_of, level, is_received
):
    version = sheets.publish(sheets.sheet(levels={"office": {"submit": level}}), agency=agency)
    make.agreement(agency, office, "inform", "receive")
    visit = make.serving(office, clerk, versions=[version]).visit
    sentence = "no agreement lets you verify here who they are"

    page = client_of(clerk).get(reverse("offices:visit", args=[visit.pk]), headers={"accept-language": "en"})
    assert (sentence not in page.text, "Apply here, in their name" in page.text) == (is_received, is_received)
    if is_received:
        actions.begin_case_here(matter_of(visit), by=Actor.staff(clerk), key=keys.new_key())
        return
    with translation.override("en"), pytest.raises(actions.NotHere, match=sentence):
        actions.begin_case_here(matter_of(visit), by=Actor.staff(clerk), key=keys.new_key())


def test_an_incomplete_application_is_not_filed_and_names_the_questions(visit, clerk, office, agency):
    make.agreement(agency, office)
    by = Actor.staff(clerk)
    actions.begin_case_here(matter_of(visit), by=by, key=keys.new_key())

    with pytest.raises(DomainError) as refusal:
        actions.file_case_here(matter_of(visit), by=by)

    assert "reason" in refusal.value.fields
    assert Case.objects.get().is_draft


def test_a_paper_is_added_to_a_case_brought_by_its_folio(visit, clerk, office, agency, submitted_case):
    make.agreement(agency, office)
    by = Actor.staff(clerk)

    with pytest.raises(DomainError, match="Write why"):
        actions.add_matter(visit, by=by, case=submitted_case)
    matter = actions.add_matter(visit, by=by, case=submitted_case, reason="Shows the receipt")
    paper = actions.add_paper_here(
        matter, by=by, file=files.store(pdf("otra.pdf", pdf_of("otra"))), requirement="proof"
    )

    assert paper.interaction == visit.interaction
    enquiry = Enquiry.objects.get(interaction=visit.interaction)
    assert (enquiry.kind, enquiry.outcome) == ("paper", "case_updated")


def test_a_paper_for_no_requirement_is_refused(visit, clerk, office, agency, submitted_case):
    make.agreement(agency, office)
    by = Actor.staff(clerk)
    matter = actions.add_matter(visit, by=by, case=submitted_case, reason="Shows the receipt")

    with pytest.raises(DomainError, match="what this paper is for"):
        actions.add_paper_here(matter, by=by, file=files.store(pdf()), requirement="nonsense")


def test_the_citizen_answers_the_agency_at_the_desk(visit, clerk, officer, submitted_case):
    by = Actor.staff(clerk)
    stage = submitted_case.stages.get()
    crm.take_stage(stage, by=Actor.staff(officer))
    crm.ask_citizen(stage, by=Actor.staff(officer), question="¿Cuál es su dirección?")
    matter = actions.add_matter(visit, by=by, case=submitted_case, reason="Shows the receipt")
    with pytest.raises(NotAllowed):  # somebody else's case: only its own person answers
        actions.answer_agency_here(matter, by=by, text="Calle Uno 123")
    crm.identify_person(visit.interaction, by=by, person=submitted_case.parties.get().person, level=500)

    actions.answer_agency_here(matter, by=by, text="Calle Uno 123")

    submitted_case.refresh_from_db()
    assert submitted_case.state == "in_review"
    assert Enquiry.objects.get(interaction=visit.interaction).outcome == "case_updated"


def test_the_document_seen_makes_the_person_sure_and_the_opening_is_logged(visit, clerk):
    by = Actor.staff(clerk)

    actions.enter_person_here(visit, by=by, name="Amina Rojas", run="12345678-5", document_seen=True)

    visit.interaction.refresh_from_db()
    person = visit.interaction.person
    assert visit.interaction.identity_level == 500
    assert person.identifiers.get().level == 500
    assert AccessLog.objects.filter(
        act="open_person", person_id=person.pk, interaction_id=visit.interaction_id
    ).exists()


def test_a_colleague_does_nothing_in_a_visit_they_do_not_attend(visit, second_clerk, procedure_version):
    by = Actor.staff(second_clerk)

    with pytest.raises(NotAllowed):
        actions.add_matter(visit, by=by, version=procedure_version)
    with pytest.raises(NotAllowed):
        actions.enter_person_here(visit, by=by, name="Somebody", run=None)
    with pytest.raises(NotAllowed):
        actions.settle_matter(matter_of(visit), by=by, outcome="informed")
    with pytest.raises(NotAllowed):
        actions.finish_visit(visit.ticket, by=by, anyway=True)


def test_somebody_fetches_a_paper_and_comes_back_without_queueing_again(office, clerk):
    by = Actor.staff(clerk)
    ticket = make.serving(office, clerk)
    make.ticket(office)

    actions.hold_ticket(ticket, by=by)
    other = actions.call_next(ticket.desk, by=by)
    with pytest.raises(DomainError, match="Finish with the person"):
        actions.resume_ticket(ticket, by=by)
    actions.mark_no_show(other, by=by)
    back = actions.resume_ticket(ticket, by=by)

    assert back.is_serving
    assert [period.kind for period in back.periods.order_by("id")] == [
        "waiting",
        "called",
        "serving",
        "hold",
        "serving",
    ]


def test_whoever_was_never_at_the_desk_can_not_be_put_on_hold(office, clerk):
    with pytest.raises(IllegalMove):
        actions.hold_ticket(make.called(office, clerk), by=Actor.staff(clerk))


def test_a_desk_with_somebody_at_it_is_not_closed(office, clerk, office_supervisor):
    ticket = make.serving(office, clerk)

    for person in (clerk, office_supervisor):
        with pytest.raises(DomainError, match="finish with them first"):
            actions.close_desk(ticket.desk, by=Actor.staff(person))


def test_a_clerk_sits_at_one_desk_and_a_desk_has_one_clerk(office, clerk, second_clerk):
    first = make.desk(office, clerk, 1)

    with pytest.raises(actions.DeskTaken):
        make.desk(office, second_clerk, 1)
    second = make.desk(office, clerk, 2)

    first.refresh_from_db()
    assert (first.is_open, second.clerk) == (False, clerk)


def test_a_desk_that_does_not_exist_is_not_opened(office, clerk):
    for number in (0, 5, 99):
        with pytest.raises(DomainError, match="no desk with that number"):
            make.desk(office, clerk, number)
