"""The agency API: what a program with a credential may read and do, as its agency's officers may on their screens."""

from datetime import timedelta, timezone
from operator import itemgetter
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import issue_credential, revoke_credential
from accounts.actors import Actor
from accounts.models import Role, Scope
from common import clock
from common.errors import DomainError, NotAllowed
from crm import actions, files
from crm.models import AccessLog, Case, Document, KeyedRequest, MessageKind, Party, PartyRole
from crm.queries.work import WorkFilter, agency_work
from crm.terms import NETWORK_ZONE
from events.models import Event
from integrations import virus_scan
from territory.queries.calendar import add_business_days
from tests.crm.programs import API, program_of
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm, mandates
from tests.factories.accounts import AgencyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


MISSING = "01990000-0000-7000-8000-000000000000"


@pytest.fixture
def program(agency):
    return program_of(agency)


def taken(program, case):
    assert program.post(f"cases/{case.folio}/take", match=program.revision(case.folio)).status_code == 200
    return program.revision(case.folio)


def attached(program, case, requirement="", *, content=crm.PDF + b"%", name="filename=res.pdf", **more):
    address = f"cases/{case.folio}/documents" + (f"?requirement={requirement}" if requirement else "")
    told = {"Content-Type": "application/pdf", "Content-Disposition": f"attachment; {name}"}
    return program.post(address, content, **told, **more)


def test_nobody_is_let_in_without_a_credential_in_force(program, client, submitted_case):
    assert client.get(f"{API}/cases").status_code == 401
    assert client.get(f"{API}/cases", headers={"Authorization": "Bearer vt_none"}).status_code == 401
    refused = client.get(f"{API}/cases/{submitted_case.folio}", headers={"Authorization": "Basic eDp5"})
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["WWW-Authenticate"] == "Bearer"

    assert program.get("cases").status_code == 200
    revoke_credential(program.credential, by=Actor.system())
    assert program.get("cases").status_code == 401


def test_a_credential_opens_nothing_after_its_last_day(agency, submitted_case):
    program = program_of(agency, last_day=clock.now().date() + timedelta(days=1))
    assert program.get("cases").status_code == 200

    with clock.frozen(clock.now() + timedelta(days=3)):
        assert program.get("cases").status_code == 401


def test_only_a_digest_of_the_secret_is_kept(program):
    row = str(vars(program.credential.__class__.objects.get()))

    assert program.secret not in row
    assert program.secret.startswith("vt_")
    assert len(program.secret) == 29  # 26 characters of five bits and three that name it


def test_only_administrators_issue_and_revoke(agency, officer, actor_of):
    with pytest.raises(NotAllowed):
        issue_credential(by=actor_of(officer), name="X", agency=agency, scopes=["read"])
    with pytest.raises(DomainError, match="agency"):
        issue_credential(by=Actor.system(), name="X", scopes=["read"])
    with pytest.raises(DomainError, match="channel"):
        issue_credential(by=Actor.system(), name="X", agency=agency, scopes=["intake"])


def test_a_case_is_read_in_full_and_the_reading_is_logged(program, submitted_case):
    answer = program.get(f"cases/{submitted_case.folio}")

    told = answer.json()
    assert answer.headers["ETag"].startswith(f'"{submitted_case.revision}-')
    assert (told["folio"], told["state"]) == (submitted_case.folio, "submitted")
    assert told["parties"][0]["name"] == "Amina Rojas Soto"
    assert told["parties"][0]["numbers"] == [{"kind": "run", "country": "CL", "value": "12345678-5"}]
    assert told["answers"]["reason"] == "work"
    assert [one["requirement"] for one in told["documents"]] == ["proof"]
    assert [one["agency"] for one in told["stages"]] == ["SRCEI"]
    line = AccessLog.objects.get(act="open_case", case_id=submitted_case.pk)
    assert (line.actor_kind, line.actor_id) == ("agency", program.credential.pk)


def test_the_citizen_reads_which_agency_s_system_looked(program, submitted_case):
    from crm.queries.readings import readings_of_case

    program.get(f"cases/{submitted_case.folio}")

    assert "Servicio de Registro Civil" in readings_of_case(submitted_case, is_whole=True).rows[0].who


