"""Forms as data: what contradicts itself is refused with its line, and whatever is accepted can be asked and answered."""

import copy

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from catalog.questionnaires.checks import faults, judged, sound, stored
from catalog.questionnaires.definition import FormInvalid, compiled
from catalog.questionnaires.forms import QuestionForm, shown
from catalog.questionnaires.question import Questionnaire
from catalog.questionnaires.rules import SETTINGS
from catalog.questionnaires.steps import following, step_of, still_asked
from catalog.sheets import SheetInvalid, validated
from tests.catalog.forms import GOOD, answered, field, good_answer, options, pair, row
from tests.factories import crm
from tests.factories.catalog import sheet
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(db):
    CommuneFactory()
    with translation.override("en"):
        yield


def form_of(*rows) -> Questionnaire:
    return Questionnaire({"form": compiled(list(rows))})


def told(*rows) -> list[tuple[str, str]]:
    with pytest.raises(FormInvalid) as refused:
        compiled(list(rows))
    return refused.value.problems


REASON = row("reason", "choice", options=options("work", "lost"))


@pytest.mark.parametrize(
    ("rows", "place", "sentence"),
    [
        ([row("a", show_if={"question": "b", "is": "x"}), row("b")], "[0] a", "it stands later in the form"),
        ([row("a", show_if={"question": "z", "is": "x"})], "[0] a", "the form has no such question"),
        ([row("a", show_if={"question": "a", "is": "x"})], "[0] a", "does not come before"),
        ([REASON, row("a", show_if={"question": "reason", "is": "gone"})], "[1] a", "“gone”, which is no answer"),
        ([row("f", "file"), row("a", show_if={"question": "f", "is": "x"})], "[1] a", "can not be compared"),
        ([row("g", "group"), row("a", show_if={"question": "g", "is": "x"})], "[1] a", "can not be compared"),
        ([row("y", "yes_no"), row("a", show_if={"question": "y", "is": "yes"})], "[1] a", "answered yes or no"),
        ([row("n", "number", maximum=5), row("a", show_if={"question": "n", "is": 9})], "[1] a", "“9”, which is no"),
        ([row("n", "number"), row("a", show_if={"question": "n", "in": []})], "[1] a", "one answer or more"),
        ([row("c", "commune"), row("a", show_if={"question": "c", "is": "Valparaíso"})], "[1] a", "no answer to “c?”"),
        ([row("c", "commune"), row("a", show_if={"question": "c", "is": "99999"})], "[1] a", "no answer to “c?”"),
        ([row("r", "run"), row("a", show_if={"question": "r", "is": "12.345.678-5"})], "[1] a", "no answer to “r?”"),
        ([row("p", "phone"), row("a", show_if={"question": "p", "is_not": "9 8765 4321"})], "[1] a", "no answer to “p?”"),
        ([row("e", "email"), row("a", show_if={"question": "e", "is": "nobody"})], "[1] a", "no answer to “e?”"),
        ([row("d", "date"), row("a", show_if={"question": "d", "is": "3-2-2026"})], "[1] a", "no answer to “d?”"),
        ([row("t"), row("a", show_if={"question": "t", "is": " blank "})], "[1] a", "no answer to “t?”"),
        ([row("d", "date", past=True), row("a", show_if={"question": "d", "is": "2199-01-01"})], "[1] a", "no answer to “d?”"),
        ([row("d", "date", future=True), row("a", show_if={"question": "d", "is": "1950-01-01"})], "[1] a", "no answer to “d?”"),
        ([row("d", "date"), row("a", show_if={"question": "d", "is": "2999-01-01"})], "[1] a", "no answer to “d?”"),
        ([row("t", max_length=3), row("a", show_if={"question": "t", "in": ["abc", "abcdef"]})], "[1] a", "“abcdef”, which is no"),
        ([row("t", min_length=5), row("a", show_if={"question": "t", "is": "ab"})], "[1] a", "no answer to “t?”"),
        ([row("t", pattern="digits"), row("a", show_if={"question": "t", "is": "abc"})], "[1] a", "no answer to “t?”"),
        (
            [row("n", "number", minimum=1, maximum=2), row("a", show_if=[{"question": "n", "is_not": 1}, {"question": "n", "is_not": 2}])],
            "[1] a",
            "can never be asked",
        ),
        ([row("d", "date", future=True, prefill="birth_date")], "[0] d", "a date of birth is no future date"),
        ([row("n", "number"), row("a", show_if={"question": "n"})], "[1] a", "must name a question and one of"),
        ([row("n", "number"), row("a", show_if=[])], "[1] a", "at most 3 conditions"),
        ([row("n", "number"), row("a", show_if="n")], "[1] a", "must name a question"),
        ([row("n", "number", minimum=5, maximum=3)], "[0] n", "`minimum` is larger than `maximum`"),
        ([row("n", "number", minimum="5")], "[0] n", "`minimum` must be a whole number"),
        ([row("n", "number", minimum=True)], "[0] n", "`minimum` must be a whole number"),
        ([row("n", "money", minimum=-1)], "[0] n", "`minimum` must be a whole number from 0"),
        ([row("a", min_length=300)], "[0] a", "`min_length` is larger than `max_length`"),
        ([row("a", pattern="[0-9")], "[0] a", "pattern must be one of digits, letters_digits"),
        ([row("a", "choice", options=options("uno", "uno"))], "[0] a", "the value “uno” twice"),
        ([row("a", "choice", options=options("uno"))], "[0] a", "two or more"),
        ([row("a", "choice", options="uno")], "[0] a", "two or more"),
        ([row("a", "choice", options=options(*map(str, range(20_000))))], "[0] a", "options must be at most 300"),
        ([REASON, row("a", show_if={"question": "reason", "in": ["work"] * 301})], "[1] a", "at most 300 answers"),
        ([row("a", "choice", options=[{"value": "x", "label": {"en": "x"}}, *options("y")])], "[0] a", "Spanish text"),
        ([row("g", "group", fields=[])], "[0] g", "a group must have one to 8 fields"),
        ([row("g", "group", fields=[field("x", "file")])], "[0] g", "field 1: type must be one of"),
        ([row("g", "group", fields=[field("x"), field("x")])], "[0] g", "field 2: key stands twice"),
        ([row("g", "group", fields=[field("id")])], "[0] g", "field 1: key must be another"),
        ([row("g", "group", min_items=5, max_items=2)], "[0] g", "`min_items` is larger than `max_items`"),
        ([row("g", "group", max_items=31)], "[0] g", "from 1 to 30"),
        ([row("g", "group", page=pair("Casa"))], "[0] g", "page of its own"),
        ([row("a", error={"en": "Only English"})], "[0] a", "`error` must have a Spanish text"),
        ([row("a", error_rule={"es": " "})], "[0] a", "`error_rule` must have a Spanish text"),
        ([row("a", hint="corto")], "[0] a", "`hint` must have a Spanish text"),
        ([row("a", "declaration", statement=None)], "[0] a", "`statement` must have a Spanish text"),
        ([row("f", "file", requirement="proof"), row("h", "file", requirement="proof")], "[1] h", "“f?” asks for “proof”"),
        ([row("a"), row("a")], "[1] a", "key stands twice"),
        ([row("born", "date"), row("born_day")], "[1] born_day", "taken by a box of the date “born”"),
        ([row("born_day"), row("born", "date")], "[1] born", "taken by a box of the date"),
        ([row("skip")], "[0] skip", "a button of the pages is called so"),
        ([row("applicant_x")], "[0] applicant_x", "asked of everybody"),
        ([row("a__b")], "[0] a__b", "snake_case"),
        ([row("Ñandú")], "[0] Ñandú", "snake_case"),
        ([row("a", "regex")], "[0] a", "type must be one of"),
        ([row("a", requried=False)], "[0] a", "“requried” is no setting"),
        ([row("a", minimum=1)], "[0] a", "“minimum” is no setting"),
        ([row("d", "date", past=True, future=True)], "[0] d", "past and future"),
        ([row("a", page=pair("Casa")), row("b"), row("c", page=pair("Casa"))], "[2] c", "is interrupted"),
        ([row("a", page=pair("Casa", "Home")), row("b", page=pair("Casa", "House"))], "[1] b", "otherwise in English"),
        ([row("a", prefill="email")], "[0] a", "prefill does not answer"),
        (["a"], "[0] ?", "must be a mapping"),
    ],
)  # fmt: skip
def test_a_form_that_contradicts_itself_is_refused_with_its_line(rows, place, sentence):
    found = told(*rows)

    assert any(where == place and sentence in said for where, said in found), found


