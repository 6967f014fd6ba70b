"""Several procedures in one form: nothing asked twice, one key, one case for each, all of them filed or none."""

import re
from datetime import UTC, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from catalog.models import Publication
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions as crm
from crm import files, keys
from crm.models import (
    Case,
    CaseBundle,
    CaseState,
    Document,
    Enquiry,
    Interaction,
    MessageWish,
    Notification,
    Person,
    SurveyInvitation,
)
from crm.queries.together import application_of
from events.models import Event
from integrations.mail import memory as post
from integrations.sms import memory as telephone
from portal import actions
from portal.models import Draft
from tests.factories import crm as people
from tests.factories.bundles import BENEFIT_FORM, benefit, life_event, publish_bundle, two_procedures
from tests.factories.catalog import SHEET, publish, sheet
from tests.factories.crm import pdf
from tests.factories.territory import CommuneFactory
from tests.portal.walks import TYPED, key_in, page, question, reload, typed

pytestmark = pytest.mark.django_db
START = "/es/varios-tramites/nace-un-hijo/"
BOTH = {"parts": ["certificado-de-ejemplo", "beneficio-de-ejemplo"]}
MORE = {"reason_2": {"reason_2": "income"}, "doctor": {"doctor": "Doctora Luz"}}


@pytest.fixture
def versions(agency, other_agency):
    CommuneFactory()
    return two_procedures(agency, other_agency)


@pytest.fixture
def bundle(versions):
    return publish_bundle(versions)


def begin(client: Client, **sent) -> Draft:
    """Press “start” with both procedures ticked; return the draft."""
    response = client.post(START, {**BOTH, **sent})
    assert response.status_code == 302, response.content
    return reload(Draft(code=response.url.split("/")[3]))


def open_question(draft: Draft):
    application = application_of(reload(draft).case)
    return application.form.first_open(application.answers)


def send(key: str):
    return dict(MORE[key]) if key in MORE else typed(key)


def fill(client: Client, draft: Draft, *, until: str = "") -> list[str]:
    """Answer question after question; return the keys that were asked."""
    asked: list[str] = []
    for _ in range(40):
        following = open_question(draft)
        if following is None or following.key == until:
            return asked
        asked.append(following.key)
        response = client.post(question(draft, following.key), send(following.key))
        assert response.status_code == 302, (following.key, response.content)
    raise AssertionError("the questions never end")


def file_all(client: Client, draft: Draft) -> list[Case]:
    sent = client.post(page(draft, "revisar"))
    assert sent.status_code == 302, sent.content
    return list(Case.objects.order_by("bundle_place"))


# --- the first page -----------------------------------------------------------------------------------
def test_the_page_says_what_is_applied_for_and_begins_nothing(client, agency, versions, bundle):
    shown = client.get("/en/bundles/nace-un-hijo/")

    assert shown.status_code == 200
    for words in (
        "A child was born",
        "Example certificate",
        "Example benefit",
        "Proof",
        "about 11 questions",
    ):
        assert words in shown.text, words
    assert "Asked one by one they would be" in shown.text
    assert shown.text.count(" checked") == 2
    assert not Case.objects.exists()


def test_who_may_get_it_is_a_link_where_the_sheet_has_rules(client, agency, other_agency):
    rules = {"all": [{"fact": "age", "at_least": 60}]}
    first = publish(sheet(eligibility=rules), agency=agency)
    publish_bundle([first, publish(benefit(), agency=other_agency)])

    shown = client.get(START).text

    assert shown.count("/puedo/") == 1


def test_what_needs_a_surer_identity_is_named_and_left_out(client, agency, other_agency):
    first = publish(sheet(), agency=agency)
    second = publish(benefit(), agency=other_agency)
    third = publish(sheet(code="5000", slug="tercero"), agency=agency)
    publish_bundle([first, second, third])
    publish(benefit(levels={"web": {"submit": 600}}), agency=other_agency)

    shown = client.get("/en/bundles/nace-un-hijo/").text
    refused = client.post(START, BOTH)

    assert "We must be surer of who you are" in shown
    assert 'value="beneficio-de-ejemplo"' not in shown
    assert refused.status_code == 422  # not ticked by hand either
    assert not Case.objects.exists()


