"""What only a file could say of a sheet stands on the editing screen: document types, who decides, levels, terms, sources, open questions."""

import re

import pytest

from catalog import actions, sheets
from catalog.bulk import columns
from catalog.bulk.rows import Unreadable, read_requirements
from catalog.forms import SheetForms
from catalog.meaning import meaning_of
from catalog.models import ProcedureVersion
from catalog.queries.differences import differences
from catalog.sheets import SheetInvalid
from tests.catalog.test_editor import posted, url
from tests.factories import accounts as people
from tests.factories import catalog as factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.fixture
def save(client_of, editor, draft):
    """Post the screen with changes, and return what is kept."""

    def saved(**changes):
        before = ProcedureVersion.objects.get(pk=draft.pk)
        answer = client_of(editor).post(url("edit", "3430"), posted(before, **changes))
        assert answer.status_code == 302, answer.text
        return ProcedureVersion.objects.get(pk=draft.pk).content

    return saved


@pytest.fixture
def refused(client_of, editor, draft):
    """Post the screen with what can not be saved, and return the page."""

    def page(**changes):
        before = ProcedureVersion.objects.get(pk=draft.pk)
        answer = client_of(editor).post(url("edit", "3430"), posted(before, **changes))
        assert answer.status_code == 422
        assert ProcedureVersion.objects.get(pk=draft.pk).content == before.content
        return answer.text

    return page


def keep(draft, **changes):
    """Have a draft say something else, as a file can."""
    draft.content = sheets.validated({**draft.content, **changes})
    draft.save()


# --- which document a requirement is ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Birth certificate", "birth-certificate"),
        ("  BIRTH  certificate ", "birth-certificate"),
        ("birth-certificate", "birth-certificate"),
        ("Título de dominio vigente", "titulo-de-dominio-vigente"),
        ("a--b-", "a--b-"),
    ],
)
def test_a_document_is_chosen_by_its_name_or_named_anew(save, typed, code):
    content = save(**{"req-0-document_type": typed})

    assert content["requirements"][0]["document_type"] == code
    assert "document_type" not in content["requirements"][1]


def test_a_document_is_shown_by_its_name_and_can_be_taken_away(client_of, editor, save):
    save(**{"req-0-document_type": "passport"})
    page = client_of(editor).get(url("edit", "3430")).text
    assert 'name="req-0-document_type" value="Passport"' in page
    assert '<datalist id="kinds-of-document">' in page

    content = save(**{"req-0-document_type": None})

    assert "document_type" not in content["requirements"][0]


def test_the_list_holds_what_other_sheets_of_the_agency_call_theirs(client_of, editor, draft, agency):
    own = {"code": "title", "label": {"es": "Título"}, "document_type": "property-title"}
    factories.publish(factories.sheet(code="9", slug="nueve", requirements=[own], form=[]), agency=agency)

    page = client_of(editor).get(url("edit", "3430")).text

    assert '<option value="property-title">' in page


def test_a_document_without_a_letter_or_without_a_requirement_is_refused_at_its_row(refused):
    assert 'id="id_req-0-document_type_error"' in refused(**{"req-0-document_type": "¿?"})
    assert "Write what is needed in Spanish." in refused(**{"req-2-document_type": "Passport"})


def test_a_version_that_changes_only_the_document_differs():
    before = sheets.validated(factories.sheet())
    after = sheets.validated(before)
    after["requirements"][0]["document_type"] = "passport"

    (found,) = differences(before, after)

    assert "Identity card" not in str(found.pieces)
    assert any("Passport" in piece.text for piece in found.pieces if piece.kind == "new")


def test_a_version_says_which_document_it_is(client_of, editor, save):
    save(**{"req-0-document_type": "passport"})

    assert "Kind of document: Passport." in client_of(editor).get(url("version", "3430", 2)).text


def test_the_spreadsheet_holds_the_document_and_gives_it_back():
    content = sheets.validated(factories.sheet())
    content["requirements"][0]["document_type"] = "passport"
    cells = columns.cells_of(content)

    assert cells["requirements"].startswith(
        "id-card | Cédula de identidad | Identity card | document passport"
    )
    assert columns.with_cells(content, cells) == content
    told = cells["requirements"].replace("document passport", "estado, documento: id-card")
    changed = columns.with_cells(content, {"requirements": told})["requirements"][0]
    assert (changed["document_type"], changed["provided_by"]) == ("id-card", "state")
    without = columns.with_cells(
        content, {"requirements": cells["requirements"].replace("document passport", "")}
    )
    assert "document_type" not in without["requirements"][0]
    with pytest.raises(Unreadable):
        read_requirements("a | A | A | documento", [])