def test_another_agency_reads_and_does_nothing(other_agency, submitted_case):
    other = program_of(other_agency)
    folio, paper = submitted_case.folio, submitted_case.documents.get().pk

    assert other.get("cases").json()["results"] == []
    for address in (f"cases/{folio}", f"cases/{folio}/timeline", f"cases/{folio}/documents/{paper}"):
        assert other.get(address).status_code == 404
    for name, body in (
        ("take", {}),
        ("ask", {"question": "?"}),
        ("lapse", {"reason": "x"}),
        ("status", {"text": "x"}),
        ("notes", {"text": "x"}),
        ("close", {}),
    ):
        assert other.post(f"cases/{folio}/{name}", body, match=2).status_code == 404
    assert other.post(f"cases/{folio}/decide", {"decision": "granted"}, match=2).status_code == 404
    assert other.post(f"cases/{folio}/documents", crm.PDF).status_code == 404
    assert not Event.objects.filter(actor_kind="agency").exists()


@pytest.mark.parametrize(
    ("scope", "address", "body"),
    [
        (Scope.READ, "take", {}),
        (Scope.READ, "notes", {"text": "x"}),
        (Scope.WORK, "decide", {"decision": "granted"}),
        (Scope.WORK, "lapse", {"reason": "x"}),
        (Scope.WORK, "close", {}),
        (Scope.WORK, "reopen", {"reason": "x"}),
        (Scope.DECIDE, "ask", {"question": "?"}),
        (Scope.DECIDE, "documents", {}),
    ],
)
def test_a_credential_does_only_what_its_scopes_say(agency, submitted_case, scope, address, body):
    refused = program_of(agency, scope).post(f"cases/{submitted_case.folio}/{address}", body, match=2)

    assert (refused.status_code, refused.json()["type"]) == (403, "about:blank#no-scope")


