"""Several procedures as one questionnaire: nothing is asked twice, no two questions share an answer, each procedure gets its own back."""

import copy
from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.questionnaires.bundles import BundleQuestionnaire
from catalog.questionnaires.checks import faults
from catalog.questionnaires.definition import compiled
from catalog.questionnaires.question import Questionnaire
from catalog.questionnaires.rules import clash_of
from tests.catalog.forms import GOOD, good_answer, options, pair, row
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(db):
    CommuneFactory()
    with translation.override("en"):
        yield


def content(*rows, requirements=(), **more):
    return {"form": compiled(copy.deepcopy(list(rows))), "requirements": list(requirements), **more}


def together(*contents) -> BundleQuestionnaire:
    return BundleQuestionnaire(contents)


def own_keys(form) -> list[str]:
    return [one.key for one in form.questions if not one.key.startswith("applicant_")]


def test_the_questions_about_the_applicant_are_asked_once():
    form = together(content(row("a")), content(row("b")))

    keys = [question.key for question in form.questions]
    assert keys.count("applicant_run") == 1
    assert keys[-2:] == ["a", "b"]


def test_whoever_must_say_their_name_for_one_says_it_for_all():
    form = together(content(anonymous=True), content())

    name = form.asked({})[0]

    assert (name.key, name.required) == ("applicant_name", True)
    assert "rather not say" not in name.hint
    assert not together(content(anonymous=True)).asked({})[0].required


def test_a_single_procedure_is_asked_exactly_as_it_is():
    one = content(
        row("why", "choice"), row("when", "date", past=True, show_if={"question": "why", "is": "uno"})
    )
    form, alone = together(one), Questionnaire(one)

    answers = {"why": "uno"}

    assert [question.row for question in form.asked(answers)] == [one.row for one in alone.asked(answers)]
    assert form.split(answers) == [answers]


SAME = row("income", "money", minimum=0)


@pytest.mark.parametrize(
    ("first", "second", "once"),
    [
        (SAME, SAME, True),
        (SAME, {**SAME, "hint": pair("En pesos", "In pesos"), "error": pair("Escríbalo")}, True),
        (SAME, {**SAME, "question": pair("¿INCOME?!", "Income?")}, True),  # marks and capitals
        (SAME, {**SAME, "required": False}, True),
        (SAME, {**SAME, "question": pair("¿Cuánto gana su hijo?")}, False),  # the same key for another thing
        (SAME, {**SAME, "minimum": 1}, False),
        (SAME, {**SAME, "key": "wage"}, False),
        (row("a"), row("a", "long_text"), False),
        (row("a", "choice"), row("a", "choice", options=options("uno", "dos")), False),
        (row("b", "text", prefill="name"), row("c", "text", prefill="name"), True),
        (row("b", "text", prefill="name"), row("c", "text"), False),
        (row("b", "date", prefill="birth_date"), row("c", "date", prefill="birth_date", past=True), True),
        (row("a", "declaration"), row("z", "declaration"), True),  # the same text
        (row("a", "declaration"), row("a", "declaration", statement=pair("Declaro otra cosa.")), False),
        (row("a", "file", requirement="card"), row("a", "file", requirement="card"), True),
        (row("a", "file", requirement="card"), row("a", "file", requirement="photo"), False),
        (row("a", "people", relations=["child"]), row("a", "people", relations=["child"]), True),
        (row("a", "people", relations=["child"]), row("a", "people", relations=["parent"]), False),
        (row("a", "group"), row("a", "group"), True),
    ],
)
def test_what_means_the_same_is_asked_once_and_nothing_else(first, second, once):
    form = together(content(first), content(second))

    assert len(own_keys(form)) == (1 if once else 2)
    assert len(set(own_keys(form))) == len(own_keys(form))


def test_files_are_one_where_the_sheets_say_that_they_are_the_same_document():
    card = {"code": "card", "document_type": "id-card"}
    identity = {"code": "identity", "document_type": "id-card"}
    other = {"code": "card", "document_type": "birth-certificate"}
    mine, theirs = row("mine", "file", requirement="card"), row("yours", "file", requirement="identity")

    assert own_keys(
        together(content(mine, requirements=[card]), content(theirs, requirements=[identity]))
    ) == ["mine"]
    assert (
        len(own_keys(together(content(mine, requirements=[card]), content(mine, requirements=[other])))) == 2
    )


def test_what_one_procedure_asks_of_two_people_is_never_taken_for_the_same():
    mother, father = row("mother", "text", prefill="name"), row("father", "text", prefill="name")

    form = together(content(mother, father), content(row("worker", "text", prefill="name")))

    assert own_keys(form) == ["mother", "father", "worker"]


