"""Where a procedure is done otherwise: strict as data, edited as rows, compared, in files, for programs and for staff."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import actions, sheets
from catalog.bulk import columns
from catalog.bulk import variants as cells
from catalog.bulk.judging import judge
from catalog.bulk.rows import Unreadable
from catalog.carrying import carried_over
from catalog.meaning import meaning_of
from catalog.models import ProcedureVersion
from catalog.queries.differences import differences
from catalog.queries.topics import LISTS, topic_choices
from catalog.queries.variants import placed_variants
from catalog.shape import MOST_VARIANTS
from catalog.sheets import Sheet, SheetInvalid
from config.reference import sheets as reference
from tests.catalog.sheets import ficha
from tests.catalog.test_editor import posted, url
from tests.factories import accounts as people
from tests.factories import catalog as factories
from tests.factories import offices as desks
from tests.factories.territory import CommuneFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HERE = {
    "communes": ["13120", "13118"],
    "text": {"es": "Se pide en la **Dirección de Tránsito**.", "en": "Ask at the traffic department."},
    "costs": [{"amount": 5000, "currency": "CLP", "condition": {"es": "Todos", "en": "Everybody"}}],
    "requirements": [
        {"code": "own-form", "label": {"es": "Formulario propio", "en": "Own form"}, "upload": True}
    ],
    "term": {"business_days": 3},
    "url": "https://nunoa.example",
}
AT_MUNI = {"agency": "MUNI", "text": {"es": "Otra cosa.", "en": "Another thing."}}


@pytest.fixture(autouse=True)
def _places(db):
    for code, name in (
        ("13101", "Santiago"),
        ("13120", "Ñuñoa"),
        ("13118", "Macul"),
        ("05101", "Valparaíso"),
    ):
        CommuneFactory(code=code, name=name)
    people.AgencyFactory(code="MUNI", name_es="Municipalidades", name_en="Municipalities")


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


def saved(draft):
    return ProcedureVersion.objects.get(pk=draft.pk).content


def typed(number=0, **fields):
    """Return a row as the screen posts it."""
    return {f"variant-{number}-{name}": value for name, value in fields.items()}


# --- as data -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("variants", "problem"),
    [
        ([{**HERE, "agency": "MUNI"}], "variants[0].communes: must name communes, or else one agency"),
        ([{"text": {"es": "Otra cosa."}}], "variants[0].communes: must name communes, or else one agency"),
        (
            [HERE, {"communes": ["13118"], "text": {"es": "x"}}],
            "variants[1].communes: 13118 has a variant already",
        ),
        ([{**HERE, "communes": ["13120", "13120"]}], "variants[0].communes: 13120 has a variant already"),
        ([AT_MUNI, AT_MUNI], "variants[1].agency: MUNI has a variant already"),
        ([{"communes": ["13120"]}], "variants[0].text: must say what differs"),
        ([{"communes": ["13120"], "term": {"text": {}}}], "variants[0].text: must say what differs"),
        ([{"communes": ["13120"], "text": {"en": "only"}}], "variants[0].text: must have a Spanish text"),
        ([{**HERE, "communes": ["1312"]}], "variants[0].communes[0]: must be a commune's code"),
        ([{**HERE, "communes": [13120]}], "variants[0].communes[0]: must be a commune's code"),
        ([{**HERE, "communes": "13120"}], "variants[0].communes: must be a list"),
        ([{**HERE, "url": "javascript:alert(1)"}], "variants[0].url: must be an http(s) address"),
        ([{**HERE, "costs": [{"amount": -1}]}], "variants[0].costs[0].amount"),
        ([{**HERE, "costs": [{"amount": 1, "currency": "DOGE"}]}], "variants[0].costs[0].currency"),
        (
            [{**HERE, "requirements": [{"code": "id-card", "label": {"es": "x"}}]}],
            "variants[0].requirements[0].code",
        ),
        ([{**HERE, "term": {"business_days": 1, "calendar_days": 2}}], "variants[0].term.calendar_days"),
        ([{**HERE, "term": {"business_days": -1}}], "variants[0].term.business_days"),
        ([{**HERE, "text": {"es": "x" * 20_001}}], "variants[0].text.es: must be at most"),
        ([None], "variants[0]: must not be empty"),
        (["x"], "variants[0]: must be a mapping"),
        ({"a": 1}, "variants: must be a list"),
        (
            [{**AT_MUNI, "agency": str(n)} for n in range(MOST_VARIANTS + 1)],
            "variants: must be at most 30 rows",
        ),
    ],
)
def test_what_can_not_be_meant_is_refused_with_its_line(variants, problem):
    with pytest.raises(SheetInvalid) as refused:
        sheets.validated(factories.sheet(variants=variants))

    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("variant", "problem"),
    [
        ({**HERE, "communes": ["13120", "99999"]}, "variants[0].communes: there is no commune “99999”"),
        ({**AT_MUNI, "agency": "NADIE"}, "variants[0].agency: there is no agency “NADIE”"),
    ],
)
def test_a_place_nobody_knows_is_refused_from_wherever_it_comes(
    variant, problem, draft, editor, agency, actor_of
):
    by, data = actor_of(editor), factories.sheet(variants=[variant])

    with pytest.raises(SheetInvalid) as by_program:
        actions.edit_version(draft, by=by, content={**draft.content, "variants": [variant]}, revision=1)
    with pytest.raises(SheetInvalid) as loaded:
        factories.publish({**data, "code": "9", "slug": "nueve"}, agency=agency)

    assert problem in str(by_program.value)
    assert problem in str(loaded.value)
    assert problem in judge(data, "json", by=by).reason


def test_a_sheet_is_read_as_it_is_there():
    sheet = Sheet(sheets.validated(factories.sheet(variants=[HERE])))

    there = sheet.where(sheet.variants[0])

    assert [cost.amount for cost in there.costs] == [5000]
    assert [row.code for row in there.requirements] == ["id-card", "proof", "own-form"]
    assert there.term_text == "Up to 3 business days"
    assert {way.code: way.url for way in there.channels}["online"] == "https://nunoa.example"
    assert (there.title, there.has_form) == (sheet.title, sheet.has_form)
    assert [(row.agency, row.term_business_days) for row in there.stages] == [("SRCEI", 3)]
    assert [cost.amount for cost in sheet.costs] == [3820], "the common sheet is as it was"


def test_what_a_variant_does_not_say_is_as_everywhere():
    sheet = Sheet(sheets.validated(factories.sheet(variants=[AT_MUNI])))

    there = sheet.where(sheet.variants[0])

    assert there.content == sheet.content


# --- on the editing screen ---------------------------------------------------------------------------
def test_an_editor_writes_where_it_is_otherwise_and_what_stays_is_kept(client_of, editor, draft):
    client = client_of(editor)
    row = typed(
        where="ñuñoa, MACUL",
        text_es="Se pide en Tránsito.",
        costs="5.000 CLP | Todos | Everybody\n0 | Menores",
        requirements=" | Formulario propio | Own form | upload, 90 days",
        term="3 business days",
        url="https://nunoa.example",
    )

    answer = client.post(url("edit", "3430"), posted(draft, **row))

    assert answer.status_code == 302
    (found,) = saved(draft)["variants"]
    assert found["communes"] == ["13120", "13118"]
    assert [cost["amount"] for cost in found["costs"]] == [5000, 0]
    assert (
        found["requirements"][0] | {"code": "formulario-propio", "upload": True, "valid_days": 90}
        == (found["requirements"][0])
    )
    assert (found["term"], found["url"]) == ({"business_days": 3}, "https://nunoa.example")
    draft.refresh_from_db()
    again = client.post(url("edit", "3430"), posted(draft))
    assert again.status_code == 302
    draft.refresh_from_db()
    assert draft.revision == 2, "saved as it is shown it says the same"
    client.post(
        url("edit", "3430"),
        posted(draft, **typed(1, where="muni", text_es="Otra cosa."), **{"variant-TOTAL_FORMS": "2"}),
    )
    assert [one.get("agency") for one in saved(draft)["variants"]] == [None, "MUNI"]
    draft.refresh_from_db()
    client.post(url("edit", "3430"), posted(draft, **{"variant-0-remove": "on"}))
    assert [one.get("agency") for one in saved(draft)["variants"]] == ["MUNI"]


@pytest.mark.parametrize(
    ("row", "sentence", "field"),
    [
        ({"where": "Ñuñoa, Atlantis", "text_es": "x"}, "There is no commune “Atlantis”", "where"),
        ({"where": "99999", "text_es": "x"}, "There is no commune “99999”", "where"),
        ({"where": "", "text_es": "x"}, "Write where it is so", "where"),
        ({"where": "Ñuñoa"}, "must say what differs", "text_es"),
        ({"where": "Ñuñoa", "text_en": "only"}, "must have a Spanish text", "text_es"),
        ({"where": "Ñuñoa", "costs": "mucho"}, "line 1: “mucho” is no amount", "costs"),
        (
            {"where": "Ñuñoa", "requirements": " | Papel | Paper | maybe"},
            "line 1: “maybe” is none of",
            "requirements",
        ),
        (
            {"where": "Ñuñoa", "requirements": "id-card | Papel"},
            "the code “id-card” must be lower case, without spaces, unique",
            "requirements",
        ),
        ({"where": "Ñuñoa", "term": "pronto"}, "“pronto” is no term", "term"),
        ({"where": "Ñuñoa", "term": "9999 days"}, "number of days", "term"),
        ({"where": "Ñuñoa", "url": "javascript:x"}, "beginning with https://", "url"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    client_of, editor, draft, row, sentence, field
):
    answer = client_of(editor).post(
        url("edit", "3430"), posted(draft, summary_es="Lo escrito", **typed(**row))
    )

    assert answer.status_code == 422
    text = unescape(answer.text)
    assert sentence in text
    assert f'href="#id_variant-0-{field}"' in text
    assert "Lo escrito" in text
    assert saved(draft).get("variants") is None


def test_a_commune_that_stands_in_two_rows_is_told_at_the_second(client_of, editor, draft):
    rows = {
        **typed(0, where="Ñuñoa", text_es="Uno"),
        **typed(1, where="Macul, Ñuñoa", text_es="Dos"),
        "variant-TOTAL_FORMS": "2",
    }

    answer = client_of(editor).post(url("edit", "3430"), posted(draft, **rows))

    assert answer.status_code == 422
    assert 'href="#id_variant-1-where"' in answer.text
    assert 'href="#id_variant-0-where"' not in answer.text
    assert "13120 has a variant already" in answer.text


def test_more_rows_are_had_without_script_and_an_old_page_leaves_the_variants_alone(
    client_of, editor, draft, actor_of
):
    content = {**draft.content, "variants": [HERE]}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)
    client = client_of(editor)
    more = client.post(url("edit", "3430"), posted(draft, add="variant")).text
    assert 'name="variant-3-where"' in more

    data = {name: value for name, value in posted(draft, summary_es="Otro").items() if "variant-" not in name}
    client.post(url("edit", "3430"), data)

    assert meaning_of(saved(draft)["variants"]) == meaning_of([HERE])


def test_the_fullest_screen_can_be_posted(client_of, editor, draft, actor_of, settings):
    requirements = [{"code": f"r{n}", "label": {"es": f"Papel {n}"}} for n in range(25)]
    costs = [{"amount": n, "condition": {"es": "x"}} for n in range(15)]
    laws = [{"title": {"es": f"Ley {n}"}} for n in range(15)]
    reference.load_topics()
    ticked = {f"about-{name}": [code for code, _title in topic_choices(name)] for name in LISTS}
    for number in range(MOST_VARIANTS):
        CommuneFactory(code=f"0{number + 2000}", name=f"Comuna {number}")
    variants = [{"communes": [f"0{n + 2000}"], "text": {"es": "x", "en": "y"}} for n in range(MOST_VARIANTS)]
    content = {**draft.content, "requirements": requirements, "costs": costs, "legal_basis": laws}
    rules = {"all": [{"fact": "age", "at_least": 18 + number} for number in range(20)]}
    content |= {"variants": variants, "form": {}, "eligibility": rules}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)

    data = posted(draft, summary_es="Todo lleno", **ticked)
    answer = client_of(editor).post(url("edit", "3430"), data)

    assert answer.status_code == 302
    fields = sum(len(value) if isinstance(value, list) else 1 for value in data.values())
    blank = 5 * MOST_VARIANTS + 2 * 25 + 15 + 15  # boxes left empty here that a browser posts too
    assert fields + blank < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


# --- compared, in files, for programs ----------------------------------------------------------------
def test_variants_are_compared_line_by_line():
    before = sheets.validated(factories.sheet(variants=[HERE]))
    changed = {**HERE, "communes": ["13120"], "costs": [{**HERE["costs"][0], "amount": 6000}]}
    after = sheets.validated(factories.sheet(variants=[changed, AT_MUNI]))

    found = {(str(one.place), one.language): one.pieces for one in differences(before, after)}

    assert set(found) == {
        ("Done otherwise, 1", ""),
        ("Done otherwise, 1: Cost 1", ""),
        ("Done otherwise, 2", ""),
        ("Done otherwise, 2", "es"),
        ("Done otherwise, 2", "en"),
    }
    gone = "".join(piece.text for piece in found["Done otherwise, 1", ""] if piece.kind == "gone")
    assert "Macul" in gone
    assert [piece.text for piece in found["Done otherwise, 2", ""]] == ["Municipalities"]


@pytest.mark.parametrize("variants", [[HERE], [AT_MUNI], [HERE, AT_MUNI], []])
def test_the_cells_of_a_spreadsheet_hold_variants_and_change_nothing_unasked(variants):
    content = sheets.validated(factories.sheet(variants=variants))

    held = columns.cells_of(content)

    assert meaning_of(columns.with_cells(content, held)) == meaning_of(content)
    bare = {key: value for key, value in content.items() if key != "variants"}
    made = sheets.validated(columns.with_cells(bare, held))
    assert meaning_of(made) == meaning_of(content)


def test_cells_bring_change_and_take_away_variants(procedure_version, editor, actor_of):
    by = actor_of(editor)
    row = {
        "code": "3430",
        "variants": "13120, 13118 | Distinto | Otherwise | https://x.example | 10 días hábiles\nMUNI | Otra",
        "variant_costs": "13120, 13118 | 5.000 CLP | Todos\n13120, 13118 | 0 | Menores",
        "variant_requirements": "MUNI |  | Una foto | A photo | optional",
    }

    content = judge(row, "xlsx", by=by).content

    first, second = content["variants"]
    assert (first["communes"], first["term"]) == (["13120", "13118"], {"business_days": 10})
    assert [cost["amount"] for cost in first["costs"]] == [5000, 0]
    assert second["requirements"][0]["code"] == "una-foto"
    moved = cells.read_variants("13120 | Distinto\nMUNI | Otra", content["variants"])
    assert moved[0]["costs"] == first["costs"], "a line whose places alone changed keeps its costs"
    assert cells.read_variants("", content["variants"]) == []


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("| Distinto", "line 1: begin with codes"),
        ("Ñuñoa, Macul | Distinto", "line 1: begin with codes"),
        ("13120 | a | b | c | pronto", "line 1: “pronto” is no term"),
        ("13120 | a | b | c | d | e | f | g", "8 parts"),
    ],
)
def test_a_line_that_can_not_be_read_is_named(cell, sentence):
    with pytest.raises(Unreadable) as refused:
        cells.read_variants(cell, [])

    assert sentence in str(refused.value)


def test_a_cost_of_a_place_that_has_no_variant_is_named(procedure_version, editor, actor_of):
    told = judge({"code": "3430", "variant_costs": "13120 | 5000 CLP"}, "xlsx", by=actor_of(editor))

    assert told.outcome == "refused"
    assert "line 1: “13120” begins no line of “variants”" in told.reason


def test_another_servers_text_leaves_our_variants():
    from catalog.importer.convert import to_sheet

    ours = sheets.validated(factories.sheet(variants=[HERE]))
    theirs = to_sheet(ficha(), agency="AD009", origin="o", themes={})

    assert carried_over(ours, theirs)["variants"] == ours["variants"]


def test_programs_read_only_what_differs(client, agency):
    factories.publish(factories.sheet(variants=[HERE, AT_MUNI]), agency=agency)

    first, second = client.get("/api/v1/procedures/3430").json()["variants"]

    assert first["communes"] == ["13120", "13118"]
    assert first["costs"][0]["amount"] == 5000
    assert first["requirements"][0]["code"] == "own-form"
    assert first["term"]["business_days"] == 3
    assert first["url"] == "https://nunoa.example"
    assert (second["agency"], second["costs"], second["text"]["en"]) == ("MUNI", [], "Another thing.")


def test_the_names_of_places_cost_the_same_however_many_there_are():
    few = Sheet(sheets.validated(factories.sheet(variants=[HERE, AT_MUNI])))
    for number in range(25):
        people.AgencyFactory(code=f"AG-{number}")
    more = [{**AT_MUNI, "agency": f"AG-{number}"} for number in range(25)]
    many = Sheet(sheets.validated(factories.sheet(variants=[HERE, AT_MUNI, *more])))
    placed_variants(few)

    counts = []
    for sheet in (few, many):
        with CaptureQueriesContext(connection) as seen:
            placed_variants(sheet)
        counts.append(len(seen))

    assert counts[0] == counts[1] == 1


# --- for staff ---------------------------------------------------------------------------------------
def test_a_desk_shows_how_it_is_in_its_commune_and_where_else_it_is_otherwise(
    client_of, clerk, office, agency
):
    in_santiago = {**HERE, "communes": ["13101"]}
    version = factories.publish(
        factories.sheet(variants=[in_santiago, {**AT_MUNI, "costs": [{"amount": 777}]}]), agency=agency
    )
    visit = desks.serving(office, clerk, versions=[version]).visit

    page = client_of(clerk).get(reverse("offices:visit", args=[visit.pk])).text

    assert "As it is done in Santiago" in page
    assert "$5.000" in page
    assert "$3.820" not in page
    assert "Own form" in page
    assert "Otherwise: Municipalities" in page
    assert "$777" in page


def test_a_desk_of_another_commune_shows_the_common_sheet(client_of, clerk, office, agency):
    version = factories.publish(factories.sheet(variants=[HERE]), agency=agency)
    visit = desks.serving(office, clerk, versions=[version]).visit

    page = client_of(clerk).get(reverse("offices:visit", args=[visit.pk])).text

    assert "As it is done in" not in page
    assert "$3.820" in page
    assert "Otherwise: Ñuñoa, Macul" in page


def test_whoever_looks_a_version_over_reads_its_variants(client_of, editor, agency):
    factories.publish(factories.sheet(variants=[HERE]), agency=agency)

    page = client_of(editor).get(url("version", "3430", 1)).text

    assert "Otherwise: Ñuñoa, Macul" in page
    assert "Own form" in page