@pytest.mark.parametrize("rows", [{"a": 1}, "text", [row(f"q{n}") for n in range(201)]])
def test_what_is_no_list_of_questions_or_too_many_is_refused(rows):
    with pytest.raises(FormInvalid):
        compiled(rows)


def test_a_question_whose_condition_contradicts_another_can_never_be_asked():
    first = row("where", "choice", options=options("chile", "abroad"))
    second = row("region", "yes_no", show_if={"question": "where", "is": "chile"})

    impossible = row(
        "visa", show_if=[{"question": "region", "is": True}, {"question": "where", "is_not": "chile"}]
    )
    both = row("x", show_if=[{"question": "where", "is": "chile"}, {"question": "where", "is": "abroad"}])
    neither = row("x", show_if=[{"question": "where", "is_not": one} for one in ("chile", "abroad")])
    possible = row(
        "x", show_if=[{"question": "where", "is_not": "abroad"}, {"question": "region", "is": False}]
    )

    for wrong in (impossible, both, neither):
        [(place, sentence)] = told(first, second, wrong)
        assert place.startswith("[2]")
        assert "can never be asked: “where?”" in sentence
    assert compiled([first, second, possible])


def test_of_several_that_may_be_chosen_two_can_be_waited_for():
    several = row("things", "choices")

    assert compiled(
        [several, row("x", show_if=[{"question": "things", "is": one} for one in ("uno", "dos")])]
    )


