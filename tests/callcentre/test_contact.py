"""A call before its agent: who it is, what is asked, what may be told, how it is finished."""

import re

import pytest
from django.urls import reverse

from accounts.actors import Actor
from callcentre import actions
from callcentre.models import AgentState, Call, CallNote, KnowledgeCheck
from callcentre.queries.knowledge import questions_for
from common.errors import DomainError, NotAllowed, TooManyAttempts
from crm.actions import LevelTooLow, ask_citizen, bring_case, know_person, take_stage
from crm.models import AccessLog, Case, Enquiry, Interaction
from crm.queries.levels import level_in
from tests.callcentre import phones
from tests.factories.catalog import publish, sheet
from tests.factories.crm import AMINA, ANSWERS, pdf

HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r'value="\w{64}"')


def page(name, contact, *args):
    return reverse(f"callcentre:{name}", args=[contact.pk, *args])


@pytest.fixture
def contact(agent):
    return phones.speaks(agent)


@pytest.fixture
def by(agent):
    return Actor.staff(agent)


@pytest.fixture
def console(agent, client_of):
    return client_of(agent)


# --- only one's own call ---------------------------------------------------------------------------
def test_a_colleagues_call_is_not_found(contact, second_agent, supervisor, client_of):
    for user in (second_agent, supervisor):
        assert client_of(user).get(page("contact", contact)).status_code == 404
        assert client_of(user).post(page("note", contact), {"text": "x"}).status_code == 404


def test_a_finished_call_leads_back_to_the_console(agent, by, console):
    contact = phones.wraps_up(agent)
    actions.finish_call(contact, by=by, no_matter="test")

    response = console.get(page("contact", contact))

    assert response.url == reverse("callcentre:console")


# --- who is calling --------------------------------------------------------------------------------
def test_a_number_that_a_household_shares_names_no_caller_and_is_one_call(contact, console):
    phones.amina()
    know_person(by=phones.SYSTEM, name="Pedro Rojas Soto", phone=phones.NUMBER)

    response = console.get(page("contact", contact))

    for masked, name in (("A… R… S…", "Amina"), ("P… R… S…", "Pedro")):
        assert masked in response.text
        assert name not in response.text
    assert Interaction.objects.get().person is None
    assert Call.objects.count() == 1


def test_choosing_the_caller_declares_and_logs_it(contact, console):
    person = phones.amina()

    console.post(page("caller-choose", contact), {"person": person.pk})

    contact.refresh_from_db()
    assert (contact.person, contact.identity_level) == (person, 100)
    assert AccessLog.objects.filter(act="open_person", person_id=person.pk).exists()
    assert "Amina Rojas Soto" in console.get(page("contact", contact)).text


@pytest.mark.parametrize("person", ["", "nonsense", "00000000-0000-4000-8000-000000000007", "x" * 5000])
def test_choosing_nobody_that_exists_changes_nothing(contact, console, person):
    assert console.post(page("caller-choose", contact), {"person": person}).status_code in {404, 422}


@pytest.mark.parametrize("text", ["12.345.678-5", "9 8765 4321", "amina rojas", "Rojaz"])
def test_people_are_found_by_what_the_caller_says_and_stay_masked(contact, console, text):
    phones.amina()

    response = console.post(page("caller-find", contact), {"text": text})

    assert "A… R… S…" in response.text
    assert "Amina" not in response.text
    assert AccessLog.objects.filter(act="search", interaction_id=contact.pk).exists()


def test_a_folio_finds_the_case_to_bring_in(contact, console, submitted_case):
    response = console.post(page("caller-find", contact), {"text": submitted_case.folio})

    assert submitted_case.folio in response.text
    assert response.context["bring"].initial == {"folio": submitted_case.folio}


@pytest.mark.parametrize(
    ("text", "said"), [("12.345.678-4", "Check the RUN:"), ("2026-0000001-0", "Check the folio:")]
)
def test_a_number_with_a_wrong_last_digit_is_told_at_the_field(contact, console, text, said):
    answer = console.post(page("caller-find", contact).replace("/es/", "/en/"), {"text": text})

    assert answer.status_code == 422
    assert said in answer.text
    assert "Nobody was found" not in answer.text


def test_a_search_for_nothing_says_what_to_write(contact, console):
    assert console.post(page("caller-find", contact), {"text": ""}).status_code == 422