def test_a_case_goes_its_whole_way_through_the_api(program, submitted_case):
    folio = submitted_case.folio
    revision = taken(program, submitted_case)

    asked = program.post(f"cases/{folio}/ask", {"question": "Which copy?"}, match=revision)
    assert asked.json()["state"] == "awaiting_citizen"
    submitted_case.refresh_from_db()
    actions.answer_agency(
        submitted_case,
        by=Actor.visitor(frozenset({submitted_case.pk})),
        interaction=submitted_case.source,
        text="Both.",
    )
    told = program.post(f"cases/{folio}/status", {"text": "We print it tomorrow."})
    assert told.status_code == 200
    judged = program.post(
        f"cases/{folio}/documents/{submitted_case.documents.get().pk}/judge", {"state": "accepted"}
    )
    assert judged.status_code == 200
    given = program.post(
        f"cases/{folio}/documents",
        crm.PDF,
        **{"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="res.pdf"'},
    )
    assert given.status_code == 201, given.content
    handed = program.get(f"cases/{folio}/documents/{given.json()['id']}")
    assert (b"".join(handed.streaming_content), handed.headers["Content-Type"]) == (
        crm.PDF,
        "application/pdf",
    )
    decided = program.post(
        f"cases/{folio}/decide", {"decision": "denied", "reason": "No record."}, match=program.revision(folio)
    )
    assert decided.json()["state"] == "denied"
    assert decided.headers["ETag"] == f'"{decided.json()["revision"]}"'
    closed = program.post(f"cases/{folio}/close", match=decided.headers["ETag"])
    assert closed.json()["state"] == "closed"
    again = program.post(f"cases/{folio}/reopen", {"reason": "It was found."}, match=closed.headers["ETag"])
    assert again.json()["state"] == "in_review"

    kinds = [one["kind"] for one in program.get(f"cases/{folio}/timeline", page_size=100).json()["results"]]
    assert kinds[-4:] == ["case.paper_added", "case.denied", "case.closed", "case.reopened"]
    assert "case.noticed" in kinds
    assert {MessageKind.NOTICE, MessageKind.QUESTION} <= set(
        submitted_case.messages.values_list("kind", flat=True)
    )
    assert set(Event.objects.filter(kind="case.denied").values_list("actor_id", flat=True)) == {
        program.credential.pk
    }


def test_a_system_asks_for_papers_and_gives_the_days_to_answer(program, submitted_case):
    folio = submitted_case.folio
    revision = taken(program, submitted_case)
    code = submitted_case.version.sheet.requirements[0].code

    few = program.post(f"cases/{folio}/ask", {"question": "Which?", "days": 4}, match=revision)
    unknown = program.post(
        f"cases/{folio}/ask", {"question": "Which?", "papers": ["nothing"]}, match=revision
    )
    asked = program.post(
        f"cases/{folio}/ask",
        {"question": "Which?", "papers": [code], "other_paper": "A newer map", "days": 20},
        match=revision,
    )

    assert (few.status_code, list(few.json()["errors"])) == (400, ["days"])
    assert (unknown.status_code, list(unknown.json()["errors"])) == (422, ["papers"])
    assert asked.status_code == 200
    papers = submitted_case.requested_papers.values_list("requirement", "words")
    assert sorted(papers) == [("asked-1", "A newer map"), (code, "")]
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    assert submitted_case.messages.get(kind="question").answer_by == add_business_days(today, 20)


def test_a_system_ends_a_part_only_when_the_day_to_answer_is_over(program, submitted_case):
    folio = submitted_case.folio
    revision = taken(program, submitted_case)
    asked = program.post(f"cases/{folio}/ask", {"question": "Which?", "days": 5}, match=revision)

    early = program.post(f"cases/{folio}/lapse", {"reason": "No answer."}, match=asked.headers["ETag"])
    with clock.frozen(clock.now() + timedelta(days=30)):
        lapsed = program.post(f"cases/{folio}/lapse", {"reason": "No answer."}, match=asked.headers["ETag"])

    assert early.status_code == 422
    assert (lapsed.status_code, lapsed.json()["state"]) == (200, "lapsed")


def test_the_citizen_reads_what_the_agency_s_system_told(program, submitted_case):
    from crm.queries.timeline import case_timeline

    program.post(f"cases/{submitted_case.folio}/status", {"text": "We print it tomorrow."})

    points = case_timeline(submitted_case, actor=Actor.visitor(frozenset({submitted_case.pk})))
    assert (points[-1].title, points[-1].text) == (
        "The agency told you how far it has come",
        "We print it tomorrow.",
    )


def test_a_change_of_what_was_looked_at_is_refused_and_a_look_is_asked_for(program, submitted_case):
    folio = submitted_case.folio
    revision = taken(program, submitted_case)
    program.post(f"cases/{folio}/notes", {"text": "A colleague was here."})

    stale = program.post(f"cases/{folio}/decide", {"decision": "granted"}, match=revision)
    unseen = program.post(f"cases/{folio}/decide", {"decision": "granted"})

    assert (stale.status_code, stale.json()["type"]) == (412, "about:blank#stale")
    assert (unseen.status_code, unseen.json()["type"]) == (428, "about:blank#precondition-missing")
    assert program.post(f"cases/{folio}/take", match="*").status_code == 400


def test_a_program_takes_only_what_nobody_has_taken(program, submitted_case, officer, actor_of):
    folio = submitted_case.folio
    stage = actions.take_stage(submitted_case.stages.get(), by=actor_of(officer))

    stale = program.post(f"cases/{folio}/take", match=2)
    snatched = program.post(f"cases/{folio}/take", match=program.revision(folio))

    assert (stale.status_code, snatched.status_code) == (412, 409)
    stage.refresh_from_db()
    assert stage.assigned_to == officer


def test_a_part_that_the_chief_gave_to_an_officer_stays_with_them_when_a_program_takes_it(
    program, submitted_case, agency, officer
):
    chief = Actor.staff(people.staff("Ofelia Rivas", Role.CHIEF, agency=agency))
    actions.assign_stage(submitted_case.stages.get(), by=chief, to=officer)
    folio = submitted_case.folio

    assert program.post(f"cases/{folio}/take", match=program.revision(folio)).status_code == 200

    stage = submitted_case.stages.get()
    assert (stage.state, stage.assigned_to) == ("in_review", officer)


def test_a_part_that_a_program_took_is_not_taken_again_with_an_old_look(program, submitted_case):
    folio = submitted_case.folio
    looked_at = program.revision(folio)
    assert program.post(f"cases/{folio}/take", match=looked_at).status_code == 200

    assert program.post(f"cases/{folio}/take", match=looked_at).status_code == 412
    assert program.post(f"cases/{folio}/take", match=999).status_code == 412


def test_what_can_not_be_done_now_says_so(program, submitted_case):
    refused = program.post(f"cases/{submitted_case.folio}/decide", {"decision": "granted"}, match=2)

    assert (refused.status_code, refused.json()["type"]) == (409, "about:blank#illegal-move")


def test_a_denial_without_a_reason_names_the_field(program, submitted_case):
    revision = taken(program, submitted_case)

    refused = program.post(f"cases/{submitted_case.folio}/decide", {"decision": "denied"}, match=revision)

    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["reason"]


def test_a_write_sent_again_is_answered_the_same_and_done_once(program, submitted_case):
    folio = submitted_case.folio
    first = program.post(f"cases/{folio}/notes", {"text": "Once."}, key="a")

    again = program.post(f"cases/{folio}/notes", {"text": "Once."}, key="a")

    assert (again.status_code, again.content, again.headers["ETag"]) == (
        200,
        first.content,
        first.headers["ETag"],
    )
    assert submitted_case.messages.count() == 1


def test_a_key_with_something_else_in_the_request_is_refused(program, submitted_case):
    folio = submitted_case.folio
    program.post(f"cases/{folio}/notes", {"text": "Once."}, key="a")

    other = program.post(f"cases/{folio}/notes", {"text": "Twice."}, key="a")
    elsewhere = program.post(f"cases/{folio}/status", {"text": "Once."}, key="a")

    assert {other.status_code, elsewhere.status_code} == {422}
    assert other.json()["type"] == "about:blank#key-used"
    assert submitted_case.messages.count() == 1


def test_another_program_s_key_is_another_key(program, agency, submitted_case):
    program.post(f"cases/{submitted_case.folio}/notes", {"text": "Mine."}, key="a")

    assert (
        program_of(agency)
        .post(f"cases/{submitted_case.folio}/notes", {"text": "Theirs."}, key="a")
        .status_code
        == 200
    )


def test_a_refusal_sent_again_is_the_same_refusal(program, submitted_case):
    folio = submitted_case.folio
    first = program.post(f"cases/{folio}/decide", {"decision": "granted"}, match=2, key="a")
    taken(program, submitted_case)

    again = program.post(f"cases/{folio}/decide", {"decision": "granted"}, match=2, key="a")

    assert (again.status_code, again.content) == (first.status_code, first.content) == (409, first.content)


def test_that_there_was_nothing_is_an_answer_too_and_its_key_is_used(program, submitted_case):
    folio = submitted_case.folio
    first = program.post(f"cases/{folio}/documents/{MISSING}/judge", {"state": "accepted"}, key="a")

    again = program.post(f"cases/{folio}/documents/{MISSING}/judge", {"state": "accepted"}, key="a")
    other = program.post(f"cases/{folio}/notes", {"text": "Something else."}, key="a")

    assert (first.status_code, again.status_code, again.content) == (404, 404, first.content)
    assert first.headers["Content-Type"] == "application/problem+json"
    assert (other.status_code, other.json()["type"]) == (422, "about:blank#key-used")


def test_a_file_sent_again_is_answered_the_same_without_being_looked_through_again(
    program, submitted_case, monkeypatch
):
    first = attached(program, submitted_case, key="a")
    monkeypatch.setattr(virus_scan, "get_client", lambda: pytest.fail("It is looked through again."))

    again = attached(program, submitted_case, key="a")

    assert (again.status_code, again.content) == (201, first.content)


def test_every_write_asks_for_a_key(program, submitted_case):
    answer = program.client.post(
        f"{API}/cases/{submitted_case.folio}/notes",
        {"text": "x"},
        content_type="application/json",
        headers=program.headers,
    )

    assert (answer.status_code, answer.json()["type"]) == (400, "about:blank#key-missing")


def test_keys_are_forgotten_after_seven_days(program, submitted_case):
    from crm import tasks

    program.post(f"cases/{submitted_case.folio}/notes", {"text": "x"}, key="a")
    tasks.forget_requests()
    assert KeyedRequest.objects.count() == 1

    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)):
        tasks.forget_requests()

    assert KeyedRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "unreadable"),
        ("[]", 400, "unreadable"),
        ("[" * 100_000, 400, "unreadable"),
        ('{"text": NaN}', 400, "unreadable"),
        ('{"text": 1e999}', 400, "unreadable"),
        ('{"text": [-1e999]}', 400, "unreadable"),
        ('{"text": "a\\u0000b"}', 400, "unreadable"),
        ('{"text": "a", "colour": 1}', 400, "invalid"),
        ('{"text": ""}', 400, "invalid"),
        ('{"text": {"a": 1}}', 400, "invalid"),
        ('{"text": "%s"}' % ("x" * 5001), 400, "invalid"),
        ('{"text": "%s"}' % ("x" * 300_000), 413, "too-large"),
        ('{"text": "x", "stage": "none"}', 400, "invalid"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_a_problem_document(program, submitted_case, body, status, code):
    answer = program.post(f"cases/{submitted_case.folio}/notes", body)

    assert (answer.status_code, answer.json()["type"]) == (status, f"about:blank#{code}")
    assert not submitted_case.messages.exists()


def test_another_kind_of_content_is_refused(program, submitted_case):
    answer = program.post(f"cases/{submitted_case.folio}/notes", "text=x", **{"Content-Type": "text/plain"})

    assert answer.status_code == 415


def test_too_many_requests_are_refused_for_a_minute(agency):
    program = program_of(agency, rate=3)
    for _number in range(3):
        assert program.get("cases").status_code == 200

    refused = program.get("cases")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_the_work_list_is_narrowed_and_paged_in_the_order_of_change(program, procedure_version):
    cases = [
        crm.filed_case(procedure_version, applicant_run=run)
        for run in ("12345678-5", "5126663-3", "7654321-6")
    ]
    taken(program, cases[0])

    found, address = [], "cases?page_size=1"
    while address:
        page = program.get(address).json()
        found += [row["folio"] for row in page["results"]]
        parts = urlsplit(page["next"] or "")
        address = f"cases?{parts.query}" if parts.query else ""

    assert found == [cases[1].folio, cases[2].folio, cases[0].folio]
    assert [row["folio"] for row in program.get("cases", state="in_review").json()["results"]] == [
        cases[0].folio
    ]
    assert program.get("cases", procedure="9999").json()["results"] == []
    since = program.get("cases", state="in_review").json()["results"][0]["since"]
    assert [row["folio"] for row in program.get("cases", changed_since=since).json()["results"]] == [
        cases[0].folio
    ]


def test_a_case_with_many_parties_papers_and_messages_is_one_row_of_each_list(
    program, submitted_case, agency, officer, clerk, office
):
    by, desk = Actor.staff(officer), Actor.staff(clerk)
    amina = submitted_case.parties.get().person
    for number, role in enumerate((PartyRole.MEMBER, PartyRole.BENEFICIARY)):
        other = actions.know_person(by=Actor.system(), name=f"Otra {number}", email="amina@test.invalid")
        Party.objects.create(case=submitted_case, person=other, role=role)
        actions.add_document(
            submitted_case,
            by=submitted_case.holder,
            file=files.store(crm.pdf(content=crm.pdf_of(role))),
            requirement="",
        )
        actions.note_case(submitted_case, by=by, text=f"Nota {number}")
        actions.open_task("Llamar", by=by, case=submitted_case, agency=agency)
        mandates.at_desk(office, desk, amina)

    told = program.get("cases", state="received", procedure="3430", assigned="no").json()["results"]

    assert [row["folio"] for row in told] == [submitted_case.folio]
    assert len(agency_work(by, WorkFilter(procedure="3430", channel="web"))) == 1
    for actor in (by, desk, Actor.agency(program.credential), submitted_case.holder):
        assert Case.objects.visible_to(actor).count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "lost"}, "state"),
        ({"page_size": "0"}, "page_size"),
        ({"cursor": "AAAA"}, "cursor"),
        ({"changed_since": "ayer"}, "changed_since"),
        ({"changed_since": "0001-01-01T00:00:00+14:00"}, "changed_since"),
        ({"assigned": "perhaps"}, "assigned"),
        ({"colour": "red"}, "colour"),
        ({"procedure": "' OR 1=1"}, "procedure"),
    ],
)
def test_what_a_list_can_not_be_narrowed_by_is_refused(program, query, field):
    answer = program.get("cases", **query)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_moment_is_the_same_in_a_zone_that_the_database_does_not_know(program, submitted_case):
    before, after = (
        (clock.now() + timedelta(minutes=minutes)).astimezone(timezone(timedelta(hours=20))).isoformat()
        for minutes in (-5, 5)
    )

    assert len(program.get("cases", changed_since=before).json()["results"]) == 1
    assert program.get("cases", changed_since=after).json()["results"] == []


