"""Following a case with folio and key."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from crm import actions as crm
from crm import keys
from crm.models import AccessLog, Case, CaseState, Enquiry, Interaction, SurveyInvitation
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm as factory
from tests.factories.crm import pdf, pdf_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(client: Client, submitted_case) -> Client:
    """A browser that has shown the key."""
    opened = client.post("/es/seguir/", {"folio": submitted_case.folio, "key": submitted_case.key})
    assert opened.status_code == 302, opened.content
    return client


@pytest.fixture
def asked_case(submitted_case, officer, actor_of):
    """A case in which the agency has asked for something."""
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    crm.ask_citizen(stage, by=actor_of(officer), question="¿Qué <b>dirección</b>?")
    return submitted_case


def case_page(case: Case, part: str = "") -> str:
    return f"/es/casos/{case.folio}/{part}"


def test_folio_and_key_open_the_case_however_they_are_written(client: Client, submitted_case):
    written = {
        "folio": f" {submitted_case.folio.replace('-', '').lower()} ",
        "key": keys.pretty(submitted_case.key).upper(),
    }

    opened = client.post("/es/seguir/", written)

    assert opened.url == case_page(submitted_case)
    assert submitted_case.folio in client.get(opened.url).text


def test_whichever_is_wrong_the_answer_is_the_same(client: Client, submitted_case):
    unknown = "2026-9999999-"
    from crm.folios import check_character

    unknown += check_character("20269999999")

    wrong_key = client.post("/en/follow/", {"folio": submitted_case.folio, "key": keys.new_key()})
    wrong_folio = client.post("/en/follow/", {"folio": unknown, "key": submitted_case.key})

    assert wrong_key.status_code == wrong_folio.status_code == 422
    assert "This folio and this key do not belong together" in wrong_key.text
    assert "This folio and this key do not belong together" in wrong_folio.text


@pytest.mark.parametrize("folio", ["", "hola", "2026-0000001-5", "x" * 5000, "<script>alert(1)</script>"])
def test_what_is_no_folio_is_answered_in_words(client: Client, db, folio):
    refused = client.post("/en/follow/", {"folio": folio, "key": "abc"})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "<script>alert" not in refused.text


def test_guessing_is_stopped_with_429(client: Client, submitted_case):
    for _ in range(20):
        client.post("/es/seguir/", {"folio": submitted_case.folio, "key": keys.new_key()})

    stopped = client.post("/en/follow/", {"folio": submitted_case.folio, "key": keys.new_key()})
    opened = client.post("/en/follow/", {"folio": submitted_case.folio, "key": submitted_case.key})

    assert stopped.status_code == 429
    assert "line 101" in stopped.text
    assert opened.status_code == 302  # the folio is public: nobody's guesses keep the holder of the key out


def test_a_strangers_folio_opens_nothing_existing_or_not(client: Client, submitted_case):
    for part in ("", "responder/", "papel/", "desistir/", "papeles/0192f0c0-0000-7000-8000-000000000000/"):
        there = client.get(case_page(submitted_case, part))
        not_there = client.get(f"/es/casos/2026-9999999-9/{part}")
        assert there.status_code == not_there.status_code == 403
        assert submitted_case.version.title not in there.text
    assert client.post(case_page(submitted_case, "desistir/")).status_code == 403
    assert Case.objects.get().state == CaseState.SUBMITTED


def test_staff_are_strangers_on_citizens_pages(client_of, officer, submitted_case):
    assert client_of(officer).get(case_page(submitted_case)).status_code == 403


def test_the_page_says_in_words_where_the_case_stands_and_by_when(holder: Client, submitted_case):
    page = holder.get(case_page(submitted_case).replace("/es/casos", "/en/cases")).text

    assert "We have your application" in page
    assert "at the latest" in page
    assert 'class="thread' in page
    assert "comprobante.pdf" in page
    assert 'content="noindex"' in page


def test_a_visit_is_one_contact_however_often_its_page_is_read(holder: Client, submitted_case):
    for _ in range(3):
        holder.get(case_page(submitted_case))

    visit = Interaction.objects.exclude(pk=submitted_case.source_id).get()
    told = Enquiry.objects.get(interaction=visit)
    assert (visit.channel, visit.ending) == ("web", "served")
    assert (told.kind, told.outcome) == ("follow", "status_told")
    assert keys.survey_token(visit.pk) in holder.get(case_page(submitted_case)).text
    assert SurveyInvitation.objects.filter(interaction=visit).exists()


def test_the_agencys_question_is_answered_with_a_paper_in_the_same_contact(holder: Client, asked_case):
    page = holder.get(case_page(asked_case)).text
    form = holder.get(case_page(asked_case, "responder/")).text

    sent = holder.post(
        case_page(asked_case, "responder/"),
        {"text": "Calle Uno 2.", "requirement": "proof", "file": pdf("dos.pdf", pdf_of("2"))},
    )

    assert "¿Qué &lt;b&gt;dirección&lt;/b&gt;?" in page
    assert "¿Qué &lt;b&gt;dirección&lt;/b&gt;?" in form
    assert sent.status_code == 302
    assert Case.objects.get().state == CaseState.IN_REVIEW
    after = holder.get(sent.url).text
    assert "Calle Uno 2." in after
    assert "dos.pdf" in after
    visit = Interaction.objects.exclude(pk=asked_case.source_id).get()
    assert sorted(visit.enquiries.values_list("kind", "outcome")) == [
        ("answer", "case_updated"),
        ("follow", "status_told"),
    ]


def test_answering_twice_keeps_one_answer_and_says_so(holder: Client, asked_case):
    holder.post(case_page(asked_case, "responder/"), {"text": "Calle Uno 2."})

    again = holder.post("/en/cases/" + asked_case.folio + "/answer/", {"text": "Calle Uno 2."})

    assert again.status_code == 422
    assert "already received" in again.text
    assert "Calle Uno 2." in again.text  # nothing typed is lost
    assert asked_case.messages.filter(kind="answer").count() == 1


def test_a_refused_file_keeps_the_text_and_answers_nothing(holder: Client, asked_case):
    refused = holder.post(
        case_page(asked_case, "responder/"), {"text": "Calle Uno 2.", "file": pdf("x.exe", b"MZ not a paper")}
    )

    assert refused.status_code == 422
    assert "Calle Uno 2." in refused.text
    assert not asked_case.messages.filter(kind="answer").exists()


@pytest.mark.parametrize(
    "data", [{}, {"text": "   "}, {"text": "a" * 6000}, {"text": "x", "requirement": "no-such"}]
)
def test_an_answer_that_can_not_be_taken_is_explained(holder: Client, asked_case, data):
    refused = holder.post(case_page(asked_case, "responder/"), data)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_paper_is_handed_in_and_given_out_again_to_its_holder_alone(holder: Client, submitted_case):
    holder.post(
        case_page(submitted_case, "papel/"),
        {"requirement": "other", "file": pdf("uno.pdf", pdf_of("1"))},
    )
    holder.post(
        case_page(submitted_case, "papel/"),
        {"requirement": "other", "file": pdf("dos.pdf", pdf_of("2"))},
    )

    paper = submitted_case.documents.get(name="uno.pdf")
    address = case_page(submitted_case, f"papeles/{paper.pk}/")
    given = holder.get(address)
    assert b"".join(given.streaming_content) == pdf_of("1")
    assert given.headers["Content-Type"] == "application/pdf"
    assert "attachment" in given.headers["Content-Disposition"]
    assert given.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert submitted_case.documents.current().count() == 3
    assert Client().get(address).status_code == 403
    logged = AccessLog.objects.get(act="download")
    assert (logged.actor_kind, logged.case_id) == ("holder", submitted_case.pk)
    assert logged.shown_ids == [str(paper.pk)]


def test_the_citizen_reads_that_a_paper_came_that_it_was_refused_and_why_and_that_it_was_accepted(
    holder: Client, submitted_case, officer, actor_of
):
    by = actor_of(officer)
    crm.take_stage(submitted_case.stages.get(), by=by)
    paper = submitted_case.documents.get()

    def read() -> str:
        return holder.get(f"/en/cases/{submitted_case.folio}/").text.partition("<h2>Papers</h2>")[2]

    came = read()
    crm.judge_document(paper, by=by, state="rejected", reason="No se <lee>.")
    refused = read()
    crm.judge_document(paper, by=by, state="accepted")

    assert "comprobante.pdf" in came
    assert "Received" in came
    assert "Not accepted" in refused
    assert "No se &lt;lee&gt;." in refused
    assert "Accepted" in read()
    assert "No se &lt;lee&gt;." not in read()


def test_withdrawing_asks_first_and_is_done_once(holder: Client, submitted_case):
    assert holder.get(case_page(submitted_case, "desistir/")).status_code == 200
    assert Case.objects.get().is_open

    holder.post(case_page(submitted_case, "desistir/"))
    again = holder.post(case_page(submitted_case, "desistir/"))

    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert again.url == f"{case_page(submitted_case)}?done=withdrawn"


def test_the_decision_is_read_with_its_reason(holder: Client, submitted_case, officer, actor_of):
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    with clock.frozen(datetime(2027, 3, 1, 15, tzinfo=UTC)):  # a Monday
        crm.decide_stage(stage, by=actor_of(officer), decision="denied", reason="Falta la <firma>.")

    page = holder.get("/en/cases/" + submitted_case.folio + "/").text

    assert "Your application was not granted." in page
    assert "Falta la &lt;firma&gt;." in page
    assert "to review its decision until <strong>Monday 8 March 2027</strong>" in page
    assert "Withdraw my application" not in page
    assert holder.get(case_page(submitted_case, "papel/")).status_code == 302


def test_notes_among_staff_are_not_shown(holder: Client, submitted_case, officer, actor_of):
    crm.note_case(submitted_case, by=actor_of(officer), text="Ojo con este caso")

    assert "Ojo con este caso" not in holder.get(case_page(submitted_case)).text


def test_an_expired_session_is_asked_for_the_key_and_comes_back_to_the_case(holder: Client, submitted_case):
    holder.cookies.clear()

    asked = holder.get(case_page(submitted_case))

    assert asked.status_code == 403
    assert f'value="{submitted_case.folio}"' in asked.text


def test_the_system_may_look_at_nothing_here(submitted_case):
    assert not Case.objects.visible_to(Actor.visitor()).exists()


def test_a_question_names_the_papers_it_asks_for_and_leads_to_handing_them_in(
    holder: Client, submitted_case, officer, actor_of
):
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    crm.ask_citizen(
        stage, by=actor_of(officer), question="Por favor.", papers=["proof"], other_paper="El arriendo"
    )

    page = holder.get(case_page(submitted_case).replace("/es/casos", "/en/cases")).text
    form = holder.get(f"/en/cases/{submitted_case.folio}/answer/").text

    for text in (page, form):
        assert "When the last of them is in, that is your answer" in text
        assert "<li>El arriendo" in text
        assert f"/en/cases/{submitted_case.folio}/paper/" in text


def test_asking_for_a_review_goes_to_the_agency_that_refused(client: Client, agency, other_agency, actor_of):
    rows = [
        {"agency": code, "order": 1, "required": True, "term_business_days": 9} for code in ("SRCEI", "IPS")
    ]
    case = factory.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    by = Actor.staff(people.staff("Oficial", Role.OFFICER, agency=other_agency))
    stage = crm.take_stage(case.stages.get(agency=other_agency), by=by)
    crm.decide_stage(stage, by=by, decision="denied", reason="No consta.")
    crm.close_case(case, by=by)
    client.post("/es/seguir/", {"folio": case.folio, "key": case.key})

    page = client.get(f"/en/cases/{case.folio}/").text
    form = client.get(case_page(case, "escribir/")).context["form"]
    client.post(case_page(case, "escribir/"), {"text": "Pido que se revise."})

    assert "unless it is opened again" in page
    assert form["stage"].value() == str(stage.pk)
    assert case.messages.get(kind="message").stage == stage