def test_somebody_new_is_entered_as_told(contact, console):
    console.post(page("caller-enter", contact), {"name": "Rosa Peña", "run": "11.111.111-1"})

    contact.refresh_from_db()
    assert (contact.person.name, contact.identity_level) == ("Rosa Peña", 100)


@pytest.mark.parametrize(("name", "strange"), [("Rosa Muñoz Vera", True), ("Amina R. Soto", False)])
def test_a_number_that_is_known_under_quite_another_name_is_told(name, strange, contact, console):
    known = phones.amina()

    console.post(page("caller-enter", contact), {"name": name, "run": known.identifiers.get().value})

    assert ("Ya conocemos este RUN, con otro nombre" in console.get(page("contact", contact)).text) == strange


def test_a_wrong_run_is_refused_and_nothing_typed_is_lost(contact, console):
    response = console.post(page("caller-enter", contact), {"name": "Rosa Peña", "run": "11.111.111-2"})

    assert response.status_code == 422
    assert "Rosa Peña" in response.text
    contact.refresh_from_db()
    assert contact.person is None


def test_it_was_somebody_else(contact, console, agent):
    phones.at_level(contact, agent, phones.amina(), 300)

    console.post(page("caller-forget", contact))

    contact.refresh_from_db()
    assert (contact.person, contact.identity_level) == (None, 0)


# --- two questions ---------------------------------------------------------------------------------
def test_two_right_answers_reach_level_300(contact, console, agent):
    person = phones.amina()
    contact = phones.at_level(contact, agent, person, 100)
    right = {question.key: question.right for question in questions_for(person, contact)}
    assert set(right) == {"birth_year", "commune"}

    console.post(page("caller-questions", contact), right)

    contact.refresh_from_db()
    assert contact.identity_level == 300
    check = KnowledgeCheck.objects.get()
    assert check.is_right
    assert set(check.asked) == set(right)


def told(response):
    """Return the page without the choices that everybody has before them, such as the regions."""
    return re.sub(r"<option.*?</option>", "", response.text, flags=re.DOTALL)


def test_the_right_answers_are_not_on_the_page(contact, console, agent):
    phones.at_level(contact, agent, phones.amina(), 100)

    response = console.get(page("contact", contact))

    assert "birth_year" in response.text
    assert "1990" not in response.text
    assert "Santiago" not in told(response)


def test_wrong_answers_are_counted_and_then_refused(contact, agent, by):
    person = phones.amina()
    contact = phones.at_level(contact, agent, person, 100)
    wrong = {question.key: "1812" for question in questions_for(person, contact)}

    assert actions.check_knowledge(contact, by=by, given=wrong) is False
    assert actions.check_knowledge(contact, by=by, given=wrong) is False
    right = {question.key: question.right for question in questions_for(person, contact)}
    with pytest.raises(TooManyAttempts):
        actions.check_knowledge(contact, by=by, given=right)


def test_calling_again_and_again_does_not_help_guessing(agent, by):
    person = phones.amina()
    for n in range(2):
        contact = phones.at_level(phones.speaks(agent, f"c{n}"), agent, person, 100)
        for _attempt in range(2):
            actions.check_knowledge(contact, by=by, given={"birth_year": "1", "commune": "x"})
    contact = phones.at_level(phones.speaks(agent, "c9"), agent, person, 100)

    with pytest.raises(TooManyAttempts):
        actions.check_knowledge(contact, by=by, given={"birth_year": "1990", "commune": "x"})


def test_a_wrong_answer_is_refused_on_the_page_without_saying_which(contact, console, agent):
    contact = phones.at_level(contact, agent, phones.amina(), 100)

    response = console.post(page("caller-questions", contact), {"birth_year": "1990", "commune": "Arica"})

    assert response.status_code == 422
    assert "Santiago" not in told(response)


def test_what_was_told_in_this_very_call_is_not_asked_back(contact, by):
    person = phones.amina()
    know_person(
        by=by, name="Amina", run="12345678-5", birth_date="1901-01-01", level=500, interaction=contact
    )

    assert questions_for(person, contact) == []  # neither by what was told now nor by what it contradicts


def test_too_little_known_asks_nothing(contact, by):
    contact = actions.enter_caller(contact, by=by, name="Rosa Peña")

    with pytest.raises(DomainError):
        actions.check_knowledge(contact, by=by, given={})


