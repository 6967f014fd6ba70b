"""Conditions as an editor writes them: what the box shows is read back as the same answer, and what can never be answered is refused."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from catalog import actions
from catalog.forms import answers
from catalog.models import ProcedureVersion
from catalog.questionnaires import drafting
from catalog.questionnaires.conditions import COMPARED
from tests.catalog.forms import options, pair, row
from tests.catalog.test_form_editor import posted, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

STORED = {
    "text": ["Algo", "con | barra", "1.500"],
    "long_text": ["Algo más largo."],
    "choice": ["no", "si", "A", "a"],
    "choices": ["uno", "tres"],
    "yes_no": [True, False],
    "date": ["2026-02-03", "1999-12-31"],
    "number": [3, 2000, -1500],
    "money": [0, 45000, 1_234_567],
    "run": ["12345678-5", "9999999-3"],
    "commune": ["05101", "13101", "13120"],
    "phone": ["+56987654321", "+56221234567"],
    "email": ["Amina@test.invalid"],
}
CROSSED = [  # each value is the label of another
    {"value": "si", "label": pair("No", "A")},
    {"value": "no", "label": pair("Si", "a")},
    {"value": "A", "label": pair("No")},
    {"value": "a", "label": pair("Si")},
]


def about(kind):
    return row("x", kind, **({"options": CROSSED} if kind == "choice" else {}))


@pytest.fixture
def draft(procedure_version, editor, actor_of):
    return actions.begin_version(procedure_version.procedure, by=actor_of(editor))


@pytest.fixture
def mine(client_of, editor):
    return client_of(editor)


def saved(draft):
    return drafting.rows_of(ProcedureVersion.objects.get(pk=draft.pk).content)


def test_every_kind_that_a_condition_can_ask_is_tried_here():
    assert set(STORED) == COMPARED


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", STORED)
def test_what_is_shown_is_read_back_as_the_same_answers(kind, language):
    with translation.override(language):
        shown = answers.written(about(kind), {"question": "x", "in": STORED[kind]})
        again = answers.read(about(kind), shown)

    assert again == STORED[kind]


@pytest.mark.parametrize("kind", STORED)
def test_a_question_with_a_condition_saved_as_it_stands_stays_as_it_is(kind, mine, draft, editor, actor_of):
    asked = about(kind)
    write(
        draft,
        editor,
        actor_of,
        asked,
        row("one", show_if={"question": "x", "is": STORED[kind][0]}),
        row("several", show_if={"question": "x", "in": STORED[kind]}),
    )
    draft.refresh_from_db()
    before, revision = saved(draft), draft.revision

    for key in ("one", "several"):
        answer = mine.post(reverse("catalog:form-question", args=["3430", key]), posted(draft, key))
        assert answer.status_code == 302, answer.text

    draft.refresh_from_db()
    assert (saved(draft), draft.revision) == (before, revision)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("date", "3-2-2026", "2026-02-03"),
        ("date", "03/02/2026", "2026-02-03"),
        ("date", "2026-02-03", "2026-02-03"),
        ("commune", "valparaiso", "05101"),
        ("commune", "Ñuñoa", "13120"),
        ("commune", "13101", "13101"),
        ("run", "12.345.678-5", "12345678-5"),
        ("phone", "9 8765 4321", "+56987654321"),
        ("number", "2.000", 2000),
        ("money", "$ 450.000", 450_000),
        ("choice", "Lo perdí", "lost"),
        ("choices", "LOST", "lost"),
        ("yes_no", "si", True),
    ],
)
def test_what_people_write_becomes_what_is_stored(kind, typed, stored):
    asked = row("x", kind, options=[{"value": "lost", "label": pair("Lo perdí", "I lost it")}, *options("b")])

    assert answers.read(asked, typed) == [stored]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("date", "31-2-2026"),
        ("date", "3-2-26"),
        ("date", "20260203"),
        ("commune", "Atlántida"),
        ("run", "12.345.678-9"),
        ("phone", "12"),
        ("number", "1.5"),
        ("money", "1234.56"),
        ("email", "nobody"),
    ],
)
def test_what_nobody_can_answer_is_refused_at_the_condition_and_kept(
    kind, typed, mine, draft, editor, actor_of
):
    write(draft, editor, actor_of, row("x", kind), row("y"))
    draft.refresh_from_db()

    answer = mine.post(
        reverse("catalog:form-question", args=["3430", "y"]),
        posted(draft, "y", if_1_question="x", if_1_how="is", if_1_values=typed),
    )

    assert answer.status_code == 422
    assert f"The condition waits for “{typed}”, which is no answer to “x?”." in unescape(answer.text)
    assert f">\n{typed}</textarea>" in answer.text


def test_several_answers_where_one_is_waited_for_are_not_dropped(mine, draft):
    answer = mine.post(
        reverse("catalog:form-add", args=["3430"]),
        posted(
            draft,
            question_es="¿Cuál?",
            if_1_question="reason",
            if_1_how="is",
            if_1_values="Lo perdí\nwork",
        ),
    )

    assert answer.status_code == 422
    assert "Write one answer, or choose “is one of these” for several." in answer.text


def test_the_list_of_questions_names_answers_as_people_write_them(mine, draft, editor, actor_of):
    write(
        draft,
        editor,
        actor_of,
        row("where", "commune"),
        row("arrival", "date"),
        row("a", show_if={"question": "where", "is": "05101"}),
        row("b", show_if={"question": "arrival", "is": "2026-02-03"}),
    )

    text = unescape(mine.get(reverse("catalog:form", args=["3430"])).text)

    assert "When “where?” is Valparaíso" in text
    assert "When “arrival?” is 03-02-2026" in text
