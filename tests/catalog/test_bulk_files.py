"""Sheets as files: what goes out comes back the same, and what is hostile or broken gets a sentence."""

import copy
import io
import json
import zipfile
from datetime import date, time, timedelta
from time import process_time

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Agency
from catalog import sheets as format_
from catalog.bulk import columns, document, lines, spreadsheet
from catalog.bulk.given import MOST_ROWS, FileRefused
from catalog.bulk.judging import judge
from catalog.bulk.reading import read_file
from catalog.meaning import meaning_of
from catalog.models import Procedure, ProcedureVersion
from catalog.queries.bulk import exported
from config.reference import sheets as reference
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm

pytestmark = pytest.mark.usefixtures("in_english")


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def book(*rows, names=("code", "title_es")):
    made = openpyxl.Workbook()
    made.active.append(list(names))
    for row in rows:
        made.active.append(list(row))
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def as_json(*rows):
    return json.dumps({"sheets": list(rows)}).encode()


@pytest.fixture
def everything(db):
    """The reference sheets, as they are loaded."""
    for code in {data["agency"] for data in reference.read_sheets()}:
        people.AgencyFactory(code=code)
    for data in reference.read_sheets():
        for row in data["stages"]:
            if not Agency.objects.filter(code=row["agency"]).exists():
                people.AgencyFactory(code=row["agency"])
    reference.load_sheets(lambda done, total: None)


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_the_round_trip_of_every_reference_sheet_changes_nothing(kind, everything, administrator, actor_of):
    by = actor_of(administrator)
    versions = exported(by)
    content = (
        "".join(document.written(versions)).encode() if kind == "json" else spreadsheet.written(versions)
    )

    found, rows = read_file(content)

    assert (found, len(rows)) == (kind, len(reference.read_sheets()))
    assert {judge(row.data, kind, by=by).outcome for row in rows} == {"same"}


@pytest.mark.django_db
def test_json_says_all_in_the_documented_format_always_in_the_same_order(
    procedure_version, agency, editor, actor_of
):
    sheets.publish(sheets.sheet(code="12", slug="otro"), agency=agency)
    first, again = ("".join(document.written(exported(actor_of(editor)))) for _twice in range(2))

    assert first == again
    told = json.loads(first)["sheets"]
    assert [sheet["code"] for sheet in told] == ["12", "3430"]
    assert list(told[0])[:4] == ["code", "slug", "agency", "version"]
    assert told[0]["form"] == sheets.SHEET["form"]
    assert format_.validated(told[1]) == procedure_version.content


@pytest.mark.django_db
def test_a_row_changes_what_it_says_and_keeps_what_it_can_not_hold(
    procedure_version, administrator, actor_of
):
    by = actor_of(administrator)
    row = read_file(spreadsheet.written(exported(by)))[1][0].data
    row |= {
        "title_es": "Otro título",
        "costs": "4.100 CLP | Primera vez | First time\n1,6 UTM | Urgente",
        "requirements": "proof | Comprobante | Proof | optional, 90 días | Original\n | Una foto",
        "online_mode": "",
        "mail_mode": "start",
        "mail_es": "Envíe una carta.",
        "related": "12, 13",
        "synonyms_es": "papelito\npartida",
        "term_business_days": "12",
    }

    content = judge(row, "xlsx", by=by).content

    assert content["title"] == {"es": "Otro título", "en": "Example certificate"}
    assert content["costs"] == [
        {"amount": 4100, "currency": "CLP", "condition": {"es": "Primera vez", "en": "First time"}},
        {"amount": 1.6, "currency": "UTM", "condition": {"es": "Urgente"}},
    ]
    assert [one["code"] for one in content["requirements"]] == ["proof", "una-foto"]
    assert content["requirements"][0]["valid_days"] == 90
    assert (content["requirements"][0]["required"], content["requirements"][0]["upload"]) == (False, False)
    assert set(content["channels"]) == {"office", "phone", "mail"}
    assert (content["related"], content["synonyms"]) == (["12", "13"], {"es": ["papelito", "partida"]})
    for key in ("form", "stages", "sources", "questions_for_agency"):
        assert content[key] == procedure_version.content[key]