# --- who decides -----------------------------------------------------------------------------------
def test_who_decides_is_written_row_by_row(save):
    people.AgencyFactory(code="SAG", acronym="SAG", name_es="Servicio Agrícola y Ganadero")
    people.AgencyFactory(code="AD009", acronym="SEJ")

    content = save(
        **{
            "stage-TOTAL_FORMS": "3",
            "stage-1-agency": "servicio agrícola y ganadero",
            "stage-1-order": "2",
            "stage-1-required": "on",
            "stage-1-term": "30",
            "stage-1-unit": "calendar",
            "stage-2-agency": "sej",
            "stage-2-order": "3",
            "stage-2-addressed_by": "reason",
        }
    )

    assert content["stages"] == [
        {"agency": "SRCEI", "order": 1, "required": True, "term_business_days": 10},
        {"agency": "SAG", "order": 2, "required": True, "term_calendar_days": 30},
        {"agency": "AD009", "order": 3, "required": False, "addressed_by": "reason"},
    ]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"stage-1-agency": "Nadie"}, "stage-1-agency"),
        ({"stage-1-term": "5"}, "stage-1-agency"),
        ({"stage-0-term": "cinco"}, "stage-0-term"),
        ({"stage-0-order": "101"}, "stage-0-order"),
        ({"stage-0-addressed_by": "copies"}, "stage-0-addressed_by"),
        ({"stage-0-unit": "weeks"}, "stage-0-unit"),
    ],
)
def test_what_can_not_be_is_told_at_its_row(refused, changes, name):
    page = refused(**changes)

    assert f'href="#id_{name}"' in page
    assert f'id="id_{name}_error"' in page


def test_a_fault_of_the_whole_sheet_is_told_at_the_row_where_it_is(draft):
    typed = SheetForms(
        draft.content,
        revision=1,
        data=posted(draft, **{"stage-1-agency": "SRCEI", "stage-1-order": "1"}),
    )
    assert typed.is_valid()

    typed.refuse(
        SheetInvalid([("stages[1].order", "otra vez"), ("levels.web.submit", "no"), ("stages[7]", "?")])
    )

    assert typed.stages.rows.forms[1].errors["order"] == ["otra vez"]
    assert typed.levels.errors["web_submit"] == ["no"]
    assert typed.texts.non_field_errors() == ["stages[7]: ?"]


def test_what_stands_in_a_stage_and_nobody_knows_may_stay(save, draft):
    stage = {"agency": "GONE", "order": 1, "required": True, "note": "x"}
    keep(draft, stages=[stage])

    assert save(title_es="Otro")["stages"] == [stage]


def test_a_question_that_is_no_more_and_chose_the_agency_is_told_at_its_row_and_can_be_taken_away(
    save, refused, draft
):
    draft.content["stages"][0]["addressed_by"] = "no_more"
    draft.save()

    page = refused(title_es="Otro")

    assert 'id="id_stage-0-addressed_by_error"' in page
    assert "the form has no question “no_more”" in page
    assert "addressed_by" not in save(**{"stage-0-addressed_by": ""})["stages"][0]


def test_an_agency_is_taken_away_and_the_list_of_agencies_is_there(client_of, editor, save):
    page = client_of(editor).get(url("edit", "3430")).text
    assert '<option value="SRCEI">' in page

    assert save(**{"stage-0-remove": "on"})["stages"] == []


# --- how sure we must be ---------------------------------------------------------------------------
def test_a_level_is_chosen_for_each_act_on_each_channel_in_words(client_of, editor, draft, save):
    keep(draft, levels={"phone": {"submit": 500, "verify": 200}, "kiosk": {"submit": 300}})
    page = client_of(editor).get(url("edit", "3430")).text
    assert '<option value="500" selected>500: we see their identity card</option>' in page
    assert "As in every procedure (100: who they say they are)" in page

    content = save(**{"level-phone_submit": "", "level-web_status": "200", "level-office_answer": "0"})

    assert content["levels"] == {
        "phone": {"verify": 200},
        "kiosk": {"submit": 300},
        "web": {"status": 200},
        "office": {"answer": 0},
    }


def test_a_level_that_is_none_of_the_steps_stays(save, draft):
    keep(draft, levels={"web": {"submit": 150}})

    assert save(title_es="Otro")["levels"] == {"web": {"submit": 150}}


def test_a_level_that_nobody_has_is_refused(refused):
    assert 'id="id_level-web_submit_error"' in refused(**{"level-web_submit": "999"})


# --- terms in days of the calendar -----------------------------------------------------------------
def test_a_term_counts_business_days_or_every_day(client_of, editor, save):
    assert save(term_days="30", term_unit="calendar")["term"] == {
        "calendar_days": 30,
        "text": {"es": "10 días hábiles", "en": "10 business days"},
    }
    page = client_of(editor).get(url("edit", "3430")).text
    assert 'name="term_days" value="30"' in page
    assert '<option value="calendar" selected>' in page

    assert save(term_unit="business")["term"]["business_days"] == 30
    assert "calendar_days" not in save(term_days=None)["term"]


