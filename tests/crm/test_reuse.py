"""“Once only”: a paper of another case is used again with consent, by nobody but its person, and lives as long as either case needs it."""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from accounts.actors import Actor
from accounts.held import HELD_CASES, shown
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, files, tasks
from crm.models import AccessLog, Document, PaperConsent, RedactionLog
from crm.panels.requirements import requirement_lines
from crm.queries.reuse import reusable_papers
from events.models import Event
from tests.factories import catalog as sheets
from tests.factories import crm


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def procedure(agency, code, kind, **changes):
    rows = [
        {
            "code": "proof",
            "label": {"es": "Nacimiento", "en": "Birth"},
            "upload": True,
            "document_type": kind,
            **changes,
        }
    ]
    return sheets.publish(sheets.sheet(code=code, slug=f"tramite-{code}", requirements=rows), agency=agency)


@pytest.fixture
def given(agency):
    """A case in which Amina gave her birth certificate."""
    return crm.filed_case(procedure(agency, "9001", "birth-certificate"))


@pytest.fixture
def draft(agency):
    """An application of hers to something else that asks for the same document."""
    case = crm.draft_case(procedure(agency, "9002", "birth-certificate"))
    case.documents.all().delete()
    return case


def with_keys(*cases):
    return Actor.visitor(frozenset(case.pk for case in cases))


def reuse(case, by, paper, **more):
    return actions.reuse_document(case, by=by, document_id=paper.pk, requirement="proof", **more)


def test_with_the_keys_of_both_cases_it_is_offered_and_used_again(given, draft):
    by, original = with_keys(given, draft), given.documents.get()
    (offer,) = reusable_papers(draft, by=by)
    assert offer.document == original

    paper = reuse(draft, by, original)

    assert (paper.sha256, paper.reused_from, paper.state) == (original.sha256, original, "received")
    consent = PaperConsent.objects.get()
    assert (consent.original, consent.document, consent.case, consent.person, consent.by_kind) == (
        original,
        paper,
        draft,
        given.parties.get().person,
        "holder",
    )
    assert AccessLog.objects.filter(act="reuse_paper", case_id=given.pk).count() == 1
    assert reuse(draft, by, original) == paper
    assert PaperConsent.objects.count() == 1


def test_the_key_of_one_case_shows_nothing_of_another(given, draft):
    for by in (with_keys(draft), with_keys(given)):
        assert reusable_papers(draft, by=by) == []
    with pytest.raises(DomainError):
        reuse(draft, with_keys(draft), given.documents.get())
    with pytest.raises(NotAllowed):
        reuse(draft, with_keys(given), given.documents.get())


def test_a_paper_of_somebody_else_is_not_offered_in_the_same_browser(agency, given):
    other = crm.draft_case(procedure(agency, "9002", "birth-certificate"), applicant_run="11111111-1")
    other.documents.all().delete()

    assert reusable_papers(other, by=with_keys(given, other)) == []


@pytest.mark.parametrize("kind", ["", "marriage-certificate"])
def test_another_document_of_the_same_name_in_another_procedure_is_not_offered(kind, agency, given):
    other = crm.draft_case(procedure(agency, "9003", kind))
    other.documents.all().delete()

    assert reusable_papers(other, by=with_keys(given, other)) == []


def test_one_that_was_refused_expired_or_erased_is_not_offered(given, draft):
    by, now = with_keys(given, draft), clock.now()
    yesterday = clock.local_date(now, "America/Santiago") - timedelta(days=1)
    for change in (
        {"state": "rejected", "reason": "No se lee."},
        {"expired_at": now},
        {"valid_until": yesterday},
        {"redacted_at": now, "sha256": ""},
        {"replaced_at": now},
    ):
        paper = given.documents.get()
        before = {name: getattr(paper, name) for name in change}
        Document.objects.filter(pk=paper.pk).update(**change)
        assert reusable_papers(draft, by=by) == [], change
        Document.objects.filter(pk=paper.pk).update(**before)

    assert len(reusable_papers(draft, by=by)) == 1


