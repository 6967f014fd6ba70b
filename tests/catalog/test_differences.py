"""What changed between two sheets."""

import copy
import random
from unittest import mock

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalog import sheets
from catalog.queries import pieces
from catalog.queries.differences import differences
from catalog.queries.pieces import word_pieces
from tests.catalog.forms import field, options, pair, row
from tests.factories.catalog import sheet

WORDS = st.lists(st.sampled_from(["uno", "dos", " ", "\n", ",", "tres.", "3.820", "ñ"]), max_size=40).map(
    "".join
)


@given(WORDS, WORDS, st.sampled_from([1, 100, pieces.MOST_WORK]))
def test_pieces_hold_both_texts_and_no_more(before, after, most):
    with mock.patch.object(pieces, "MOST_WORK", most):
        found = word_pieces(before, after)

    assert "".join(piece.text for piece in found if piece.kind != "new") == before
    assert "".join(piece.text for piece in found if piece.kind != "gone") == after


def test_long_texts_are_compared_by_lines_and_sentences_first_and_by_words_where_they_differ():
    words = " ".join(f"de la casa {number} y de la calle" for number in range(300))
    before = f"{words}.\nDura diez días. {words}.\n{words}."
    found = word_pieces(before, before.replace("diez", "doce"))

    assert [(one.kind, one.text) for one in found if one.kind != "same"] == [
        ("gone", "diez"),
        ("new", "doce"),
    ]


@pytest.mark.parametrize("many", [2, 20, 300])
def test_what_would_take_long_to_compare_is_shown_whole(many):
    dice = random.Random(many)  # noqa: S311  # the same texts every time
    before, after = (" ".join(f"p{dice.randrange(many)}" for _word in range(5000)) for _text in range(2))

    assert [(one.kind, one.text) for one in word_pieces(before, after)] == [("gone", before), ("new", after)]


def test_words_are_told_apart_whole():
    assert [(piece.kind, piece.text) for piece in word_pieces("Dura diez días.", "Dura doce días.")] == [
        ("same", "Dura "),
        ("gone", "diez"),
        ("new", "doce"),
        ("same", " días."),
    ]


def test_equal_sheets_do_not_differ():
    content = sheets.validated(sheet())

    assert differences(content, copy.deepcopy(content)) == []


def test_each_part_that_changed_is_named_once():
    before = sheets.validated(sheet())
    after = copy.deepcopy(before)
    after["title"]["en"] = "Sample certificate"
    after["costs"][0]["amount"] = 4000
    after["requirements"][1]["upload"] = False
    after["channels"].pop("phone")
    after["form"]["ui"]["questions"][0]["question"]["es"] = "¿Para qué?"

    with translation.override("en"):
        found = [(str(one.place), one.language) for one in differences(before, after)]

    assert found == [
        ("Title", "en"),
        ("Cost 1", ""),
        ("Requirement “proof”", ""),
        ("By phone, line 101", ""),
        ("By phone, line 101", "es"),
        ("By phone, line 101", "en"),
        ("Question “reason”", "es"),
    ]


def test_two_very_long_texts_are_compared_in_time():
    before, after = "a b " * 5000, "b a " * 5000

    assert word_pieces(before, after)


# --- the form, who decides, levels, sources ----------------------------------------------------------
def form_of(*rows):
    return sheets.validated(sheet(form=list(rows)))


def told(before, after):
    """What differs, as a reader sees it: [-gone-] and {+new+}."""
    marks = {"same": "%s", "gone": "[-%s-]", "new": "{+%s+}"}
    with translation.override("en"):
        return [
            (str(one.place), one.language, "".join(marks[piece.kind] % piece.text for piece in one.pieces))
            for one in differences(before, after)
        ]


PET = row("pet", "choice", options=options("cat", "dog"))
AGE = row("age", "number", minimum=1, maximum=20, hint=pair("En años.", "In years."))
CHIP = row("chip", page=pair("El chip", "The chip"), show_if={"question": "pet", "is": "dog"})


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ([PET, AGE, {**CHIP, "show_if": None}], [
            ("Question “chip”", "", "chip?\nA line of text · it must be answered · [-When “pet?” is dog-]")]),
        ([PET, {**AGE, "required": False, "maximum": 30}, CHIP], [
            ("Question “age”", "",
             "age?\nA number · [-it must be answered-] · {+it may be left blank+} · at least 1 · [-at most 20-] · {+at most 30+}")]),
        ([PET, {**AGE, "type": "money"}, CHIP], [
            ("Question “age”", "", "age?\n[-A number-] · {+An amount in pesos+} · it must be answered · at least 1 · at most 20")]),
        ([PET, {**AGE, "hint": pair("En años enteros.", "In years.")}, CHIP], [
            ("Question “age”: hint", "es", "En años{+ enteros+}.")]),
        ([PET, {**AGE, "question": pair("¿age?", "How old?")}, CHIP], [
            ("Question “age”", "en", "[-age-]{+How old+}?")]),
        ([PET, AGE, {**CHIP, "page": pair("El chip", "Its chip")}], [
            ("Question “chip”: page", "en", "[-The-]{+Its+} chip")]),
        ([row("pet", "choice", options=options("cat", "dog", "bird")), AGE, CHIP], [
            ("Question “pet”: options", "es", "…\n{+bird: Bird+}"), ("Question “pet”: options", "en", "…\n{+bird: bird+}")]),
        ([PET, CHIP, AGE], [("Question “chip”", "", "[-after “age”-] {+after “pet”+}")]),
        ([PET, CHIP], [
            ("Question “age”", "es", "[-¿age?-]"), ("Question “age”", "en", "[-age?-]"),
            ("Question “age”: hint", "es", "[-En años.-]"), ("Question “age”: hint", "en", "[-In years.-]"),
            ("Question “age”", "", "[-A number · it must be answered · at least 1 · at most 20-]")]),
        ([PET, AGE, CHIP, row("born", "date", past=True)], [
            ("Question “born”", "es", "{+¿born?+}"), ("Question “born”", "en", "{+born?+}"),
            ("Question “born”", "", "{+A date · it must be answered · In the past+}")]),
        ([{**PET, "question": pair("¿pet?", "Which pet?")}, AGE, CHIP], [("Question “pet”", "en", "{+Which +}pet?")]),
        ([PET, {**AGE, "minimum": 0}, CHIP], [
            ("Question “age”", "", "age?\nA number · it must be answered · [-at least 1-] · {+at least 0+} · at most 20")]),
    ],
    ids=["asked when", "required and limits", "kind", "hint", "words", "page", "options", "moved", "gone", "added", "named by a condition", "zero"],
)  # fmt: skip
def test_of_a_form_each_question_that_changed_says_what_changed_of_it(changed, found):
    assert told(form_of(PET, AGE, CHIP), form_of(*changed)) == found


