"""Papers requirement by requirement: one state a person understands, their validity, and what an agency asks for besides."""

from datetime import date, timedelta
from functools import partial

import pytest

from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, files, tasks
from crm.models import Case, Document, RedactionLog
from crm.panels.requirements import requirement_lines
from crm.queries.requirements import day_of_judgement, papers_asked, requirements_of
from events.models import Event
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def paper(submitted_case):
    return submitted_case.documents.get()


def states(case):
    case.refresh_from_db()
    return {line.code: line.state for line in requirement_lines(case)}


def judge(paper, by, state, **more):
    return actions.judge_document(paper, by=by, state=state, **more)


def hand_in(case, requirement, text):
    file = files.store(crm.pdf(content=crm.PDF + b"%" + text.encode() + b"\n"))
    return actions.add_document(case, by=case.holder, file=file, requirement=requirement)


@pytest.fixture
def short_lived(agency):
    """A procedure whose proof is good for thirty days."""
    rows = [
        {"code": "id-card", "label": {"es": "Cédula", "en": "Card"}, "required": False},
        {"code": "birth", "label": {"es": "Nacimiento", "en": "Birth"}, "provided_by": "state"},
        {"code": "proof", "label": {"es": "Prueba", "en": "Proof"}, "upload": True, "valid_days": 30},
    ]
    return sheets.publish(sheets.sheet(requirements=rows), agency=agency)


def test_each_requirement_has_one_state_in_words(submitted_case, paper, by):
    never_asked = "Nothing came; it is asked for if it is needed"
    assert states(submitted_case) == {"id-card": never_asked, "proof": "Received"}

    judge(paper, by, "rejected", reason="No se lee.")
    assert states(submitted_case)["proof"] == "Not accepted"

    newer = hand_in(submitted_case, "proof", "otra")
    assert states(submitted_case)["proof"] == "Received"

    judge(newer, by, "accepted")
    assert states(submitted_case)["proof"] == "Accepted"


def test_what_the_state_has_is_asked_of_nobody_and_what_is_for_some_is_not_missing(short_lived):
    lines = {line.code: line for line in requirement_lines(crm.filed_case(short_lived))}

    assert "birth" not in lines
    assert not lines["id-card"].is_missing
    assert lines["id-card"].state == "Only in some situations; nothing came"