def test_staff_use_it_only_for_whoever_showed_their_identity_card(given, agency, clerk, actor_of, office):
    by = actor_of(clerk)
    person, original = given.parties.get().person, given.documents.get()
    contact = actions.open_interaction("office", by=by, office=office, person=person)
    contact = actions.attend_interaction(contact, by=by)
    from crm import keys

    case = actions.begin_case(
        procedure(agency, "9002", "birth-certificate"), by=by, interaction=contact, key=keys.new_key()
    )
    case = actions.fill_case(case, by=by, answers=crm.AMINA)
    assert reusable_papers(case, by=by, interaction=contact) == []
    with pytest.raises(DomainError):
        reuse(case, by, original, interaction=contact)

    type(contact).objects.filter(pk=contact.pk).update(identity_level=500)
    contact.refresh_from_db()

    paper = reuse(case, by, original, interaction=contact)
    assert paper.consent.interaction == contact
    assert paper.consent.by_user == clerk


def test_nobody_else_and_no_other_paper(given, draft, officer, actor_of):
    for by in (Actor.visitor(), actor_of(officer), with_keys(draft)):
        with pytest.raises((DomainError, NotAllowed)):
            reuse(draft, by, given.documents.get())
    with pytest.raises(DomainError):
        actions.reuse_document(draft, by=with_keys(given, draft), document_id=uuid4(), requirement="proof")
    with pytest.raises(DomainError):
        actions.reuse_document(
            draft, by=with_keys(given, draft), document_id=given.documents.get().pk, requirement="other"
        )