def test_every_problem_of_a_sheet_stands_with_the_line_of_its_form():
    with pytest.raises(SheetInvalid) as refused:
        validated(sheet(form=[row("a", minimum=3), row("a")]))

    assert [place for place, _sentence in refused.value.problems] == ["form.[0] a", "form.[1] a"]


def test_is_not_asks_whoever_answered_otherwise_and_nobody_who_did_not_answer():
    form = form_of(REASON, row("why", show_if={"question": "reason", "is_not": "lost"}))

    assert [one.key for one in form.asked({"reason": "work"})][-1] == "why"
    assert [one.key for one in form.asked({"reason": "lost"})][-1] == "reason"
    assert [one.key for one in form.asked({"reason": None})][-1] == "reason"
    assert [one.key for one in form.asked({})][-1] == "reason"


def test_several_conditions_must_all_hold():
    form = form_of(
        REASON,
        row("home", "yes_no"),
        row("why", show_if=[{"question": "reason", "is": "lost"}, {"question": "home", "is": True}]),
    )

    assert form.asked({"reason": "lost", "home": True})[-1].key == "why"
    assert form.asked({"reason": "lost", "home": False})[-1].key == "home"
    assert form.asked({"reason": "work", "home": True})[-1].key == "home"


def test_the_json_schema_says_the_same_as_the_conditions():
    several = row("things", "choices")
    rows = [
        REASON,
        several,
        row("a", show_if={"question": "reason", "is_not": "lost"}),
        row("b", show_if={"question": "things", "in": ["dos"]}),
        row("c", show_if=[{"question": "reason", "is": "lost"}, {"question": "things", "is_not": "dos"}]),
    ]
    form, schema = form_of(*rows), compiled(rows)["schema"]
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)

    for reason in ("work", "lost"):
        for things in (["uno"], ["uno", "dos"]):
            given_so_far = {"reason": reason, "things": things}
            asked = {one.key for one in form.asked(given_so_far)} & {"a", "b", "c"}
            assert judge.is_valid({**given_so_far, **dict.fromkeys(asked, "x")})
            for key in asked:
                assert not judge.is_valid({**given_so_far, **dict.fromkeys(asked - {key}, "x")})


def test_own_words_stay_out_of_the_json_schema_and_in_the_interface():
    form = compiled([row("a", min_length=3, error=pair("Escríbalo."), error_rule=pair("Muy corto."))])

    assert form["schema"]["properties"]["a"] == {"type": "string", "minLength": 3, "maxLength": 200}
    assert form["ui"]["questions"][0]["error_rule"] == pair("Muy corto.")


