"""Telephone numbers: one form, whatever people write; without a country they are Chilean."""

import pytest

from common import phone


@pytest.mark.parametrize(
    "written",
    [
        "987654321",
        "9 8765 4321",
        "9/8765/4321",
        "(9) 8765-4321",
        "09 8765 4321",
        "56987654321",
        "0056 9 8765 4321",
        "+56-9-8765.4321",
        "+56 09 8765 4321",
        " tel. 9 8765 4321 ",
        "９８７６５４３２１",
    ],
)
def test_a_number_is_taken_however_people_write_it_and_has_one_form(written):
    assert phone.normalise(written) == "+56987654321"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("(2) 2333/4444", "+56223334444"),
        ("02 2333 4444", "+56223334444"),
        ("+49 30/1234567", "+49301234567"),
        ("+54 9 11 2345-6789", "+5491123456789"),
        ("+39 06 1234 5678", "+390612345678"),  # there the zero is part of the number
    ],
)
def test_a_number_without_a_country_is_chilean_and_another_country_stays_it(written, kept):
    assert phone.normalise(written) == kept


@pytest.mark.parametrize(
    "written", ["", "abc", "12", "101", "9" * 40, "anonymous", "9 8765 4321 / 9 1111 2222"]
)
def test_what_reaches_no_telephone_is_none(written):
    assert phone.normalise(written) is None