def test_what_is_given_at_once_is_so_whichever_days_are_counted(save):
    assert save(term_days="0", term_unit="calendar")["term"]["business_days"] == 0


# --- sources, and what is still to be asked --------------------------------------------------------
def test_sources_and_open_questions_are_written_row_by_row(save):
    content = save(
        **{
            "source-0-facts": "cost",
            "source-1-url": "https://www.example.org/otra",
            "source-1-read_on": "2026-11-25",
            "ask-0-question_es": "¿Cuánto demora?",
            "ask-0-question_en": "How long does it take?",
        }
    )

    assert content["sources"] == [
        {"url": "https://example.org", "read_on": "2026-11-24", "facts": "cost"},
        {"url": "https://www.example.org/otra", "read_on": "2026-11-25"},
    ]
    assert content["questions_for_agency"] == [{"es": "¿Cuánto demora?", "en": "How long does it take?"}]


def test_a_day_in_words_and_a_question_in_one_language_stay(save, draft):
    keep(
        draft,
        sources=[{"url": "https://example.org", "read_on": "noviembre", "by": "x"}],
        questions_for_agency=["¿Y?"],
    )

    content = save(title_es="Otro")

    assert content["sources"] == [{"url": "https://example.org", "read_on": "noviembre", "by": "x"}]
    assert content["questions_for_agency"] == [{"es": "¿Y?"}]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"source-1-facts": "cost"}, "source-1-url"),
        ({"source-0-url": "javascript:alert(1)"}, "source-0-url"),
        ({"source-0-read_on": "ayer"}, "source-0-read_on"),
        ({"ask-0-question_en": "How?"}, "ask-0-question_es"),
    ],
)
def test_what_can_not_be_a_source_or_a_question_is_told_at_its_row(refused, changes, name):
    assert f'id="id_{name}_error"' in refused(**changes)


# --- the screen as a whole -------------------------------------------------------------------------
PARTS = ("stages", "levels", "sources", "questions_for_agency", "requirements", "term")


@pytest.mark.parametrize("stage", [{"agency": "SRCEI"}, {"agency": "SRCEI", "order": 2, "required": False}])
def test_saving_the_screen_as_it_is_drawn_changes_nothing(client_of, editor, draft, stage):
    keep(draft, stages=[stage])

    client_of(editor).post(url("edit", "3430"), posted(draft))

    kept = ProcedureVersion.objects.get(pk=draft.pk)
    assert (kept.revision, kept.content) == (1, draft.content)


def test_a_screen_posted_without_these_parts_leaves_them_as_they_are(client_of, editor, draft):
    keep(draft, term={"calendar_days": 30}, levels={"web": {"submit": 500}})
    before = dict(draft.content)
    data = {
        name: value
        for name, value in posted(draft, title_es="Otro", term_days=None).items()
        if not name.startswith(("stage-", "level-", "source-", "ask-", "term_unit"))
    }

    client_of(editor).post(url("edit", "3430"), data)

    kept = ProcedureVersion.objects.get(pk=draft.pk).content
    assert kept["title"]["es"] == "Otro"
    assert kept["term"]["calendar_days"] == 30
    for part in PARTS:
        assert meaning_of({part: kept[part]}) == meaning_of({part: before[part]}), part


@pytest.mark.parametrize("prefix", ["stage", "source", "ask"])
def test_more_rows_come_without_script_and_nothing_typed_is_lost(client_of, editor, draft, prefix):
    data = posted(draft, add=prefix, **{"stage-1-agency": "Nadie", "ask-0-question_en": "How?"})

    page = client_of(editor).post(url("edit", "3430"), data)

    assert page.status_code == 200
    assert f'name="{prefix}-{int(data[f"{prefix}-TOTAL_FORMS"]) + 1}-remove"' in page.text
    assert 'value="Nadie"' in page.text
    assert "There is a problem" not in page.text


@pytest.mark.parametrize(("prefix", "first"), [("req", "label_es"), ("cost", "amount"), ("stage", "agency")])
def test_who_asks_for_more_rows_goes_on_in_the_first_of_them(client_of, editor, draft, prefix, first):
    data = posted(draft, add=prefix)
    new = int(data[f"{prefix}-TOTAL_FORMS"])

    page = client_of(editor).post(url("edit", "3430"), data)

    boxes = re.findall(r"<(?:input|select|textarea)[^>]*>", page.text)
    assert [box for box in boxes if "autofocus" in box] == [
        box for box in boxes if f'name="{prefix}-{new}-{first}"' in box
    ]
    ticked = [box for box in boxes if "checked" in box and "-required" in box]
    for number in (new, new + 1) if prefix != "cost" else ():
        assert any(f'name="{prefix}-{number}-required"' in box for box in ticked)


