"""RUN and RUT: one canonical form, whatever people type (reliability: formats of the RUN)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import run

NUMBERS = st.integers(min_value=1_000, max_value=99_999_999)


@pytest.mark.parametrize(
    "typed",
    [
        "12.345.678-5",
        "12345678-5",
        "12345678 5",
        "123456785",
        " 12.345.678–5 ",
        "012.345.678-5",
        "１２.３４５.６７８-５",
    ],
)
def test_one_number_has_one_form(typed):
    assert run.normalise(typed) == "12345678-5"


@pytest.mark.parametrize(
    "typed", ["12.345.678-4", "", "-", "k", "abc", "12345678-5'; DROP", "9" * 500, "12-3", "0-0", "１"]
)
def test_what_is_no_run_is_none(typed):
    assert run.normalise(typed) is None


def test_the_letter_k_may_be_small():
    number = next(n for n in range(10_000_000, 10_001_000) if run.check_digit(n) == "K")

    assert run.normalise(f"{number}-k") == f"{number}-K" == run.normalise(f"{number}K")


@given(NUMBERS)
@settings(max_examples=500)
def test_every_way_of_writing_a_run_is_the_same_run(number):
    canonical = f"{number}-{run.check_digit(number)}"

    ways = [
        canonical,
        run.pretty(canonical),
        canonical.replace("-", ""),
        canonical.lower(),
        canonical.replace("-", " "),
    ]

    assert {run.normalise(way) for way in ways} == {canonical}


@given(NUMBERS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_caught(number, place, shift):
    digits = list(str(number))
    place %= len(digits)
    digits[place] = str((int(digits[place]) + shift) % 10)
    wrong = int("".join(digits))

    if wrong >= 1_000:
        assert run.normalise(f"{wrong}-{run.check_digit(number)}") is None


def test_a_mask_shows_too_little_to_learn_it():
    assert run.mask("12345678-5") == "••.•••.678-5"