def test_erasing_the_one_does_not_take_the_file_from_the_other(given, draft):
    by = with_keys(given, draft)
    paper = reuse(draft, by, given.documents.get())
    actions.withdraw_case(given, by=given.holder, interaction=given.source)
    RedactionLog.objects.create(case=given, rows=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT redact_cases(%s::uuid[], ARRAY['answers', 'papers', 'words'])", [[given.pk]])
    path = files.path_of(paper.sha256)
    then = time.time() - 48 * 3600
    os.utime(path, (then, then))

    assert tasks.remove_orphan_papers() == 0
    assert path.exists()

    Document.objects.filter(pk=paper.pk).update(sha256="")
    assert tasks.remove_orphan_papers() == 1


def test_in_a_filed_case_it_is_a_line_of_the_thread_and_says_where_it_comes_from(agency, given, in_english):
    case = crm.filed_case(procedure(agency, "9002", "birth-certificate"))
    Document.objects.filter(case=case).update(state="rejected", reason="No se lee.", sha256="f" * 64)
    by = with_keys(given, case)

    paper = reuse(case, by, given.documents.get(), interaction=case.source)

    assert Event.objects.get(kind="case.paper_reused").value("document") == str(paper.pk)
    (line,) = requirement_lines(case)
    assert [one.origin for one in line.papers] == [f"Used again from case {given.folio}"]
    assert not case.documents.current().filter(state="rejected").exists()


def browser(client, *cases):
    session = client.session
    session[HELD_CASES] = shown(*(case.pk for case in cases))
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def test_on_the_web_one_button_answers_with_the_paper_of_the_other_case(agency, given, client):
    case = crm.filed_case(procedure(agency, "9002", "birth-certificate"))
    Document.objects.filter(case=case).update(state="rejected", reason="No se lee.", sha256="f" * 64)
    page = reverse("portal:add-paper", args=[case.folio])
    shown = browser(client, given, case).get(page)
    assert given.folio in shown.text

    done = client.post(page, {"reuse": f"proof:{given.documents.get().pk}"})

    assert done.status_code == 302
    assert case.documents.filter(reused_from__case=given).exists()
    assert given.folio not in browser(client, case).get(page).text


@pytest.mark.parametrize(
    "sent", ["", "proof", "proof:no", "proof:00000000-0000-0000-0000-000000000000", ":::"]
)
def test_what_is_no_offer_is_refused_in_words(sent, agency, given, client):
    page = reverse("portal:add-paper", args=[given.folio])

    answer = browser(client, given).post(page, {"reuse": sent})

    assert answer.status_code == 422
    assert "de nuevo" in answer.text


def test_a_paper_used_again_is_as_old_as_when_it_came_first_and_the_new_sheet_says_how_old_it_may_be(agency):
    with clock.frozen(clock.now() - timedelta(days=20)):
        first = crm.filed_case(procedure(agency, "9001", "birth-certificate"))
    second, third = (
        crm.draft_case(procedure(agency, code, "birth-certificate", valid_days=days))
        for code, days in (("9002", 30), ("9003", 15))
    )
    for case in (second, third):
        case.documents.all().delete()
    by = with_keys(first, second, third)

    copy = reuse(second, by, first.documents.get())

    today = clock.local_date(clock.now(), "America/Santiago")
    assert copy.valid_until == today + timedelta(days=10)
    assert reusable_papers(third, by=by) == [], "twenty days old, and at most fifteen there"
    with pytest.raises(DomainError):
        reuse(third, by, first.documents.get())


# --- asked for anew ---------------------------------------------------------------------------------
def ask_again(case, by):
    stage = actions.take_stage(case.stages.get(), by=by)
    return actions.ask_citizen(stage, by=by, question="Necesitamos otro.", papers=["proof"])


@pytest.fixture
def filed(agency, given):
    """A filed case of hers to something else, with another file for the same document."""
    case = crm.filed_case(procedure(agency, "9002", "birth-certificate"))
    Document.objects.filter(case=case).update(sha256="f" * 64)
    return case


@pytest.mark.parametrize("stands", [{}, {"state": "accepted"}])
def test_what_is_asked_for_anew_is_offered_while_an_older_paper_stands(
    stands, given, filed, officer, actor_of
):
    by = with_keys(given, filed)
    filed.documents.update(**stands)
    before = reusable_papers(filed, by=by)
    ask_again(filed, actor_of(officer))

    (offer,) = reusable_papers(filed, by=by)
    paper = reuse(filed, by, offer.document, interaction=filed.source)

    assert (before, offer.document) == ([], given.documents.get())
    (line,) = requirement_lines(filed)
    assert paper.pk in {one.document.pk for one in line.papers}
    assert reusable_papers(filed, by=by) == [], "what came since answers"


def test_a_paper_whose_last_day_is_over_and_not_yet_noticed_lets_another_be_offered(given, filed):
    yesterday = clock.local_date(clock.now(), "America/Santiago") - timedelta(days=1)
    filed.documents.update(valid_until=yesterday)

    (offer,) = reusable_papers(filed, by=with_keys(given, filed))

    assert offer.document == given.documents.get()


def test_the_very_paper_that_was_refused_is_not_offered_for_what_is_asked_anew(
    given, filed, officer, actor_of
):
    refused = given.documents.get().sha256
    filed.documents.update(state="rejected", reason="No se lee.", sha256=refused, replaced_at=clock.now())
    ask_again(filed, actor_of(officer))

    assert reusable_papers(filed, by=with_keys(given, filed)) == []


def test_a_paper_used_again_answers_what_asked_for_it_and_is_no_answer_when_another_is_asked_for(
    given, filed, officer, actor_of
):
    by, original = with_keys(given, filed), given.documents.get()
    stage = ask_again(filed, actor_of(officer))
    used = reuse(filed, by, original)
    stage.refresh_from_db()
    assert stage.is_decidable
    assert reuse(filed, by, original) == used

    actions.ask_citizen(stage, by=actor_of(officer), question="Ese no: uno más nuevo.", papers=["proof"])

    with pytest.raises(DomainError, match="no se puede usar de nuevo"):
        reuse(filed, by, original)