def test_a_draft_of_an_editor_and_an_unknown_name_are_nowhere(client, versions):
    from tests.factories.bundles import make_bundle

    make_bundle(versions)

    assert client.get(START).status_code == 404
    assert client.get("/es/varios-tramites/otro/").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"parts": ["x"]}, {"parts": ["\x00", "😀", "a" * 3000]}])
def test_nothing_ticked_or_nonsense_is_refused_in_words(client, bundle, sent):
    refused = client.post(START, sent)

    assert refused.status_code in {400, 422}
    assert not Case.objects.exists()


def test_the_life_event_and_the_first_page_offer_it(client, versions):
    publish_bundle(versions, life_event=life_event())

    assert START in client.get("/es/").text
    assert START in client.get("/es/situaciones/have-a-child/").text
    assert START in client.get("/sitemap.xml").text


# --- one journey --------------------------------------------------------------------------------------
def test_from_the_first_page_to_one_receipt_with_every_folio(client, bundle, versions):
    draft = begin(client)
    asked = fill(client, draft)
    check = client.get(page(draft, "revisar")).text
    cases = file_all(client, draft)
    receipt = client.get(page(draft, "comprobante")).text

    assert len(asked) == len(set(asked))
    assert asked.count("copies") == asked.count("proof") == asked.count("declaration") == 1
    assert check.count("Cuántas copias?") == 2  # the question, and its link in words
    assert "Solo para: Beneficio de ejemplo" in check or "Only for: Beneficio de ejemplo" in check
    assert [case.version_id for case in cases] == [version.pk for version in versions]
    assert [case.state for case in cases] == [CaseState.SUBMITTED] * 2
    for case in cases:
        assert case.folio in receipt
        assert case.version.procedure.agency.name in receipt
        assert clock.local_date(clock.now(), "America/Santiago") < case.promised_on
    assert all(group in receipt for group in keys.pretty(key_in(client, draft)).split("-"))
    paper = client.get(page(draft, "comprobante") + "papel/").text
    assert all(case.folio in paper for case in cases)


def test_each_agency_gets_the_answers_to_its_own_questions_and_a_paper_of_its_own(client, bundle):
    draft = begin(client)
    fill(client, draft)
    first, second = file_all(client, draft)

    assert first.answers["reason"] == "work"
    assert second.answers["reason"] == "income"
    assert "delivery" not in second.answers
    assert first.answers["copies"] == second.answers["copies"] == 2
    papers = {one.case_id: one for one in Document.objects.all()}
    assert set(papers) == {first.pk, second.pk}
    assert len({one.sha256 for one in papers.values()}) == 1
    for case in (first, second):
        assert case.answers["proof"]["document"] == str(papers[case.pk].pk)


def test_it_is_one_contact_with_a_matter_for_each_and_one_applicant(client, bundle):
    draft = begin(client)
    fill(client, draft)
    cases = file_all(client, draft)

    assert Interaction.objects.count() == SurveyInvitation.objects.count() == 1
    assert [one.outcome for one in Enquiry.objects.all()] == ["case_opened"] * 2
    assert Person.objects.count() == 1
    assert CaseBundle.objects.count() == 1
    assert Event.objects.filter(kind="case.submitted").count() == len(cases) == 2


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_one_message_tells_that_all_of_them_came_in(client, bundle, kind):
    draft = begin(client)
    fill(client, draft)
    first, second = file_all(client, draft)
    MessageWish.objects.create(case=first, channel={"email": "email", "phone": "sms"}[kind])
    submitted = Event.objects.filter(kind="case.submitted").order_by("seq")

    with clock.frozen(datetime(2027, 3, 3, 15, tzinfo=UTC)):  # at midday
        for event in submitted:
            crm.prepare_notifications(event.pk, by=Actor.system())
        for message in Notification.objects.all():
            crm.send_notification(message.pk, by=Actor.system())

    told = Notification.objects.get()
    assert (told.case, told.contact_point.kind, told.state) == (first, kind, "sent")
    words = (
        post.sent()[-1]["subject"] + post.sent()[-1]["body"]
        if kind == "email"
        else telephone.sent()[-1]["text"]
    )
    assert first.folio in words
    assert (second.folio in words) == (kind == "email")
    assert "1 más" in words


