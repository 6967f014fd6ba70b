"""Applying online, page by page: what a citizen may do wrong loses nothing and doubles nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.held import HELD_CASES
from common import clock
from crm import keys
from crm.models import Case, CaseState, Enquiry, Interaction, SurveyInvitation
from crm.tasks import end_idle_contacts
from portal.models import Draft
from portal.views import beginning
from tests.crm.programs import program_of
from tests.factories.catalog import publish, sheet
from tests.factories.crm import pdf
from tests.factories.territory import CommuneFactory
from tests.portal.walks import begin, fill, key_in, page, question, reload, typed

pytestmark = pytest.mark.django_db


def test_the_start_says_what_is_asked_and_what_to_have_at_hand(client: Client, procedure_version):
    start = client.get("/en/procedures/certificado-de-ejemplo/apply/").text

    assert "Proof" in start
    assert not Case.objects.exists()  # looking begins nothing


def test_filing_gives_a_folio_a_key_and_what_happens_next(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))

    sent = client.post(page(draft, "revisar"))
    receipt = client.get(sent.url).text

    case = Case.objects.get()
    assert sent.status_code == 302
    assert case.state == CaseState.SUBMITTED
    assert case.channel == "web"
    assert case.folio in receipt
    assert all(group in receipt for group in keys.pretty(key_in(client, draft)).split("-"))
    assert "<svg" in receipt
    assert keys.survey_token(case.source_id) in receipt


def test_the_contact_ends_served_with_its_matter_resolved(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))

    client.post(page(draft, "revisar"))

    contact = Interaction.objects.get()
    assert (contact.channel, contact.ending) == ("web", "served")
    assert Enquiry.objects.get().outcome == "case_opened"
    assert SurveyInvitation.objects.filter(
        interaction=contact, procedure=procedure_version.procedure
    ).exists()


def test_a_condition_asks_its_question_only_when_it_holds(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="reason")

    skipped = client.post(question(draft, "reason"), {"reason": "work"})
    asked = client.post(question(draft, "reason"), {"reason": "lost"})

    assert skipped.url == question(draft, "copies")
    assert asked.url == question(draft, "lost_on")
    assert client.get(question(draft, "address")).status_code == 302  # not asked: nobody gets stuck on it


def test_a_wrong_answer_is_told_in_words_and_what_was_typed_stays(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")

    refused = client.post(question(draft, "copies"), {"copies": "setenta <b>"})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "setenta &lt;b&gt;" in refused.text
    assert "copies" not in reload(draft).case.answers


def test_an_optional_question_can_be_skipped(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="applicant_run")

    after = client.post(question(draft, "applicant_run"), {"skip": "1"})

    assert after.url == question(draft, "applicant_email")
    assert reload(draft).case.answers["applicant_run"] is None


def test_a_question_that_must_be_answered_is_not_skipped(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="reason")

    assert client.post(question(draft, "reason"), {"skip": "1"}).status_code == 422


def test_going_back_shows_the_answer_and_changes_it(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))

    shown = client.get(question(draft, "copies") + "?from=check").text
    changed = client.post(question(draft, "copies"), {"copies": "5", "from": "check"})

    assert 'value="2"' in shown
    assert changed.url == f"/es/solicitudes/{draft.code}/"
    assert client.get(changed.url).url == page(draft, "revisar")
    assert reload(draft).case.answers["copies"] == 5


def test_changing_a_condition_from_the_check_asks_what_it_opens(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))

    changed = client.post(question(draft, "reason"), {"reason": "lost", "from": "check"})

    assert client.get(changed.url).url == question(draft, "lost_on")


def test_an_unfinished_application_is_not_sent_and_the_missing_answers_are_named(
    client: Client, procedure_version
):
    draft = fill(client, begin(client, procedure_version), until="proof")

    refused = client.post(page(draft, "revisar"))

    assert refused.status_code == 422
    assert question(draft, "proof") in refused.text
    assert reload(draft).case.is_draft


def test_going_back_after_sending_shows_the_receipt_and_never_makes_a_second_case(
    client: Client, procedure_version
):
    draft = fill(client, begin(client, procedure_version))
    client.post(page(draft, "revisar"))

    for address in (
        question(draft, "copies"),
        page(draft, "revisar"),
        page(draft, "guardada"),
        f"/es/solicitudes/{draft.code}/",
    ):
        assert client.get(address).url == page(draft, "comprobante")
    assert client.post(page(draft, "revisar")).url == page(draft, "comprobante")
    assert client.post(question(draft, "copies"), {"copies": "4"}).url == page(draft, "comprobante")

    assert Case.objects.count() == 1
    assert Case.objects.get().answers["copies"] == 2


def test_the_wrong_kind_of_file_is_refused_at_its_question(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="proof")

    for content in (b"MZ hello", b"<html><script>alert(1)</script>", b""):
        refused = client.post(question(draft, "proof"), {"proof": pdf(content=content)})
        assert refused.status_code == 422

    assert not reload(draft).case.documents.exists()


def test_a_file_given_stays_when_its_question_is_passed_again(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))

    shown = client.get(question(draft, "proof")).text
    again = client.post(question(draft, "proof"), {})

    assert "comprobante.pdf" in shown
    assert again.status_code == 302
    assert reload(draft).case.documents.current().count() == 1


def test_hostile_text_in_an_answer_is_shown_as_text(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="applicant_name")
    hostile = "<script>alert(1)</script>"
    client.post(
        question(draft, "applicant_name"),
        {"applicant_name__given": hostile, "applicant_name__surnames": "{{ 7|add:7 }}"},
    )

    draft = fill(client, draft)
    check = client.get(page(draft, "revisar")).text

    assert hostile not in check
    assert "&lt;script&gt;" in check
    assert "{{ 7|add:7 }}" in check


@pytest.mark.parametrize("name", ["A" * 50_000, "\ud83d" * 10])
def test_huge_or_broken_text_is_answered_with_a_sentence(client: Client, procedure_version, name):
    draft = begin(client, procedure_version)

    data = {
        "applicant_name__given": name.encode("utf-8", "replace").decode(),
        "applicant_name__surnames": "Soto",
    }
    response = client.post(question(draft, "applicant_name"), data)

    assert response.status_code in (302, 422)


def test_a_huge_post_is_refused_with_a_page(client: Client, procedure_version, settings):
    draft = begin(client, procedure_version)

    big = client.post(question(draft, "applicant_name"), {"applicant_name__given": "A" * 3_000_000})
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    many = client.post(question(draft, "applicant_name"), {f"x{n}": "1" for n in range(most + 1)})

    assert big.status_code == 400
    assert many.status_code == 400
    assert "<h1>" in big.text


# --- leaving and coming back --------------------------------------------------------------------
def test_leaving_keeps_the_answer_and_tells_how_to_come_back(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    left = client.post(question(draft, "applicant_name"), {**typed("applicant_name"), "leave": "1"})
    told = client.get(left.url).text

    assert left.url == page(draft, "guardada")
    assert draft.pretty_code in told
    assert all(group in told for group in keys.pretty(key_in(client, draft)).split("-"))
    assert reload(draft).case.answers["applicant_name"]["given"] == "Amina"


def test_leaving_an_empty_question_is_no_error(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    assert client.post(question(draft, "applicant_name"), {"leave": "1"}).url == page(draft, "guardada")


def test_leaving_with_an_answer_that_can_not_be_kept_asks_first(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="applicant_email")

    asked = client.post(question(draft, "applicant_email"), {"applicant_email": "amina@", "leave": "1"})

    assert asked.status_code == 422
    assert 'value="amina@"' in asked.text
    assert client.post(question(draft, "applicant_email"), {"leave": "anyway"}).url == page(draft, "guardada")


def test_number_and_key_open_the_draft_on_another_device(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")
    key = keys.pretty(key_in(client, draft)).upper()
    elsewhere = Client()

    opened = elsewhere.post(
        "/es/solicitudes/continuar/", {"code": f" {draft.pretty_code.upper()} ", "key": key}
    )

    assert opened.status_code == 302
    assert elsewhere.get(opened.url).url == question(draft, "copies")


@pytest.mark.parametrize("which", ["code", "key"])
def test_whichever_of_the_two_is_wrong_the_answer_is_the_same(client: Client, procedure_version, which):
    draft = begin(client, procedure_version)
    given = {"code": draft.code, "key": key_in(client, draft)} | {
        which: "2222222222" if which == "code" else keys.new_key()
    }

    refused = Client().post("/en/applications/continue/", given)

    assert refused.status_code == 422
    assert "This number and this key do not belong together" in refused.text


def test_guessing_a_draft_is_stopped_and_never_keeps_its_holder_out(client: Client, procedure_version):
    draft = begin(client, procedure_version)
    guesser = Client()
    for _ in range(21):
        stopped = guesser.post("/en/applications/continue/", {"code": draft.code, "key": keys.new_key()})
    page = f"/en/applications/{draft.code}/"
    stopped_there = guesser.post(page, {"resume_key": keys.new_key()})

    opened = Client().post("/es/solicitudes/continuar/", {"code": draft.code, "key": key_in(client, draft)})
    opened_there = Client().post(page, {"resume_key": key_in(client, draft)})

    assert "tried too many times" in stopped.text
    assert "tried too many times" in stopped_there.text
    assert (
        opened.status_code == opened_there.status_code == 302
    )  # the number is public: guesses lock nobody out


def test_coming_back_with_the_right_key_is_never_counted(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    answers = [
        Client().post("/es/solicitudes/continuar/", {"code": draft.code, "key": key_in(client, draft)})
        for _ in range(30)
    ]

    assert {answer.status_code for answer in answers} == {302}


def test_a_stranger_is_asked_for_the_key_whether_the_draft_exists_or_not(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")
    stranger = Client()

    addresses = [page(draft, name) for name in ("revisar", "guardada", "comprobante", "comprobante/papel")]
    for address in (f"/es/solicitudes/{draft.code}/", question(draft, "copies"), *addresses):
        there, not_there = stranger.get(address), stranger.get(address.replace(draft.code, "aaaaaaaaaa"))
        assert there.status_code == not_there.status_code == 403
        assert "Amina" not in there.text
        assert there.text.replace(draft.code, "x").count("<") == not_there.text.replace(
            "aaaaaaaaaa", "x"
        ).count("<")
    assert stranger.post(question(draft, "copies"), {"copies": "3"}).status_code == 403
    assert "copies" not in reload(draft).case.answers


def test_a_staff_sign_in_opens_no_draft(client: Client, client_of, officer, procedure_version):
    draft = begin(client, procedure_version)

    assert client_of(officer).get(question(draft, "applicant_name")).status_code == 403


def test_a_lost_session_half_way_is_mended_by_the_key_this_browser_keeps(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")
    client.session.flush()
    del client.cookies["sessionid"]

    kept = client.post(question(draft, "copies"), {"copies": "3"})

    assert kept.status_code == 302
    assert reload(draft).case.answers["copies"] == 3


def test_without_session_and_key_what_was_typed_waits_in_the_page(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")
    key = key_in(client, draft)
    client.cookies.clear()

    asked = client.post(question(draft, "copies"), {"copies": "4"})
    wrong = client.post(question(draft, "copies"), {"copies": "4", "resume_key": keys.new_key()})
    kept = client.post(question(draft, "copies"), {"copies": "4", "resume_key": key})

    assert asked.status_code == wrong.status_code == 403
    assert '<input type="hidden" name="copies" value="4">' in asked.text
    assert '<input type="hidden" name="copies" value="4">' in wrong.text
    assert kept.url == question(draft, "delivery")
    assert reload(draft).case.answers["copies"] == 4


def test_no_key_is_within_reach_of_a_script(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    assert {"sessionid", f"key_{draft.code}"} <= set(client.cookies)
    assert [name for name, cookie in client.cookies.items() if not cookie["httponly"]] == []


def test_a_draft_is_kept_for_thirty_days(client: Client, procedure_version):
    draft = begin(client, procedure_version)
    Draft.objects.filter(pk=draft.pk).update(kept_until=clock.now() - timedelta(minutes=1))

    over = client.get(question(draft, "applicant_name"))

    assert over.status_code == 410
    assert "/tramites/certificado-de-ejemplo/solicitar/" in over.text


def test_drafts_begun_here_are_offered_again(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    assert draft.code in client.get("/es/solicitudes/continuar/").text
    assert draft.code in client.get("/es/tramites/certificado-de-ejemplo/solicitar/").text


def test_a_shared_computer_can_be_made_to_forget(client: Client, procedure_version):
    draft = begin(client, procedure_version)

    client.post("/es/olvidar/")

    assert HELD_CASES not in client.session
    assert client.get(question(draft, "applicant_name")).status_code == 403


def left(ago: timedelta) -> None:
    """As though all that was done had been done so long ago."""
    Interaction.objects.update(started_at=clock.now() - ago)
    Enquiry.objects.update(opened_at=clock.now() - ago)


def test_filing_long_after_the_contact_ended_by_itself_still_offers_a_survey(
    client: Client, procedure_version
):
    draft = fill(client, begin(client, procedure_version))
    left(timedelta(days=2))
    end_idle_contacts()

    client.post(page(draft, "revisar"))

    assert Interaction.objects.order_by("started_at").first().ending == "abandoned"
    late = Interaction.objects.order_by("started_at").last()
    assert late.ending == "served"
    assert keys.survey_token(late.pk) in client.get(page(draft, "comprobante")).text


def test_filling_in_for_an_hour_is_not_leaving(client: Client, procedure_version):
    begin(client, procedure_version)
    left(timedelta(hours=1))

    end_idle_contacts()

    assert Interaction.objects.get().ended_at is None


# --- pressing “start” more than once -----------------------------------------------------------
START = "/es/tramites/certificado-de-ejemplo/solicitar/"


def press(client: Client) -> dict[str, str]:
    """Open the page of the beginning; return what its button sends."""
    CommuneFactory()
    found = re.search(r'name="press" value="([^"]+)"', client.get(START).text)
    assert found
    return {"press": found[1]}


def test_start_pressed_again_opens_the_same_draft_and_no_second_contact(client: Client, procedure_version):
    button = press(client)

    first = client.post(START, button)
    draft = fill(client, Draft.objects.get(), until="copies")
    again = client.post(START, button)
    keys_kept = key_in(client, draft)

    assert again.url == first.url
    assert Draft.objects.count() == Interaction.objects.count() == Enquiry.objects.count() == 1
    assert keys.opens(keys_kept, draft.case.secret_hash)


def test_start_pressed_again_after_sending_shows_the_receipt(client: Client, procedure_version):
    button = press(client)
    client.post(START, button)
    draft = fill(client, Draft.objects.get())
    client.post(page(draft, "revisar"))

    again = client.post(START, button)

    assert client.get(again.url).url == page(draft, "comprobante")


def test_going_back_to_a_fresh_page_opens_the_draft_that_was_left_blank(client: Client, procedure_version):
    first = client.post(START, press(client))

    assert client.post(START, press(client)).url == first.url


def test_a_second_application_can_be_begun_once_the_first_has_an_answer(client: Client, procedure_version):
    client.post(START, press(client))
    draft = fill(client, Draft.objects.get(), until="applicant_run")

    second = client.post(START, press(client))

    assert draft.code not in second.url
    assert Draft.objects.count() == 2


def test_the_same_press_from_another_browser_opens_nothing_of_the_first(client: Client, procedure_version):
    button = press(client)
    client.post(START, button)

    other = Client()
    press(other)
    begun = other.post(START, button)

    assert begun.status_code == 302
    assert Draft.objects.count() == 2


def test_a_computer_that_forgot_begins_anew_when_the_old_page_is_sent_again(
    client: Client, procedure_version
):
    button = press(client)
    client.post(START, button)
    fill(client, Draft.objects.get(), until="applicant_run")
    client.post("/es/olvidar/")

    again = client.post(START, button)

    assert Draft.objects.count() == 2
    assert "Amina" not in client.get(again.url, follow=True).text


def test_beginning_is_limited_by_address_far_above_what_an_office_does(
    client: Client, procedure_version, monkeypatch
):
    assert beginning.BEGINNINGS >= 300
    monkeypatch.setattr(beginning, "BEGINNINGS", 3)

    begun = [Client().post(START) for _ in range(3)]
    button = {"press": "kept-through-the-refusal"}
    refused = client.post("/en/procedures/certificado-de-ejemplo/apply/", button)
    elsewhere = Client(REMOTE_ADDR="203.0.113.7").post(START)

    assert {one.status_code for one in begun} == {302}
    assert refused.status_code == 429
    assert "Wait ten minutes" in refused.text
    assert 'value="kept-through-the-refusal"' in refused.text
    assert elsewhere.status_code == 302
    assert Draft.objects.count() == 4


def test_drafts_here_are_offered_only_to_whoever_has_their_key(client: Client, procedure_version):
    draft = begin(client, procedure_version)
    stranger = Client()
    stranger.cookies[f"key_{draft.code}"] = keys.new_key()

    assert draft.code not in stranger.get("/es/solicitudes/continuar/").text


# --- what is not possible here ------------------------------------------------------------------
def test_a_procedure_without_a_form_can_not_be_begun(client: Client, agency):
    publish(sheet(form=[]), agency=agency)

    assert client.get("/es/tramites/certificado-de-ejemplo/solicitar/").status_code == 404


def test_a_procedure_that_must_be_surer_sends_to_an_office(client: Client, agency):
    publish(sheet(levels={"web": {"submit": 500}}), agency=agency)

    start = client.get("/en/procedures/certificado-de-ejemplo/apply/").text
    client.post("/en/procedures/certificado-de-ejemplo/apply/")

    assert "Bring your identity card to an office" in start
    assert not Case.objects.exists()


def test_what_does_not_apply_any_more_is_not_sent(client, agency, other_agency):
    report = {"key": "psych", "type": "file", "question": {"es": "Informe médico"}, "show_if": {"question": "reason", "is": "lost"}}  # fmt: skip
    version = publish(sheet(form=[*sheet()["form"], report]), agency=agency)
    draft = begin(client, version)
    fill(client, draft, until="reason")
    client.post(question(draft, "reason"), {"reason": "lost"})
    client.post(question(draft, "lost_on"), typed("lost_on"))
    client.post(question(draft, "psych"), {"psych": pdf("psiquiatra.pdf")})
    client.post(question(draft, "reason"), {"reason": "work"})
    fill(client, draft)
    client.post(page(draft, "revisar"))

    case = Case.objects.get()
    assert case.state == CaseState.SUBMITTED
    assert (case.answers["reason"], case.answers.keys() & {"lost_on", "psych"}) == ("work", set())
    told = program_of(agency).get(f"cases/{case.folio}").json()
    assert "lost_on" not in told["answers"]
    assert [paper["requirement"] for paper in told["documents"]] == ["proof"]


def test_coming_back_to_send_informs_nobody_and_is_not_settled_as_that(client, procedure_version):
    draft = fill(client, begin(client, procedure_version))
    left(timedelta(days=2))
    end_idle_contacts()
    client.post(page(draft, "revisar"))

    assert set(Enquiry.objects.values_list("outcome", flat=True)) == {"case_opened", "case_updated"}