def test_a_cursor_of_another_list_is_refused(program, submitted_case):
    following = program.get(f"cases/{submitted_case.folio}/timeline", page_size=1).json()["next"]

    assert program.get(f"cases?{urlsplit(following).query}").status_code == 400


def test_a_list_logs_the_cases_it_showed_in_one_line(program, submitted_case):
    program.get("cases")

    line = AccessLog.objects.get(act="list", actor_kind="agency")
    assert line.shown_ids == [str(submitted_case.pk)]


def test_list_case_and_write_cost_the_same_whatever_their_size(program, procedure_version, agency):
    case = crm.filed_case(procedure_version)

    def queries(address):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert program.get(address).status_code == 200
        return len(seen)

    few = [queries("cases"), queries(f"cases/{case.folio}"), queries(f"cases/{case.folio}/timeline")]
    for number in range(12):
        crm.filed_case(procedure_version, applicant_run=f"{7_000_001 + number}-{_digit(7_000_001 + number)}")
        program.post(f"cases/{case.folio}/notes", {"text": "Another."})

    assert [queries("cases"), queries(f"cases/{case.folio}"), queries(f"cases/{case.folio}/timeline")] == few
    assert few[0] <= 4  # one of them asks since when others write, and reads no table
    assert few[1] <= 3


