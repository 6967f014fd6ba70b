"""The life of a case through the actions alone."""

import pytest

from common.errors import DomainError, IllegalMove, NotAllowed
from crm import actions
from crm.models import Case, CaseState, Person, StageState
from crm.queries.checks import cases_whose_state_is_not_that_of_their_stages
from crm.queries.timeline import case_timeline
from events.models import Event
from tests.factories import crm


def test_a_case_is_filed_taken_asked_answered_and_granted(procedure_version, officer, actor_of):
    case = crm.filed_case(procedure_version)
    by = actor_of(officer)

    stage = actions.take_stage(case.stages.get(), by=by)
    stage = actions.ask_citizen(stage, by=by, question="Envíe una copia más clara, por favor.")
    assert Case.objects.get(pk=case.pk).state == CaseState.AWAITING_CITIZEN
    contact = crm.web_contact()
    actions.answer_agency(case, by=case.holder, interaction=contact, text="Aquí está.")
    stage = actions.decide_stage(stage, by=by, decision="granted", reason="")

    case.refresh_from_db()
    assert (stage.state, case.state) == (StageState.GRANTED, CaseState.GRANTED)
    assert [point.title for point in case_timeline(case, actor=case.holder)] != []
    kinds = list(Event.objects.about("case", case.pk).values_list("kind", flat=True))
    assert kinds == [
        "case.begun",
        "case.submitted",
        "case.taken",
        "case.asked",
        "case.answered",
        "case.granted",
    ]
    assert cases_whose_state_is_not_that_of_their_stages() == []


def test_filing_twice_gives_the_same_case(procedure_version):
    draft = crm.draft_case(procedure_version)

    first = actions.submit_case(draft, by=draft.holder)
    second = actions.submit_case(draft, by=draft.holder)

    assert first.folio == second.folio
    assert Case.objects.submitted().count() == 1


def test_one_run_is_one_person_however_many_cases(procedure_version):
    crm.filed_case(procedure_version)
    crm.filed_case(procedure_version)

    assert Person.objects.count() == 1


def test_a_missing_answer_is_named(procedure_version):
    draft = crm.draft_case(procedure_version, reason="lost")

    with pytest.raises(DomainError) as refused:
        actions.submit_case(draft, by=draft.holder)

    assert set(refused.value.fields) == {"lost_on"}


def test_a_stranger_fills_in_nothing(procedure_version, stranger, actor_of):
    draft = crm.draft_case(procedure_version)

    with pytest.raises(NotAllowed):
        actions.fill_case(draft, by=actor_of(stranger), answers={"copies": 3})


def test_an_officer_of_another_agency_neither_sees_nor_decides(submitted_case, other_officer, actor_of):
    by = actor_of(other_officer)

    with pytest.raises(NotAllowed):
        actions.take_stage(submitted_case.stages.get(), by=by)
    assert not Case.objects.visible_to(by).exists()


def test_a_denial_says_why_and_a_decided_case_is_decided(submitted_case, officer, actor_of):
    by = actor_of(officer)
    stage = actions.take_stage(submitted_case.stages.get(), by=by)

    with pytest.raises(DomainError):
        actions.decide_stage(stage, by=by, decision="denied", reason=" ")
    actions.decide_stage(stage, by=by, decision="denied", reason="Falta un requisito.")
    with pytest.raises(IllegalMove):
        actions.decide_stage(stage, by=by, decision="granted", reason="")
