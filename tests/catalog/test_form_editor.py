"""The form editor: questions written, moved, copied and removed without a programmer, and nothing typed lost on the way."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from catalog import actions
from catalog.forms import QuestionForms
from catalog.models import ProcedureVersion
from catalog.questionnaires import drafting
from catalog.questionnaires.rules import SETTINGS
from tests.catalog.forms import field, pair, row
from tests.factories import accounts as people
from tests.factories import catalog as sheets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


def posted(version, of="", *, kind="", after="", **changes):
    """Return what a browser posts from the screen of a question, with changes by field name."""
    kind = kind or (drafting.row_of(drafting.rows_of(version.content), of) or {}).get("type", "text")
    typed = QuestionForms(
        version.content, kind=kind, revision=version.revision, number=version.number, key=of, after=after
    )
    data = {}
    for bound in typed.fields.management_form if typed.fields is not None else []:
        data[bound.html_name] = bound.value()
    for form in typed.all_forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value not in (None, False):
                data[bound.html_name] = value
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


class _Boxes(HTMLParser):
    """The boxes of the form of a page that is posted, as a browser without JavaScript would send them."""

    def __init__(self, text):
        super().__init__()
        self.sent, self.inside, self.box, self.select = {}, False, "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.inside = has.get("id") == "question"
        elif self.inside and tag == "input" and has.get("name"):
            if has.get("type") not in {"checkbox", "radio"} or "checked" in has:
                self.sent[has["name"]] = has.get("value") or ("on" if has.get("type") == "checkbox" else "")
        elif self.inside and tag == "textarea":
            self.box = has["name"]
            self.sent[self.box] = ""
        elif self.inside and tag == "select":
            self.select = has["name"]
        elif self.inside and tag == "option" and ("selected" in has or self.select not in self.sent):
            self.sent[self.select] = has["value"]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.box = ""
        elif tag == "form":
            self.inside = False

    def handle_data(self, data):
        if self.box:
            self.sent[self.box] += data


def typed_in(answer):
    """Return what the browser would post from a page that was answered, were a button pressed."""
    return _Boxes(answer.text).sent


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.fixture
def mine(client_of, editor):
    return client_of(editor)


def rows(draft):
    return drafting.rows_of(ProcedureVersion.objects.get(pk=draft.pk).content)


def keys(draft):
    return [one["key"] for one in rows(draft)]


def looked(draft, **more):
    draft.refresh_from_db()
    return {"revision": draft.revision, "number": draft.number, **more}


def write(draft, editor, actor_of, *questions):
    """Save a form of these questions in the draft."""
    draft.refresh_from_db()
    content = {**draft.content, "form": list(questions)}
    return actions.edit_version(draft, by=actor_of(editor), content=content, revision=draft.revision)


# --- the list ---------------------------------------------------------------------------------------
def test_the_list_shows_every_question_in_order_with_its_kind_and_condition(mine, draft):
    text = unescape(mine.get(url("form", "3430")).text)

    places = [text.index(f'id="q-{key}"') for key in keys(draft)]
    assert places == sorted(places)
    assert "When “Why do you ask for it?” is I lost it" in text
    assert "An amount in pesos" in text
    assert "What is your name?" in text


def test_the_list_asks_the_database_as_often_for_many_questions_as_for_few(mine, draft, editor, actor_of):
    counts = []
    for many in (2, 60):
        write(draft, editor, actor_of, *[row(f"q{n}") for n in range(many)])
        mine.get(url("form", "3430"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            mine.get(url("form", "3430"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def test_without_a_draft_there_is_nothing_to_edit(mine, procedure_version):
    for name, args in (("form", ()), ("form-add", ()), ("form-preview", ()), ("form-question", ("reason",))):
        assert mine.get(url(name, "3430", *args)).url == url("procedure", "3430")


def test_a_question_moves_with_a_button_and_not_above_what_its_condition_asks(mine, draft):
    down = mine.post(url("form-move", "3430", "copies"), looked(draft, to="down"))
    order = keys(draft)
    wrong = mine.post(url("form-move", "3430", "lost_on"), looked(draft, to="up"))

    assert down.url == url("form", "3430") + "#q-copies"
    assert order.index("copies") == order.index("delivery") + 1
    assert wrong.status_code == 422
    told = "“When did you lose it?” (lost_on): the condition asks “Why do you ask for it?”, which does not come before: it stands later in the form"
    assert told in unescape(wrong.text)
    assert "form.[" not in wrong.text
    assert keys(draft) == order


def test_moving_the_first_up_changes_nothing(mine, draft):
    mine.post(url("form-move", "3430", "reason"), looked(draft, to="up"))

    draft.refresh_from_db()
    assert (keys(draft)[0], draft.revision) == ("reason", 1)


def test_a_copy_stands_after_its_question_under_a_key_of_its_own(mine, draft):
    copied = mine.post(url("form-copy", "3430", "reason"), looked(draft))

    assert keys(draft)[:2] == ["reason", "reason_2"]
    assert copied.url == url("form-question", "3430", "reason_2")
    assert rows(draft)[1]["options"] == rows(draft)[0]["options"]


def test_a_copied_question_for_a_file_answers_no_requirement_twice(mine, draft):
    mine.post(url("form-copy", "3430", "proof"), looked(draft))

    assert "requirement" not in drafting.row_of(rows(draft), "proof_2")


def test_a_question_is_removed_once_it_was_looked_at(mine, draft):
    asked = mine.get(url("form-remove", "3430", "copies"))
    mine.post(url("form-remove", "3430", "copies"), looked(draft))

    assert "How many?" in asked.text
    assert "copies" not in keys(draft)
    assert mine.get(url("form-remove", "3430", "copies")).status_code == 404


def test_a_question_that_others_name_is_neither_removed_nor_renamed_and_they_are_told(mine, draft):
    page = unescape(mine.get(url("form-remove", "3430", "reason")).text)
    removed = mine.post(url("form-remove", "3430", "reason"), looked(draft))
    renamed = mine.post(url("form-question", "3430", "reason"), posted(draft, "reason", key="why"))

    for text in (page, unescape(removed.text), unescape(renamed.text)):
        assert "question 2, “When did you lose it?” (lost_on)" in text
    assert removed.status_code == renamed.status_code == 422
    assert 'href="#id_key"' in renamed.text
    assert keys(draft)[0] == "reason"


def test_the_question_that_says_which_agency_decides_keeps_its_key(mine, draft, editor, actor_of):
    stages = [{**draft.content["stages"][0], "addressed_by": "copies"}]
    actions.edit_version(draft, by=actor_of(editor), content={**draft.content, "stages": stages}, revision=1)

    refused = mine.post(url("form-remove", "3430", "copies"), looked(draft))

    assert "which agency decides" in refused.text
    assert "copies" in keys(draft)


# --- a question -----------------------------------------------------------------------------------------
def test_every_question_saved_as_it_stands_stays_as_it_is(mine, draft):
    before = rows(draft)

    for key in keys(draft):
        saved = mine.post(url("form-question", "3430", key), posted(draft, key))
        assert saved.status_code == 302, (key, saved.text)

    draft.refresh_from_db()
    assert (rows(draft), draft.revision) == (before, 1)


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_question_of_every_kind_is_written(mine, draft, kind):
    more = {
        "choice": {"options": "Uno\ndos | Dos | Two"},
        "choices": {"options": "Uno\ndos | Dos | Two"},
        "declaration": {"statement_es": "Declaro."},
        "group": {
            "field-0-label_es": "Patente",
            "field-0-kind": "text",
            "field-0-required": "on",
            "field-TOTAL_FORMS": "1",
        },
    }
    page = mine.get(url("form-add", "3430"), {"kind": kind})

    saved = mine.post(
        url("form-add", "3430") + f"?kind={kind}&after=reason",
        posted(
            draft,
            kind=kind,
            after="reason",
            question_es="¿Cuál es su año de inscripción?",
            **more.get(kind, {}),
        ),
    )

    assert page.status_code == 200
    assert saved.status_code == 302, saved.text
    made = rows(draft)[1]
    assert (made["key"], made["type"]) == ("cual_es_su_ano_de_inscripcion", kind)
    if kind in {"choice", "choices"}:
        assert made["options"] == [
            {"value": "uno", "label": {"es": "Uno"}},
            {"value": "dos", "label": {"es": "Dos", "en": "Two"}},
        ]
    if kind == "group":
        assert made["fields"] == [{"key": "patente", "type": "text", "question": {"es": "Patente"}}]


def test_all_that_can_be_said_of_a_question_is_kept(mine, draft):
    mine.post(
        url("form-add", "3430"),
        posted(
            draft,
            question_es="¿Qué patente?",
            question_en="Which plate?",
            key="plate",
            hint_es="Como en el padrón.",
            required=None,
            min_length="5",
            max_length="6",
            pattern="letters_digits",
            error_es="Escriba la patente.",
            error_rule_es="Sin puntos ni guiones.",
            error_rule_en="No dots or dashes.",
            page="new",
            page_es="Su vehículo",
            page_en="Your vehicle",
            if_1_question="reason",
            if_1_how="in",
            if_1_values="Lo perdí\nwork",
            if_2_question="delivery",
            if_2_how="is_not",
            if_2_values="Sí",
        ),
    )

    assert rows(draft)[-1] == {
        "key": "plate",
        "type": "text",
        "question": {"es": "¿Qué patente?", "en": "Which plate?"},
        "hint": {"es": "Como en el padrón."},
        "required": False,
        "min_length": 5,
        "max_length": 6,
        "pattern": "letters_digits",
        "error": {"es": "Escriba la patente."},
        "error_rule": {"es": "Sin puntos ni guiones.", "en": "No dots or dashes."},
        "page": {"es": "Su vehículo", "en": "Your vehicle"},
        "show_if": [
            {"question": "reason", "in": ["lost", "work"]},
            {"question": "delivery", "is_not": True},
        ],
    }
    mine.post(
        url("form-question", "3430", "plate"), posted(ProcedureVersion.objects.get(pk=draft.pk), "plate")
    )
    draft.refresh_from_db()
    assert draft.revision == 2, "saved as it was read, nothing changes"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"question_es": " "}, "question_es", "Write the question in Spanish."),
        ({"key": "Año"}, "key", "Key must be snake_case"),
        ({"key": "reason"}, "key", "Key stands twice."),
        ({"key": "skip"}, "key", "a button of the pages is called so"),
        ({"key": "lost_on_day"}, "key", "taken by a box of the date “lost_on”"),
        ({"min_length": "9", "max_length": "3"}, "min_length", "“Fewest characters” is larger than “Most characters”."),
        ({"min_length": "x"}, "min_length", "Write a whole number"),
        ({"min_length": "1.5"}, "min_length", "Write a whole number"),
        ({"max_length": "99999"}, "max_length", "500"),
        ({"error_en": "Only English"}, "error_es", "“What to say when it is not answered, in Spanish” must have a Spanish text."),
        ({"page": "new"}, "page_es", "Write the heading of the new page in Spanish."),
        ({"page": "page:Nadie"}, "page", "Select a valid choice"),
        ({"if_1_question": "reason"}, "if_1_values", "or leave both out"),
        ({"if_1_values": "lost"}, "if_1_question", "or leave both out"),
        ({"if_1_question": "reason", "if_1_values": "gone"}, "if_1_question", "“gone”, which is no answer to “Why do you ask for it?”"),
        ({"if_1_question": "delivery", "if_1_values": "gone"}, "if_1_question", "answered yes or no"),
        ({"if_1_question": "copies", "if_1_values": "9"}, "if_1_question", "“9”, which is no answer"),
        ({"if_1_question": "proof", "if_1_values": "9"}, "if_1_question", "Choose a question that comes before"),
        (
            {"if_1_question": "reason", "if_1_values": "lost", "if_2_question": "reason", "if_2_values": "work"},
            "if_1_question",
            "Can never be asked",
        ),
    ],
)  # fmt: skip
def test_what_can_not_be_saved_is_said_at_its_box_and_nothing_is_lost(mine, draft, changes, field, sentence):
    typed = posted(draft, **{"question_es": "¿Qué escribí?", "hint_es": "Lo que escribí", **changes})

    answer = mine.post(url("form-add", "3430"), typed)

    text = unescape(answer.text)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text
    assert sentence in text
    assert "Lo que escribí" in text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write the options, one on each line."),
        ("uno | Uno", "two or more"),
        ("uno | Uno\nuno | Otra vez", "the value “uno” twice"),
        ("uno | Uno\na | b | c | d", "Line 2: write value | Spanish | English."),
        ("uno | Uno\ndos | | Two", "Line 2"),
    ],
)
def test_options_are_told_by_their_line(mine, draft, typed, sentence):
    answer = mine.post(
        url("form-add", "3430") + "?kind=choice",
        posted(draft, kind="choice", question_es="¿Cuál?", options=typed),
    )

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert 'href="#id_options"' in answer.text


def test_what_breaks_another_question_is_told_with_its_line(mine, draft):
    typed = posted(draft, "reason", options="work | Por trabajo | For work\nother | Otra cosa")

    answer = mine.post(url("form-question", "3430", "reason"), typed)

    assert answer.status_code == 422
    assert (
        "Question 2, “When did you lose it?”: The condition waits for “lost”, which is no answer to “Why do you ask for it?”."
        in unescape(answer.text)
    )


def test_two_questions_for_one_requirement_are_refused_at_the_requirement(mine, draft):
    answer = mine.post(
        url("form-add", "3430"), posted(draft, kind="file", question_es="Otra vez", requirement="proof")
    )

    assert answer.status_code == 422
    assert "“Attach the proof” asks for “proof” already" in unescape(answer.text)
    assert 'href="#id_requirement"' in answer.text


def test_fields_of_a_list_are_added_changed_and_removed_without_script(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("cars", "group"))
    draft.refresh_from_db()
    address = url("form-question", "3430", "cars")

    more = mine.post(address, posted(draft, "cars", add="field", **{"field-0-label_es": "A medias"}))
    assert more.status_code == 200
    assert 'name="field-4-label_es"' in more.text
    assert "A medias" in more.text
    assert "There is a problem" not in more.text

    changes = {
        "field-TOTAL_FORMS": "3",
        "field-0-remove": "on",
        "field-1-label_es": "Año",
        "field-2-label_es": "Año",
        "field-2-kind": "choice",
        "field-2-options": "nuevo\nusado",
    }
    mine.post(address, posted(draft, "cars", **changes))

    fields = rows(draft)[0]["fields"]
    assert [(one["key"], one["type"]) for one in fields] == [("year", "number"), ("ano", "choice")]
    assert [one["value"] for one in fields[1]["options"]] == ["nuevo", "usado"]


def test_options_whose_words_hold_a_bar_or_a_backslash_stay_as_they_are(mine, draft, editor, actor_of):
    awkward = [
        {"value": "a|b", "label": pair("Una | otra", "One | another")},
        {"value": "c", "label": pair("C:\\nada\\", "Two\nlines")},
        {"value": "d", "label": pair("S\\N")},
    ]
    write(draft, editor, actor_of, row("which", "choice", options=awkward))
    draft.refresh_from_db()

    saved = mine.post(url("form-question", "3430", "which"), posted(draft, "which"))

    assert saved.status_code == 302
    assert rows(draft)[0]["options"] == awkward


def test_a_backslash_that_hides_no_bar_is_kept_as_it_was_typed(mine, draft):
    mine.post(
        url("form-add", "3430") + "?kind=choice",
        posted(
            draft, kind="choice", question_es="¿Cuál?", key="which", options="s | S\\A\r\nb | Uno \\| dos"
        ),
    )

    assert [one["label"]["es"] for one in rows(draft)[-1]["options"]] == ["S\\A", "Uno | dos"]


def test_the_largest_amount_is_read_as_it_was_written(mine, draft):
    mine.post(
        url("form-add", "3430") + "?kind=money",
        posted(draft, kind="money", question_es="¿Cuánto?", minimum="1.000", maximum="500.000"),
    )

    assert (rows(draft)[-1]["minimum"], rows(draft)[-1]["maximum"]) == (1000, 500_000)


def test_who_of_a_household_can_be_added_is_chosen_and_kept(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("home", "people", relations=["spouse", "child"]))
    draft.refresh_from_db()
    address = url("form-question", "3430", "home")

    mine.post(address, posted(draft, "home"))
    as_it_was = rows(draft)[0]["relations"]
    draft.refresh_from_db()
    mine.post(address, posted(draft, "home", relations=["child", "other"]))
    changed = rows(draft)[0]["relations"]
    draft.refresh_from_db()
    mine.post(address, posted(draft, "home", relations=None))

    assert (as_it_was, changed) == (["spouse", "child"], ["child", "other"])
    assert "relations" not in rows(draft)[0]


def test_the_limits_of_a_field_in_a_list_are_written_and_kept(mine, draft, editor, actor_of):
    plate = field("plate", min_length=5, max_length=6, pattern="letters_digits", hint=pair("Sin guion."))
    write(
        draft,
        editor,
        actor_of,
        row("cars", "group", fields=[plate, field("year", "number"), field("born", "date")]),
    )
    draft.refresh_from_db()

    mine.post(
        url("form-question", "3430", "cars"),
        posted(
            draft,
            "cars",
            **{
                "field-0-min_length": "4",
                "field-1-minimum": "1.900",
                "field-1-maximum": "2.100",
                "field-2-when": "past",
            },
        ),
    )

    assert rows(draft)[0]["fields"] == [
        {**plate, "min_length": 4},
        {**field("year", "number"), "minimum": 1900, "maximum": 2100},
        {**field("born", "date"), "past": True},
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"field-0-min_length": "9", "field-0-max_length": "3"}, "Field 1: “Fewest characters” is larger than “Most characters”."),
        ({"field-1-max_length": "3"}, "An answer of this kind has no such limit: leave it blank."),
    ],
)  # fmt: skip
def test_limits_of_a_field_that_can_not_be_are_told_at_their_box(
    mine, draft, editor, actor_of, changes, sentence
):
    write(draft, editor, actor_of, row("cars", "group"))
    draft.refresh_from_db()

    answer = mine.post(url("form-question", "3430", "cars"), posted(draft, "cars", **changes))

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert f'href="#id_{next(iter(changes))}"' in answer.text
    assert "<details open><summary>Limits" in answer.text


def test_the_kind_of_a_question_can_be_changed_and_its_words_stay(mine, draft):
    draft_page = mine.get(url("form-question", "3430", "copies"), {"kind": "text"})
    mine.post(url("form-question", "3430", "copies"), posted(draft, "copies", kind="text"))

    assert 'name="pattern"' in draft_page.text
    assert drafting.row_of(rows(draft), "copies") == {
        "key": "copies",
        "type": "text",
        "question": {"es": "¿Cuántas copias?", "en": "How many?"},
    }


def test_another_kind_keeps_everything_that_was_typed_and_saves_nothing(mine, draft):
    address = url("form-question", "3430", "reason")
    typed = posted(
        draft, "reason", question_es="¿Por qué?", hint_en="Be short", options="uno\ndos", required=None
    )

    as_text = mine.post(address, {**typed, "add": "kind", "to_kind": "text"})
    back = mine.post(address, {**typed_in(as_text), "add": "kind", "to_kind": "choice"})

    for answer, kind in ((as_text, "text"), (back, "choice")):
        boxes = typed_in(answer)
        assert answer.status_code == 200
        assert "There is a problem" not in answer.text
        assert (boxes["kind"], boxes["to_kind"], boxes["key"]) == (kind, kind, "reason")
        assert (boxes["question_es"], boxes["hint_en"]) == ("¿Por qué?", "Be short")
        assert boxes["options"].split() == ["uno", "dos"]
        assert "required" not in boxes
    assert 'name="pattern"' in as_text.text
    assert '<textarea name="options"' in back.text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


def test_a_new_question_of_another_kind_is_kept_under_it_after_its_neighbour(mine, draft):
    address = url("form-add", "3430") + "?kind=text&after=reason"
    typed = posted(draft, kind="text", after="reason", question_es="¿Cuándo?", key="when")

    as_list = mine.post(address, {**typed, "add": "kind", "to_kind": "group"})
    as_date = mine.post(address, {**typed_in(as_list), "add": "kind", "to_kind": "date"})
    unknown = mine.post(address, {**typed_in(as_date), "add": "kind", "to_kind": "nothing"})
    mine.post(address, typed_in(as_date))

    assert typed_in(as_list)["field-0-required"] == "on"
    assert typed_in(unknown)["kind"] == "date"
    assert keys(draft)[:2] == ["reason", "when"]
    assert rows(draft)[1] == {"key": "when", "type": "date", "question": {"es": "¿Cuándo?"}}


def test_the_fields_of_a_list_come_back_with_its_kind(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("cars", "group"))
    draft.refresh_from_db()
    address = url("form-question", "3430", "cars")

    typed = posted(draft, "cars", **{"field-0-label_es": "A medias"})
    as_text = mine.post(address, {**typed, "add": "kind", "to_kind": "text"})
    back = mine.post(address, {**typed_in(as_text), "add": "kind", "to_kind": "group"})
    mine.post(address, typed_in(back))

    assert 'name="field-0-label_es" value="A medias"' in as_text.text
    assert rows(draft)[0]["fields"][0]["question"]["es"] == "A medias"
    assert [one["key"] for one in rows(draft)[0]["fields"]] == ["plate", "year"]


def test_more_fields_begin_as_the_first_ones_do_and_are_written_at_once(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("cars", "group"))
    draft.refresh_from_db()
    typed = posted(draft, "cars", **{"field-0-required": None, "add": "field"})

    more = mine.post(url("form-question", "3430", "cars"), typed)

    boxes = typed_in(more)
    new = int(typed["field-TOTAL_FORMS"])
    assert "field-0-required" not in boxes
    assert [boxes.get(f"field-{n}-required") for n in (new, new + 1)] == ["on", "on"]
    assert re.search(rf'name="field-{new}-label_es"[^>]* autofocus', more.text)


def test_who_chooses_another_kind_stays_at_the_kinds(mine, draft):
    typed = posted(draft, "reason")

    again = mine.post(url("form-question", "3430", "reason"), {**typed, "add": "kind", "to_kind": "text"})

    assert re.search(r'<select id="kind-now"[^>]* autofocus', again.text)


def test_the_words_of_a_field_in_a_list_are_written_and_kept(mine, draft, editor, actor_of):
    said = {name: pair(f"{name} es", f"{name} en") for name in ("hint", "error", "error_rule")}
    write(
        draft,
        editor,
        actor_of,
        row("cars", "group", fields=[field("plate", **said), field("year", "number")]),
    )
    draft.refresh_from_db()
    address = url("form-question", "3430", "cars")

    mine.post(address, posted(draft, "cars"))
    as_it_was = rows(draft)[0]["fields"]
    draft.refresh_from_db()
    changes = {"field-0-hint_es": "", "field-0-hint_en": "", "field-1-error_es": "Escriba el año."}
    mine.post(address, posted(draft, "cars", **changes))
    draft.refresh_from_db()
    wrong = mine.post(address, posted(draft, "cars", **{"field-1-hint_en": "Four figures"}))

    assert as_it_was == [field("plate", **said), field("year", "number")]
    assert rows(draft)[0]["fields"] == [
        {name: value for name, value in field("plate", **said).items() if name != "hint"},
        {**field("year", "number"), "error": {"es": "Escriba el año."}},
    ]
    assert wrong.status_code == 422
    assert 'href="#id_field-1-hint_es"' in wrong.text
    assert "<details open><summary>A hint" in wrong.text


def test_as_many_conditions_are_written_as_a_question_takes(mine, draft, editor, actor_of):
    asked = [row(key, "yes_no") for key in ("a", "b", "c")]
    write(draft, editor, actor_of, *asked, row("last"))
    draft.refresh_from_db()
    changes = {f"if_{n}_question": key for n, key in enumerate("abc", start=1)}
    changes |= {f"if_{n}_how": "is" for n in (1, 2, 3)} | {f"if_{n}_values": "Yes" for n in (1, 2, 3)}

    page = mine.get(url("form-question", "3430", "last"))
    mine.post(url("form-question", "3430", "last"), posted(draft, "last", **changes))

    assert 'name="if_3_question"' in page.text
    assert 'name="if_4_question"' not in page.text
    assert [one["question"] for one in rows(draft)[-1]["show_if"]] == ["a", "b", "c"]


def test_a_list_that_may_have_none_is_saved_as_it_stands(mine, draft, editor, actor_of):
    may_be_none = row("cars", "group", min_items=0, required=False)
    write(draft, editor, actor_of, may_be_none)
    draft.refresh_from_db()

    address = url("form-question", "3430", "cars")
    saved = mine.post(address, {**typed_in(mine.get(address)), "hint_es": "Todos."})

    assert saved.status_code == 302
    assert rows(draft)[0] == {**may_be_none, "hint": {"es": "Todos."}}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"revision": "x"},
        {"kind": "x" * 5000},
        {"field-TOTAL_FORMS": "99999"},
        {"question_es": "x" * 90_000},
    ],
)
@pytest.mark.parametrize("kind", ["text", "group", "nothing"])
def test_odd_posts_are_answered_with_sentences(mine, draft, data, kind):
    for name, args in (("form-add", ()), ("form-question", ("reason",)), ("form-question", ("nobody",))):
        answer = mine.post(url(name, "3430", *args), {"kind": kind, **data})
        assert answer.status_code in {409, 422}
    for name in ("form-move", "form-copy", "form-remove"):
        assert mine.post(url(name, "3430", "copies"), data).status_code == 409
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 1


# --- pages ----------------------------------------------------------------------------------------------
def test_questions_are_put_on_a_page_its_heading_is_changed_and_it_moves_as_a_whole(
    mine, draft, editor, actor_of
):
    page = pair("Su casa", "Your home")
    write(draft, editor, actor_of, row("a"), row("b", page=page), row("c", page=page), row("d"))

    draft.refresh_from_db()
    mine.post(url("form-question", "3430", "d"), posted(draft, "d", page="page:Su casa"))
    assert [one.get("page") for one in rows(draft)] == [None, page, page, page]
    mine.post(url("form-page", "3430", "c"), looked(draft, page_es="Su hogar", page_en="Your house"))
    assert [one.get("page") for one in rows(draft)] == [None, *[pair("Su hogar", "Your house")] * 3]
    mine.post(url("form-move", "3430", "c"), looked(draft, to="up"))
    assert keys(draft) == ["a", "c", "b", "d"]
    mine.post(url("form-move", "3430", "a"), looked(draft, to="down"))
    assert keys(draft) == ["c", "b", "d", "a"]
    mine.post(url("form-move", "3430", "d"), looked(draft, to="down"))
    assert keys(draft) == ["a", "c", "b", "d"]


def test_a_page_is_not_interrupted(mine, draft, editor, actor_of):
    page = pair("Su casa")
    write(draft, editor, actor_of, row("a", page=page), row("b"), row("c"))
    draft.refresh_from_db()

    refused = mine.post(url("form-question", "3430", "c"), posted(draft, "c", page="page:Su casa"))

    assert "is interrupted: its questions must follow one another" in unescape(refused.text)
    assert 'href="#id_page"' in refused.text


def test_the_heading_of_a_page_needs_spanish_and_keeps_what_was_typed(mine, draft, editor, actor_of):
    write(draft, editor, actor_of, row("a", page=pair("Su casa")), row("b"))

    blank = mine.post(url("form-page", "3430", "a"), looked(draft, page_es="", page_en="Half"))
    stale = mine.post(
        url("form-page", "3430", "a"), {"revision": 1, "number": 2, "page_es": "Otra", "page_en": ""}
    )

    assert (blank.status_code, stale.status_code) == (422, 409)
    assert "Half" in blank.text
    assert "Otra" in stale.text
    assert f'name="revision" value="{draft.revision}"' in stale.text
    assert mine.get(url("form-page", "3430", "b")).status_code == 404


# --- two editors -------------------------------------------------------------------------------------------
def test_two_editors_on_one_form_both_keep_their_questions(client_of, editor, second_editor, draft):
    hers = posted(draft, "copies", hint_es="Lo que ella escribió")
    client_of(editor).post(
        url("form-question", "3430", "delivery"), posted(draft, "delivery", hint_es="De él")
    )

    refused = client_of(second_editor).post(url("form-question", "3430", "copies"), hers)

    assert refused.status_code == 409
    text = unescape(refused.text)
    assert "Somebody else saved this draft meanwhile" in text
    assert "Lo que ella escribió" in text
    assert "If you save again, your question replaces this one." in text
    assert 'name="revision" value="2"' in text
    again = client_of(second_editor).post(url("form-question", "3430", "copies"), {**hers, "revision": "2"})
    assert again.status_code == 302
    found = rows(draft)
    assert drafting.row_of(found, "copies")["hint"] == {"es": "Lo que ella escribió"}
    assert drafting.row_of(found, "delivery")["hint"] == {"es": "De él"}


def test_a_question_removed_meanwhile_is_kept_by_whoever_was_writing_it(
    client_of, editor, second_editor, draft
):
    hers = posted(draft, "copies", hint_es="Lo que ella escribió")
    client_of(editor).post(url("form-remove", "3430", "copies"), looked(draft))

    refused = client_of(second_editor).post(url("form-question", "3430", "copies"), hers)
    client_of(second_editor).post(url("form-question", "3430", "copies"), {**hers, "revision": "2"})

    assert refused.status_code == 409
    assert "This question is not in the form that is saved now" in refused.text
    assert keys(draft)[-1] == "copies"


def test_buttons_pressed_on_an_old_list_change_nothing_and_show_it_as_it_is(
    client_of, editor, second_editor, draft
):
    old = looked(draft)
    client_of(editor).post(url("form-question", "3430", "copies"), posted(draft, "copies", hint_es="Nuevo"))

    for name in ("form-move", "form-copy", "form-remove"):
        refused = client_of(second_editor).post(url(name, "3430", "copies"), old)
        assert refused.status_code == 409
        assert "Somebody else saved this draft meanwhile" in refused.text
    assert ProcedureVersion.objects.get(pk=draft.pk).revision == 2


def test_a_draft_sent_to_review_meanwhile_keeps_what_was_typed(
    client_of, editor, second_editor, draft, actor_of
):
    hers = posted(draft, "copies", hint_es="Tarde")
    actions.send_to_review(draft, by=actor_of(editor))

    refused = client_of(second_editor).post(url("form-question", "3430", "copies"), hers)

    assert refused.status_code == 422
    assert "not a draft any more" in refused.text
    assert "Tarde" in refused.text
    assert client_of(editor).get(url("form-question", "3430", "copies")).url == url("procedure", "3430")


def test_a_draft_set_aside_meanwhile_keeps_what_was_typed(client_of, editor, second_editor, draft, actor_of):
    hers = posted(draft, "copies", hint_es="Tarde")
    actions.set_aside(draft, by=actor_of(editor))
    ended = client_of(second_editor).post(url("form-question", "3430", "copies"), hers)
    another = actions.begin_version(draft.procedure, by=actor_of(editor))

    replaced = client_of(second_editor).post(url("form-question", "3430", "copies"), hers)

    assert (ended.status_code, replaced.status_code) == (409, 409)
    assert "This draft was ended meanwhile" in ended.text
    assert "Another draft was begun meanwhile" in replaced.text
    assert all("Tarde" in answer.text for answer in (ended, replaced))
    assert f'name="number" value="{another.number}"' in replaced.text


# --- who ----------------------------------------------------------------------------------------------------
def test_reviewers_look_and_change_nothing(client_of, reviewer, draft):
    hers = client_of(reviewer)

    assert url("form-add", "3430") not in hers.get(url("form", "3430")).text
    assert hers.get(url("form-preview", "3430")).status_code == 200
    assert hers.get(url("form-question", "3430", "copies")).status_code == 403
    assert hers.post(url("form-question", "3430", "copies"), posted(draft, "copies")).status_code == 403
    assert hers.post(url("form-remove", "3430", "copies"), looked(draft)).status_code == 403


def test_editors_of_another_agency_find_nothing(client_of, other_agency, draft):
    other = client_of(people.staff("Eva Otra", Role.EDITOR, agency=other_agency))

    for name, args in (("form", ()), ("form-add", ()), ("form-question", ("copies",)), ("form-preview", ())):
        assert other.get(url(name, "3430", *args)).status_code == 404


def test_a_form_is_begun_from_nothing_and_its_last_question_removed(mine, agency, editor, actor_of):
    version = sheets.publish(sheets.sheet(code="12", slug="sin-formulario", form=[]), agency=agency)
    begun = actions.begin_version(version.procedure, by=actor_of(editor))
    empty = mine.get(url("form", "12"))

    mine.post(
        url("form-add", "12"),
        posted(begun, kind="choice", question_es="¿Cuál?", key="which", options="Uno\nDos"),
    )
    begun.refresh_from_db()
    assert begun.has_form
    assert rows(begun)[0]["options"] == [
        {"value": "uno", "label": {"es": "Uno"}},
        {"value": "dos", "label": {"es": "Dos"}},
    ]
    mine.post(url("form-remove", "12", "which"), looked(begun))

    begun.refresh_from_db()
    assert "This procedure has no form yet" in empty.text
    assert not begun.has_form