# --- whose words are said ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        (row("x", min_length=5), "abc"),
        (row("x", pattern="digits"), "12a"),
        (row("x", pattern="letters_digits"), "a b"),
        (row("x", "number", minimum=10), "3"),
        (row("x", "money", maximum=10), "30"),
        (row("x", "run"), "12345678-9"),
        (row("x", "email"), "amina@"),
        (row("x", "phone"), "12"),
    ],
)
def test_the_editors_own_words_are_said_where_an_answer_breaks_a_rule(question, wrong):
    own = {**question, "error": pair("Falta.", "Missing."), "error_rule": pair("Mal.", "Own words.")}
    [asked] = [one for one in form_of(own).questions if one.key == "x"]
    [ours] = [one for one in form_of(question).questions if one.key == "x"]

    typed = QuestionForm([asked], data={"x": wrong})
    blank = QuestionForm([asked], data={"x": ""})
    house = QuestionForm([ours], data={"x": wrong})

    assert typed.errors["x"] == ["Own words."]
    assert blank.errors["x"] == ["Missing."]
    assert house.errors["x"] != ["Own words."]
    assert faults([asked], {"x": wrong if question["type"] not in {"number", "money"} else int(wrong)}) == {
        "x": "Own words."
    }
    assert faults([asked], {}) == {"x": "Missing."}


def test_own_words_of_a_date_and_of_a_field_in_a_list_are_said_too():
    date = row("x", "date", past=True, error_rule=pair("Antes de hoy.", "Before today."))
    group = row("g", "group", fields=[field("n", "number", error_rule=pair("Un número.", "A figure."))])
    form = form_of(date, group)
    dated, grouped = form.get("x"), form.get("g")

    data = {"x_day": "1", "x_month": "1", "x_year": "2190", "g__n": "many"}
    typed = QuestionForm([dated, grouped], data=data)

    assert typed.errors == {"x": ["Before today."], "g__n": ["A figure."]}
    assert faults([dated, grouped], {"x": "2190-01-01", "g": [{"n": "many"}]}) == {
        "x": "Before today.",
        "g": "A figure.",
    }


# --- numbers as people write them -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [("number", "2.000", 2000), ("money", "50.000", 50_000), ("money", "$ 1.500.000", 1_500_000)],
)
def test_thousands_with_dots_are_the_number_that_was_meant(kind, typed, stored):
    question = form_of(row("x", kind, minimum=1000)).get("x")
    group = form_of(row("g", "group", fields=[field("n", kind)])).get("g")

    alone = QuestionForm([question], data={"x": typed})
    listed = QuestionForm([group], data={"g__n": typed})

    assert alone.is_valid()
    assert listed.is_valid()
    assert alone.answers() == {"x": stored}
    assert [one["n"] for one in listed.answers()["g"]] == [stored]


@pytest.mark.parametrize("kind", ["number", "money"])
@pytest.mark.parametrize("typed", ["1234.56", "1.5", "2.0"])
def test_decimals_are_refused_with_what_to_write(kind, typed):
    question = form_of(row("x", kind)).get("x")

    form = QuestionForm([question], data={"x": typed})

    assert not form.is_valid()
    assert "whole" in form.errors["x"][0]


@pytest.mark.parametrize("kind", ["number", "money"])
@pytest.mark.parametrize("sent", ["2.000", "$ 5", 1.234, 1.0])
def test_what_a_program_sends_for_a_number_is_a_number(kind, sent):
    group = row("g", "group", fields=[field("n", kind)])
    questions = [question for question in form_of(row("x", kind), group).questions if question.key in "xg"]

    assert set(faults(questions, {"x": sent, "g": [{"n": sent}]})) == {"x", "g"}


# --- stored answers, whoever sent them ------------------------------------------------------------------
@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if kind != "file"])
@pytest.mark.parametrize(
    "odd", [7, "x" * 300, True, [], {}, ["a"], {"a": 1}, [{"a": 1}], [[1]], "2026", "13-13-13"]
)
def test_an_answer_of_another_kind_is_told_and_never_breaks(kind, odd):
    question = form_of(row("x", kind)).get("x")

    said = faults([question], {"x": odd})

    if said == {}:
        assert shown(question, odd)
    elif "x" in sound([question], {"x": odd}):
        assert odd in ([], {})


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_good_answer_of_every_kind_is_taken_read_and_in_the_schema(kind):
    form = compiled([row("x", kind)])
    question = Questionnaire({"form": form}).get("x")
    good = GOOD[kind]

    assert faults([question], {"x": good}) == {}
    assert sound([question], {"x": good}) == {"x": good}
    assert shown(question, good)
    assert Draft202012Validator(form["schema"]).is_valid({"x": stored(question, good)})