def test_whoever_has_no_number_is_still_one_person(client, bundle):
    draft = begin(client)
    fill(client, draft, until="applicant_run")
    client.post(question(draft, "applicant_run"), {"skip": "1"})
    fill(client, draft)
    file_all(client, draft)

    assert Person.objects.count() == 1


def test_one_may_apply_for_somebody_else_in_all_of_them(client, bundle):
    draft = begin(client, for_other="1")
    client.post(
        f"/es/solicitudes/{draft.code}/por-quien/", {"name": "Berta Lillo", "run": "", "relation": "child"}
    )
    fill(client, draft)
    cases = file_all(client, draft)

    assert [case.filler_as_told for case in cases] == ["Berta Lillo"] * 2
    assert [case.parties.filter(role="representative").count() for case in cases] == [1, 1]
    assert Person.objects.count() == 2


def test_only_what_is_ticked_is_begun(client, bundle):
    response = client.post(START, {"parts": ["beneficio-de-ejemplo"]})
    draft = reload(Draft(code=response.url.rstrip("/").rpartition("/")[2]))

    assert [case.version.procedure.slug for case in application_of(draft.case).cases] == [
        "beneficio-de-ejemplo"
    ]
    assert application_of(draft.case).form.get("reason") is not None


def test_it_is_left_and_found_again_with_one_number_and_one_key(client, bundle):
    draft = begin(client)
    fill(client, draft, until="copies")
    left = client.post(question(draft, "copies"), {"copies": "2", "leave": "1"})
    key = key_in(client, draft)

    other = Client()
    assert other.get(question(draft, "copies")).status_code == 403
    back = other.post("/es/solicitudes/continuar/", {"code": draft.code, "key": key})
    rest = fill(other, draft)

    assert left.url == page(draft, "guardada")
    assert "Nació un hijo" in client.get(left.url).text
    assert back.status_code == 302
    assert "copies" not in rest
    assert len(file_all(other, draft)) == 2


def test_a_list_is_one_list_in_all_of_them(client, agency, other_agency):
    CommuneFactory()
    children = {
        "key": "children",
        "type": "people",
        "question": {"es": "¿Quiénes son sus hijos?", "en": "Who are your children?"},
        "relations": ["child"],
    }
    first = publish(sheet(form=[children]), agency=agency)
    second = publish(benefit(form=[children]), agency=other_agency)
    publish_bundle([first, second])
    draft = begin(client)
    fill(client, draft, until="children")
    luz = {
        "children__given": "Luz",
        "children__surnames": "Rojas",
        "children__relation": "child",
        "children__birth_date_day": "1",
        "children__birth_date_month": "2",
        "children__birth_date_year": "2015",
        "children__page": "p1",
    }
    client.post(question(draft, "children"), {**luz, "add": "1"})
    client.post(question(draft, "children"), {**luz, "add": "1"})  # the second press
    client.post(
        question(draft, "children"), {**luz, "children__given": "Sol", "children__page": "p2", "add": "1"}
    )
    lists = [case.answers["children"] for case in Case.objects.all()]
    assert [[one["given"] for one in one_list] for one_list in lists] == [["Luz", "Sol"]] * 2

    client.post(question(draft, "children"), {"remove": lists[0][0]["id"]})
    file_all(client, draft)

    assert [[one["given"] for one in case.answers["children"]] for case in Case.objects.all()] == [
        ["Sol"]
    ] * 2