# --- what may be told ------------------------------------------------------------------------------
def test_below_its_level_a_cases_state_is_nowhere_on_the_screens(contact, console, agent, submitted_case):
    person = submitted_case.parties.get().person
    phones.at_level(contact, agent, person, 100)

    screens = [console.get(page("contact", contact)), console.get(page("case", contact, submitted_case.pk))]

    for screen in screens:
        assert submitted_case.folio in screen.text
        assert str(submitted_case.get_state_display()) not in screen.text
        assert "comprobante.pdf" not in screen.text


def test_at_its_level_the_case_is_told_and_noted(contact, console, agent, submitted_case):
    phones.at_level(contact, agent, submitted_case.parties.get().person, 300)

    response = console.get(page("case", contact, submitted_case.pk))
    assert str(submitted_case.get_state_display()) in response.text

    console.post(page("case-tell", contact, submitted_case.pk))
    console.post(page("case-tell", contact, submitted_case.pk))

    matter = Enquiry.objects.get(interaction=contact)
    assert (matter.kind, matter.outcome, matter.is_resolved) == ("follow", "status_told", True)


def test_telling_below_the_level_is_refused_with_the_way_to_reach_it(
    contact, console, agent, by, submitted_case
):
    phones.at_level(contact, agent, submitted_case.parties.get().person, 100)

    with pytest.raises(LevelTooLow):
        actions.tell_status(contact, by=by, case=submitted_case)
    response = console.post(page("case-tell", contact, submitted_case.pk))

    assert response.status_code == 422
    assert not Enquiry.objects.filter(outcome="status_told").exists()


def test_another_persons_case_is_never_told_whatever_the_level(contact, agent, by, submitted_case):
    stranger = actions.enter_caller(contact, by=by, name="Rosa Peña").person
    contact = phones.at_level(contact, agent, stranger, 600)
    bring_case(contact, by=by, case=submitted_case, reason="She asks for her aunt")

    level = level_in(contact, submitted_case, "status")

    assert (level.reached, level.is_enough) == (0, False)
    with pytest.raises(LevelTooLow):
        actions.tell_status(contact, by=by, case=submitted_case)


def test_a_case_of_somebody_else_is_brought_only_with_a_reason(contact, console, submitted_case):
    refused = console.post(page("case-bring", contact), {"folio": submitted_case.folio, "reason": ""})
    assert refused.status_code == 422

    console.post(
        page("case-bring", contact), {"folio": submitted_case.folio, "reason": "Reads it from the receipt"}
    )

    assert Case.objects.visible_to(Actor.staff(contact.agent)).filter(pk=submitted_case.pk).exists()
    assert AccessLog.objects.filter(act="open_case", case_id=submitted_case.pk).exists()


@pytest.mark.parametrize("folio", ["", "2026-0000001-0", "2026-9999999-1", "hello", "x" * 39])
def test_a_wrong_folio_is_answered_in_words(contact, console, folio):
    assert console.post(page("case-bring", contact), {"folio": folio}).status_code == 422


def test_a_case_not_in_this_call_is_not_found(contact, console, submitted_case):
    assert console.get(page("case", contact, submitted_case.pk)).status_code == 404
    assert console.post(page("case-code", contact, submitted_case.pk)).status_code == 404


def test_the_agency_is_answered_for_the_caller(contact, console, agent, officer, submitted_case):
    stage = take_stage(submitted_case.stages.get(), by=Actor.staff(officer))
    ask_citizen(stage, by=Actor.staff(officer), question="Which year?")
    phones.at_level(contact, agent, submitted_case.parties.get().person, 300)

    empty = console.post(page("case-answer", contact, submitted_case.pk), {"text": " "})
    assert empty.status_code == 422
    console.post(page("case-answer", contact, submitted_case.pk), {"text": "In 1990"})

    submitted_case.refresh_from_db()
    assert submitted_case.state == "in_review"
    assert Enquiry.objects.get(interaction=contact).outcome == "case_updated"


def test_a_claim_code_needs_the_level_and_is_shown_once(contact, console, agent, submitted_case):
    person = submitted_case.parties.get().person
    phones.at_level(contact, agent, person, 100)
    assert console.post(page("case-code", contact, submitted_case.pk)).status_code == 422

    phones.at_level(contact, agent, person, 300)
    response = console.post(page("case-code", contact, submitted_case.pk))

    assert len(response.context["code"]) == 8
    assert response.context["code"] not in console.get(page("case", contact, submitted_case.pk)).text


