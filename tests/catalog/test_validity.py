"""How long what one gets is valid, as data: said in a sentence, edited, compared, told to programs, taken in from files."""

import json
from html import unescape

import pytest
from django.utils import translation

from catalog import actions, sheets
from catalog.bulk import columns
from catalog.bulk.judging import judge
from catalog.bulk.rows import Unreadable, read_validity, write_validity
from catalog.carrying import carried_over
from catalog.importer.convert import to_sheet
from catalog.models import ProcedureVersion
from catalog.queries.differences import differences
from catalog.sheets import SheetInvalid
from catalog.sheets.validity import UNIT_LABELS
from tests.catalog.sheets import ficha
from tests.catalog.test_editor import posted, url
from tests.factories import catalog as factories

IN_60_DAYS = {"unit": "days", "count": 60}
GOOD = [
    IN_60_DAYS,
    {"unit": "months", "count": 1},
    {"unit": "years", "count": 10},
    {"unit": "no_end"},
    {"unit": "by_law"},
]


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (IN_60_DAYS, "It is valid for 60 days from the day it is issued."),
        ({"unit": "months", "count": 1}, "It is valid for 1 month from the day it is issued."),
        ({"unit": "years", "count": 10}, "It is valid for 10 years from the day it is issued."),
        ({"unit": "no_end"}, "It does not expire."),
        ({"unit": "by_law"}, "It is valid until the date that the law sets."),
    ],
)
def test_it_is_said_in_a_sentence(said, sentence):
    with translation.override("en"):
        assert sheets.Sheet(sheets.validated(factories.sheet(valid_for=said))).valid_for.sentence == sentence


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"unit": "days", "count": 0}, "valid_for.count: must be a whole number from 1 to 3650"),
        ({"unit": "days", "count": -1}, "valid_for.count"),
        ({"unit": "days"}, "valid_for.count"),
        ({"unit": "days", "count": 3651}, "valid_for.count"),
        ({"unit": "months", "count": 241}, "valid_for.count: must be a whole number from 1 to 240"),
        ({"unit": "years", "count": 101}, "valid_for.count"),
        ({"unit": "days", "count": True}, "valid_for.count"),
        ({"unit": "days", "count": "60"}, "valid_for.count"),
        ({"unit": "days", "count": 1.5}, "valid_for.count"),
        ({"unit": "no_end", "count": 3}, "valid_for.count: must be left out"),
        ({"unit": "by_law", "count": 3}, "valid_for.count: must be left out"),
        ({"unit": "weeks", "count": 3}, "valid_for.unit: must be one of"),
        ({"count": 3}, "valid_for.unit: must be there"),
        ({"unit": ["days"], "count": 3}, "valid_for.unit: must be a text"),
        ("60 days", "valid_for: must be a mapping"),
        ([], "valid_for: must be a mapping"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_what_can_not_be_meant_is_refused_with_its_place(said, place):
    with pytest.raises(SheetInvalid) as refused:
        sheets.validated(factories.sheet(valid_for=said))

    assert place in str(refused.value)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_paper_must_be_at_most_some_days_old_and_not_none_or_a_life(days):
    row = {"code": "proof", "label": {"es": "Prueba"}, "valid_days": days}

    with pytest.raises(SheetInvalid, match="valid_days"):
        sheets.validated(factories.sheet(requirements=[row]))


def test_without_it_nothing_is_said():
    content = sheets.validated(factories.sheet(valid_for=None))

    assert "valid_for" not in content
    assert sheets.Sheet(content).valid_for is None


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_citizens_clerks_and_programs_read_it(client, agency, client_of, editor):
    row = {"code": "proof", "label": {"es": "Comprobante", "en": "Proof"}, "valid_days": 30}
    factories.publish(factories.sheet(valid_for=IN_60_DAYS, requirements=[row]), agency=agency)
    version = url("version", "3430", 1)

    page = client.get("/en/procedures/certificado-de-ejemplo/").text
    told = client.get("/api/v1/procedures/3430").json()
    seen = client_of(editor).get(version).text

    assert "It is valid for 60 days from the day it is issued." in page
    assert page.index("60 days from the day") < page.index("60 days.</p>"), "the words stand beside it"
    assert "Not older than 30 days." in page
    assert told["valid_for"]["unit"] == "days"
    assert told["valid_for"]["count"] == 60
    assert told["valid_for"]["text"]["en"] == "It is valid for 60 days from the day it is issued."
    assert "It is valid for 60 days" in seen
    assert "Not older than 30 days." in seen


@pytest.mark.django_db
def test_an_api_says_null_where_a_sheet_says_nothing(client, procedure_version):
    assert client.get("/api/v1/procedures/3430").json()["valid_for"] is None


# --- the editing screen ------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("said", GOOD)
def test_an_editor_writes_it_and_takes_it_away(client_of, editor, draft, said):
    client = client_of(editor)
    typed = {"valid-unit": said["unit"], "valid-count": str(said.get("count", ""))}

    client.post(url("edit", "3430"), posted(draft, **typed))
    draft.refresh_from_db()
    assert draft.content["valid_for"] == said
    client.post(url("edit", "3430"), posted(draft, title_es="Otro título"))
    draft.refresh_from_db()
    assert draft.content["valid_for"] == said, "it stays when something else is saved"
    client.post(url("edit", "3430"), posted(draft, **{"valid-unit": "", "valid-count": ""}))

    draft.refresh_from_db()
    assert "valid_for" not in draft.content


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("count", "unit", "sentence", "field"),
    [
        ("0", "days", "Write a number from 1 on", "count"),
        ("-5", "days", "Write a number from 1 on", "count"),
        ("", "days", "Write how many", "count"),
        ("5", "", "Choose what the number counts", "unit"),
        ("5", "no_end", "Leave the number blank", "count"),
        ("3651", "days", "Write at most 3650", "count"),
        ("101", "years", "Write at most 100", "count"),
        ("9" * 5000, "days", "only digits", "count"),
        ("sesenta", "days", "only digits", "count"),
        ("5", "weeks", "weeks", "unit"),
    ],
)
def test_what_contradicts_itself_is_told_at_its_field(client_of, editor, draft, count, unit, sentence, field):
    typed = {"valid-unit": unit, "valid-count": count, "summary_es": "Lo escrito"}

    answer = client_of(editor).post(url("edit", "3430"), posted(draft, **typed))

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert f'href="#id_valid-{field}"' in answer.text
    assert "Lo escrito" in answer.text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