# --- never half, never twice --------------------------------------------------------------------------
def test_an_answer_missing_for_one_names_its_question_and_nothing_is_filed(client, bundle):
    draft = begin(client)
    fill(client, draft, until="reason_2")

    refused = client.post(page(draft, "revisar"))

    assert refused.status_code == 422
    assert question(draft, "reason_2") in refused.text
    assert not Case.objects.submitted().exists()
    assert {case.folio for case in Case.objects.all()} == {None}


def test_what_goes_wrong_with_the_last_takes_back_the_first(client, bundle, monkeypatch):
    draft = begin(client)
    fill(client, draft)
    last = Case.objects.order_by("bundle_place").last()
    Document.objects.filter(case=last).update(requirement="other-1")  # its paper is not what its answer names

    refused = client.post(page(draft, "revisar"))

    assert refused.status_code == 422
    assert question(draft, "proof") in refused.text
    assert not Case.objects.submitted().exists()
    assert Interaction.objects.get().ended_at is None


def test_one_of_them_alone_is_never_filed(client, bundle):
    draft = begin(client)
    fill(client, draft)

    with pytest.raises(DomainError), translation.override("en"):
        crm.submit_case(draft.case, by=Actor.visitor(frozenset({draft.case_id})))

    assert not Case.objects.submitted().exists()


def test_pressed_twice_it_is_filed_once(client, bundle):
    draft = begin(client)
    fill(client, draft)

    first = client.post(page(draft, "revisar"))
    again = client.post(page(draft, "revisar"))
    late = client.post(question(draft, "copies"), {"copies": "5"})

    assert first.url == again.url == late.url == page(draft, "comprobante")
    assert Event.objects.filter(kind="case.submitted").count() == 2
    assert {case.answers["copies"] for case in Case.objects.all()} == {2}


def test_start_pressed_twice_begins_one_application(client, bundle):
    press = re.search(r'name="press" value="([^"]+)"', client.get(START).text)[1]

    first, again = (client.post(START, {**BOTH, "press": press}) for _ in range(2))

    assert first.url == again.url
    assert Case.objects.count() == 2
    assert CaseBundle.objects.count() == 1


def test_one_that_was_begun_for_one_procedure_is_not_taken_for_this(client, bundle, procedure_version):
    alone = client.post("/es/tramites/certificado-de-ejemplo/solicitar/")
    both = client.post(START, BOTH)
    alone_again = client.post("/es/tramites/certificado-de-ejemplo/solicitar/")

    assert alone.url == alone_again.url != both.url
    assert Case.objects.count() == 3


def test_a_procedure_withdrawn_meanwhile_is_filed_as_it_was_begun(client, bundle, versions):
    draft = begin(client)
    fill(client, draft)
    row = Publication.objects.get(version=versions[1])
    Publication.objects.filter(pk=row.pk).update(during=DateTimeTZRange(row.during.lower, clock.now()))

    assert [case.state for case in file_all(client, draft)] == [CaseState.SUBMITTED] * 2
    assert "beneficio-de-ejemplo" not in client.get(START).text


def test_a_procedure_that_changed_meanwhile_is_told_and_the_new_text_asks_only_what_is_new(
    client, bundle, versions, other_agency
):
    draft = begin(client)
    fill(client, draft, until="declaration")
    question_more = {
        "key": "income",
        "type": "money",
        "question": {"es": "¿Cuánto gana?", "en": "How much do you earn?"},
    }
    publish(
        benefit(form=[question_more, *BENEFIT_FORM], costs=[{"amount": 5000, "currency": "CLP"}]),
        agency=other_agency,
    )
    told = client.get(question(draft, "declaration")).text
    changes = client.get(page(draft, "cambios")).text
    client.post(page(draft, "cambios"))

    assert f"/es/solicitudes/{draft.code}/cambios/" in told
    assert "Beneficio de ejemplo:" in changes
    assert open_question(draft).key in {"declaration", "income"}
    TYPED["income"] = {"income": "450000"}
    fill(client, draft)
    first, second = file_all(client, draft)
    assert first.version_id == versions[0].pk
    assert second.version.number == 2
    assert second.answers["income"] == 450000
    assert "income" not in first.answers


