"""Numbers as people in Chile write them: a dot parts thousands, and nothing is read a thousand times too small or too large."""

import pytest
from django import forms

from common.whole_numbers import WholeNumber, WholePesos, read, read_pesos


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2000", 2000),
        ("2.000", 2000),
        ("50.000", 50_000),
        ("1.500.000", 1_500_000),
        (" 7 ", 7),
        ("007", 7),
        ("-5", -5),
        ("−1.000", -1000),
        ("0", 0),
    ],
)
def test_thousands_are_read_with_and_without_dots(written, number):
    assert read(written) == read_pesos(written) == number
    assert WholeNumber().clean(written) == WholePesos().clean(written) == number


@pytest.mark.parametrize(
    "written",
    ["1.5", "2.0", "2.00", "1234.56", "1.0000", "0.500", "1,5", "1,000", "1.000,5", "1.23.456", "nueve", "٣", "1e3", "$", "9" * 5000, "\x00"],
)  # fmt: skip
@pytest.mark.parametrize("box", [WholeNumber, WholePesos])
def test_what_could_be_another_number_is_asked_again(box, written):
    with pytest.raises(forms.ValidationError) as refused:
        box().clean(written)

    assert refused.value.code == "invalid"
    assert refused.value.messages == [str(box.default_error_messages["invalid"])]


@pytest.mark.parametrize("written", ["$450.000", "$ 450.000", "450 000", "450\u00a0000", " $\u00a0450000 "])
def test_pesos_take_their_sign_and_blanks_and_plain_numbers_do_not(written):
    assert read_pesos(written) == 450_000
    assert read(written) is None


@pytest.mark.parametrize("value", [7, 7.0, None, ""])
def test_what_a_program_sent_is_taken_as_it_is(value):
    assert WholeNumber(required=False).clean(value) == (None if value in (None, "") else 7)


@pytest.mark.parametrize("value", [True, 1.234, float("inf"), float("nan"), {"a": 1}, [7]])
def test_what_is_no_whole_number_of_a_program_is_refused(value):
    with pytest.raises(forms.ValidationError):
        WholeNumber().clean(value)


def test_the_limits_of_a_box_are_of_what_was_meant():
    box = WholeNumber(max_value=2000)

    assert box.clean("2.000") == 2000
    with pytest.raises(forms.ValidationError):
        box.clean("3.000")