def test_a_list_takes_as_many_as_it_says():
    question = form_of(row("g", "group", min_items=2, max_items=3)).get("g")
    one = GOOD["group"][0]

    assert faults([question], {"g": [one]}) == {"g": "Add at least 2."}
    assert faults([question], {"g": [one] * 2}) == {}
    assert faults([question], {"g": [one] * 4}) == {"g": "No more than 3 can be added here."}
    assert faults([question], {"g": [one, {"plate": "X"}]}) == {"g": "Write a number."}


ADDRESS = {"street": "Calle 1", "commune": "13101"}


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("date", "2026-2-3", "2026-02-03"),
        ("date", " 2026-02-03", "2026-02-03"),
        ("number", "5", 5),
        ("money", "007", 7),
        ("run", "12.345.678-5", "12345678-5"),
        ("phone", "9 8765 4321", "+56987654321"),
        ("email", " amina@test.invalid ", "amina@test.invalid"),
        ("text", " Algo ", "Algo"),
        ("choices", ["uno", "uno"], ["uno"]),
        ("address", {**ADDRESS, "street": " Calle 1", "floor": 3}, ADDRESS),
    ],
)
def test_an_answer_is_stored_in_its_one_form_however_it_was_sent(kind, sent, kept):
    fields = [field("n", kind, **{"options": options("uno", "dos")} if kind == "choice" else {})]
    rows = [
        row("x", kind),
        *([row("g", "group", fields=fields)] if kind not in {"choices", "address"} else []),
    ]

    given = judged(form_of(*rows), {**crm.AMINA, "x": sent, "g": [{"id": "1", "n": sent, "more": 1}]})

    assert given.faults == {}
    assert given.answers["x"] == kept
    assert given.answers.get("g", [{"id": "1", "n": kept}]) == [{"id": "1", "n": kept}]


def test_what_is_said_of_the_people_of_a_household_is_stored_in_its_one_form():
    luz = {"given": " Luz", "surnames": "Paz", "run": "9.876.543-3", "birth_date": "2019-2-3", "relation": ""}

    given = judged(form_of(row("home", "people")), {**crm.AMINA, "home": [luz]})

    assert given.answers["home"] == [
        {"given": "Luz", "surnames": "Paz", "run": "9876543-3", "birth_date": "2019-02-03"}
    ]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("date", "2026-02-03-09"),
        ("date", "2026-02-03T00:00"),
        ("date", 20260203),
        ("text", 5),
        ("commune", 13101),
        ("number", "5.000"),
        ("choices", ["uno", 1]),
        ("address", {**ADDRESS, "street": ["x"]}),
        ("address", {**ADDRESS, "street": 1}),
    ],
)
def test_what_is_not_of_the_shape_that_is_published_is_refused_in_a_row_too(kind, sent):
    rows = [row("x", kind)]
    if kind not in {"choices", "address"}:
        rows.append(row("g", "group", fields=[field("n", kind)]))
    form = form_of(*rows)

    given = judged(form, {**crm.AMINA, "x": sent, "g": [{"n": sent}]})

    assert set(given.faults) == {one["key"] for one in rows}


def test_conditions_are_asked_of_answers_as_they_are_stored():
    form = form_of(
        row("copies", "number"),
        row("why", show_if={"question": "copies", "is": 5}),
        row("day", "date"),
        row("why_then", show_if={"question": "day", "is": "2026-02-03"}),
    )

    given = judged(form, {**crm.AMINA, "copies": "5", "day": "2026-2-3"})

    assert set(given.faults) == {"why", "why_then"}


def test_an_address_that_may_be_left_blank_is_left_blank_or_whole():
    question = form_of(row("x", "address", required=False)).get("x")

    half = QuestionForm([question], data={"x__street": "Calle 1"})
    blank = QuestionForm([question], data={"x__street": "", "x__commune": ""})

    assert half.errors == {"x__commune": ["Choose a commune."]}
    assert faults([question], {"x": {"street": "Calle 1"}}) == {"x": "Choose a commune."}
    assert blank.is_valid()
    assert blank.answers() == {"x": None}


@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if kind not in {"people", "group"}])
def test_a_question_left_blank_on_its_page_is_stored_as_no_answer(kind):
    form = compiled([row("x", kind, required=False)])
    page = QuestionForm([Questionnaire({"form": form}).get("x")], data={})
    page.is_valid()

    given = judged(Questionnaire({"form": form}), {**crm.AMINA, **page.answers()})

    assert (given.faults, "x" in given.answers) == ({}, False)
    assert shown(given.asked[-1], page.answers().get("x")) == "Not answered"