def test_a_new_text_that_could_not_be_filed_here_holds_up_none_of_the_others(
    client, bundle, versions, agency, other_agency
):
    draft = begin(client)
    fill(client, draft)
    publish(benefit(levels={"web": {"submit": 600}}, term={"business_days": 90}), agency=other_agency)
    publish(sheet(term={"business_days": 90}), agency=agency)

    client.post(page(draft, "cambios"))
    fill(client, draft)
    cases = file_all(client, draft)

    assert [case.version.number for case in cases] == [2, 1]
    assert [case.state for case in cases] == [CaseState.SUBMITTED] * 2


def test_a_file_asked_for_only_later_by_one_of_them_is_given_to_it_when_all_is_sent(
    client, agency, other_agency
):
    CommuneFactory()
    proof = next(one for one in SHEET["form"] if one["key"] == "proof")
    wants = {"key": "wants", "type": "yes_no", "question": {"es": "¿Lo quiere?", "en": "Do you want it?"}}
    first = publish(sheet(form=[proof]), agency=agency)
    second = publish(
        benefit(form=[wants, {**proof, "show_if": {"question": "wants", "is": True}}]), agency=other_agency
    )
    publish_bundle([first, second])
    draft = begin(client)
    TYPED["wants"] = {"wants": "no"}
    fill(client, draft)
    assert Document.objects.count() == 1

    client.post(question(draft, "wants"), {"wants": "yes", "from": "check"})
    mine, theirs = file_all(client, draft)

    assert Document.objects.filter(case=theirs).count() == 1
    assert theirs.answers["proof"]["document"] != mine.answers["proof"]["document"]


def test_an_agency_is_not_told_what_only_another_asked(client, agency, other_agency):
    CommuneFactory()
    income = {"key": "income", "type": "money", "question": {"es": "¿Cuánto gana?", "en": "How much?"}}
    wants = {"key": "wants", "type": "yes_no", "question": {"es": "¿Lo quiere?", "en": "Do you want it?"}}
    first = publish(sheet(form=[income]), agency=agency)
    second = publish(
        benefit(form=[wants, {**income, "show_if": {"question": "wants", "is": True}}]), agency=other_agency
    )
    publish_bundle([first, second])
    draft = begin(client)
    TYPED.update(wants={"wants": "no"}, income={"income": "450000"})
    fill(client, draft)

    mine, theirs = file_all(client, draft)

    assert mine.answers["income"] == 450000
    assert "income" not in theirs.answers


def test_whoever_holds_no_key_fills_and_files_nothing(client, bundle):
    draft = begin(client)
    fill(client, draft)
    application = application_of(reload(draft).case)
    halves = [Actor.visitor(), Actor.visitor(frozenset({draft.case_id}))]

    for by in halves:
        with pytest.raises(NotAllowed):
            crm.submit_together(application, by=by)
        with pytest.raises(NotAllowed):
            crm.fill_together(application, by=by, answers={"copies": 1})
    assert Client().post(page(draft, "revisar")).status_code == 403
    assert not Case.objects.submitted().exists()


# --- afterwards ---------------------------------------------------------------------------------------
def test_one_key_opens_them_all_and_each_shows_the_others(client, bundle):
    draft = begin(client)
    fill(client, draft)
    first, second = file_all(client, draft)
    key = key_in(client, draft)
    other = Client()

    other.post("/es/seguir/", {"folio": second.folio, "key": key})
    shown = other.get(f"/es/casos/{second.folio}/").text
    led = other.get(f"/es/casos/{first.folio}/")

    assert f"/es/casos/{first.folio}/" in shown
    assert led.status_code == 200
    assert second.folio in led.text
    assert Client().get(f"/es/casos/{first.folio}/").status_code == 403