def test_another_question_with_the_same_key_is_renamed_with_the_conditions_that_name_it():
    first = content(row("kind", "choice"), row("x", show_if={"question": "kind", "is": "uno"}))
    second = content(
        row("kind", "choice", options=options("a", "b")), row("y", show_if={"question": "kind", "is": "b"})
    )

    form = together(first, second)
    asked = [one.key for one in form.asked({"kind": "uno", "kind_2": "a"})]

    assert own_keys(form) == ["kind", "x", "kind_2", "y"]
    assert form.get("y").row["show_if"] == {"question": "kind_2", "is": "b"}
    assert "x" in asked
    assert "y" not in asked
    assert form.split({"kind": "uno", "kind_2": "b"}) == [{"kind": "uno"}, {"kind": "b"}]


def test_a_key_is_never_that_of_a_box_of_another_procedures_date():
    form = together(content(row("born", "date")), content(row("born_day", "number")))

    assert own_keys(form) == ["born", "born_day_2"]


def test_it_is_asked_while_any_procedure_asks_it_and_must_be_answered_if_that_one_says_so():
    shared = row("income", "money")
    first = content(row("works", "yes_no"), {**shared, "show_if": {"question": "works", "is": True}})
    second = content(
        row("owns", "yes_no"), {**shared, "required": False, "show_if": {"question": "owns", "is": True}}
    )
    form = together(first, second)

    def asked(**answers):
        return {one.key: one.required for one in form.asked(answers)}.get("income")

    assert asked(works=False, owns=False) is None
    assert asked(works=True, owns=False) is True
    assert asked(works=False, owns=True) is False
    assert asked(works=True, owns=True) is True


def test_a_question_comes_after_those_on_which_any_procedure_lets_it_depend():
    shared = row("income", "money")
    first = content(row("a"), shared)
    second = content(row("owns", "yes_no"), {**shared, "show_if": {"question": "owns", "is": True}})

    assert own_keys(together(first, second)) == ["a", "owns", "income"]


def test_questions_that_two_procedures_ask_in_opposite_orders_are_still_asked_once():
    a, b = row("a", "yes_no"), row("b", "yes_no")
    first = content(a, {**b, "show_if": {"question": "a", "is": True}})
    second = content(b, {**a, "show_if": {"question": "b", "is": True}})
    form = together(first, second)

    assert sorted(own_keys(form)) == ["a", "b"]
    assert faults(
        form.parts[1].asked({"a": True, "b": True}), form.split({"a": True, "b": True})[1]
    ).keys() == {
        "applicant_name",
        "applicant_commune",
    }


def test_the_strictest_rules_judge_what_is_filled_in_from_one_fact():
    form = together(
        content(row("a", "text", prefill="name", max_length=20)),
        content(row("b", "text", prefill="name", min_length=3)),
    )

    assert {name: form.get("a").row[name] for name in ("min_length", "max_length")} == {
        "min_length": 3,
        "max_length": 20,
    }


def test_what_no_answer_could_satisfy_is_asked_twice():
    short, long = (
        row("a", "text", prefill="name", max_length=5),
        row("b", "text", prefill="name", min_length=9),
    )

    assert own_keys(together(content(short), content(long))) == ["a", "b"]


def test_what_stands_beside_the_answers_is_everybodys_and_what_is_known_goes_with_its_question():
    form = together(content(row("a")), content(row("a", "number"), row("b")))
    answers = {"a": "x", "a_2": 3, "filled_in_by": {"name": "Berta"}, "from_known": {"a_2": 3}}

    split = form.split(answers)

    assert [one["filled_in_by"] for one in split] == [{"name": "Berta"}] * 2
    assert [one["from_known"] for one in split] == [{}, {"a": 3}]
    assert form.merged(split) == answers


def test_an_answer_that_only_one_has_is_not_lost_behind_a_blank():
    form = together(content(SAME), content(SAME))

    assert form.merged([{"income": None}, {"income": 5}])["income"] == 5
    assert form.merged([{"income": 0}, {"income": 5}])["income"] == 0


def test_an_answer_to_no_question_any_more_is_nobodys():
    form = together(content(row("a")), content(row("b")))

    assert form.merged([{"a": "1", "old": "x"}, {"b": "2", "a": "y"}]) == {"a": "1", "b": "2"}


