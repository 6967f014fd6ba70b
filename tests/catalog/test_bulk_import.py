"""A file sent back: a report row by row, confirmed once, each row a draft; nothing is published, and nothing of anybody's is lost."""

import io
import json
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import openpyxl
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership
from catalog import actions, tasks
from catalog.bulk import spreadsheet, working
from catalog.bulk.given import Given
from catalog.models import BulkImport, BulkRow, Procedure, ProcedureVersion
from catalog.queries import bulk as queries
from catalog.queries.published import published_version
from common import clock
from common.errors import DomainError, NotAllowed
from config.reference import sheets as reference
from events.models import Event
from tests.catalog.sheets import publish_many
from tests.factories import catalog as sheets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def whole(version, /, **changes):
    """The sheet of a version as a JSON file has it, with changes on top."""
    procedure = version.procedure
    return {
        **version.content,
        "code": procedure.code,
        "slug": procedure.slug,
        "agency": procedure.agency.code,
        "version": version.number,
        **changes,
    }


def send(client, *rows, name="fichas.json", content=None):
    content = content if content is not None else json.dumps({"sheets": list(rows)}).encode()
    return client.post(url("bulk-send"), {"file": SimpleUploadedFile(name, content)})


def book_of(**texts):
    """A spreadsheet of several sheets, by name; one whose name begins with `hidden` is."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, title in texts.items():
        sheet = made.create_sheet(name)
        sheet.append(["code", "title_es"])
        sheet.append(["3430", title])
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def report(client, answer):
    page = client.get(answer.url)
    assert page.status_code == 200
    return {row.code: row for row in page.context["rows"]}


def test_a_file_is_reported_on_before_anything_is_written(client_of, editor, agency, other_agency):
    same, changed, open_one = publish_many(agency, 3)
    sheets.publish(sheets.sheet(code="77", slug="ajeno"), agency=other_agency)
    actions.begin_version(open_one.procedure, by=Actor.staff(editor))
    before = ProcedureVersion.objects.count()
    client = client_of(editor)

    answer = send(
        client,
        whole(same),
        whole(changed, title={"es": "Cambiado"}),
        whole(open_one, title={"es": "También"}),
        sheets.sheet(code="77"),
        sheets.sheet(code="78"),
        whole(same, code="3430", costs="mucho"),
    )

    found = report(client, answer)
    assert {code: row.outcome for code, row in found.items()} == {
        "5000": "same",
        "5001": "changed",
        "5002": "conflict",
        "77": "refused",
        "78": "refused",
        "3430": "refused",
    }
    assert "A draft is open" in found["5002"].reason
    assert "not of your agency" in found["77"].reason
    assert "only an administrator adds procedures" in found["78"].reason
    assert ProcedureVersion.objects.count() == before
    assert not Procedure.objects.filter(code="78").exists()


def test_confirmed_each_changed_row_becomes_a_draft_and_nothing_is_public(client_of, editor, agency):
    versions = publish_many(agency, 3)
    client = client_of(editor)
    rows = [whole(version, title={"es": f"Cambiado {version.procedure.code}"}) for version in versions]
    answer = send(client, *rows, whole(versions[0], code="9", slug="x"))
    bulk = BulkImport.objects.get()
    assert "become drafts once you confirm" in client.get(answer.url).text

    page = client.post(url("bulk-confirm", bulk.pk), follow=True)

    drafts = ProcedureVersion.objects.filter(status="draft")
    assert {draft.title_es for draft in drafts} == {f"Cambiado {n}" for n in (5000, 5001, 5002)}
    assert {draft.author for draft in drafts} == {editor}
    assert published_version("tramite-5000").title_es == "Trámite 5000"
    assert not Event.objects.filter(kind="version.published", actor_id=editor.pk).exists()
    bulk.refresh_from_db()
    assert bulk.state == "done"
    assert "Each changed sheet is a draft of yours now" in page.text
    assert page.text.count("/versions/2/") == 3
    assert set(BulkRow.objects.values_list("data", flat=True)) == {None}, "what is done is kept no longer"


def test_pressed_twice_each_row_is_done_once(client_of, editor, procedure_version):
    client = client_of(editor)
    send(client, whole(procedure_version, title={"es": "Cambiado"}))
    bulk = BulkImport.objects.get()

    for _twice in range(2):
        assert client.post(url("bulk-confirm", bulk.pk)).status_code == 302
        tasks.work_on_bulk(bulk_id=str(bulk.pk))

    assert ProcedureVersion.objects.count() == 2
    assert Event.objects.filter(kind="version.edited").count() == 1


def test_many_rows_are_left_to_a_worker_whose_progress_is_shown_and_which_may_die(
    client_of, editor, agency, monkeypatch
):
    asked = []
    monkeypatch.setattr(working, "AT_ONCE", 2)
    monkeypatch.setattr("catalog.views.bulk.AT_ONCE", 2)
    monkeypatch.setattr(tasks.work_on_bulk, "delay_on_commit", lambda **given: asked.append(given))
    client = client_of(editor)
    rows = [whole(version, title={"es": "Cambiado"}) for version in publish_many(agency, 4)]
    answer = send(client, *rows)
    bulk = BulkImport.objects.get()
    page = client.get(answer.url).text
    assert "4 of 4 rows are still to be compared" in page
    assert 'hx-trigger="every 3s"' in page
    refused = client.post(url("bulk-confirm", bulk.pk), follow=True)
    assert "still being read" in refused.text

    tasks.work_on_bulk(**asked[0])
    client.post(url("bulk-confirm", bulk.pk))
    apply, died = actions.apply_row, []

    def dies(row, *, by):
        if len(died) == 2:
            raise KeyboardInterrupt
        died.append(row)
        return apply(row, by=by)

    with mock.patch.object(actions, "apply_row", dies), pytest.raises(KeyboardInterrupt):
        tasks.work_on_bulk(**asked[1])
    assert "2 of 4 rows are done" in client.get(answer.url).text
    swapped = client.get(answer.url, headers={"HX-Request": "true"}).text
    assert "<h1>" not in swapped
    assert 'id="report"' in swapped

    tasks.finish_bulk()

    bulk.refresh_from_db()
    assert (bulk.state, ProcedureVersion.objects.filter(status="draft").count()) == ("done", 4)


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt], ids=["an error", "a lost worker"])
@pytest.mark.parametrize("work", ["judge_row", "apply_row"])
def test_a_row_that_fails_holds_no_other_up_for_ever(client_of, editor, agency, monkeypatch, fault, work):
    versions = publish_many(agency, 3)
    rows = [whole(version, title={"es": "Cambiado"}) for version in versions]
    monkeypatch.setattr("catalog.views.bulk.AT_ONCE", 0)
    monkeypatch.setattr(tasks.work_on_bulk, "delay_on_commit", lambda **given: None)
    client = client_of(editor)
    send(client, *rows)
    bulk = BulkImport.objects.get()
    if work == "apply_row":
        working.work_on(bulk.pk)
        client.post(url("bulk-confirm", bulk.pk))
    does = getattr(actions, work)

    def fails(row, *, by):
        if row.code == "5001":
            raise fault
        return does(row, by=by)

    monkeypatch.setattr(actions, work, fails)
    for _time in range(4):
        with suppress(KeyboardInterrupt):
            tasks.finish_bulk()

    bulk.refresh_from_db()
    found = {row.code: row for row in bulk.rows.all()}
    given_up = found["5001"]
    assert "failed three times" in (given_up.said or given_up.reason)
    assert given_up.data is None
    if work == "judge_row":
        assert bulk.state == "read"
        assert [found[code].outcome for code in ("5000", "5001", "5002")] == ["changed", "refused", "changed"]
    else:
        assert bulk.state == "done"
        assert [found[code].result for code in ("5000", "5001", "5002")] == ["drafted", "refused", "drafted"]
    assert {row.tries for row in found.values()} == {0, 3}


def test_another_worker_on_the_same_file_takes_no_try_from_a_row_that_is_done(
    client_of, editor, procedure_version
):
    send(client_of(editor), whole(procedure_version, title={"es": "Cambiado"}))
    bulk, by = BulkImport.objects.get(), Actor.staff(editor)
    row = bulk.rows.get()

    assert not actions.take_up_row(row, by=by)
    actions.confirm_bulk(bulk, by=by)
    assert actions.take_up_row(row, by=by)
    actions.apply_row(row, by=by)
    assert not actions.take_up_row(row, by=by)

    row.refresh_from_db()
    assert (row.result, row.tries) == ("drafted", 0)


def test_the_work_on_files_ends_in_time_and_says_so_to_no_row(client_of, editor, procedure_version):
    for task in (tasks.work_on_bulk, tasks.finish_bulk):
        assert 0 < task.soft_time_limit < task.time_limit
    send(client_of(editor), whole(procedure_version, title={"es": "Cambiado"}))
    bulk = BulkImport.objects.get()
    actions.confirm_bulk(bulk, by=Actor.staff(editor))

    with (
        mock.patch.object(actions, "apply_row", side_effect=SoftTimeLimitExceeded),
        pytest.raises(SoftTimeLimitExceeded),
    ):
        tasks.work_on_bulk(bulk_id=str(bulk.pk))

    assert (BulkRow.objects.get().result, BulkRow.objects.get().tries) == ("", 1)


def test_a_draft_begun_after_the_report_is_not_overwritten(
    client_of, editor, second_editor, procedure_version
):
    client = client_of(editor)
    send(client, whole(procedure_version, title={"es": "Cambiado"}))
    hers = actions.begin_version(procedure_version.procedure, by=Actor.staff(second_editor))

    answer = client.post(url("bulk-confirm", BulkImport.objects.get().pk), follow=True)

    assert "A draft is open" in answer.text
    hers.refresh_from_db()
    assert (hers.title_es, hers.author) == ("Certificado de ejemplo", second_editor)
    assert BulkRow.objects.get().result == "conflict"


def test_a_version_that_came_after_the_report_or_after_the_file_is_not_overwritten(
    client_of, editor, agency, procedure_version
):
    client = client_of(editor)
    send(client, whole(procedure_version, title={"es": "Cambiado"}, version=None))
    bulk = BulkImport.objects.get()
    sheets.publish(sheets.sheet(summary={"es": "Otra cosa."}), agency=agency)

    answer = client.post(url("bulk-confirm", bulk.pk), follow=True)
    assert "Another version came since the report" in answer.text

    stale = report(client, send(client, whole(procedure_version, title={"es": "Cambiado"})))
    assert stale["3430"].outcome == "conflict"
    assert "saved from version 1, and version 2 came after it" in stale["3430"].reason
    assert not ProcedureVersion.objects.filter(status="draft").exists()


def test_a_spreadsheet_comes_back_as_drafts(client_of, editor, procedure_version):
    client = client_of(editor)
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("bulk-xlsx")).content))
    sheet = book.worksheets[0]
    place = [cell.value for cell in sheet[1]].index("costs") + 1
    sheet.cell(2, place).value = "4.100 CLP | Primera vez | First time"
    content = io.BytesIO()
    book.save(content)

    send(client, name="mi archivo.json", content=content.getvalue())
    bulk = BulkImport.objects.get()
    client.post(url("bulk-confirm", bulk.pk))

    assert (bulk.kind, bulk.file_name) == ("xlsx", "mi archivo.json"), "told by what it holds"
    draft = ProcedureVersion.objects.get(status="draft")
    assert draft.sheet.costs[0].amount == 4100
    assert draft.content["form"] == procedure_version.content["form"]


@pytest.mark.parametrize(
    ("sheets_of_it", "read"),
    [
        ({"hidden": "No", "Notas": "Lo que se ve"}, "Notas"),
        ({"Notas": "No", "Fichas": "Lo que se ve"}, "Fichas"),
        ({"hidden": "No", "Notas": "Lo que se ve", "Otra": "No"}, "Notas"),
        ({"Fichas": "Lo que se ve"}, ""),
    ],
)
def test_of_several_sheets_ours_or_the_first_that_is_shown_is_read_and_the_report_says_which(
    client_of, editor, procedure_version, sheets_of_it, read
):
    hers = client_of(editor)

    sent = send(hers, name="mio.xlsx", content=book_of(**sheets_of_it))

    assert hers.get(sent.url).context["bulk"].file_name == (
        f"mio.xlsx, sheet “{read}”" if read else "mio.xlsx"
    )
    hers.post(url("bulk-confirm", BulkImport.objects.get().pk))
    assert ProcedureVersion.objects.get(status="draft").title_es == "Lo que se ve"


def test_an_administrator_adds_procedures_with_a_file(client_of, administrator, agency, procedure_version):
    reference.load_topics()
    client = client_of(administrator)

    answer = send(
        client,
        sheets.sheet(code="900", slug="nuevo"),
        sheets.sheet(code="901", slug="certificado-de-ejemplo"),
        sheets.sheet(code="902", slug="Nuevo Dos"),
        sheets.sheet(code="903", slug="tres", agency="NADIE"),
    )

    found = report(client, answer)
    assert {code: row.outcome for code, row in found.items()} == {
        "900": "created", "901": "refused", "902": "refused", "903": "refused",
    }  # fmt: skip
    assert "another procedure has this name" in found["901"].reason
    client.post(url("bulk-confirm", BulkImport.objects.get().pk))
    procedure = Procedure.objects.get(code="900")
    assert (procedure.agency, procedure.versions.get().status) == (agency, "draft")
    assert published_version("nuevo") is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x00\x01", "neither a spreadsheet"),
        (b"PK\x03\x04", "damaged"),
        (b'{"sheets": "x"}', "holds no sheets"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_at_its_field(client_of, editor, content, sentence):
    answer = send(client_of(editor), content=content)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#id_file"' in answer.text or "error-summary" in answer.text
    assert not BulkImport.objects.exists()


def test_no_file_and_no_right_to_send_one(client_of, editor, reviewer):
    assert client_of(editor).post(url("bulk-send")).status_code == 422
    assert client_of(reviewer).post(url("bulk-send")).status_code == 403
    assert url("bulk-send") not in client_of(reviewer).get(url("bulk")).text
    with pytest.raises(NotAllowed):
        actions.begin_bulk(by=Actor.staff(reviewer), file_name="", kind="json", language="es", given=[])


def test_a_hostile_name_and_code_are_shown_as_text(client_of, editor):
    client = client_of(editor)

    answer = send(client, {"code": "<script>alert(1)</script>\x00"}, name='"><script>x.json')

    page = client.get(answer.url).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_file_is_shown_to_whoever_sent_it_alone(
    client_of, editor, second_editor, administrator, procedure_version
):
    send(client_of(editor), whole(procedure_version, title={"es": "Cambiado"}))
    bulk = BulkImport.objects.get()

    for user in (second_editor, administrator):
        client = client_of(user)
        assert client.get(url("bulk-import", bulk.pk)).status_code == 404
        assert client.get(url("bulk-report", bulk.pk)).status_code == 404
        assert client.post(url("bulk-confirm", bulk.pk)).status_code == 404
        with pytest.raises(NotAllowed):
            actions.confirm_bulk(bulk, by=Actor.staff(user))


def test_whoever_lost_their_post_meanwhile_drafts_nothing(client_of, editor, procedure_version):
    send(client_of(editor), whole(procedure_version, title={"es": "Cambiado"}))
    bulk = BulkImport.objects.get()
    actions.confirm_bulk(bulk, by=Actor.staff(editor))
    Membership.objects.filter(user=editor).delete()

    working.work_on(bulk.pk)

    assert BulkRow.objects.get().result == "refused"
    assert not ProcedureVersion.objects.filter(status="draft").exists()


def test_a_report_that_is_too_old_is_not_confirmed_and_is_forgotten(client_of, editor, procedure_version):
    send(client_of(editor), whole(procedure_version, title={"es": "Cambiado"}))
    bulk = BulkImport.objects.get()
    BulkImport.objects.update(at=clock.now() - timedelta(days=8), expires_at=clock.now() - timedelta(days=1))

    with pytest.raises(DomainError, match="seven days"):
        actions.confirm_bulk(bulk, by=Actor.staff(editor))
    tasks.finish_bulk()

    assert not BulkImport.objects.exists()


def test_a_file_that_changes_nothing_can_not_be_confirmed(client_of, editor, procedure_version):
    client = client_of(editor)
    answer = send(client, whole(procedure_version))

    assert "Nothing in this file changes anything." in client.get(answer.url).text
    refused = client.post(url("bulk-confirm", BulkImport.objects.get().pk), follow=True)
    assert "Nothing in this file changes anything." in refused.text


def test_the_report_is_worded_in_the_language_of_whoever_sent_it_and_saved_as_csv(
    client_of, editor, procedure_version
):
    client = client_of(editor)
    send(client, whole(procedure_version, title={"es": "Cambiado"}), {"code": "=1"}, {"code": "@a"})
    bulk = BulkImport.objects.get()
    client.post(url("bulk-confirm", bulk.pk))

    saved = client.get(url("bulk-report", bulk.pk))

    lines = saved.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("1,3430,Changes,,A draft is open,")
    assert lines[2].startswith("2,'=1,Refused,")
    assert lines[3].startswith("3,'@a,Refused,")
    assert bulk.language == "en"


def test_the_pages_ask_as_much_of_the_database_for_few_rows_as_for_many(
    client_of, editor, agency, monkeypatch
):
    client = client_of(editor)
    monkeypatch.setattr(working, "AT_ONCE", 100)

    def counts():
        found = []
        for address in (url("bulk"), url("bulk-import", BulkImport.objects.order_by("-at")[0].pk)):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    def come(start, many):
        versions = publish_many(agency, many, start=start)
        send(client, *[whole(version, title={"es": "Cambiado"}) for version in versions])
        client.post(url("bulk-confirm", BulkImport.objects.order_by("-at")[0].pk))

    come(5000, 1)
    few = counts()
    come(6000, 6)
    come(7000, 12)
    assert counts() == few

    monkeypatch.setattr(queries, "ROWS", 5)
    bulk = BulkImport.objects.order_by("-at")[0]
    seen, address = [], url("bulk-import", bulk.pk)
    for _page in range(3):
        page = client.get(address)
        seen += [row.number for row in page.context["rows"]]
        address = url("bulk-import", bulk.pk) + page.context["pages"]["next"]
    assert seen == list(range(1, 13))
    drafted = client.get(url("bulk-import", bulk.pk) + "?kind=drafted")
    assert len(drafted.context["rows"]) == 5


# --- procedures that join the catalogue --------------------------------------------------------------
def test_an_administrator_adds_a_procedure_whose_draft_goes_through_the_chain(
    client_of, administrator, agency
):
    given = {
        "code": "900",
        "slug": "nuevo-tramite",
        "agency": "SRCEI",
        "title_es": "Nuevo",
        "summary_es": "Algo.",
        "purpose_es": "Sirve.",
    }

    answer = client_of(administrator).post(url("procedure-new"), given)

    assert answer.url == url("edit", "900")
    draft = ProcedureVersion.objects.get()
    assert (draft.status, draft.title_es, draft.author) == ("draft", "Nuevo", administrator)
    assert [row.agency for row in draft.sheet.stages] == ["SRCEI"]
    assert Event.objects.filter(kind="procedure.added", subject_id=draft.procedure_id).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "3430"}, "Another procedure has this number"),
        ({"code": "con espacio"}, "Write letters, numbers"),
        ({"code": "x" * 21}, "at most 20"),
        ({"slug": "certificado-de-ejemplo"}, "Another procedure has this name"),
        ({"slug": "Con Mayúsculas"}, "Write lower case letters"),
        ({"agency": "NADIE"}, "Choose one of the list"),
        ({"title_es": ""}, "Write the title in Spanish"),
        ({"purpose_es": "[x](http://[::1)"}, "leads nowhere"),
    ],
)
def test_what_can_not_be_a_procedure_is_told_at_its_field(
    client_of, administrator, procedure_version, changes, sentence
):
    given = {
        "code": "900",
        "slug": "nuevo",
        "agency": "SRCEI",
        "title_es": "N",
        "summary_es": "S",
        "purpose_es": "P",
    }

    answer = client_of(administrator).post(url("procedure-new"), {**given, **changes})

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert Procedure.objects.count() == 1


def test_nobody_else_adds_a_procedure(client_of, editor, agency, actor_of):
    assert client_of(editor).get(url("procedure-new")).status_code == 403
    with pytest.raises(NotAllowed):
        actions.create_procedure("900", by=actor_of(editor), slug="n", agency=agency, content={})


def test_the_report_of_a_row_that_no_data_came_with_is_kept(editor):
    given = [Given(1, "1", None, "It is no sheet.")]
    bulk = actions.begin_bulk(by=Actor.staff(editor), file_name="x", kind="json", language="en", given=given)

    working.work_on(bulk.pk)

    bulk.refresh_from_db()
    assert (bulk.state, bulk.rows.get().reason) == ("read", "It is no sheet.")
    assert spreadsheet.SHEETS == "Fichas"