def test_a_new_key_of_one_opens_no_other(client, bundle):
    draft = begin(client)
    fill(client, draft)
    first, second = file_all(client, draft)
    code = crm.issue_claim_code(first, by=Actor.system(), interaction=first.source)
    other = Client()

    other.post("/es/seguir/", {"folio": first.folio, "key": code})
    shown = other.get(f"/es/casos/{first.folio}/").text

    assert second.folio not in shown
    assert other.get(f"/es/casos/{second.folio}/").status_code == 403


def test_an_officer_is_told_of_the_others_that_they_may_see_and_of_no_other(
    client, bundle, officer, other_officer, agency, versions, client_of
):
    draft = begin(client)
    fill(client, draft)
    first, second = file_all(client, draft)
    second.stages.create(agency=agency, order=2, is_required=False, state="waiting", state_since=clock.now())

    mine = client_of(officer).get(reverse("crm:case", args=[first.folio])).text
    theirs = client_of(other_officer).get(reverse("crm:case", args=[second.folio])).text

    assert second.folio in mine
    assert first.folio not in theirs
    assert versions[0].title_es not in theirs


def test_a_case_that_is_alone_has_no_others(submitted_case, client_of, officer):
    page_of_it = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio])).text

    assert "Filed together with" not in page_of_it
    assert not Case.objects.filed_with(submitted_case).exists()


def test_a_paper_of_another_case_is_used_again_for_each_that_asks(client, bundle, versions):
    earlier = people.filed_case(versions[0])
    client.post("/es/seguir/", {"folio": earlier.folio, "key": earlier.key})
    draft = begin(client)
    fill(client, draft, until="proof")
    offer = re.search(r'name="reuse" value="([^"]+)"', client.get(question(draft, "proof")).text)

    client.post(question(draft, "proof"), {"reuse": offer[1]})
    fill(client, draft)
    client.post(page(draft, "revisar"))

    filed = Case.objects.filter(bundle__isnull=False)
    assert [case.state for case in filed] == [CaseState.SUBMITTED] * 2
    assert {one.reused_from_id for one in Document.objects.filter(case__in=filed)} == {
        earlier.documents.get().pk
    }


def test_the_pages_cost_the_same_whatever_is_answered(client, bundle, django_assert_max_num_queries):
    draft = begin(client)
    fill(client, draft, until="copies")
    client.get(question(draft, "copies"))
    with django_assert_max_num_queries(30) as first:
        client.get(question(draft, "copies"))
    at_a_question = len(first)
    fill(client, draft)

    with django_assert_max_num_queries(at_a_question + 2):
        client.get(page(draft, "revisar"))


def test_an_application_for_several_needs_one(versions):
    bundle = publish_bundle(versions)

    with pytest.raises(DomainError), translation.override("en"):
        actions.begin_bundle_draft(bundle, [], by=Actor.visitor(), key=keys.new_key(), language="es")
    assert not Interaction.objects.exists()


def test_the_name_of_a_file_and_its_bytes_are_kept_once(client, bundle):
    draft = begin(client)
    fill(client, draft, until="proof")

    client.post(question(draft, "proof"), {"proof": pdf("uno.pdf")})
    client.post(question(draft, "proof"), {"proof": pdf("uno.pdf")})

    assert Document.objects.count() == 2
    assert {one.name for one in Document.objects.all()} == {"uno.pdf"}


# --- going on without one -----------------------------------------------------------------------------
def test_one_goes_on_without_a_procedure_and_the_other_is_filed_alone(client, bundle, versions):
    draft = begin(client)
    fill(client, draft, until="reason_2")
    shown = client.get(page(draft, "tramites"))
    assert all(version.title in shown.text for version in versions)

    for _press in range(2):
        assert client.post(page(draft, "tramites"), {"without": "1"}).status_code == 302
    draft = reload(draft)
    assert [case.version for case in application_of(draft.case).cases] == [versions[1]]
    assert draft.case.answers["applicant_name"]  # what the others ask too is kept
    client.post(question(draft, "reason"), {"reason": "income"})
    fill(client, draft)
    client.post(page(draft, "revisar"))

    filed = Case.objects.get(state=CaseState.SUBMITTED)
    left = Case.objects.get(state=CaseState.DRAFT)
    assert (filed.version, left.version, left.bundle) == (versions[1], versions[0], None)
    assert filed.folio in client.get(page(draft, "comprobante")).text