@pytest.mark.parametrize("kind", ["people", "group", "choices"])
def test_a_list_that_must_be_answered_is_not_empty_for_programs_either(kind):
    form = compiled([row("x", kind)])

    assert not Draft202012Validator(form["schema"]).is_valid({"x": []})
    assert "x" in judged(Questionnaire({"form": form}), {"x": []}).faults


@pytest.mark.parametrize("kind", SETTINGS)
def test_whatever_was_kept_once_can_be_read_and_drawn(kind):
    question = form_of(row("x", kind)).get("x")

    for odd in (7, "2026-2-3", "2026-02-03-09", True, ["a"], {"a": 1}, [{"a": 1}], [[1]]):
        assert isinstance(shown(question, odd), str)
        if not question.is_list:
            QuestionForm([question], answers={"x": odd}).as_p()


def test_a_date_that_was_kept_as_it_came_is_read_as_the_day_it_is():
    question = form_of(row("x", "date")).get("x")

    assert shown(question, "2026-2-3") == "03-02-2026"
    assert shown(question, "2026-02-03-09") == "2026-02-03-09"


# --- whatever is accepted ---------------------------------------------------------------------------------
KEYS = st.sampled_from(["a", "b", "c", "d", "e", "a_day", "skip", "año", "a__b"])
PAIRS = st.sampled_from([pair("Sí", "Yes"), pair("¿Ñ?"), {"en": "no"}, "plano", None, {"es": "", "en": ""}])
GOOD_PAIRS = st.sampled_from([pair("Sí", "Yes"), pair("¿Ñ?"), pair("<b>%s {{ x }}</b>", "%(n)s")])
WHOLE = st.sampled_from([None, 0, 1, 2, 3, 12, 30, -5, 10**12, "3", True, 2.5])
CONDITIONS = st.fixed_dictionaries(
    {"question": KEYS},
    optional={
        "is": st.sampled_from(["uno", "dos", True, False, 1, 3, "2001-02-03", None, ["uno"]]),
        "in": st.sampled_from([["uno", "tres"], [True], [1, 2], [], "uno"]),
        "is_not": st.sampled_from(["uno", "dos", True, 1, "7"]),
    },
)
FIELDS = st.builds(
    field,
    st.sampled_from(["a", "b", "c", "id", "a_day"]),
    st.sampled_from(["text", "choice", "date", "number", "money", "run", "commune", "phone", "email"]),
).map(lambda one: {**one, "options": options("uno", "dos")} if one["type"] == "choice" else one)
EXTRAS = {
    "hint": st.one_of(GOOD_PAIRS, PAIRS),
    "error": st.one_of(GOOD_PAIRS, PAIRS),
    "error_rule": GOOD_PAIRS,
    "required": st.sampled_from([True, False, False, "no"]),
    "page": st.sampled_from([pair("Casa", "Home"), pair("Auto")]),
    "show_if": st.one_of(CONDITIONS, st.lists(CONDITIONS, max_size=3)),
    "minimum": WHOLE,
    "maximum": WHOLE,
    "min_length": WHOLE,
    "max_length": WHOLE,
    "pattern": st.sampled_from(["digits", "letters_digits", ".*"]),
    "past": st.booleans(),
    "future": st.booleans(),
    "min_items": WHOLE,
    "max_items": WHOLE,
    "fields": st.lists(FIELDS, max_size=3),
    "item": GOOD_PAIRS,
    "relations": st.sampled_from([["child"], ["child", "other"], [], ["pet"]]),
    "requirement": st.sampled_from(["proof", "id-card", "../x"]),
}


@st.composite
def lines(draw):
    """Return questions, many of them right: settings of their kind more often than others."""
    found = []
    for _number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(list(SETTINGS)))
        one = row(draw(KEYS), kind)
        likely = [*SETTINGS[kind] & EXTRAS.keys(), "hint", "error", "error_rule", "required", "show_if"]
        for name in draw(
            st.lists(
                st.sampled_from([*likely, "page"] if kind not in {"people", "group"} else likely), max_size=4
            )
        ):
            one[name] = draw(EXTRAS[name])
        found.append(one)
    return found


