"""Buttons of a case pressed twice, or at the moment in which somebody else decides."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from crm import actions as crm
from crm import keys
from crm.models import Case, CaseState, Enquiry, SurveyAnswer
from events.models import Event
from tests.factories.crm import pdf, pdf_of

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 8


@pytest.fixture
def holder(client: Client, submitted_case) -> Client:
    """A browser that has shown the key and looks at the case."""
    opened = client.post("/es/seguir/", {"folio": submitted_case.folio, "key": submitted_case.key})
    client.get(opened.url)
    return client


def case_page(case: Case, part: str) -> str:
    return f"/es/casos/{case.folio}/{part}/"


def press(client: Client, address: str, data=dict, times: int = TIMES) -> list:
    """Press one button several times at the same moment; `data` makes what each press sends."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    gate = threading.Barrier(times)

    def once(_number: int):
        browser = Client()
        browser.cookies.load(cookies)
        sent = data()
        gate.wait()
        try:
            return browser.post(address, sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


def decide_while(client: Client, case: Case, officer, actor_of, address: str, data):
    """Let the agency decide while the citizen's post waits for the row it holds; return the answer to the post."""
    stage = crm.take_stage(case.stages.get(), by=actor_of(officer))
    case.refresh_from_db()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        crm.decide_stage(stage, by=actor_of(officer), decision="granted", reason="")
        waiting = pool.submit(lambda: press(client, address, data, times=1)[0])
        _until_somebody_waits()
    return waiting.result(timeout=30)


def _until_somebody_waits() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            # For this connection alone: tests beside this one wait for rows of theirs.
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waited for the row")


def test_withdrawing_many_times_at_once_withdraws_once_and_always_says_so(holder, submitted_case):
    answers = press(holder, case_page(submitted_case, "desistir"))

    assert {(one.status_code, one.url) for one in answers} <= {
        (302, f"/es/casos/{submitted_case.folio}/?done=withdrawn"),
        (302, f"/es/casos/{submitted_case.folio}/"),
    }
    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert Event.objects.filter(kind="case.withdrawn").count() == 1


def test_withdrawing_what_was_decided_a_moment_ago_shows_the_decision(
    holder, submitted_case, officer, actor_of
):
    answer = decide_while(
        holder, submitted_case, officer, actor_of, case_page(submitted_case, "desistir"), dict
    )

    assert answer.url.endswith("?done=late")
    shown = holder.get(answer.url.replace("/es/casos/", "/en/cases/")).text
    assert "could not be withdrawn" in shown
    assert "Your application was granted." in shown
    assert Case.objects.get().state == CaseState.GRANTED


def test_a_paper_for_a_case_decided_a_moment_ago_is_refused_in_words(
    holder, submitted_case, officer, actor_of
):
    answer = decide_while(
        holder,
        submitted_case,
        officer,
        actor_of,
        case_page(submitted_case, "papel"),
        lambda: {"requirement": "other", "file": pdf("uno.pdf", pdf_of("1"))},
    )

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert submitted_case.documents.count() == 1


def test_a_paper_that_arrives_after_the_decision_is_refused_in_words_too(
    holder, submitted_case, officer, actor_of
):
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    crm.decide_stage(stage, by=actor_of(officer), decision="granted", reason="")

    answer = holder.post(
        case_page(submitted_case, "papel"),
        {"requirement": "other", "file": pdf("uno.pdf", pdf_of("1"))},
    )

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert submitted_case.documents.count() == 1


def test_the_agency_is_answered_once_however_often_the_button_is_pressed(
    holder, submitted_case, officer, actor_of
):
    stage = crm.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    crm.ask_citizen(stage, by=actor_of(officer), question="¿Qué dirección?")
    question = submitted_case.messages.get(kind="question")

    answers = press(
        holder,
        case_page(submitted_case, "responder"),
        lambda: {
            "text": "Calle Uno 2.",
            "question": str(question.pk),
            "requirement": "other",
            "file": pdf("uno.pdf", pdf_of("1")),
        },
    )

    assert {one.status_code for one in answers} == {302}
    assert submitted_case.messages.filter(kind="answer").count() == 1
    assert submitted_case.documents.filter(name="uno.pdf").count() == 1
    assert Enquiry.objects.filter(case=submitted_case, kind="answer").count() == 1


def test_another_paper_sent_twice_at_once_is_one_paper_and_one_matter(holder, submitted_case):
    answers = press(
        holder,
        case_page(submitted_case, "papel"),
        lambda: {"requirement": "other", "file": pdf("uno.pdf", pdf_of("1"))},
    )

    assert {one.status_code for one in answers} == {302}
    assert submitted_case.documents.filter(name="uno.pdf").count() == 1
    assert Enquiry.objects.filter(case=submitted_case, kind="paper").count() == 1


def test_different_other_papers_sent_at_once_are_all_kept(holder, submitted_case):
    contents = iter([pdf_of("1"), pdf_of("2"), pdf_of("3"), pdf_of("4")])

    press(
        holder,
        case_page(submitted_case, "papel"),
        lambda: {"requirement": "other", "file": pdf("uno.pdf", next(contents))},
        times=4,
    )

    kept = submitted_case.documents.current().filter(name="uno.pdf")
    assert sorted(kept.values_list("requirement", flat=True)) == ["other-1", "other-2", "other-3", "other-4"]


def test_a_survey_answered_many_times_at_once_is_answered_once(holder, submitted_case):
    answers = press(
        holder, f"/es/encuesta/{keys.survey_token(submitted_case.source_id)}/", lambda: {"grade": "7"}
    )

    assert {one.status_code for one in answers} <= {200, 302}
    assert SurveyAnswer.objects.count() == 1


def test_taking_off_or_skipping_after_it_was_sent_shows_the_receipt(
    client: Client, procedure_version, monkeypatch
):
    from portal.views import questions
    from tests.portal.walks import begin, fill, page, question

    draft = fill(client, begin(client, procedure_version))
    asked = questions.step_of

    def sent_meanwhile(*args):
        monkeypatch.setattr(questions, "step_of", asked)
        client.post(page(draft, "revisar"))
        return asked(*args)

    monkeypatch.setattr(questions, "step_of", sent_meanwhile)
    skipped = client.post(question(draft, "applicant_run"), {"skip": "1"})

    assert skipped.url == f"/es/solicitudes/{draft.code}/"
    assert client.get(skipped.url).url == page(draft, "comprobante")
