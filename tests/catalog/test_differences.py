"""What changed between two sheets."""

import copy

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from catalog import sheets
from catalog.queries.differences import differences, word_pieces
from tests.factories.catalog import sheet

WORDS = st.lists(st.sampled_from(["uno", "dos", " ", "\n", ",", "tres.", "3.820", "ñ"]), max_size=40).map(
    "".join
)


@given(WORDS, WORDS)
def test_pieces_hold_both_texts_and_no_more(before, after):
    pieces = word_pieces(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


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
        ("The form", ""),
    ]


def test_two_very_long_texts_are_compared_in_time():
    before, after = "a b " * 5000, "b a " * 5000

    assert word_pieces(before, after)