def test_of_a_list_each_field_says_what_changed_of_it():
    before = row("cars", "group", fields=[field("plate", max_length=6), field("year", "number")])
    after = row("cars", "group", fields=[field("year", "number"), field("plate", max_length=8)], max_items=3)

    assert told(form_of(before), form_of(after)) == [
        (
            "Question “cars”",
            "",
            "cars?\nA list of several things · it must be answered · {+at most 3 of them+}",
        ),
        ("Question “cars”, “year”", "", "[-after “plate”-] {+the first+}"),
        (
            "Question “cars”, “plate”",
            "",
            "Plate\nA line of text · it must be answered · [-at most 6 characters-] · {+at most 8 characters+}",
        ),
    ]


def test_what_is_said_otherwise_of_a_form_and_means_the_same_is_no_difference():
    explicit = [PET, {**AGE, "required": True}, {**CHIP, "show_if": [CHIP["show_if"]]}]

    assert told(form_of(PET, AGE, CHIP), form_of(*explicit)) == []


def test_who_decides_levels_sources_and_questions_for_the_agency_are_told_one_by_one():
    stage = {"agency": "SRCEI", "order": 1, "term_business_days": 10}
    before = sheet(
        stages=[stage, {"agency": "IPS", "order": 2, "term_calendar_days": 5}],
        levels={"phone": {"status": 500}},
        sources=[{"url": "https://a.example", "facts": "cost"}, {"url": "https://b.example"}],
        questions_for_agency=[pair("¿Cuánto cuesta?", "What is it?")],
    )
    after = sheet(
        stages=[
            {**stage, "term_business_days": 15, "addressed_by": "reason"},
            {"agency": "MINREL", "order": 2},
        ],
        levels={"web": {"submit": 300}},
        sources=[{"url": "https://c.example"}, *before["sources"]],
        questions_for_agency=[pair("¿Cuánto cuesta?", "What does it cost?")],
    )

    assert told(sheets.validated(before), sheets.validated(after)) == [
        (
            "Who decides: SRCEI",
            "",
            (
                "order 1 · nothing is granted without it · [-10 business days-] · {+15 business days"
                " · or the agency that “reason” is answered with+}"
            ),
        ),
        ("Who decides: MINREL", "", "{+order 2 · nothing is granted without it · no term+}"),
        (
            "Identity level: On the web, To apply",
            "",
            "[-100: who they say they are-] · {+300: they answer questions that only they can+}",
        ),
        (
            "Identity level: By phone, To be told how their case goes",
            "",
            "[-500: we see their identity card-] · {+300: they answer questions that only they can+}",
        ),
        ("Who decides: IPS", "", "[-order 2 · nothing is granted without it · 5 days-]"),
        ("Source", "", "{+https://c.example+}"),
        ("Question for the agency", "en", "What [-is-]{+does+} it{+ cost+}?"),
    ]


def test_of_long_lists_of_options_those_that_changed_are_told_and_no_other():
    before = [row("pet", "choice", options=options("cat", "dog", "fish", "bird", "horse"))]
    after = [row("pet", "choice", options=options("cat", "cow", "fish", "horse", "bird"))]
    after[0]["options"][2]["label"]["es"] = "Pez"

    spanish = next(
        text for _place, language, text in told(form_of(*before), form_of(*after)) if language == "es"
    )

    assert spanish.split("\n") == [
        "…",
        "{+cow: Cow+}",
        "fish: [-Fish-]{+Pez+}",
        "{+horse: Horse+}",
        "[-dog: Dog-]",
        "…",
        "[-horse: Horse-]",
    ]


def test_two_long_forms_are_compared_in_a_moment():
    long = [
        row(f"q{n}", "choice", options=options("cat", "dog"), show_if={"question": f"q{n - 1}", "is": "dog"})
        if n
        else PET | {"key": "q0"}
        for n in range(60)
    ]
    before, after = form_of(*long), form_of(*reversed([{**one, "show_if": None} for one in long]))

    found = differences(before, after)

    assert len(found) > 60