def test_the_last_one_is_not_left_out(client, bundle):
    draft = begin(client)
    client.post(page(draft, "tramites"), {"without": "2"})

    with translation.override("es"):
        refused = client.post(page(draft, "tramites"), {"without": "1"})

    assert refused.status_code == 409
    assert "el único que queda" in refused.text
    assert Case.objects.filter(bundle__isnull=False).count() == 1


@pytest.mark.parametrize("place", ["0", "9", "-1", "x", "1" * 50, "²", ""])
def test_a_place_that_is_none_leaves_nothing_out(client, bundle, place):
    draft = begin(client)

    assert client.post(page(draft, "tramites"), {"without": place}).status_code in {200, 302}
    assert Case.objects.filter(bundle__isnull=False).count() == 2


def test_nobody_else_leaves_a_procedure_out(client, bundle):
    draft = begin(client)

    Client().post(page(draft, "tramites"), {"without": "1"})

    assert Case.objects.filter(bundle__isnull=False).count() == 2


def test_what_was_left_out_in_another_window_is_not_sent(client, bundle):
    draft = begin(client)
    fill(client, draft)
    seen = application_of(reload(draft).case)
    client.post(page(draft, "tramites"), {"without": "2"})

    with pytest.raises(DomainError, match="dejó fuera"):
        crm.submit_together(seen, by=Actor.visitor(frozenset(case.pk for case in seen.cases)))

    assert not Case.objects.filter(state=CaseState.SUBMITTED).exists()


def test_a_single_application_has_no_parts_to_choose(client, versions):
    response = client.post("/es/tramites/certificado-de-ejemplo/solicitar/")
    draft = reload(Draft(code=response.url.rstrip("/").rpartition("/")[2]))

    assert client.get(page(draft, "tramites")).status_code == 302
    assert client.post(page(draft, "tramites"), {"without": "1"}).status_code == 302


def test_an_agency_gets_no_paper_that_only_another_asks_for(client, agency, other_agency):
    reason = next(one for one in sheet()["form"] if one["key"] == "reason")
    report = {"key": "report", "type": "file", "requirement": "report", "question": {"es": "Informe"}}
    asked = [{"code": "report", "label": {"es": "Informe"}, "document_type": "medical-certificate", "upload": True}]  # fmt: skip
    lost = {"show_if": {"question": "reason", "is": "lost"}}
    stages = [{"agency": other_agency.code, "term_business_days": 5}]
    always = publish(sheet(requirements=asked, form=[reason, report]), agency=agency)
    only = sheet(code="78", slug="b", agency=other_agency.code, requirements=asked, stages=stages, form=[reason, {**report, **lost}])  # fmt: skip
    if_lost = publish(only, agency=other_agency)
    bundle = publish_bundle([always, if_lost])
    CommuneFactory()
    cases = crm.begin_together(bundle, [always, if_lost], by=Actor.visitor(), interaction=people.web_contact(), key=keys.new_key())  # fmt: skip
    holder = Actor.visitor(frozenset(case.pk for case in cases))

    def now():
        return application_of(cases[0])

    crm.fill_together(now(), by=holder, answers={**people.AMINA, "reason": "lost"})
    key = next(one.key for one in now().form.questions if one.kind == "file")
    crm.give_file_together(now(), by=holder, key=key, file=files.store(pdf("psiquiatra.pdf")))
    crm.fill_together(now(), by=holder, answers={"reason": "work"})
    first, second = crm.submit_together(now(), by=holder)

    assert [one.name for one in first.documents.current()] == ["psiquiatra.pdf"]
    assert [one.name for one in second.documents.current()] == []
    assert "report" not in second.answers