# --- matters ---------------------------------------------------------------------------------------
def test_eight_questions_in_one_call_each_have_their_outcome_and_none_becomes_a_case(
    contact, console, by, procedure_version
):
    console.post(page("matter-add", contact), {"procedure": procedure_version.procedure.slug})
    for _more in range(7):
        actions.add_matter(contact, by=by)
    asked = list(Enquiry.objects.order_by("opened_at"))
    wanted = {one.pk: outcome for one, outcome in zip(asked, ["informed", "referred"] * 4, strict=True)}

    for matter, outcome in wanted.items():
        console.post(page("matter-outcome", contact, matter), {"outcome": outcome})

    assert dict(Enquiry.objects.values_list("pk", "outcome")) == wanted
    assert asked[0].version == procedure_version
    assert not Case.objects.exists()


def test_the_same_procedure_added_twice_is_one_matter(contact, console, procedure_version):
    for _again in range(2):
        console.post(page("matter-add", contact), {"procedure": procedure_version.procedure.slug})

    assert Enquiry.objects.count() == 1


def test_the_catalogue_is_searched_in_the_callers_words(contact, console, procedure_version):
    whole = console.post(page("search", contact), {"q": "sertificado de exemplo"})
    part = console.post(page("search", contact), {"q": "certificado"}, headers=HTMX)

    assert "Certificado de ejemplo" in whole.text
    reloaded = console.post(page("search", contact), {"q": "certificado"})
    assert TOKEN.sub("", part.text.strip()) in TOKEN.sub("", reloaded.text)
    assert "<html" not in part.text
    assert console.post(page("search", contact), {"q": ""}, headers=HTMX).status_code == 422


def test_the_sheet_says_cost_time_and_what_to_bring(contact, console, procedure_version):
    console.post(page("matter-add", contact), {"procedure": procedure_version.procedure.slug})

    response = console.get(page("contact", contact))

    assert "$3.820" in response.text
    assert "10 días hábiles" in response.text
    assert "Cédula de identidad" in response.text


def test_an_outcome_must_be_chosen(contact, console, procedure_version):
    console.post(page("matter-add", contact))

    response = console.post(page("matter-outcome", contact, Enquiry.objects.get().pk), {"outcome": ""})

    assert response.status_code == 422


def test_a_matter_added_by_mistake_is_taken_back_and_one_with_an_outcome_is_not(contact, console):
    console.post(page("matter-add", contact))
    console.post(page("matter-drop", contact, Enquiry.objects.get().pk))
    assert not Enquiry.objects.exists()

    console.post(page("matter-add", contact))
    matter = Enquiry.objects.get()
    console.post(page("matter-outcome", contact, matter.pk), {"outcome": "informed"})
    console.post(page("matter-drop", contact, matter.pk))
    assert Enquiry.objects.exists()


def test_a_matter_of_another_call_is_not_found(contact, console, agent):
    other = actions.add_matter(phones.speaks(agent, "other"), by=Actor.staff(agent))

    assert console.post(page("matter-outcome", contact, other.pk), {"outcome": "informed"}).status_code == 404


# --- applying by phone -----------------------------------------------------------------------------
def typed():
    name, commune = AMINA["applicant_name"], AMINA["applicant_commune"]
    return {
        "reason": "work",
        "copies": "2",
        "delivery": "no",
        "declaration": "on",
        "applicant_name__given": name["given"],
        "applicant_name__surnames": name["surnames"],
        "applicant_run": AMINA["applicant_run"],
        "applicant_email": AMINA["applicant_email"],
        "applicant_phone": AMINA["applicant_phone"],
        "applicant_commune": commune,
    }


def test_an_application_is_filed_by_phone_and_its_folio_read_out(contact, console, procedure_version):
    phones.amina()
    console.post(page("matter-add", contact), {"procedure": procedure_version.procedure.slug})
    begun = console.post(page("application-begin", contact), {"procedure": procedure_version.procedure.slug})

    refused = console.post(begun.url, {"reason": "work", "file": "1"})
    assert refused.status_code == 422
    kept = Case.objects.get()
    assert kept.answers["reason"] == "work"

    filed = console.post(begun.url, {**typed(), "proof": pdf(), "file": "1"}, follow=True)

    case = Case.objects.get()
    assert case.folio in filed.text
    assert case.channel == "phone"
    assert ANSWERS["reason"] == case.answers["reason"]
    matter = Enquiry.objects.get()
    assert (matter.kind, matter.outcome) == ("apply", "case_opened")
    assert "case-code" not in filed.text
    assert "necesita además un código" not in filed.text, "none is given yet, and none is spoken of"
    call = console.get(page("contact", contact)).text
    assert case.folio in call
    assert page("matter-outcome", contact, matter.pk) not in call, (
        "how it came out is known, and not asked anew"
    )
    again = console.post(begun.url, {"file": "1"})
    assert again.url == page("filed", contact, case.pk)