def _digit(number):
    from common import run

    return run.check_digit(number)


def test_an_agency_with_two_parts_says_which(program, submitted_case, agency):
    from crm.models import Stage

    first = submitted_case.stages.get()
    Stage.objects.create(
        case=submitted_case, agency=agency, order=2, state="waiting", state_since=clock.now()
    )

    unclear = program.post(f"cases/{submitted_case.folio}/take", match=submitted_case.revision)
    clear = program.post(
        f"cases/{submitted_case.folio}/take", {"stage": str(first.pk)}, match=submitted_case.revision
    )

    assert (unclear.status_code, list(unclear.json()["errors"])) == (422, ["stage"])
    assert clear.status_code == 200


def test_notes_of_other_agencies_stay_with_them(program, submitted_case):
    from crm.models import Message, Stage

    other = AgencyFactory(code="IPS")
    stage = Stage.objects.create(
        case=submitted_case,
        agency=other,
        order=2,
        state="received",
        state_since=clock.now(),
        counts_from=clock.now().date(),
    )
    Message.objects.create(case=submitted_case, stage=stage, kind="note", text="Theirs.")

    assert program.get(f"cases/{submitted_case.folio}").json()["messages"] == []
    assert [
        one["text"] for one in program_of(other).get(f"cases/{submitted_case.folio}").json()["messages"]
    ] == ["Theirs."]