def test_once_it_is_decided_nothing_is_asked_for_any_more(submitted_case, by):
    stage = actions.take_stage(submitted_case.stages.get(), by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")

    assert set(states(submitted_case)) == {"proof"}


def test_the_sheet_says_until_when_a_paper_can_be_good(short_lived):
    with clock.frozen(clock.now()):
        case = crm.filed_case(short_lived)
        today = clock.local_date(clock.now(), "America/Santiago")

    assert case.documents.get().valid_until == today + timedelta(days=30)


def test_the_officer_writes_the_day_they_read_on_the_paper(paper, by):
    judged = judge(paper, by, "accepted", valid_until=date(2099, 3, 31))

    assert judged.valid_until == date(2099, 3, 31)
    assert requirement_lines(paper.case)[1].papers[0].until == "Good until Tuesday 31 March 2099"


def test_a_day_that_is_over_is_refused_at_its_field(paper, by):
    with pytest.raises(DomainError, match="That day is over") as refused:
        judge(paper, by, "accepted", valid_until=date(2020, 1, 1))

    assert set(refused.value.fields) == {"valid_until"}


def test_a_paper_expires_once_before_the_decision_and_never_after(short_lived, by):
    begun = clock.now()
    open_case, decided = crm.filed_case(short_lived), crm.filed_case(short_lived)
    stage = actions.take_stage(decided.stages.get(), by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")
    with clock.frozen(begun + timedelta(days=30)):
        assert tasks.expire_papers() == 0

    with clock.frozen(begun + timedelta(days=32)):
        assert states(open_case)["proof"] == "Expired"  # told before the night's task has come by
        assert tasks.expire_papers() == 1
        assert tasks.expire_papers() == 0
        assert states(open_case)["proof"] == "Expired"
        assert states(decided)["proof"] == "Received"

    assert [event.subject_id for event in Event.objects.filter(kind="document.expired")] == [open_case.pk]


def test_an_expired_paper_is_accepted_only_with_a_later_day_and_replaced_by_a_newer_one(short_lived, by):
    case = crm.filed_case(short_lived)
    with clock.frozen(clock.now() + timedelta(days=40)):
        tasks.expire_papers()
        paper = case.documents.get()
        with pytest.raises(DomainError, match="validity of this paper is over"):
            judge(paper, by, "accepted")
        today = clock.local_date(clock.now(), "America/Santiago")
        assert judge(paper, by, "accepted", valid_until=today).expired_at is None

    with clock.frozen(clock.now() + timedelta(days=60)):
        tasks.expire_papers()
        hand_in(case, "proof", "nueva")
        assert states(case)["proof"] == "Received"

    assert case.documents.current().count() == 1


def test_an_agency_asks_for_one_more_paper_by_requirement_and_in_words(submitted_case, paper, by):
    stage = actions.take_stage(submitted_case.stages.get(), by=by)
    judge(paper, by, "accepted")

    actions.ask_citizen(
        stage,
        by=by,
        question="¿Nos lo manda de nuevo?",
        papers=["proof"],
        other_paper="  El arriendo, firmado ",
    )

    assert states(submitted_case) == {
        "id-card": "Nothing came; it is asked for if it is needed",
        "proof": "Asked for, nothing came yet",  # what came before it was asked for again does not answer
        "asked-1": "Asked for, nothing came yet",
    }
    assert ("asked-1", "El arriendo, firmado") in papers_asked(submitted_case)

    hand_in(submitted_case, "asked-1", "arriendo")
    hand_in(submitted_case, "proof", "de nuevo")

    assert states(submitted_case)["asked-1"] == states(submitted_case)["proof"] == "Received"


def test_a_paper_the_procedure_does_not_know_is_not_asked_for(submitted_case, by):
    stage = actions.take_stage(submitted_case.stages.get(), by=by)

    with pytest.raises(DomainError, match="Choose among the papers"):
        actions.ask_citizen(stage, by=by, question="¿Qué?", papers=["nada"])

    assert not submitted_case.messages.exists()


def test_the_lines_take_the_same_queries_whatever_came(submitted_case, django_assert_num_queries):
    assert submitted_case.version.content  # read before
    for size in (1, 12):
        while submitted_case.documents.count() < size:
            hand_in(submitted_case, "proof", str(submitted_case.documents.count()))
        with django_assert_num_queries(3):
            requirement_lines(submitted_case)


def test_words_an_agency_asked_with_go_with_the_case(submitted_case, by):
    from django.db import connection

    stage = actions.take_stage(submitted_case.stages.get(), by=by)
    actions.ask_citizen(stage, by=by, question="¿Qué?", other_paper="El finiquito de Amina")
    actions.withdraw_case(submitted_case, by=submitted_case.holder, interaction=submitted_case.source)
    RedactionLog.objects.create(case=submitted_case, rows=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT redact_cases(%s::uuid[], ARRAY['words'])", [[submitted_case.pk]])

    assert submitted_case.requested_papers.get().words is None
    assert Document.objects.filter(case=submitted_case).exists()


def state_of(case, code):
    now = Case.objects.get(pk=case.pk)
    return next(one.state for one in requirements_of(now, day_of_judgement(now)) if one.code == code)


def hand_in_again(case, code):
    return actions.add_document(case, by=case.holder, file=files.store(crm.pdf()), requirement=code)


@pytest.mark.parametrize("why", ["asked for anew", "refused", "over"])
def test_the_same_file_again_counts_where_it_is_wanted_again(why, submitted_case, paper, by):
    stage = actions.take_stage(submitted_case.stages.get(), by=by)
    if why == "asked for anew":
        actions.ask_citizen(stage, by=by, question="¿Lo envía de nuevo?", papers=[paper.requirement])
    elif why == "refused":
        actions.judge_document(paper, by=by, state="rejected", reason="Borroso")
    else:
        Document.objects.update(valid_until=date(2020, 1, 1))

    again = hand_in_again(submitted_case, paper.requirement)

    assert again.pk != paper.pk
    assert state_of(submitted_case, paper.requirement) == "received"
    assert hand_in_again(submitted_case, paper.requirement).pk == again.pk, "sent twice it is one"
    assert submitted_case.documents.current().count() == 1


def test_an_agency_judges_papers_while_its_part_is_under_way_and_neither_before_nor_after(
    agency, other_agency, officer, other_officer, actor_of
):
    rows = [
        {"agency": code, "order": order, "required": True, "term_business_days": 10}
        for order, code in enumerate((agency.code, other_agency.code), start=1)
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    one, two = actor_of(officer), actor_of(other_officer)
    stage = actions.take_stage(case.stages.get(agency=agency), by=one)
    paper = actions.judge_document(case.documents.get(), by=one, state="accepted")

    with pytest.raises(NotAllowed):
        actions.judge_document(paper, by=two, state="rejected", reason="No nos sirve")
    actions.decide_stage(stage, by=one, decision="granted", reason="Cumple.")
    with pytest.raises(NotAllowed):
        actions.judge_document(paper, by=one, state="rejected", reason="Tarde")
    assert (
        actions.judge_document(paper, by=two, state="rejected", reason="Falta la firma").state == "rejected"
    )


def test_a_case_holds_so_many_papers_and_so_many_bytes(submitted_case, monkeypatch):
    monkeypatch.setattr("crm.actions.documents.MOST_PAPERS", 2)
    add = partial(actions.add_document, submitted_case, by=submitted_case.holder, requirement="")
    add(file=files.store(crm.pdf(content=crm.PDF + b"%1")))

    with pytest.raises(DomainError, match="as many papers as it can"):
        add(file=files.store(crm.pdf(content=crm.PDF + b"%2")))
    monkeypatch.setattr("crm.actions.documents.MOST_PAPERS", 20)
    monkeypatch.setattr("crm.actions.documents.MOST_BYTES", 1)
    with pytest.raises(DomainError, match="as many papers as it can"):
        add(file=files.store(crm.pdf(content=crm.PDF + b"%3")))
