"""Taking back one's own act, within ten minutes, while nothing else happened."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership, Role
from common import clock
from common.errors import DomainError, NotAllowed, StaleVersion
from crm import actions
from crm.models import Case, CaseState, Document, Message, Stage, StageState
from crm.queries.timeline import case_timeline
from events.models import Event
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LATER = timedelta(minutes=11)


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def colleague(agency, actor_of):
    return actor_of(people.staff("Ana Pinto", Role.OFFICER, agency=agency))


@pytest.fixture
def taken(submitted_case, by):
    return actions.take_stage(submitted_case.stages.get(), by=by)


@pytest.fixture
def closed(taken, submitted_case, by):
    actions.decide_stage(taken, by=by, decision="granted", reason="")
    return actions.close_case(submitted_case, by=by)


def test_a_case_just_taken_is_given_back_as_it_was(submitted_case, taken, by):
    before = Case.objects.get()

    stage = actions.give_back_stage(taken, by=by)

    case = Case.objects.get()
    assert (stage.state, stage.assigned_to) == (StageState.RECEIVED, None)
    assert (case.state, case.submitted_at) == (CaseState.SUBMITTED, before.submitted_at)
    told = Event.objects.about("case", case.pk).last()
    assert (told.kind, told.value("from"), told.value("to")) == ("case.given_back", "in_review", "submitted")


def test_a_part_given_back_is_again_with_whom_the_chief_had_given_it_to(
    submitted_case, agency, by, officer, colleague
):
    chief = Actor.staff(people.staff("Ofelia Rivas", Role.CHIEF, agency=agency))
    actions.assign_stage(submitted_case.stages.get(), by=chief, to=officer)

    actions.give_back_stage(actions.take_stage(submitted_case.stages.get(), by=by), by=by)
    theirs = Stage.objects.get().assigned_to
    actions.give_back_stage(actions.take_stage(submitted_case.stages.get(), by=colleague), by=colleague)

    assert theirs == officer
    assert (Stage.objects.get().state, Stage.objects.get().assigned_to) == (StageState.RECEIVED, officer)


def test_it_is_not_given_back_by_another_nor_later_nor_once_something_happened(
    submitted_case, taken, by, colleague
):
    with pytest.raises(DomainError, match="taken back"):
        actions.give_back_stage(taken, by=colleague)
    with clock.frozen(clock.now() + LATER), pytest.raises(DomainError, match="taken back"):
        actions.give_back_stage(taken, by=by)
    actions.note_case(submitted_case, by=by, text="Visto")
    with pytest.raises(DomainError, match="taken back"):
        actions.give_back_stage(taken, by=by)

    assert Stage.objects.get().state == StageState.IN_REVIEW


def test_what_is_given_back_is_the_part_that_was_taken_last_and_no_other(agency, other_agency, client_of):
    stages = [
        {"agency": code, "order": 1, "required": True, "term_business_days": 10} for code in ("SRCEI", "IPS")
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=stages), agency=agency))
    both = people.staff("Olga Díaz", Role.OFFICER, agency=agency)
    Membership.objects.create(user=both, role=Role.OFFICER, agency=other_agency)
    first, second = case.stages.get(agency=agency), case.stages.get(agency=other_agency)
    by = Actor.staff(both)
    actions.take_stage(first, by=by)
    actions.take_stage(second, by=by)

    shown = client_of(both).get(reverse("crm:case", args=[case.folio])).text
    with pytest.raises(DomainError, match="taken back"):
        actions.give_back_stage(first, by=by)
    actions.give_back_stage(second, by=by)

    is_of_second = f'name="stage" value="{second.pk}"' in shown  # of two at once, either may stand first
    assert ("/give-back/" in shown) == is_of_second
    assert [case.stages.get(pk=one.pk).state for one in (first, second)] == ["in_review", "received"]


def test_closing_is_undone_and_the_decision_stays_where_it_was(submitted_case, closed, by):
    case = actions.undo_closing(submitted_case, by=by)

    assert (case.state, case.closed_at, case.decided_at) == (CaseState.GRANTED, None, closed.decided_at)
    assert Stage.objects.get().to_close


def test_closing_is_not_undone_by_another_nor_later(submitted_case, closed, by, colleague):
    with pytest.raises(DomainError, match="taken back"):
        actions.undo_closing(submitted_case, by=colleague)
    with clock.frozen(clock.now() + LATER), pytest.raises(DomainError, match="taken back"):
        actions.undo_closing(submitted_case, by=by)

    assert Case.objects.get().state == CaseState.CLOSED


def test_a_decision_is_not_among_what_can_be_taken_back(submitted_case, taken, by, officer, client_of):
    """Art. 51 of Ley 19.880: it takes effect when the citizen is told, and telling begins at once."""
    actions.decide_stage(taken, by=by, decision="denied", reason="No corresponde")

    with pytest.raises(DomainError):
        actions.give_back_stage(taken, by=by)
    acts = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio])).context["acts"]
    assert {offer.act.name for offer in acts} & {"give-back", "undo-closing"} == set()


@pytest.mark.parametrize(("state", "reason"), [("accepted", ""), ("rejected", "No se lee")])
def test_judging_a_paper_is_undone(state, reason, submitted_case, by):
    paper = actions.judge_document(submitted_case.documents.get(), by=by, state=state, reason=reason)

    paper = actions.undo_judgement(paper, by=by)

    assert (paper.state, paper.reason) == ("received", "")
    with pytest.raises(DomainError):
        actions.undo_judgement(paper, by=by)


def test_a_day_written_by_mistake_goes_with_the_judgement(submitted_case, by):
    paper = submitted_case.documents.get()
    before = paper.valid_until, paper.expired_at
    actions.judge_document(
        paper, by=by, state="accepted", valid_until=clock.now().date() + timedelta(days=3650)
    )

    actions.undo_judgement(paper, by=by)

    paper.refresh_from_db()
    assert (paper.valid_until, paper.expired_at) == before


def test_a_colleagues_refusal_overridden_by_mistake_stands_again_with_its_reason(
    submitted_case, by, colleague
):
    paper = submitted_case.documents.get()
    actions.judge_document(paper, by=colleague, state="rejected", reason="No se lee")
    actions.judge_document(paper, by=by, state="accepted")

    actions.undo_judgement(paper, by=by)

    paper.refresh_from_db()
    assert (paper.state, paper.reason) == ("rejected", "No se lee")
    assert "No se lee" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_judgement_is_not_undone_by_another_nor_later(submitted_case, by, colleague):
    paper = actions.judge_document(submitted_case.documents.get(), by=by, state="accepted")

    with pytest.raises(DomainError):
        actions.undo_judgement(paper, by=colleague)
    with clock.frozen(clock.now() + LATER), pytest.raises(DomainError):
        actions.undo_judgement(paper, by=by)
    actions.judge_document(paper, by=colleague, state="rejected", reason="Vencido")
    with pytest.raises(DomainError):
        actions.undo_judgement(paper, by=by)

    assert Document.objects.get().state == "rejected"


def test_a_judgement_is_not_undone_once_its_agency_has_decided_though_another_still_has_to(
    agency, other_agency, by, officer, client_of
):
    rows = [
        {"agency": code, "order": 1, "required": True, "term_business_days": 10} for code in ("SRCEI", "IPS")
    ]
    case = crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))
    stage = actions.take_stage(case.stages.get(agency=agency), by=by)
    paper = actions.judge_document(case.documents.get(), by=by, state="accepted")
    client, address = client_of(officer), reverse("crm:case", args=[case.folio])
    before = client.get(address).context["undoable"]

    actions.decide_stage(stage, by=by, decision="granted", reason="")

    with pytest.raises(NotAllowed, match="whose turn"):
        actions.undo_judgement(paper, by=by)
    assert (before, client.get(address).context["undoable"]) == ({paper.pk}, set())
    assert case.documents.get().state == "accepted"


def test_a_note_is_taken_back_kept_for_the_audit_and_shown_to_nobody(submitted_case, by, officer, client_of):
    note = actions.note_case(submitted_case, by=by, text="Me equivoqué de caso")

    actions.withdraw_note(note, by=by)

    note.refresh_from_db()
    assert (note.text, note.withdrawn_at is not None) == ("Me equivoqué de caso", True)
    assert "Me equivoqué" not in str([point.text for point in case_timeline(submitted_case, actor=by)])
    page = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio])).content.decode()
    assert "Me equivoqué" not in page


def test_a_note_is_not_taken_back_by_another_nor_later_nor_anything_but_a_note(submitted_case, by, colleague):
    note = actions.note_case(submitted_case, by=by, text="Visto")
    letter = actions.write_to_citizen(submitted_case.stages.get(), by=by, text="Hola")

    for message, actor in ((note, colleague), (letter, by)):
        with pytest.raises(DomainError):
            actions.withdraw_note(message, by=actor)
    with clock.frozen(clock.now() + LATER), pytest.raises(DomainError):
        actions.withdraw_note(note, by=by)

    assert not Message.objects.exclude(withdrawn_at=None).exists()


def test_whoever_looked_at_an_older_case_undoes_nothing(submitted_case, taken, by):
    with pytest.raises(StaleVersion):
        actions.give_back_stage(taken, by=by, revision=1)


@pytest.mark.parametrize("who", ["other_officer", "clerk", "stranger"])
def test_nobody_else_undoes_anything(who, request, submitted_case, taken, by, actor_of):
    other = actor_of(request.getfixturevalue(who))
    note = actions.note_case(submitted_case, by=by, text="Visto")

    for act in (
        lambda: actions.give_back_stage(taken, by=other),
        lambda: actions.undo_closing(submitted_case, by=other),
        lambda: actions.undo_judgement(submitted_case.documents.get(), by=other),
        lambda: actions.withdraw_note(note, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_screen_offers_to_take_back_and_does(submitted_case, taken, officer, client_of):
    client, address = client_of(officer), reverse("crm:case", args=[submitted_case.folio])
    offered = {offer.act.name for offer in client.get(address).context["acts"]}
    revision = Case.objects.get().revision

    client.post(reverse("crm:case-act", args=[submitted_case.folio, "give-back"]), {"revision": revision})
    paper = submitted_case.documents.get()
    judged = {"state": "accepted", "revision": revision + 1}
    client.post(reverse("crm:paper-judge", args=[submitted_case.folio, paper.pk]), judged)
    undone = client.post(
        reverse("crm:paper-undo", args=[submitted_case.folio, paper.pk]), {"revision": revision + 2}
    )
    stale = client.post(reverse("crm:paper-undo", args=[submitted_case.folio, paper.pk]), {"revision": 1})

    assert "give-back" in offered
    assert Stage.objects.get().state == StageState.RECEIVED
    assert undone.status_code == 302
    assert Document.objects.get().state == "received"
    assert stale.status_code == 422