def test_what_asks_for_an_identity_that_nobody_may_verify_by_phone_is_not_begun(contact, console, agency):
    version = publish(
        sheet(levels={"phone": {"submit": 300}}), agency=agency
    )  # its agreement lets receive, and no more

    refused = console.post(
        page("application-begin", contact), {"procedure": version.procedure.slug}, follow=True
    )

    assert "ningún convenio permite verificar por teléfono quién es" in refused.text
    assert not Case.objects.exists()


def test_a_draft_is_gone_on_with_not_begun_twice(contact, console, procedure_version):
    slug = procedure_version.procedure.slug

    urls = {console.post(page("application-begin", contact), {"procedure": slug}).url for _again in range(3)}

    assert len(urls) == 1
    assert Case.objects.count() == 1


@pytest.mark.parametrize("slug", ["", "no-such-procedure", "x" * 400])
def test_what_can_not_be_applied_for_is_said(contact, console, slug):
    assert console.post(page("application-begin", contact), {"procedure": slug}).status_code == 302
    assert not Case.objects.exists()


# --- notes and the end -----------------------------------------------------------------------------
def test_notes_are_kept_with_the_call(contact, console):
    assert console.post(page("note", contact), {"text": ""}).status_code == 422
    console.post(page("note", contact), {"text": "<script>alert(1)</script> calls again tomorrow"})

    assert CallNote.objects.get().author == contact.agent
    assert "&lt;script&gt;alert(1)" in console.get(page("contact", contact)).text


def test_the_call_is_over_when_the_agent_says_so(contact, console, agent):
    console.post(page("call-over", contact))

    contact.refresh_from_db()
    assert contact.ending == "served"
    assert contact.wrapped_up_at is None
    assert AgentState.objects.open().get(user=agent).state == "wrap_up"


def test_a_wrap_up_needs_an_outcome_for_every_matter(contact, console, agent):
    console.post(page("matter-add", contact))
    phones.hangs_up()

    refused = console.post(page("call-finish", contact), {"next_state": "available"})
    assert refused.status_code == 422

    console.post(page("matter-outcome", contact, Enquiry.objects.get().pk), {"outcome": "informed"})
    console.post(page("call-finish", contact), {"next_state": "pause"})

    contact.refresh_from_db()
    assert contact.wrapped_up_at >= contact.ended_at
    states = list(AgentState.objects.filter(user=agent).order_by("starts_at").values_list("state", flat=True))
    assert states == ["on_call", "wrap_up", "pause"]


def test_a_call_about_nothing_says_why(contact, console):
    phones.hangs_up()

    assert console.post(page("call-finish", contact), {}).status_code == 422
    console.post(page("call-finish", contact), {"no_matter": "wrong_number"})

    contact.refresh_from_db()
    assert contact.wrapped_up_at is not None
    assert contact.call.no_matter == "wrong_number"


def test_a_call_that_goes_on_can_not_be_finished(contact, by):
    with pytest.raises(DomainError):
        actions.finish_call(contact, by=by, no_matter="test")


def test_finishing_twice_changes_nothing(agent, by, contact):
    phones.hangs_up()
    actions.finish_call(contact, by=by, no_matter="test")
    actions.take_up_state(by=by, state="pause")

    actions.finish_call(contact, by=by, no_matter="cut_off", next_state="pause")

    states = AgentState.objects.filter(user=agent).order_by("starts_at").values_list("state", flat=True)
    assert list(states) == ["on_call", "wrap_up", "available", "pause"]


def test_nobody_finishes_a_colleagues_call(contact, second_agent):
    phones.hangs_up()

    with pytest.raises(NotAllowed):
        actions.finish_call(contact, by=Actor.staff(second_agent), no_matter="test")


def test_the_screen_of_a_call_costs_the_same_whatever_its_matters(
    contact, console, procedure_version, submitted_case, django_assert_max_num_queries
):
    phones.at_level(contact, contact.agent, submitted_case.parties.get().person, 300)
    for _n in range(8):
        actions.add_matter(contact, by=Actor.staff(contact.agent))

    with django_assert_max_num_queries(45):
        console.get(page("contact", contact))