# --- whatever the forms -------------------------------------------------------------------------------
KINDS = [
    "text",
    "choice",
    "yes_no",
    "date",
    "number",
    "run",
    "commune",
    "file",
    "declaration",
    "people",
    "group",
]
SETTINGS = {
    "text": [{}, {"max_length": 20}, {"min_length": 2, "prefill": "name"}, {"prefill": "name"}],
    "date": [
        {},
        {"past": True},
        {"past": True, "prefill": "birth_date"},
        {"future": True},
    ],
    "number": [{}, {"minimum": 3}],
    "choice": [{}, {"options": options("uno", "dos")}],
    "run": [{}, {"prefill": "run"}],
    "file": [{}, {"requirement": "card"}, {"requirement": "photo"}],
    "declaration": [{}, {"statement": pair("Declaro otra cosa.")}],
}
KEYS = st.sampled_from(["a", "b", "c", "a_day", "a_2", "b_2"])


@st.composite
def contents(draw):
    """Return a sheet whose form is right, with keys that others have too."""
    rows, files = [], set()
    for key in draw(st.lists(KEYS, min_size=1, max_size=5, unique=True)):
        kind = draw(st.sampled_from(KINDS))
        one = row(key, kind, **draw(st.sampled_from(SETTINGS.get(kind, [{}]))))
        if draw(st.integers(0, 4)) == 0:
            one["question"] = pair("¿Otra cosa?")
        one["required"] = draw(st.booleans()) or kind == "declaration"
        about = [other for other in rows if other["type"] in {"choice", "yes_no"}]
        if about and draw(st.booleans()):
            named = draw(st.sampled_from(about))
            one["show_if"] = {"question": named["key"], "is": True if named["type"] == "yes_no" else "uno"}
        if kind == "file" and one.get("requirement", key) in files:
            continue
        files |= {one.get("requirement", key)} if kind == "file" else set()
        if not clash_of(one, rows):
            rows.append(one)
    documents = [{"code": "card", "document_type": draw(st.sampled_from(["", "id-card"]))}]
    return content(*rows, requirements=documents, anonymous=draw(st.booleans()))


MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def good(question):
    if question.kind == "name":
        return {"given": "Amina", "surnames": "Rojas"}
    return copy.deepcopy(GOOD["file"]) if question.kind == "file" else good_answer(question)


@MANY
@given(st.lists(contents(), min_size=1, max_size=4), st.data())
def test_each_procedure_is_complete_once_the_whole_is(sheets, data):
    form = together(*sheets)
    answers, asked = {}, []
    while (question := form.first_open(answers)) is not None:
        assert question.key not in answers, "asked twice"
        asked.append(question.key)
        skipped = not question.required and data.draw(st.booleans())
        answers[question.key] = None if skipped else good(question)

    for part, own in zip(form.parts, form.split(answers), strict=True):
        assert faults(part.asked(own), own) == {}
    assert len(asked) == len(set(asked))


@MANY
@given(st.lists(contents(), min_size=1, max_size=4), st.data())
def test_each_gets_its_own_back(sheets, data):
    form = together(*sheets)
    given_to_some = data.draw(st.lists(st.sampled_from([one.key for one in form.questions])))
    answers = {key: data.draw(st.sampled_from(["x", 3, None, True, [1], {"a": 1}])) for key in given_to_some}

    split = form.split(answers)

    assert form.split(form.merged(split)) == split
    assert form.merged(split) == answers


@MANY
@given(st.lists(contents(), min_size=2, max_size=4))
def test_no_two_questions_share_an_answer_and_none_that_is_the_same_is_asked_twice(sheets):
    form = together(*sheets)

    boxes: list = []
    for one in form.questions:
        assert not clash_of(one.row, boxes)
        boxes.append(one.row)
    for one in form.asked_once:
        assert len({question.kind for question in one.of.values()}) == 1
    for (first, a), (second, b) in combinations(enumerate(sheets), 2):
        for mine in Questionnaire(a).questions:
            for theirs in Questionnaire(b).questions:
                key = form.key_of(first, mine.key)
                is_once = key == form.key_of(second, theirs.key)
                standing = form.standing_for(key).values()
                if mine.kind in {"file", "declaration"} or any("prefill" in one.row for one in standing):
                    continue  # those say in other ways that they are the same
                is_same = plain(mine.row) == plain(theirs.row) or mine.key == theirs.key in APPLICANT
                assert is_once == is_same or "prefill" in theirs.row


APPLICANT = {one.key for one in Questionnaire({}).questions}


def plain(row):
    return {
        name: value for name, value in row.items() if name in {"key", "type", "question"} or name in RULES
    }


RULES = {
    "options",
    "minimum",
    "maximum",
    "min_length",
    "max_length",
    "past",
    "future",
    "prefill",
    "statement",
}
RULES |= {"fields", "relations", "max_items"}