def test_a_draft_is_nobody_s_yet(program, procedure_version):
    crm.draft_case(procedure_version)

    assert program.get("cases").json()["results"] == []
    assert Case.objects.visible_to(Actor.agency(program.credential)).count() == 0


def test_what_is_read_in_one_statement_is_what_the_door_to_cases_lets_see(
    agency, other_agency, procedure_version
):
    from crm.queries.agency_api import case_in_full
    from tests.crm.programs import kiosk

    filed, draft = (
        crm.filed_case(procedure_version),
        crm.draft_case(procedure_version, applicant_run="5126663-3"),
    )
    actors = [
        Actor.agency(one.credential)
        for one in (program_of(agency), program_of(agency, Scope.READ), program_of(other_agency), kiosk())
    ]

    for actor in actors:
        seen = Case.objects.visible_to(actor).filter(pk=filed.pk).exists()
        assert (case_in_full(actor, filed.folio) is not None) == seen
        assert not Case.objects.visible_to(actor).filter(pk=draft.pk).exists()
    assert [case_in_full(actor, filed.folio) is not None for actor in actors] == [True, True, False, False]


def test_merges_are_told_old_to_new_and_back_page_by_page(program, submitted_case, other_agency):
    boss = Actor.staff(people.staff("Sofía Araya", Role.SUPERVISOR))
    person = submitted_case.parties.get().person
    merges = []
    for name, run in (("Amina Rojas", "9876543-3"), ("A. Rojas S.", "5126663-3")):
        other = actions.know_person(by=Actor.system(), name=name, run=run)
        merges.append(actions.merge_people(person, other, by=boss, reason="Es la misma persona."))
    actions.unmerge_people(merges[0], by=boss, reason="Eran primas.")

    first = program.get("merges?page_size=1").json()
    second = program.get(first["next"].split("/api/v1/")[1]).json()

    assert [(row["kind"], row["old"], row["new"]) for row in first["results"] + second["results"]] == [
        ("person.merged", str(merges[1].merged_id), str(person.pk)),
        ("person.unmerged", str(person.pk), str(merges[0].merged_id)),
    ]
    assert second["next"] is None
    assert program_of(other_agency).get("merges").json()["results"] == []