def compiled_or_refused(rows):
    """Return a form, or nothing where it was refused with a reason for each line."""
    try:
        return compiled(rows)
    except FormInvalid as error:
        if not all(sentence for _place, sentence in error.problems):
            raise AssertionError(error.problems) from error
        return None


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines(), st.sampled_from(["es", "en"]), st.data())
def test_whatever_is_accepted_can_be_drawn_answered_and_validated(rows, language, data):
    with translation.override(language):
        form = compiled_or_refused(copy.deepcopy(rows))
        assume(form is not None)
        asked = Questionnaire({"form": form})
        Draft202012Validator.check_schema(form["schema"])
        for question in asked.questions:
            step = step_of(asked, {}, question.key)
            if step is not None:
                context = {"step": step, "form": QuestionForm(step.questions), "entries": []}
                assert question.label[:1] in render_to_string("catalog/_asked.html", context)
        given_so_far = answered(asked)
        own = [one for one in asked.asked(given_so_far) if one.key in given_so_far]
        assert faults(own, given_so_far) == {}
        whole = QuestionForm(asked.asked(given_so_far), answers=sound(own, given_so_far))
        render_to_string("crm/_application_form.html", {"form": whole})
        for question in own:
            assert isinstance(shown(question, given_so_far[question.key]), str)
        typed = QueryDict(mutable=True)
        for name in whole.fields:
            odd = data.draw(st.sampled_from(["", "x", "3", "uno", "\u0661", "9" * 400, "🐦", "on"]))
            typed.update({name: odd, f"{name}_day": odd, f"{name}_month": "2", f"{name}_year": "2001"})
        for page in asked.pages(given_so_far):
            step = step_of(asked, given_so_far, page[0].key)
            left = still_asked(asked, page, answers=given_so_far, data=typed, files={})
            sent = QuestionForm(left, answers=sound(own, given_so_far), data=typed, files={})
            if sent.is_valid():
                sent.answers()
            context = {"step": step, "form": sent, "entries": []}
            render_to_string("catalog/_asked.html", context)
            following(asked, given_so_far, step)


BLANK = [None, "", [], {}, False, {"street": "", "commune": ""}]
ODD = [
    5,
    "5",
    "2026-2-3",
    "x",
    " 7 ",
    True,
    ["uno", "uno"],
    {"street": "x"},
    [{}],
    [{"id": "1", "a": ""}],
    2.5,
]


def ways_to_write(question):
    """Return answers as programs and pages send them: good, carelessly written, blank, odd."""
    good = good_answer(question)
    found = [good, good, good, *BLANK, *ODD]
    match question.kind:
        case "number" | "money":
            found += [str(good)] * 4
        case "date":
            found += [good.replace("-0", "-")] * 4
        case "run":
            found += ["12.345.678-5"] * 4
        case "phone":
            found += ["9 8765 4321"] * 4
        case "text" | "long_text" | "email":
            found += [f" {good} "] * 4
        case "group":
            blank = {inner.key: "" for inner in question.fields if not inner.required}
            sloppy = {
                inner.key: ways_to_write(inner)[-1] for inner in question.fields if inner.kind != "commune"
            }
            found += [[{**one, "id": "1", **blank} for one in good], [{**one, **sloppy} for one in good]] * 4
        case "people":
            found += [[{**one, "relation": "", "birth_date": "2015-2-1"} for one in good]] * 4
    return found


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines(), st.data())
def test_whatever_is_filed_is_what_the_published_schema_says(rows, data):
    form = compiled_or_refused(copy.deepcopy(rows))
    assume(form is not None)
    asked, sent = Questionnaire({"form": form}), {**crm.AMINA}
    for question in asked.questions:
        if not question.key.startswith("applicant_") and data.draw(st.integers(0, 5)):
            sent[question.key] = data.draw(st.sampled_from(ways_to_write(question)))

    for _mended in range(len(asked.questions)):
        given = judged(asked, sent)
        wrong = [one for one in given.asked if one.key in given.faults]
        sent |= {one.key: good_answer(one) for one in wrong}

    assert given.faults == {}
    Draft202012Validator(form["schema"], format_checker=FormatChecker()).validate(given.answers)
    assert judged(asked, given.answers) == given
    assert sound(given.asked, given.answers) == given.answers
    for question in given.asked:
        assert isinstance(shown(question, given.answers.get(question.key)), str)


def test_a_day_that_has_gone_by_may_be_the_one_answer_that_closes_nothing():
    assert compiled(
        [row("d", "date", future=True), row("a", show_if={"question": "d", "is_not": "1950-01-01"})]
    )