# --- compared, and in files --------------------------------------------------------------------------
@pytest.mark.usefixtures("in_english")
def test_it_is_compared_in_words():
    before = sheets.validated(factories.sheet(valid_for=IN_60_DAYS))
    after = sheets.validated(factories.sheet(valid_for={"unit": "days", "count": 90}))

    (found,) = differences(before, after)

    assert (str(found.place), found.language) == ("How long it is valid", "")
    assert [(piece.kind, piece.text) for piece in found.pieces if piece.kind != "same"] == [
        ("gone", "60"),
        ("new", "90"),
    ]


@pytest.mark.parametrize("said", [*GOOD, None])
def test_a_cell_of_a_spreadsheet_holds_it(said):
    assert read_validity(write_validity(said)) == said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("60 días", IN_60_DAYS),
        ("1 mes", {"unit": "months", "count": 1}),
        ("10 años", {"unit": "years", "count": 10}),
        ("No vence", {"unit": "no_end"}),
        ("Según la ley", {"unit": "by_law"}),
    ],
)
def test_a_cell_may_be_written_in_spanish(cell, said):
    assert read_validity(cell) == said


@pytest.mark.parametrize("cell", ["sesenta días", "60", "-1 days", "60 days or so", "٦٠ days"])
def test_a_cell_that_says_something_else_is_refused(cell):
    with pytest.raises(Unreadable):
        read_validity(cell)


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_files_bring_it_and_take_it_away(procedure_version, editor, actor_of):
    by = actor_of(editor)

    brought = judge({"code": "3430", "valid_for": "60 days"}, "xlsx", by=by)
    nothing = judge({"code": "3430", "valid_for": "0 days"}, "xlsx", by=by)
    whole = judge(json.loads(json.dumps(factories.sheet(valid_for=IN_60_DAYS))), "json", by=by)

    assert brought.content["valid_for"] == whole.content["valid_for"] == IN_60_DAYS
    assert (nothing.outcome, "valid_for: " in nothing.reason) == ("refused", True)
    cells = columns.cells_of(brought.content)
    assert cells["valid_for"] == "60 days"
    assert "valid_for" not in sheets.validated(
        columns.with_cells(brought.content, {**cells, "valid_for": ""})
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<p>60 días.</p>", IN_60_DAYS),
        ("<p>Vale por 60 días desde que se emite.</p>", IN_60_DAYS),
        ("<p>Vigencia: 1 año</p>", {"unit": "years", "count": 1}),
        ("<p>No vence.</p>", {"unit": "no_end"}),
        ("<p>Indefinida</p>", {"unit": "no_end"}),
        ("<p>60 días hábiles.</p>", None),
        ("<p>Entre 30 y 60 días.</p>", None),
        ("<p>60 días, salvo los menores.</p>", None),
        ("<p>0 días</p>", None),
        ("<p>9999 años</p>", None),
        ("", None),
    ],
)
def test_another_servers_words_become_data_only_where_they_say_nothing_else(words, said):
    sheet = to_sheet(ficha(vigencia=words), agency="AD009", origin="https://other.example", themes={})

    assert sheet["valid_for"] == said


def test_what_stands_here_as_data_stays_while_the_words_are_the_same():
    ours = sheets.validated(factories.sheet(valid_for=IN_60_DAYS))
    theirs = to_sheet(ficha(vigencia="<p>60 días.</p>"), agency="AD009", origin="o", themes={})
    changed = to_sheet(ficha(vigencia="<p>90 días.</p>"), agency="AD009", origin="o", themes={})

    assert carried_over(ours, theirs)["valid_for"] == IN_60_DAYS
    without = {key: value for key, value in ours.items() if key != "valid_for"}
    assert "valid_for" not in carried_over(without, theirs)
    assert carried_over(ours, changed)["valid_for"] == {"unit": "days", "count": 90}


def test_every_unit_has_a_name_and_a_way_into_a_cell():
    assert {said["unit"] for said in GOOD} == set(UNIT_LABELS)