# --- papers ---------------------------------------------------------------------------------------
def test_the_papers_of_what_asks_for_an_identity_card_are_handed_to_the_agency_that_decides_it(agency):
    levels = {channel: {"answer": 500, "status": 500} for channel in ("web", "office", "phone")}
    case = crm.filed_case(sheets.publish(sheets.sheet(levels=levels), agency=agency))

    handed = program_of(agency).get(f"cases/{case.folio}/documents/{case.documents.get().pk}")

    assert (handed.status_code, b"".join(handed.streaming_content)) == (200, crm.PDF)


@pytest.mark.parametrize("code", ["no-such-thing", "export-readable", "export-data", "other-1"])
def test_a_paper_for_what_nobody_asks_for_is_refused(program, submitted_case, code):
    refused = attached(program, submitted_case, code)

    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["requirement"])
    assert submitted_case.documents.count() == 1


def test_a_paper_is_attached_for_the_sheet_s_codes_for_what_was_asked_and_for_nothing_of_these(
    program, submitted_case
):
    revision = taken(program, submitted_case)
    program.post(
        f"cases/{submitted_case.folio}/ask", {"question": "?", "other_paper": "A newer map"}, match=revision
    )

    codes = ["id-card", "proof", "asked-1", ""]
    given = [
        attached(program, submitted_case, code, content=crm.PDF + bytes(number + 65))
        for number, code in enumerate(codes)
    ]

    assert [one.status_code for one in given] == [201] * 4
    assert [one.json()["requirement"] for one in given] == ["id-card", "proof", "asked-1", "other-1"]


def test_a_paper_for_a_case_that_was_changed_meanwhile_is_refused(program, submitted_case):
    looked_at = submitted_case.revision
    program.post(f"cases/{submitted_case.folio}/notes", {"text": "A colleague was here."})

    stale = attached(program, submitted_case, "proof", match=looked_at)
    fresh = attached(program, submitted_case, "proof", match=program.revision(submitted_case.folio))

    assert (stale.status_code, fresh.status_code) == (412, 201)


def test_a_file_s_name_in_an_alphabet_nobody_knows_is_no_name(program, submitted_case):
    given = attached(program, submitted_case, name="filename*=bogus''x")

    assert given.status_code == 201
    assert submitted_case.documents.get(pk=given.json()["id"]).name == "documento.pdf"


def test_a_paper_whose_day_is_over_is_told_as_expired_and_is_accepted_with_the_day_that_stands_on_it(
    program, submitted_case
):
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    paper = submitted_case.documents.get()
    submitted_case.documents.update(valid_until=today - timedelta(days=1))

    told = program.get(f"cases/{submitted_case.folio}").json()["documents"][0]
    address = f"cases/{submitted_case.folio}/documents/{paper.pk}/judge"
    over = program.post(address, {"state": "accepted"})
    judged = program.post(address, {"state": "accepted", "valid_until": str(today + timedelta(days=30))})
    after = program.get(f"cases/{submitted_case.folio}").json()["documents"][0]

    assert (told["state"], told["valid_until"]) == ("expired", str(today - timedelta(days=1)))
    assert (over.status_code, list(over.json()["errors"])) == (422, ["valid_until"])
    assert judged.status_code == 200
    assert (after["state"], after["valid_until"]) == ("accepted", str(today + timedelta(days=30)))


def test_the_states_of_papers_are_those_of_the_officers_screen(program, submitted_case):
    today = clock.local_date(clock.now(), NETWORK_ZONE)
    kinds = [
        {"state": state, "reason": "No." if state == "rejected" else "", "valid_until": day, "expired_at": at}
        for state in ("received", "accepted", "rejected")
        for day in (None, today, today - timedelta(days=1))
        for at in (None, clock.now())
    ]
    for number, kind in enumerate(kinds):
        Document.objects.create(
            case=submitted_case,
            requirement=f"other-{number}",
            name="x.pdf",
            content_type="application/pdf",
            size=1,
            sha256=str(number),
            **kind,
        )

    told = {
        one["id"]: one["state"] for one in program.get(f"cases/{submitted_case.folio}").json()["documents"]
    }

    assert told == {str(one.pk): one.state_on(today) for one in submitted_case.documents.all()}


