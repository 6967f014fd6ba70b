"""The agency's room: its two lists, one case on one screen, and what may be done there."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role
from common import clock
from crm import actions, files
from crm.models import AccessLog, Case, CaseState, Document, Message, Stage, StageState
from crm.queries import work
from crm.views.acts import ACTS
from crm.views.rights import OFFERED as RIGHT_ACTS
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

HTMX = {"HX-Request": "true"}
LATER = timedelta(days=60)


@pytest.fixture
def officer_client(officer, client_of):
    return client_of(officer)


@pytest.fixture
def taken(submitted_case, officer, actor_of):
    """A case the officer has taken."""
    actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))
    submitted_case.refresh_from_db()
    return submitted_case


def page(case):
    return reverse("crm:case", args=[case.folio])


def act(case, name):
    return reverse("crm:case-act", args=[case.folio, name])


def fresh(case, **given):
    return {"revision": Case.objects.get(pk=case.pk).revision, **given}


# --- lists ------------------------------------------------------------------------------------------
def test_my_work_is_what_is_assigned_to_me_and_nothing_else(
    procedure_version, officer, officer_client, actor_of
):
    mine, other = crm.filed_case(procedure_version), crm.filed_case(procedure_version)
    actions.take_stage(mine.stages.get(), by=actor_of(officer))

    text = officer_client.get(reverse("crm:work")).content.decode()

    assert mine.folio in text
    assert other.folio not in text


def test_the_agencys_work_begins_with_what_was_received(procedure_version, officer, officer_client, actor_of):
    taken, received = crm.filed_case(procedure_version), crm.filed_case(procedure_version)
    actions.take_stage(taken.stages.get(), by=actor_of(officer))

    text = officer_client.get(reverse("crm:agency-work")).content.decode()

    assert text.index(received.folio) < text.index(taken.folio)
    assert "Amina Rojas Soto" in text


def test_another_agency_sees_nothing_of_it(submitted_case, other_officer, client_of):
    client = client_of(other_officer)

    assert submitted_case.folio not in client.get(reverse("crm:agency-work")).content.decode()
    assert client.get(page(submitted_case)).status_code == 404
    assert client.post(act(submitted_case, "take"), {"revision": 2}).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "agent", "editor", "analyst", "administrator", "stranger"])
def test_the_room_is_closed_to_other_staff(who, request, submitted_case, client_of):
    client = client_of(request.getfixturevalue(who))

    for address in (
        reverse("crm:work"),
        reverse("crm:agency-work"),
        page(submitted_case),
        act(submitted_case, "grant"),
    ):
        assert client.get(address).status_code == 403
    assert client.post(act(submitted_case, "take"), {"revision": 2}).status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "received"}, True),
        ({"state": "in_review"}, False),
        ({"state": "decided"}, False),
        ({"state": "no-such-state"}, True),
        ({"procedure": "3430"}, True),
        ({"channel": "web"}, True),
        ({"channel": "phone"}, False),
        ({"state": "late"}, False),
        ({"place": "not-a-place"}, True),
    ],
)
def test_the_list_is_narrowed_without_personal_data(query, shown, submitted_case, officer_client):
    text = officer_client.get(reverse("crm:agency-work"), query).content.decode()

    assert (submitted_case.folio in text) is shown


def test_a_folio_opens_its_case_and_a_wrong_one_says_so(submitted_case, officer_client):
    folio = submitted_case.folio.replace("-", " ")

    found = officer_client.get(reverse("crm:agency-work"), {"folio": folio})
    lost = officer_client.get(reverse("crm:agency-work"), {"folio": "2026-0000000-0"})

    assert found.url == page(submitted_case)
    assert "2026-0000000-0" in lost.content.decode()


def test_what_is_late_says_by_how_much(submitted_case, officer_client):
    Stage.objects.update(due_on=clock.now().date() - timedelta(days=3))

    text = officer_client.get(reverse("crm:agency-work"), {"state": "late"}).content.decode()

    assert submitted_case.folio in text
    assert "is-late" in text


def test_pages_follow_one_another_and_miss_nothing(procedure_version, officer, officer_client, monkeypatch):
    monkeypatch.setattr(work, "PAGE", 2)
    folios = {crm.filed_case(procedure_version).folio for _ in range(5)}

    seen, address = [], reverse("crm:agency-work")
    for _ in range(3):
        response = officer_client.get(address)
        seen.append({line.folio for line in response.context["lines"]})
        after = response.context["page"].after
        address = f"{reverse('crm:agency-work')}?place={after}"
    back = officer_client.get(f"{reverse('crm:agency-work')}?place={response.context['page'].before}")

    assert [len(one) for one in seen] == [2, 2, 1]
    assert set().union(*seen) == folios
    assert after == ""
    assert {line.folio for line in back.context["lines"]} == seen[1]


def test_the_list_asks_as_many_questions_of_two_cases_as_of_twelve(procedure_version, officer_client):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            officer_client.get(reverse("crm:agency-work"))
        return len(asked)

    for _ in range(2):
        crm.filed_case(procedure_version)
    few = count()
    for _ in range(10):
        crm.filed_case(procedure_version)

    assert count() == few
    assert few <= 14


def test_what_a_list_showed_is_logged_in_one_line(submitted_case, officer, officer_client):
    officer_client.get(reverse("crm:agency-work"))

    line = AccessLog.objects.get(act="list")
    assert (line.actor_id, line.shown_ids) == (officer.pk, [str(submitted_case.pk)])


def test_news_announce_themselves_and_change_no_list(procedure_version, officer_client):
    since = clock.now().isoformat()
    crm.filed_case(procedure_version)

    news = officer_client.get(reverse("crm:work-news"), {"since": since}).content.decode()
    none = officer_client.get(reverse("crm:work-news"), {"since": clock.now().isoformat()}).content.decode()
    nonsense = [
        officer_client.get(reverse("crm:work-news"), {"since": text})
        for text in ("2026-99-99T99:99", "2026-11-25T10:00:00+20:00", "0001-01-01T00:00:00+14:00")
    ]

    assert "1" in news
    assert reverse("crm:agency-work") in news
    assert none.strip() == ""
    assert {answer.status_code for answer in nonsense} == {200}


# --- one case ---------------------------------------------------------------------------------------
def test_a_part_that_nobody_has_breaks_no_screen_of_anybody(submitted_case, officer_client, client):
    assert submitted_case.stages.get().assigned_to is None
    client.post("/en/follow/", {"folio": submitted_case.folio, "key": submitted_case.key})

    screens = [
        client.get(f"/en/cases/{submitted_case.folio}/"),
        *(officer_client.get(address) for address in (page(submitted_case), reverse("crm:agency-work"))),
    ]

    assert [screen.status_code for screen in screens] == [200] * 3
    assert all(submitted_case.folio in screen.text for screen in screens)


def test_one_case_stands_on_one_screen_and_reading_it_is_logged(submitted_case, officer, officer_client):
    text = officer_client.get(page(submitted_case)).content.decode()

    assert all(
        word in text for word in (submitted_case.folio, "Amina Rojas Soto", "12.345.678-5", "comprobante.pdf")
    )
    assert "Por trabajo" in text
    assert (
        AccessLog.objects.filter(act="open_case", actor_id=officer.pk, case_id=submitted_case.pk).count() == 1
    )


@pytest.mark.parametrize("name", ["take", "grant", "ask", "deny", "refer", "note", "close", "reopen"])
def test_the_corner_swapped_in_is_what_a_reload_shows(name, taken, officer_client):
    import re

    seen = {"revision": taken.revision}
    swapped = officer_client.get(act(taken, name), seen, headers=HTMX).content.decode()
    reloaded = officer_client.get(act(taken, name), seen).content.decode()
    plain = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')

    assert plain.sub("", swapped).strip() in plain.sub("", reloaded)
    assert "<html" not in swapped


def test_a_case_is_walked_from_received_to_closed_and_opened_again(submitted_case, officer_client):
    case = submitted_case
    steps = [
        ("take", {}, CaseState.IN_REVIEW),
        ("note", {"text": "Llamé al municipio."}, CaseState.IN_REVIEW),
        ("ask", {"question": "Envíe una copia más clara."}, CaseState.AWAITING_CITIZEN),
        (None, {}, CaseState.IN_REVIEW),
        ("deny", {"reason": "Falta el comprobante."}, CaseState.DENIED),
        ("close", {}, CaseState.CLOSED),
        ("reopen", {"reason": "El comprobante llegó."}, CaseState.IN_REVIEW),
        ("grant", {"reason": ""}, CaseState.GRANTED),
        ("close", {}, CaseState.CLOSED),
    ]

    for name, given, state in steps:
        if name is None:
            actions.answer_agency(case, by=case.holder, interaction=crm.web_contact(), text="Aquí va.")
        else:
            offered = {offer.act.name for offer in officer_client.get(page(case)).context["acts"]}
            response = officer_client.post(act(case, name), fresh(case, **given))
            assert name in offered
            assert response.status_code == 302, (name, response.content.decode())
        assert Case.objects.get(pk=case.pk).state == state

    case.refresh_from_db()
    assert case.reopened_count == 1


def test_htmx_is_sent_back_to_the_case(submitted_case, officer_client):
    response = officer_client.post(act(submitted_case, "take"), fresh(submitted_case), headers=HTMX)

    assert urlsplit(response.headers["HX-Redirect"]).path == page(submitted_case)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ask", {"question": "  "}),
        ("ask", {}),
        ("ask", {"question": "a" * 5001}),
        ("deny", {"reason": ""}),
        ("refer", {"reason": ""}),
        ("grant", {"reason": "a" * 6000}),
        ("note", {"text": ""}),
        ("reopen", {"reason": "Porque sí."}),
        ("close", {}),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refusal_keeps_the_text_and_changes_nothing(name, given, headers, taken, officer_client):
    response = officer_client.post(act(taken, name), fresh(taken, **given), headers=headers)

    assert response.status_code == 422
    text = response.content.decode()
    assert "error-summary" in text
    assert all(value.strip()[:40] in text for value in given.values())
    assert Case.objects.get(pk=taken.pk).state == CaseState.IN_REVIEW


@pytest.mark.parametrize("revision", ["", "one", "-1", str(2**40)])
def test_a_form_without_a_revision_does_nothing(revision, taken, officer_client):
    response = officer_client.post(act(taken, "grant"), {"revision": revision, "reason": ""})

    assert response.status_code == 422
    assert Case.objects.get(pk=taken.pk).state == CaseState.IN_REVIEW


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("grant", {"reason": "Cumple."}),
        ("ask", {"question": "¿Y la otra hoja?"}),
        ("note", {"text": "Ojo."}),
        ("take", {}),
    ],
)
def test_a_stale_form_says_so_keeps_the_text_and_can_be_sent_again(
    name, given, submitted_case, taken, officer, officer_client, actor_of, agency
):
    from accounts.models import Role
    from tests.factories.accounts import staff

    old = taken.revision
    colleague = staff("Otto Vera", Role.OFFICER, agency=agency)
    actions.note_case(taken, by=actor_of(colleague), text="Una nota del colega.")
    if name == "take":
        actions.take_stage(taken.stages.get(), by=actor_of(colleague))

    refused = officer_client.post(act(taken, name), {"revision": old, **given}, headers=HTMX)
    text = refused.content.decode()
    after = Case.objects.get(pk=taken.pk).revision

    assert refused.status_code == 422
    assert all(value in text for value in given.values())
    assert f'name="revision" value="{after}"' in text
    assert "Otto Vera" in text
    assert officer_client.post(act(taken, name), {"revision": after, **given}).status_code == 302


def test_an_unknown_act_is_no_page(submitted_case, officer_client):
    assert officer_client.get(act(submitted_case, "burn")).status_code == 404
    assert officer_client.get(reverse("crm:case", args=["2026-0000000-0"])).status_code == 404


def test_what_is_not_offered_is_refused(submitted_case, officer_client):
    offered = {offer.act.name for offer in officer_client.get(page(submitted_case)).context["acts"]}

    assert offered == {"note", "code", "attach", "write", "take"}
    for name, given in (("grant", {"reason": ""}), ("ask", {"question": "¿?"}), ("deny", {"reason": "No."})):
        assert (
            officer_client.post(act(submitted_case, name), fresh(submitted_case, **given)).status_code == 422
        )
    assert Case.objects.get(pk=submitted_case.pk).state == CaseState.SUBMITTED


def test_a_scripts_request_without_a_session_is_told_401(submitted_case, client):
    posted = client.post(act(submitted_case, "note"), {"text": "No se pierda."}, headers=HTMX)
    plain = client.post(act(submitted_case, "note"), {"text": "No se pierda."})

    assert posted.status_code == plain.status_code == 401
    assert 'name="kept"' in plain.text  # what was sent is kept in the sign-in page
    assert not Message.objects.exists()


# --- papers judged ----------------------------------------------------------------------------------
def judge(paper, case):
    return reverse("crm:paper-judge", args=[case.folio, paper.pk])


def test_a_paper_is_accepted_or_refused_with_a_reason(submitted_case, officer_client):
    paper = submitted_case.documents.get()

    empty = officer_client.post(
        judge(paper, submitted_case), fresh(submitted_case, state="rejected", reason="")
    )
    refused = officer_client.post(
        judge(paper, submitted_case), fresh(submitted_case, state="rejected", reason="No se lee.")
    )
    accepted = officer_client.post(judge(paper, submitted_case), fresh(submitted_case, state="accepted"))

    assert (empty.status_code, refused.status_code, accepted.status_code) == (422, 302, 302)
    assert Document.objects.get().state == "accepted"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"state": "burned"},
        {"state": "rejected", "reason": "a" * 2001},
        {"state": "accepted", "revision": "1"},
    ],
)
def test_a_judgement_that_can_not_be_keeps_the_case_as_it_is(given, submitted_case, officer_client):
    paper = submitted_case.documents.get()

    response = officer_client.post(judge(paper, submitted_case), {**fresh(submitted_case), **given})

    assert response.status_code == 422
    assert Document.objects.get().state == "received"


def test_a_paper_of_another_case_is_not_judged_here(procedure_version, officer_client):
    one, other = crm.filed_case(procedure_version), crm.filed_case(procedure_version)

    response = officer_client.post(judge(other.documents.get(), one), fresh(one, state="accepted"))

    assert response.status_code == 404


def test_papers_of_a_decided_case_are_not_judged(taken, officer, officer_client, actor_of):
    actions.decide_stage(taken.stages.get(), by=actor_of(officer), decision="granted", reason="")

    response = officer_client.post(judge(taken.documents.get(), taken), fresh(taken, state="accepted"))

    assert response.status_code == 422
    assert Stage.objects.get().state == StageState.GRANTED


# --- several parts of one's own ----------------------------------------------------------------------
def filed_in_parts(agency, *parts):
    rows = [
        {"agency": code, "order": order, "required": True, "term_business_days": 10} for code, order in parts
    ]
    return crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))


def names(answer):
    return {offer.act.name for offer in answer.context["acts"]}


@pytest.fixture
def side_by_side(agency, other_agency, officer, actor_of):
    """A case that two agencies decide side by side, for both of which the officer works; the first waits for the citizen."""
    Membership.objects.create(user=officer, role=Role.OFFICER, agency=other_agency)
    case = filed_in_parts(agency, ("SRCEI", 1), ("IPS", 1))
    first = actions.take_stage(case.stages.get(agency=agency), by=actor_of(officer))
    actions.ask_citizen(first, by=actor_of(officer), question="¿Cuál?")
    return case


def test_what_runs_is_worked_on_before_what_waits_for_the_citizen(side_by_side, other_agency, officer_client):
    answer = officer_client.get(page(side_by_side))

    assert answer.context["part"].agency == other_agency
    assert "take" in names(answer)


@pytest.mark.usefixtures("in_english")
def test_an_officer_changes_over_to_another_part_and_acts_on_that_one(
    side_by_side, agency, other_agency, officer, officer_client, actor_of
):
    actions.take_stage(side_by_side.stages.get(agency=other_agency), by=actor_of(officer))
    actions.answer_agency(side_by_side, by=side_by_side.holder, interaction=crm.web_contact(), text="Esta.")
    first, second = (side_by_side.stages.get(agency=one) for one in (agency, other_agency))

    shown = officer_client.get(page(side_by_side), {"stage": str(second.pk)})
    form = officer_client.get(
        act(side_by_side, "deny"), {"stage": str(second.pk)}, headers=HTMX
    )  # the corner's links name it
    refused = officer_client.post(act(side_by_side, "deny"), fresh(side_by_side, stage=second.pk, reason=""))
    officer_client.post(act(side_by_side, "deny"), fresh(side_by_side, stage=second.pk, reason="No consta."))

    assert f"stage={first.pk}" in shown.text
    assert f"stage={second.pk}" in shown.context["seen_query"]
    assert [one.context["part"] for one in (shown, form, refused)] == [second] * 3
    assert str(form.context["form"]["stage"].value()) == str(second.pk)
    assert {stage.state for stage in side_by_side.stages.all()} == {StageState.DENIED, StageState.MOOT}
    assert side_by_side.stages.get(pk=second.pk).state == StageState.DENIED


@pytest.mark.parametrize("stage", ["nonsense", "0198d8d6-0000-7000-8000-000000000000"])
def test_a_part_that_is_nobodys_is_none_to_work_on(stage, submitted_case, officer_client):
    answer = officer_client.get(page(submitted_case), {"stage": stage})

    assert answer.context["part"] == submitted_case.stages.get()


@pytest.mark.parametrize("decision", ["denied", "referred"])
def test_the_part_that_ended_a_case_is_the_one_opened_again(
    decision, agency, officer, officer_client, actor_of
):
    by = actor_of(officer)
    case = filed_in_parts(agency, ("SRCEI", 1), ("SRCEI", 2))
    for order, outcome in ((1, "granted"), (2, decision)):
        stage = actions.take_stage(case.stages.get(order=order), by=by)
        actions.decide_stage(stage, by=by, decision=outcome, reason="No consta." if order == 2 else "")
    actions.close_case(case, by=by)

    form = officer_client.get(act(case, "reopen")).context["form"]
    answer = officer_client.post(
        act(case, "reopen"), fresh(case, stage=form["stage"].value(), reason="Nos equivocamos.")
    )

    assert answer.status_code == 302
    assert [stage.state for stage in case.stages.order_by("order")] == ["granted", "in_review"]


# --- what the screens say of whom, and by which keys ----------------------------------------------------
ALWAYS = {"?", "/", "g", "j", "k", "w", "m", "u", "[", "]"}  # keys of the page itself


@pytest.mark.parametrize("right", ["", *RIGHT_ACTS])
def test_no_key_of_a_case_does_two_things(right):
    never_together = {"undo-closing", "takeover"}  # with "give-back" and "take": one part is in one state
    own = ACTS.keys() - {name for names in RIGHT_ACTS.values() for name in names} - {"lift", "extend"}
    offered = own | set(RIGHT_ACTS.get(right, ())) | ({"extend"} if right else set())

    used = [ACTS[name].key for name in sorted(offered - never_together)]

    assert len(used) == len(set(used))
    assert not ALWAYS & set(used)


def test_opening_again_is_offered_only_where_it_can_be_done(
    agency, other_agency, officer, other_officer, client_of, actor_of
):
    case = filed_in_parts(agency, ("SRCEI", 1), ("IPS", 1))
    for who, outcome in ((officer, "granted"), (other_officer, "denied")):
        stage = case.stages.get(agency__in=actor_of(who).agency_ids(Role.OFFICER))
        actions.take_stage(stage, by=actor_of(who))
        actions.decide_stage(stage, by=actor_of(who), decision=outcome, reason="No consta.")
    actions.close_case(case, by=actor_of(officer))

    offered = {who: names(client_of(who).get(page(case))) for who in (officer, other_officer)}
    Case.objects.update(redacted_at=clock.now(), answers=None)
    erased = names(client_of(other_officer).get(page(case)))

    assert "reopen" not in offered[officer]
    assert "reopen" in offered[other_officer]
    assert "reopen" not in erased


@pytest.mark.usefixtures("in_english")
def test_what_waits_for_the_citizen_does_not_tell_an_officer_that_it_waits_for_them(
    taken, officer, officer_client, actor_of
):
    actions.ask_citizen(taken.stages.get(), by=actor_of(officer), question="¿Cuál?")

    text = officer_client.get(page(taken)).text

    assert "Waiting for the citizen" in text
    assert "Waiting for your answer" not in text


@pytest.mark.usefixtures("in_english")
def test_whoever_left_is_not_told_as_the_one_who_has_it_and_it_can_be_taken_with_many(
    taken, officer, officer_client, agency, client_of
):
    leaver_sees = officer_client.get(reverse("crm:agency-work"))
    Membership.objects.filter(user=officer).update(ends_at=clock.now() - timedelta(seconds=1))
    stays = client_of(people.staff("Otra Oficial", Role.OFFICER, agency=agency))

    listed, case = stays.get(reverse("crm:agency-work")), stays.get(page(taken))

    assert not leaver_sees.context["can_take"]
    assert 'id="take-many"' not in leaver_sees.text
    for answer in (listed, case):
        assert f"{officer.name} (no longer in the post)" in answer.text
    assert listed.context["lines"][0].can_be_taken


@pytest.mark.usefixtures("in_english")
def test_a_case_whose_asked_paper_came_opens_and_names_what_is_still_missing(
    taken, officer, officer_client, actor_of
):
    actions.ask_citizen(
        taken.stages.get(),
        by=actor_of(officer),
        question="Por favor.",
        papers=["proof"],
        other_paper="El arriendo",
    )
    file = files.store(crm.pdf(content=crm.pdf_of("otra")))
    actions.add_document(taken, by=taken.holder, file=file, requirement="proof")

    answer = officer_client.get(page(taken))

    assert answer.status_code == 200
    assert [(line.label, line.is_missing) for line in answer.context["file"].questions[0].wanted][-1] == (
        "El arriendo",
        True,
    )
    assert "Papers asked for:" in answer.text


def test_an_officer_keeps_all_lists_at_hand_among_the_tasks_of_their_team(officer_client):
    text = officer_client.get(reverse("tasks:team")).text

    for name in ("crm:work", "crm:agency-work", "crm:merges"):
        assert f'href="{reverse(name)}"' in text


@pytest.mark.parametrize("name", ["assign", "ask", "deny", "attach", "code", "note", "write"])
def test_whoever_opens_a_form_by_its_key_goes_on_in_it(name, taken, officer, officer_client, agency):
    Membership.objects.create(user=officer, role=Role.CHIEF, agency=agency)

    form = officer_client.get(act(taken, name)).context["form"]

    assert "autofocus" in str(form.visible_fields()[0])
