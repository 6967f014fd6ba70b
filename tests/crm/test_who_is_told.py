"""Every kind of event of a case is told to the agencies' systems and screens, or kept from them for a reason that is written down."""

import json
from itertools import chain

import pytest

from accounts.actors import Actor
from common import clock
from crm import actions
from crm.events import KEPT_FROM_AGENCIES, NOT_SHOWN_AT_ONCE, SHOWN_AT_ONCE, TOLD_TO_AGENCIES
from crm.models import Document, Notification
from crm.queries.timeline import case_timeline
from crm.told import TOLD
from events.models import Event
from events.registry import known_kinds
from integrations.agency import memory
from tests.crm.receivers import tell
from tests.factories import crm

OF_CASES = sorted(kind for kind in known_kinds() if kind.startswith(("case.", "document.")))


@pytest.mark.parametrize(
    ("told", "kept"),
    [(TOLD_TO_AGENCIES, KEPT_FROM_AGENCIES), (SHOWN_AT_ONCE, NOT_SHOWN_AT_ONCE)],
    ids=["systems", "screens"],
)
def test_every_kind_of_event_of_a_case_is_told_or_kept_back_for_a_reason(told, kept):
    assert all(kept)
    assert sorted([*told, *chain(*kept.values())]) == OF_CASES


@pytest.mark.django_db
def test_an_agencys_system_is_told_of_a_part_given_back_and_of_what_the_citizen_wrote(
    agency, officer, actor_of, procedure_version, settings
):
    settings.AGENCY_CLIENT = "memory"
    memory.forget()
    actions.subscribe(agency, by=Actor.system(), url="http://127.0.0.1:1/events")
    case, by = crm.filed_case(procedure_version), actor_of(officer)
    actions.take_stage(case.stages.get(), by=by)
    actions.give_back_stage(case.stages.get(), by=by)
    actions.write_to_agency(case, by=case.holder, interaction=case.source, text="Me cambié de casa.")

    tell(agency)

    told = [json.loads(body) for _url, body, _headers in memory.taken]
    revisions = [one["data"]["revision"] for one in told]
    assert [one["type"].removeprefix("cl.ventanilla.case.") for one in told] == [
        "submitted", "taken", "given_back", "written_to_agency",
    ]  # fmt: skip
    assert told[-1]["data"]["stages"][0]["state"] == "received"
    assert revisions == sorted(revisions)
    case.refresh_from_db()
    assert revisions[-1] == case.revision
    assert "Me cambié" not in memory.taken[-1][1].decode()


# --- the citizen ------------------------------------------------------------------------------------
@pytest.fixture
def by(officer, actor_of):
    return actor_of(officer)


def notified(kind):
    event = Event.objects.get(kind=kind)
    actions.prepare_notifications(event.pk, by=Actor.system())
    return Notification.objects.get(event_id=event.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "kind"),
    [(actions.write_to_citizen, "case.written_to_citizen"), (actions.tell_citizen, "case.noticed")],
)
def test_what_an_agency_writes_is_announced_to_the_citizen_and_the_thread_says_what_became_of_it(
    act, kind, submitted_case, by, in_english
):
    act(submitted_case.stages.get(), by=by, text="Venga el lunes con su carné.")

    notification = notified(kind)

    (point,) = [
        point
        for point in case_timeline(submitted_case, actor=by)
        if point.text == "Venga el lunes con su carné."
    ]
    assert notification.template == TOLD[kind].template
    assert "to be sent" in point.notes[0]


@pytest.mark.django_db
def test_whoever_wants_only_what_is_needed_is_still_told_that_somebody_wrote_to_them(submitted_case, by):
    from crm.models import MessageWish

    MessageWish.objects.create(case=submitted_case, channel="", scope="needed")
    actions.write_to_citizen(submitted_case.stages.get(), by=by, text="Venga el lunes.")

    assert notified("case.written_to_citizen").template == "written"


# --- judgements taken back --------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_redacted_paper_keeps_nothing_of_how_it_stood_before_it_was_judged(submitted_case, by):
    paper = submitted_case.documents.get()
    actions.judge_document(paper, by=by, state="rejected", reason="No se lee.")
    actions.judge_document(paper, by=by, state="accepted")
    assert Document.objects.get().before["reason"] == "No se lee."

    Document.objects.update(redacted_at=clock.now())

    assert Document.objects.get().before is None