def test_nothing_a_cell_begins_with_is_a_formula():
    class Version:
        content = format_.validated(
            sheets.sheet(title={"es": "=1+1", "en": "@SUM(A1)"}, summary={"es": "-2", "en": "+3"})
        )
        number = 1

        class procedure:  # noqa: N801
            code, slug, popularity = "1", "uno", 1
            agency = type("Agency", (), {"code": "SRCEI"})

    content = spreadsheet.written([Version])

    opened = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = {head.value: cell for head, cell in zip(opened[1], opened[2], strict=True)}
    for name in ("title_es", "title_en", "summary_es", "summary_en"):
        assert (cells[name].data_type, cells[name].quotePrefix) == ("s", True)
    assert spreadsheet.read(content)[0].data["title_es"] == "=1+1"


@pytest.mark.django_db
def saved_again(content, **replaced):
    """The file as a spreadsheet program saves it: its texts in a table of their own, in which some stand as they are told to."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    out = io.BytesIO()
    book.save(out)
    parts = zipfile.ZipFile(out)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as again:
        for name in parts.namelist():
            part = parts.read(name).decode()
            for words, said in replaced.items():
                part = part.replace(words, said)
            again.writestr(name, part)
    return made.getvalue()


@pytest.mark.django_db
def test_what_a_spreadsheet_writes_between_underlines_is_read_as_it_is_meant(agency, administrator, actor_of):
    by = actor_of(administrator)
    sheets.publish(sheets.sheet(title={"es": "Formulario _x0041_, uno", "en": "E"}), agency=agency)

    ours = spreadsheet.written(exported(by))
    theirs = saved_again(
        book(["3430", "UNO"], ["3431", "DOS"]), UNO="Hola_x000D_\nadiós", DOS="_x005F_x0041_"
    )

    assert b"Formulario _x005F_x0041_, uno" in zipfile.ZipFile(io.BytesIO(ours)).read(
        "xl/worksheets/sheet1.xml"
    )
    assert judge(read_file(ours)[1][0].data, "xlsx", by=by).outcome == "same"
    assert [row.data["title_es"] for row in read_file(theirs)[1]] == ["Hola\nadiós", "_x0041_"]


def test_the_second_sheet_explains_each_column_in_both_languages():
    opened = openpyxl.load_workbook(io.BytesIO(spreadsheet.written([]))).worksheets[1]

    rows = [[cell.value for cell in row] for row in opened.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == list(columns.NAMES)
    assert all(row[1] and row[2] for row in rows)


TEXTS = st.text(alphabet="ab |\\\nñ,n", max_size=12).map(lambda words: words.strip())


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5).filter(lambda row: any(row)), max_size=4))
def test_lines_are_read_back_as_they_were_written(rows):
    bare = [row[: max(place for place, part in enumerate(row, start=1) if part)] for row in rows]

    assert lines.read(lines.written(rows)) == bare


def test_a_text_that_no_cell_holds_is_left_alone():
    content = format_.validated(
        sheets.sheet(
            requirements=[{"code": f"r-{n}", "label": {"es": "x" * 1000, "en": "y" * 500}} for n in range(24)]
        )
    )

    cells = columns.cells_of(content)

    assert cells["requirements"] == columns.TOO_LONG
    assert meaning_of(columns.with_cells(content, cells)) == meaning_of(content)


# --- files that can not be read ----------------------------------------------------------------------
def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (21 * 1024 * 1024))
    return content.getvalue()


def with_entities():
    """A spreadsheet whose cells grow as they are read."""
    source, content = io.BytesIO(book(["1", "x"])), io.BytesIO()
    declared = b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(content, "w") as made:
        for part in parts.infolist():
            data = parts.read(part)
            if part.filename.startswith("xl/worksheets/"):
                data = data.replace(b"<worksheet", declared).replace(b">x<", b">&b;<")
                assert b"&b;<" in data
            made.writestr(part.filename, data)
    return content.getvalue()


def zipped(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return content.getvalue()


def strict(content):
    """The same under the names of “Strict Open XML”."""
    parts = zipfile.ZipFile(io.BytesIO(content))
    names = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as again:
        for part in parts.namelist():
            said = parts.read(part)
            for ordinary, other in names.items():
                said = said.replace(ordinary, other)
            again.writestr(part, said)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "neither a spreadsheet"),
        (b"code,title_es\n1,x", "neither a spreadsheet"),
        (b"{", "no JSON"),
        (b'{"sheets": [\xff]}', "no JSON"),
        (b'{"sheets": [{"code": NaN}]}', "no JSON"),
        (b'{"sheets": [' + b"9" * 5000 + b"]}", "no JSON"),
        (b"[" * 100_000, "deeper"),
        (b"{}", "holds no sheets"),
        (b'{"sheets": {"a": 1}}', "holds no sheets"),
        (b'{"sheets": []}', "holds no sheets"),
        (b"[" + b"1," * MOST_ROWS + b"1]", "more than 5000"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (zipped(a="b"), "damaged"),
        (bomb(), "unpacks to more than 20 MB"),
        (with_entities(), "damaged"),
        (strict(book(["1"], names=("code",))), "not as “Strict Open XML”"),
        (book(names=("title_es",)), "“code” is not among them"),
        (book(["1"], names=("code", "titel_es")), "no column “titel_es”"),
        (book(["1"], names=("code", "code")), "stands twice"),
        (book(), "no rows"),
        (book(*([str(n)] for n in range(MOST_ROWS + 1)), names=("code",)), "more than 5000"),
        (book(*([str(n), "x" * 32_000] for n in range(660))), "unpacks to more than 20 MB"),
    ],
    ids=range(23),
)
def test_a_file_that_can_not_be_read_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read_file(content)


def test_a_file_is_told_by_what_it_holds_and_is_bounded():
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        read_file(b"{" + b" " * (20 * 1024 * 1024))


# --- rows that can not be done -----------------------------------------------------------------------
def deep(levels):
    value = "x"
    for _level in range(levels):
        value = {"a": value}
    return value


def question(kind, **settings):
    return {"key": "a", "type": kind, "question": {"es": "x"}, **settings}


def many_options(most):
    return [{"value": f"v{number}", "label": {"es": "x"}} for number in range(most)]


WRONG = [
    ({"title": {"es": "x" * 251}}, "title: must be at most 250"),
    ({"sections": {"purpose": {"es": "x" * 20_001}}}, "must be at most 20000"),
    ({"title": {"es": "a\x00b"}}, "can not be kept (NUL)"),
    ({"title": {"es": "a\ud800"}}, "one half of a character"),
    ({"zz\x00": 1}, "can not be kept"),
    ({"extra": deep(60)}, "deeper"),
    ({"extra": deep(500)}, "deeper"),
    ({"costs": [{"amount": 1e400}]}, "number"),
    ({"costs": [{"amount": "3820"}]}, "costs[0].amount: must be a number"),
    ({"costs": [{"amount": True}]}, "number"),
    ({"costs": [{"amount": 1, "currency": "DOGE"}]}, "currency"),
    ({"costs": {"amount": 1}}, "costs: must be a list"),
    ({"costs": ["x"]}, "costs[0]: must be a mapping"),
    ({"costs": [None]}, "costs[0]: must not be empty"),
    ({"requirements": [{"code": "a"}]}, "requirements[0].label: must be there"),
    ({"requirements": [{"code": ["a"], "label": {"es": "x"}}]}, "requirements[0].code"),
    ({"requirements": [{"code": f"r{n}", "label": {"es": "x"}} for n in range(26)]}, "at most 25 rows"),
    ({"title": ["x"]}, "title: must be a text in Spanish"),
    ({"title": {"es": 5}}, "title: must be a text in Spanish"),
    ({"summary": None}, "summary"),
    ({"keywords": "a, b"}, "keywords: must be a mapping"),
    ({"keywords": {"es": "a"}}, "keywords.es: must be a list"),
    ({"synonyms": {"es": [{}]}}, "synonyms.es[0]"),
    ({"related": ["3430"]}, "related[0]"),
    ({"related": ["1", "1"]}, "related[1]"),
    ({"related": ["../x"]}, "related[0]"),
    ({"related": [str(n) for n in range(13)]}, "at most 12 rows"),
    ({"themes": ["x" * 41]}, "themes[0]"),
    ({"applicant": ["person"]}, "applicant"),
    ({"completeness": {}}, "completeness"),
    ({"term": "10 días"}, "term: must be a mapping"),
    ({"term": {"business_days": -1}}, "number of days"),
    ({"levels": {"web": {"submit": 9000}}}, "level from 0 to 600"),
    ({"stages": [{"order": 1}]}, "stages[0].agency: must be there"),
    ({"stages": [{"agency": "NADIE"}]}, "stages[0].agency: there is no agency “NADIE”"),
    (
        {"stages": [{"agency": "SRCEI", "addressed_by": "nobody_asks"}]},
        "stages[0].addressed_by: the form has no question “nobody_asks”",
    ),
    (
        {"stages": [{"agency": "SRCEI", "addressed_by": "reason"}], "form": []},
        "stages[0].addressed_by: the form has no question “reason”",
    ),
    ({"channels": {"online": {"url": "javascript:alert(1)"}}}, "channels.online.url"),
    ({"channels": {"online": "x"}}, "channels.online: must be a mapping"),
    ({"channels": {"carrier-pigeon": {}}}, "channels.carrier-pigeon"),
    ({"legal_basis": [{"title": {"es": "Ley"}, "url": "data:text/html,x"}]}, "legal_basis[0].url"),
    ({"sources": [{"url": "javascript:alert(1)"}]}, "sources[0].url"),
    ({"form": "x"}, "form: must be a list"),
    (
        {"form": [{"key": "a", "type": "choice", "question": {"es": "x"}, "options": ["a", "b"]}]},
        "form[0].options[0]",
    ),
    (
        {"form": [{"key": "a", "type": "number", "question": {"es": "x"}, "minimum": "1", "maximum": 2}]},
        "minimum",
    ),
    ({"form": {"ui": "x"}}, "form"),
    ({"form": [question("choice", options=many_options(501))]}, "form[0].options: must be at most 500 rows"),
    (
        {"form": [question("group", fields=[question("choice", options=many_options(501))])]},
        "form[0].fields[0].options: must be at most 500 rows",
    ),
    (
        {"form": [question("group", fields=[question("text")] * 21)]},
        "form[0].fields: must be at most 20 rows",
    ),
    ({"form": [question("text", show_if={"question": "b", "in": ["c"] * 501})]}, "form[0].show_if.in"),
    ({"form": [question("text", show_if=[{"question": "b", "is": {}}])]}, "form[0].show_if[0].is"),
    ({"extra": ["x" * 1_000_000] * 5}, "the sheet is longer than 4000000 characters"),
    ({"extra": {"x" * 201: 1}}, "extra: has a name of more than 200 characters"),
    ({"levels": {str(number): {} for number in range(101)}}, "levels: must have at most 100 parts"),
    (
        {"requirements": [{"code": "a", "label": {"es": "x"}, "provided_by": ""}]},
        "requirements[0].provided_by",
    ),
    ({"costs": [{"amount": 1, "currency": ""}]}, "costs[0].currency"),
    (
        {"stages": [{"agency": "SRCEI", "order": 1}, {"agency": "SRCEI", "order": None}]},
        "stages[1].order: SRCEI decides in this order already",
    ),
    (
        {"stages": [{"agency": "SRCEI"}, {"agency": "IPS", "addressed_by": "reason"}]},
        "stages[0].order: must be another",
    ),
    ({"legal_basis": [{"title": None, "url": None}]}, "legal_basis[0].title: must be there"),
    ({"channels": {"online": None}, "title": {"es": None, "en": "x"}}, "title: must have a Spanish text"),
    ({"agency": "IPS"}, "agency: it is SRCEI"),
    ({"slug": "otro"}, "slug: it is certificado-de-ejemplo"),
    ({"code": "../../etc"}, "code: write"),
    ({"code": {"a": 1}}, "code: write"),
    ({"version": "uno", "title": {"es": "Otro"}}, "version: leave"),
    (
        {"legal_bases": [{"title": {"es": "Ley"}}]},
        "legal_bases: is none of the parts known here; is “legal_basis” meant?",
    ),
    (
        {"channels": {"online": {"minuts": 3}}},
        "channels.online.minuts: is none of the parts known here; is “minutes”",
    ),
    ({"sections": {"purpose": {"es": "x"}, "whomay": {"es": "x"}}}, "sections.whomay: is none"),
    ({"title": {"es": "x", "eng": "x"}}, "title.eng: is none"),
    ({"keywords": {"es": [], "sp": ["x"]}}, "keywords.sp: is none"),
    ({"costs": [{"amount": 1}, {"amount": 1, "curency": "CLP"}]}, "costs[1].curency: is none"),
    ({"term": {"busines_days": 3}}, "term.busines_days: is none"),
    ({"levels": {"phone": {"submitt": 300}}}, "levels.phone.submitt: is none"),
    ({"variants": [{"agency": "SRCEI", "url": "https://a.cl", "cost": []}]}, "variants[0].cost: is none"),
    ({"popularity": 99}, "popularity: it is 50, and is not changed with a file"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "sentence"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_in_a_sheet_gets_a_sentence_with_its_place(
    procedure_version, editor, actor_of, changes, sentence
):
    content = json.dumps({"sheets": [sheets.sheet(**changes)]}).replace("Infinity", "1e400").encode()

    row = read_file(content)[1][0]
    said = row.problem or judge(row.data, "json", by=actor_of(editor)).reason

    assert sentence in said
    assert row.problem or judge(row.data, "json", by=actor_of(editor)).outcome == "refused"


@pytest.mark.django_db
def test_a_part_that_nobody_knows_may_stay_where_it_stood(agency, editor, actor_of):
    odd = sheets.sheet(costs=[{"amount": 1, "unit": "m2"}], homepage="https://example.org")
    sheets.publish(odd, agency=agency)

    same, changed, worse = (
        judge({**odd, **changes}, "json", by=actor_of(editor))
        for changes in ({}, {"summary": {"es": "Otra cosa."}}, {"home": "https://example.org"})
    )

    assert (same.outcome, changed.outcome, worse.outcome) == ("same", "changed", "refused")


def test_the_sheets_of_the_house_have_no_part_that_nobody_knows():
    for data in reference.read_sheets():
        assert format_.unknown_parts(format_.validated(data), {}) == [], data["slug"]


NULLS = {
    "applicant": None,
    "completeness": None,
    "anonymous": None,
    "related": None,
    "valid_for": {"unit": "no_end", "count": None},
    "sections": {"purpose": {"es": "Sirve.", "en": None}, "who_may": None},
    "requirements": [
        {
            "code": "id-card",
            "label": {"es": "Cédula", "en": None},
            "note": None,
            "provided_by": None,
            "required": None,
            "upload": None,
            "valid_days": None,
            "document_type": None,
        }
    ],
    "costs": [{"amount": 3820, "currency": None, "condition": None}],
    "term": {"business_days": None, "calendar_days": None, "text": None},
    "legal_basis": [{"title": {"es": "Ley"}, "url": None}],
    "channels": {"online": {"mode": "complete", "url": None, "minutes": None, "text": None}, "phone": None},
    "stages": [
        {"agency": "SRCEI", "order": None, "required": None, "term_business_days": None, "addressed_by": None}
    ],
    "levels": {"web": {"submit": None}, "office": None},
    "sources": [{"url": None, "read_on": None, "facts": "cost"}],
    "questions_for_agency": [{"es": "¿Cuánto?", "en": None}],
    "eligibility": None,
}


def nulls_in(value):
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return sum(map(nulls_in, inner))
    return value is None


def test_null_is_the_same_as_left_out_wherever_it_stands():
    form = copy.deepcopy(sheets.SHEET["form"])
    form[0] |= {"hint": None, "required": None, "show_if": None, "page": None, "error": None}
    form[2] |= {"minimum": None}

    content = format_.validated(sheets.sheet(**NULLS, form=form))

    assert nulls_in({key: part for key, part in content.items() if key != "form"}) == 0
    assert nulls_in(content["form"]["ui"]) == 0
    read = format_.Sheet(content)
    assert read.level("web", "submit") == 100
    assert (read.requirements[0].provided_by, read.requirements[0].required) == ("citizen", True)
    assert (read.costs[0].currency, read.legal_basis[0].url, read.stages[0].order) == ("CLP", "", 1)
    assert [channel.code for channel in read.channels] == ["online"]
    assert read.applicant == "person"


@pytest.mark.django_db
def test_a_sheet_full_of_nulls_is_read_compared_and_filed_like_any_other(
    agency, client, client_of, publisher
):
    version = sheets.publish(sheets.sheet(**NULLS), agency=agency)

    page = client.get(reverse("portal:procedure", args=[version.procedure.slug]))
    compared = client_of(publisher).get(url("version-compare", "3430", 1))
    filed = crm.filed_case(version)

    assert (page.status_code, compared.status_code) == (200, 200)
    assert "None" not in page.text
    assert "Cédula" in page.text
    assert filed.folio


@pytest.mark.django_db
def test_a_text_of_before_that_holds_nulls_is_still_compared(
    client_of, publisher, procedure_version, editor, actor_of
):
    from catalog import actions

    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    nulls = {
        name: NULLS[name] for name in ("legal_basis", "costs", "sources", "levels", "channels", "stages")
    }
    nulls["channels"] = {"online": {"mode": None, "url": None}}
    ProcedureVersion.objects.filter(pk=draft.pk).update(content=draft.content | nulls)

    assert client_of(publisher).get(url("version-compare", "3430", 2)).status_code == 200


def test_what_a_hostile_sheet_holds_is_walked_once():
    began = process_time()
    with pytest.raises(format_.SheetInvalid):
        format_.validated(sheets.sheet(form=[question("choice", options=many_options(30_000))]))
    with pytest.raises(format_.SheetInvalid):
        format_.validated(sheets.sheet(extra={"x" * 190: {"y" * 190: [0] * 100_000}}, title={"es": ""}))
    assert lines.read("a" + " " * 32_000 + "b")
    assert process_time() - began < 5


def test_numbers_that_stand_twice_are_both_refused_with_their_rows():
    for content in (
        as_json(sheets.sheet(), sheets.sheet(code="2"), sheets.sheet()),
        book(["3430"], ["2"], [3430]),
    ):
        rows = read_file(content)[1]
        assert [bool(row.problem) for row in rows] == [True, False, True]
        assert "more than once" in rows[0].problem
        assert rows[0].data is None


def test_what_is_no_sheet_is_refused_in_its_place_and_the_others_go_on():
    rows = read_file(as_json(1, None, [], sheets.sheet()))[1]

    assert [bool(row.problem) for row in rows] == [True, True, True, False]
    assert [row.number for row in rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"costs": "mucho"}, "costs: line 1: “mucho” is no amount"),
        ({"costs": "10 | a | b | c"}, "costs: line 1 has 4 parts"),
        ({"requirements": "x | y | z | siempre"}, "“siempre” is none of"),
        ({"requirements": " | una foto\n" * 1001}, "there are more than 1000 lines"),
        ({"term_business_days": "diez"}, "“diez” is no whole number"),
        ({"online_minutes": "١٠"}, "is no whole number"),
        ({"online_mode": "magia"}, "online_mode: must be one of"),
        ({"related": "3430"}, "related: must be another procedure"),
        ({"title_es": ""}, "title_es: must have a Spanish text"),
        ({"title_es": "x" * 251}, "title_es: must be at most 250"),
        ({"purpose_es": ""}, "purpose_es: must say what"),
        ({"online_url": "javascript:alert(1)"}, "online_url: must be an http(s) address"),
        ({"costs": "1 CLP | a\n10,5 CLP | b"}, "costs: line 2: must be whole pesos"),
        ({"life_events": "no-such"}, "life_events: "),
    ],
)
@pytest.mark.django_db
def test_a_cell_that_says_something_else_is_told_with_its_column(
    procedure_version, editor, actor_of, cells, sentence
):
    judged = judge({"code": "3430", **cells}, "xlsx", by=actor_of(editor))

    assert (judged.outcome, sentence in judged.reason) == ("refused", True), judged.reason


def test_formulas_are_never_evaluated_and_errors_are_told():
    rows = read_file(book(["1", '=HYPERLINK("http://evil")'], ["2", "#N/A"], [3, 4.0], [True, None]))[1]

    assert "title_es holds a formula" in rows[0].problem
    assert "error of the spreadsheet" in rows[1].problem
    assert rows[2].data == {"code": "3", "title_es": "4"}
    assert "code: the spreadsheet made a yes or no of this" in rows[3].problem


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("related", date(2026, 5, 12), "related: the spreadsheet made a date or a time of this"),
        ("title_es", date(2026, 5, 12), "title_es: the spreadsheet made a date or a time of this"),
        ("valid_for", timedelta(days=3), "valid_for: the spreadsheet made a date or a time of this"),
        ("costs", time(10, 30), "costs: the spreadsheet made a date or a time of this"),
        ("title_es", True, "title_es: the spreadsheet made a yes or no of this"),
    ],
)
def test_what_a_spreadsheet_made_of_what_was_typed_is_no_text(column, value, sentence):
    row = read_file(book(["3430", value], names=("code", column)))[1][0]

    assert sentence in row.problem
    assert "Format the cell as text" in row.problem


@pytest.mark.django_db
def test_a_related_number_that_nobody_has_is_told_where_it_is_new(
    procedure_version, agency, editor, actor_of
):
    by = actor_of(editor)
    sheets.publish(sheets.sheet(code="3431", slug="a"), agency=agency)

    def told(related):
        row = read_file(book(["3430", related], names=("code", "related")))[1][0]
        found = judge(row.data, "xlsx", by=by)
        return found.outcome, found.reason

    assert told(34313432) == (
        "changed",
        "related: nobody has 34313432 so far. See that they are written as you mean them.",
    )
    assert told(3431) == ("changed", "")
    assert told(3431.3432)[0] == "refused"


@pytest.mark.django_db
def test_hostile_html_stays_text_and_unsafe_links_lead_nowhere(procedure_version, editor, actor_of):
    hostile = '<script>alert(1)</script><img src=x onerror="x()"> [aquí](javascript:alert(1)) **fuerte**'
    row = read_file(as_json(sheets.sheet(sections={"purpose": {"es": hostile}})))[1][0]

    content = judge(row.data, "json", by=actor_of(editor)).content

    drawn = format_.Sheet(content).purpose
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "javascript:" not in drawn or "href" not in drawn


@pytest.mark.django_db
def test_files_hold_only_what_one_works_on(client_of, editor, publisher, procedure_version, other_agency):
    sheets.publish(sheets.sheet(code="77", slug="ajeno"), agency=other_agency)

    mine = json.loads(client_of(editor).get(url("bulk-json")).content)["sheets"]
    house = json.loads(client_of(publisher).get(url("bulk-json")).content)["sheets"]
    one = json.loads(client_of(publisher).get(url("bulk-json") + "?agency=IPS").content)["sheets"]

    assert [sheet["code"] for sheet in mine] == ["3430"]
    assert [sheet["code"] for sheet in house] == ["3430", "77"]
    assert [sheet["code"] for sheet in one] == ["77"]
    saved = client_of(editor).get(url("bulk-xlsx"))
    assert saved.headers["Content-Disposition"] == 'attachment; filename="fichas.xlsx"'
    assert [row.code for row in spreadsheet.read(saved.content)] == ["3430"]


@pytest.mark.django_db
def test_a_draft_is_no_part_of_the_file_and_nothing_is_written(
    client_of, editor, procedure_version, actor_of
):
    from catalog import actions

    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    actions.edit_version(
        draft, by=actor_of(editor), content={**draft.content, "title": {"es": "A medias"}}, revision=1
    )
    before = ProcedureVersion.objects.count(), Procedure.objects.count()

    told = json.loads(client_of(editor).get(url("bulk-json")).content)["sheets"]

    assert (told[0]["title"]["es"], told[0]["version"]) == ("Certificado de ejemplo", 1)
    assert (ProcedureVersion.objects.count(), Procedure.objects.count()) == before


# --- what a cell can not say -------------------------------------------------------------------------
def test_a_spreadsheet_whose_last_row_is_at_its_very_end_is_refused_in_words_at_once():
    made = openpyxl.Workbook()
    made.active.append(["code"])
    made.active.cell(row=1_048_576, column=1, value="3431")
    content = io.BytesIO()
    made.save(content)
    began = process_time()

    with pytest.raises(FileRefused, match="more than 10000 blank rows"):
        spreadsheet.read(content.getvalue())

    assert process_time() - began < 2


def test_what_no_line_holds_of_a_cost_and_a_law_stays_when_another_line_changes():
    content = {
        "costs": [{"amount": 1, "currency": "CLP", "paid_at": "bank"}],
        "legal_basis": [{"title": {"es": "L"}, "url": "https://a.cl", "article": "5"}],
        "variants": [{"communes": ["13120"], "costs": [{"amount": 1, "currency": "UF", "paid_at": "bank"}]}],
    }
    cells = columns.cells_of(content)
    cells["costs"] += "\n2 CLP | Otra"
    cells["legal_basis"] += "\nOtra | Other | https://b.cl"
    cells["variant_costs"] += "\n13120 | 2 UF"

    made = columns.with_cells(content, cells)

    assert made["costs"][0] == content["costs"][0]
    assert made["legal_basis"][0] == content["legal_basis"][0]
    assert made["variants"][0]["costs"][0] == content["variants"][0]["costs"][0]


@pytest.mark.parametrize("amount", [0.00001, 1e-7, 0.123456, 1.5, 3820])
def test_an_amount_is_written_so_that_it_is_read_back_when_its_own_line_changes(amount):
    content = {"costs": [{"amount": amount, "currency": "UF"}]}
    cells = {"costs": columns.cells_of(content)["costs"] + " | Primera vez"}

    assert columns.with_cells(content, cells)["costs"][0]["amount"] == amount


def test_a_place_that_gives_way_to_another_does_not_leave_it_its_price():
    costs = [{"amount": 5000, "currency": "CLP"}]
    content = {"variants": [{"communes": ["13120"], "text": {"es": "Aquí"}, "costs": costs}]}
    cells = columns.cells_of(content) | {"variants": "05101 | Gratis"}

    with pytest.raises(columns.CellsWrong, match="variant_costs: line 1: “13120” begins no line"):
        columns.with_cells(content, cells)

    cells["variant_costs"] = "05101 | 7000 CLP"
    assert columns.with_cells(content, cells)["variants"][0]["costs"][0]["amount"] == 7000