def test_what_was_asked_for_is_told_and_whether_it_came(program, submitted_case):
    revision = taken(program, submitted_case)
    program.post(
        f"cases/{submitted_case.folio}/ask",
        {"question": "Which?", "papers": ["proof"], "other_paper": "A newer map"},
        match=revision,
    )
    attached(program, submitted_case, "asked-1")

    told = program.get(f"cases/{submitted_case.folio}").json()

    question = next(one["id"] for one in told["messages"] if one["kind"] == "question")
    assert [
        (one["requirement"], one["words"], one["question"], one["answered"])
        for one in sorted(told["requested"], key=itemgetter("requirement"))
    ] == [("asked-1", "A newer map", question, True), ("proof", "", question, False)]


# --- what was read already ------------------------------------------------------------------------
def test_what_the_citizen_wrote_is_read_once_the_agency_s_system_has_read_the_case(
    program, submitted_case, other_agency
):
    contact = actions.open_interaction("web", by=submitted_case.holder)
    message = actions.write_to_agency(
        submitted_case, by=submitted_case.holder, interaction=contact, text="Hello"
    )
    program_of(other_agency).get(f"cases/{submitted_case.folio}")
    message.refresh_from_db()
    assert message.read_at is None

    with CaptureQueriesContext(connection) as first:
        program.get(f"cases/{submitted_case.folio}")
    with CaptureQueriesContext(connection) as again:
        program.get(f"cases/{submitted_case.folio}")

    message.refresh_from_db()
    assert message.read_at is not None
    assert len(again) == 3 < len(first)


def test_a_case_that_is_known_as_it_is_is_not_told_again_and_the_reading_is_logged(program, submitted_case):
    etag = program.get(f"cases/{submitted_case.folio}").headers["ETag"]

    def asked(known):
        headers = {**program.headers, "If-None-Match": known}
        return program.client.get(f"{API}/cases/{submitted_case.folio}", headers=headers)

    known, weak, other = asked(etag), asked(f'"1", W/{etag}'), asked('"77"')
    program.post(f"cases/{submitted_case.folio}/notes", {"text": "Changed."})
    changed = asked(etag)

    assert [one.status_code for one in (known, weak, other, changed)] == [304, 304, 200, 200]
    assert (known.content, known.headers["ETag"]) == (b"", etag)
    assert AccessLog.objects.filter(act="open_case", case_id=submitted_case.pk).count() == 5


# --- what is wrong, in words ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "body", "field", "said"),
    [
        ("ask", {"question": "¿Qué?", "papers": "proof"}, "papers", "Send a list here."),
        ("ask", {"question": "¿Qué?", "papers": ["proof", [5]]}, "papers", "/papers/1: Send a text here."),
        ("ask", {"question": "¿Qué?", "papers": ["x" * 61]}, "papers", "/papers/0: Ensure this"),
        ("ask", {"question": {"es": "¿Qué?"}}, "question", "Send a text here."),
        ("ask", {"question": "¿Qué?", "days": [5]}, "days", "Send a whole number here."),
        ("take", {"stage": ["x"]}, "stage", "in the form of a UUID."),
        ("decide", {"decision": {"a": None}}, "decision", "Send one of these: granted, denied, referred."),
    ],
)
def test_what_is_wrong_is_told_in_words_of_json_and_where_it_stands(
    program, submitted_case, act, body, field, said
):
    refused = program.post(f"cases/{submitted_case.folio}/{act}", body, match=1)

    assert refused.status_code == 400
    (sentence,) = refused.json()["errors"][field]
    assert said in sentence
    assert not any(word in sentence for word in ("ErrorDetail", "None", "type", "dictionary", "{", "["))


def test_a_day_that_is_none_is_told_so(program, submitted_case):
    paper = submitted_case.documents.get()

    refused = program.post(
        f"cases/{submitted_case.folio}/documents/{paper.pk}/judge", {"state": "accepted", "valid_until": {}}
    )

    assert "Send a day here" in refused.json()["errors"]["valid_until"][0]


@pytest.mark.parametrize("name", [".", "..", "/", "./", "...", " ", "a/..", "\\\\"])
def test_a_paper_whose_name_names_no_file_is_called_a_document(program, submitted_case, name):
    given = attached(program, submitted_case, name=f'filename="{name}"')

    assert given.status_code == 201, given.content
    assert Document.objects.get(pk=given.json()["id"]).name == "documento.pdf"
