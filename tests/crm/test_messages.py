"""What an agency and a citizen write to each other: no clock stops, each side sees what is new, and nobody floods the other."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed, StaleVersion, TooManyAttempts
from crm import actions
from crm.actions import messages
from crm.models import Case, Message, MessageKind, Stage
from crm.queries.holdings import holdings_of
from crm.queries.messages import conversation
from crm.queries.timeline import case_timeline
from tests.crm.programs import program_of
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


@pytest.fixture
def stage(submitted_case):
    return submitted_case.stages.get()


def said(case, text="Me cambié de casa.", **more):
    return actions.write_to_agency(case, by=case.holder, interaction=case.source, text=text, **more)


def texts(case, actor):
    return [point.text for point in case_timeline(case, actor=actor)]


def test_an_agency_writes_and_the_clock_goes_on(submitted_case, stage, by):
    actions.take_stage(stage, by=by)
    before = Stage.objects.get()

    message = actions.write_to_citizen(stage, by=by, text="Ya tenemos sus papeles.")

    after = Stage.objects.get()
    assert (after.state, after.due_on, after.stopped_at) == (before.state, before.due_on, None)
    assert message.kind == MessageKind.NOTICE
    assert "Ya tenemos sus papeles." in texts(submitted_case, submitted_case.holder)


def test_a_citizen_writes_while_the_case_is_open_and_for_thirty_days_after(submitted_case, stage, by):
    said(submitted_case, "Uno")
    actions.take_stage(stage, by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")
    said(submitted_case, "Dos")
    case = Case.objects.get()
    with clock.frozen(case.decided_at + timedelta(days=29)):
        said(submitted_case, "Tres")
    with clock.frozen(case.decided_at + timedelta(days=31)):
        with pytest.raises(DomainError, match="30 days"):
            said(submitted_case, "Cuatro")
        with pytest.raises(DomainError, match="30 days"):
            actions.write_to_citizen(stage, by=by, text="Cuatro")

    assert list(Message.objects.order_by("at").values_list("text", flat=True)) == ["Uno", "Dos", "Tres"]


@pytest.mark.parametrize("who", ["other_officer", "clerk", "agent", "stranger"])
def test_nobody_else_writes(who, request, submitted_case, stage, actor_of):
    other = actor_of(request.getfixturevalue(who))

    with pytest.raises(NotAllowed):
        actions.write_to_citizen(stage, by=other, text="Hola")
    with pytest.raises(NotAllowed):
        actions.write_to_agency(submitted_case, by=other, interaction=submitted_case.source, text="Hola")
    with pytest.raises(NotAllowed):
        actions.write_to_agency(
            submitted_case, by=Actor.visitor(), interaction=submitted_case.source, text="Hola"
        )


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_nothing_and_too_much_are_refused(text, submitted_case, stage, by):
    with pytest.raises(DomainError) as refusal:
        said(submitted_case, text)
    assert "text" in refusal.value.fields
    with pytest.raises(DomainError):
        actions.write_to_citizen(stage, by=by, text=text)


def test_a_stale_look_writes_nothing(stage, by):
    with pytest.raises(StaleVersion):
        actions.write_to_citizen(stage, by=by, text="Hola", revision=999)

    assert not Message.objects.exists()


def test_each_side_writes_so_much_and_no_more(submitted_case, stage, by):
    for number in range(messages.MOST_IN_HOUR):
        said(submitted_case, f"n{number}")
        actions.write_to_citizen(stage, by=by, text=f"n{number}")

    with pytest.raises(TooManyAttempts):
        said(submitted_case, "uno más")
    with pytest.raises(TooManyAttempts):
        actions.write_to_citizen(stage, by=by, text="uno más")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        said(submitted_case, "uno más")


def test_the_second_press_of_one_button_is_one_message(submitted_case):
    assert said(submitted_case) == said(submitted_case)


def test_the_same_words_again_after_the_agency_wrote_are_another_message(submitted_case, stage, by):
    first = said(submitted_case, "Sí")
    actions.write_to_citizen(stage, by=by, text="¿Y la segunda copia también?")

    second = said(submitted_case, "Sí")

    assert first != second
    assert said(submitted_case, "Sí") == second


def test_the_same_words_to_another_agency_are_another_message(agency, other_agency):
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    case = crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))
    here, there = case.stages.get(agency=agency), case.stages.get(agency=other_agency)

    assert said(case, "¿Cuándo?", stage=here) != said(case, "¿Cuándo?", stage=there)
    assert Message.objects.filter(stage=there).count() == 1


def test_of_several_agencies_the_chosen_one_is_written_to(agency, other_agency, submitted_case):
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    case = crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))
    second = case.stages.get(agency=other_agency)

    assert said(case, "Al IPS", stage=second).stage == second
    assert said(case, "A una parte ajena", stage=submitted_case.stages.get()).stage.case == case


# --- what an agency's program tells -------------------------------------------------------------------
@pytest.fixture
def in_two_agencies(agency, other_agency):
    """A case that two agencies decide at once."""
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    return crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))


def test_what_programs_tell_uses_up_no_officers_letters(agency, in_two_agencies, by):
    case, program = in_two_agencies, program_of(agency)
    own = case.stages.get(agency=agency)
    told = [program.post(f"cases/{case.folio}/status", {"text": f"Paso {number}"}) for number in range(8)]

    letters = [actions.write_to_citizen(own, by=by, text=f"n{number}") for number in range(5)]

    assert [one.status_code for one in told] == [200] * 8
    assert len(letters) == messages.MOST_IN_HOUR
    with pytest.raises(TooManyAttempts):
        actions.write_to_citizen(own, by=by, text="una más")


def test_the_letters_of_one_agency_use_up_none_of_anothers(
    agency, other_agency, in_two_agencies, by, other_officer, actor_of
):
    case = in_two_agencies
    for number in range(messages.MOST_IN_HOUR):
        actions.write_to_citizen(
            case.stages.get(agency=other_agency), by=actor_of(other_officer), text=f"n{number}"
        )

    assert actions.write_to_citizen(case.stages.get(agency=agency), by=by, text="Venga el lunes.")


def test_a_program_tells_so_much_and_no_more(agency, other_agency, in_two_agencies, monkeypatch):
    monkeypatch.setattr(messages, "PROGRAMS_IN_HOUR", 2)
    address = f"cases/{in_two_agencies.folio}/status"

    own, others = program_of(agency), program_of(other_agency)
    told = [own.post(address, {"text": f"Paso {number}"}).status_code for number in range(3)]

    assert told == [200, 200, 429]
    assert others.post(address, {"text": "Paso 1"}).status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert own.post(address, {"text": "Paso 3"}).status_code == 200


def test_a_program_tells_nothing_in_a_case_that_is_over_since_long(agency, submitted_case, stage, by):
    actions.take_stage(stage, by=by)
    actions.decide_stage(stage, by=by, decision="granted", reason="")
    program, address = program_of(agency), f"cases/{submitted_case.folio}/status"
    decided_at = Case.objects.get().decided_at

    with clock.frozen(decided_at + timedelta(days=29)):
        soon = program.post(address, {"text": "Retírelo en la oficina."})
    with clock.frozen(decided_at + timedelta(days=31)):
        late = program.post(address, {"text": "Retírelo en la oficina."})

    assert (soon.status_code, late.status_code) == (200, 422)
    assert Message.objects.count() == 1


def test_in_an_erased_case_nothing_is_written_any_more(agency, submitted_case, by, officer, client_of):
    Case.objects.update(redacted_at=clock.now(), answers=None)
    program = program_of(agency)

    answers = [
        program.post(f"cases/{submitted_case.folio}/{act}", {"text": "Estimada Amina Rojas"}).status_code
        for act in ("status", "notes")
    ]
    with pytest.raises(DomainError, match="nothing can be written"):
        actions.note_case(submitted_case, by=by, text="Amina Rojas llamó.")
    page = client_of(officer).get(reverse("crm:case", args=[submitted_case.folio]))

    assert answers == [422, 422]
    assert not Message.objects.exists()
    assert reverse("crm:case-act", args=[submitted_case.folio, "note"]) not in page.text


# --- what is new ------------------------------------------------------------------------------------
def test_what_the_citizen_wrote_is_new_to_the_agency_until_an_officer_opens_the_case(
    submitted_case, officer, client_of
):
    said(submitted_case)
    client = client_of(officer)

    listed = client.get(reverse("crm:agency-work")).context["lines"][0].has_news
    first = client.get(reverse("crm:case", args=[submitted_case.folio])).context["conversation"]
    again = client.get(reverse("crm:case", args=[submitted_case.folio])).context["conversation"]

    assert listed
    assert [message.is_new for message in first] == [True]
    assert [message.is_new for message in again] == [False]
    assert not client.get(reverse("crm:agency-work")).context["lines"][0].has_news


def test_another_agencys_officer_reads_it_for_nobody(agency, other_agency, other_officer, client_of):
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    case = crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))
    said(case, stage=case.stages.get(agency=agency))

    client_of(other_officer).get(reverse("crm:case", args=[case.folio]))

    assert Message.objects.get().read_at is None


def test_whoever_tells_the_state_by_phone_reads_it_for_nobody(submitted_case, stage, by, agent, actor_of):
    actions.write_to_citizen(stage, by=by, text="Venga el lunes.")

    assert actions.read_messages(submitted_case, by=actor_of(agent)) == 0
    assert actions.read_messages(submitted_case, by=Actor.visitor()) == 0
    assert actions.read_messages(submitted_case, by=submitted_case.holder) == 1
    assert actions.read_messages(submitted_case, by=submitted_case.holder) == 0


def test_a_citizen_never_reads_a_note_nor_gets_it_in_their_export(submitted_case, by):
    actions.note_case(submitted_case, by=by, text="Ojo: revisar firma.")
    said(submitted_case, "Hola")
    person = submitted_case.parties.get(role="applicant").person

    assert "Ojo" not in str(texts(submitted_case, submitted_case.holder))
    export = str(holdings_of(person))
    assert "Ojo" not in export
    assert "Hola" in export


# --- screens ----------------------------------------------------------------------------------------
@pytest.fixture
def holder_client(submitted_case, client):
    from accounts.held import HELD_CASES, shown

    session = client.session
    session[HELD_CASES] = shown(submitted_case.pk)
    session.save()
    return client


def test_a_citizen_writes_on_the_web_and_sees_both_sides(submitted_case, stage, by, holder_client):
    actions.write_to_citizen(stage, by=by, text="Venga el lunes.")

    posted = holder_client.post(
        reverse("portal:write", args=[submitted_case.folio]), {"text": "El lunes no puedo."}
    )
    shown = holder_client.get(posted.url).content.decode()
    again = holder_client.get(reverse("portal:case", args=[submitted_case.folio]))

    assert "Message to you" in shown
    assert "Venga el lunes." in shown
    assert "Your message" in shown
    assert "El lunes no puedo." in shown
    assert [message.is_new for message in again.context["messages_of_case"]] == [False, False]
    assert Message.objects.get(kind="message").interaction.channel == "web"


def test_what_was_typed_is_kept_when_too_much_was_written(submitted_case, holder_client, monkeypatch):
    monkeypatch.setattr(messages, "MOST_IN_HOUR", 0)

    answer = holder_client.post(
        reverse("portal:write", args=[submitted_case.folio]), {"text": "No se pierda."}
    )

    assert answer.status_code == 422
    assert "No se pierda." in answer.content.decode()


def test_an_officer_writes_on_the_cases_screen(submitted_case, officer, client_of):
    address = reverse("crm:case-act", args=[submitted_case.folio, "write"])
    revision = Case.objects.get().revision

    done = client_of(officer).post(address, {"text": "Venga el lunes.", "revision": revision})
    stale = client_of(officer).post(address, {"text": "Venga el martes.", "revision": revision})

    assert done.status_code == 302
    assert stale.status_code == 422
    assert "Venga el martes." in stale.content.decode()
    assert Message.objects.get().text == "Venga el lunes."


# --- notes --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "reads"), [("officer", True), ("other_officer", False), ("clerk", False), ("agent", False)]
)
def test_the_notes_of_an_agency_are_read_by_its_own_officers_alone(
    who, reads, request, agency, other_agency, by, actor_of
):
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    case = crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))
    actions.note_case(case, by=by, text="Sospecha de fraude", stage=case.stages.get(agency=agency))
    reader = actor_of(request.getfixturevalue(who))

    assert ("Sospecha de fraude" in texts(case, reader)) is reads
    assert ("Sospecha de fraude" in [one.text for one in conversation(case, actor=reader)]) is reads


def test_another_agencys_officer_does_not_find_a_note_on_the_screen(
    agency, other_agency, other_officer, by, client_of
):
    rows = [{"agency": code, "order": 1, "required": True} for code in ("SRCEI", "IPS")]
    case = crm.filed_case(sheets.publish(sheets.sheet(code="2", slug="dos", stages=rows), agency=agency))
    actions.note_case(case, by=by, text="Sospecha de fraude", stage=case.stages.get(agency=agency))

    page = client_of(other_officer).get(reverse("crm:case", args=[case.folio]))

    assert page.status_code == 200
    assert "Sospecha de fraude" not in page.text