@pytest.mark.parametrize(("prefix", "most"), [("req", 25), ("cost", 15), ("law", 15), ("stage", 20)])
def test_who_has_as_many_rows_as_there_can_be_is_told_so_and_keeps_what_was_typed(
    client_of, editor, draft, prefix, most
):
    told = f"These are {most} rows, the most there can be here."
    nearly = posted(draft, add=prefix, title_es="Typed", **{f"{prefix}-TOTAL_FORMS": most - 1})

    last = client_of(editor).post(url("edit", "3430"), nearly)
    beyond = client_of(editor).post(url("edit", "3430"), {**nearly, f"{prefix}-TOTAL_FORMS": most})

    for page in (last, beyond):
        assert told in page.text
        assert f'name="{prefix}-{most - 1}-remove"' in page.text
        assert f'name="{prefix}-TOTAL_FORMS" value="{most}"' in page.text
        assert f'name="add" value="{prefix}"' not in page.text
        assert 'value="Typed"' in page.text
    assert f"autofocus>{told}" in beyond.text
    assert f"autofocus>{told}" not in last.text


def test_what_is_too_long_is_told_and_not_cut_off_by_the_browser(client_of, editor, draft):
    page = client_of(editor).get(url("edit", "3430"))
    told = client_of(editor).post(url("edit", "3430"), posted(draft, title_es="x" * 251))

    assert 'name="title_es"' in page.text
    assert "maxlength" not in page.text
    assert "Write at most 250 characters: there are 251." in told.text
    assert "x" * 251 in told.text


def test_what_is_wrong_is_told_in_the_order_of_the_screen(client_of, editor, draft):
    wrong = {"cost-0-amount": "much", "req-0-label_es": "", "law-0-url": "javascript:alert(1)"}

    told = client_of(editor).post(url("edit", "3430"), posted(draft, **wrong))

    links = re.findall(r'<a href="#id_([\w-]+)">', told.text)
    assert [link for link in links if link in wrong] == ["cost-0-amount", "req-0-label_es", "law-0-url"]


def test_what_is_wrong_in_a_row_is_told_with_its_number(client_of, editor, draft):
    wrong = {
        "law-0-url": "x",
        "law-1-title_es": "Ley",
        "law-1-url": "x",
        "law-TOTAL_FORMS": "2",
        "way-online-url": "x",
    }

    told = client_of(editor).post(url("edit", "3430"), posted(draft, **wrong)).text

    sentence = "Where to read it: Write the whole address, beginning with https://."
    for row in ("Law 1", "Law 2"):
        assert f"{row} – {sentence}</a>" in told
        assert f'<legend class="label">{row}</legend>' in told
    assert f"Online – Address on the web: {sentence.partition(': ')[2]}</a>" in told


def test_each_part_of_the_screen_is_led_to_from_its_beginning(client_of, editor, draft):
    page = client_of(editor).get(url("edit", "3430")).text

    listed = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', page)
    assert listed == re.findall(r'<h2 class="panel-title" id="([\w-]+)">([^<]+)</h2>', page)
    assert len(listed) == 12


def test_two_editors_on_one_draft_both_keep_their_rows(client_of, editor, second_editor, draft):
    hers = posted(draft, **{"stage-0-term": "12", "ask-0-question_es": "¿Y ella?"})
    his = posted(draft, **{"stage-0-term": "15", "level-web_submit": "500"})
    client_of(editor).post(url("edit", "3430"), his)

    told = client_of(second_editor).post(url("edit", "3430"), hers)

    assert told.status_code == 409
    assert 'name="stage-0-term" value="12"' in told.text
    assert "¿Y ella?" in told.text
    assert ProcedureVersion.objects.get(pk=draft.pk).content["stages"][0]["term_business_days"] == 15


def test_a_sheet_with_every_row_that_the_screen_holds_is_saved(save, draft):
    most = sheets.validated(draft.content)
    keep(
        draft,
        requirements=[{**most["requirements"][1], "code": f"r{n}" if n else "proof"} for n in range(25)],
        costs=most["costs"] * 15,
        legal_basis=most["legal_basis"] * 15,
        variants=[
            {"agency": f"A{n}", "text": {"es": "x", "en": "y"}, "url": "https://example.org"}
            for n in range(30)
        ],
        stages=[{**most["stages"][0], "order": n + 1} for n in range(20)],
        sources=most["sources"] * 30,
        questions_for_agency=[{"es": "¿Y?", "en": "And?"}] * 30,
    )
    for number in range(30):
        people.AgencyFactory(code=f"A{number}")
    content = draft.content

    kept = save(title_es="Otro")

    assert meaning_of(kept) == meaning_of({**content, "title": {**content["title"], "es": "Otro"}})
