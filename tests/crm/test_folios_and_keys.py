"""The folio is public and tells typing errors apart; the key opens; neither is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from common.logs import masked
from crm import actions, folios, keys
from crm.actions import TooManyGuesses
from crm.models import Case
from portal.models.draft import new_code

FOLIOS = st.builds(folios.make, st.integers(2000, 2999), st.integers(1, 9_999_999))


@given(FOLIOS)
def test_a_folio_is_read_however_it_is_typed(folio):
    for typed in (folio, folio.replace("-", ""), folio.lower(), f" {folio} ", folio.replace("-", " ")):
        assert folios.normalise(typed) == folio


@given(FOLIOS, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_no_folio(folio, place, shift):
    plain = list(folio.replace("-", ""))
    plain[place] = str((int(plain[place]) + shift) % 10)

    assert folios.normalise("".join(plain)) is None


@given(FOLIOS, st.integers(0, 9))
def test_two_swapped_digits_are_no_folio(folio, place):
    plain = list(folio.replace("-", ""))
    if plain[place] != plain[place + 1]:
        plain[place], plain[place + 1] = plain[place + 1], plain[place]
        assert folios.normalise("".join(plain)) is None


def test_a_key_forgives_how_it_is_copied_by_hand():
    key = keys.new_key()
    stored = keys.hashed(key)

    for typed in (
        key,
        key.upper(),
        keys.pretty(key),
        f" {keys.pretty(key)} ",
        key.replace("1", "l").replace("0", "O"),
    ):
        assert keys.opens(typed, stored)
    assert not keys.opens(keys.new_key(), stored)
    assert not keys.opens("", None)


def test_only_the_hash_of_a_key_is_stored(submitted_case):
    stored = Case.objects.filter(pk=submitted_case.pk).values().get()

    assert bytes(stored["secret_hash"]) == keys.hashed(submitted_case.key)
    assert submitted_case.key not in str(stored)


def test_folio_and_key_open_together_and_a_wrong_one_of_either_looks_the_same(submitted_case):
    visitor = Actor.visitor()

    def tried(folio, key):
        return actions.open_with_key(folio, key, by=visitor, address="10.1.1.1")

    assert tried(submitted_case.folio, submitted_case.key) == submitted_case
    assert tried(submitted_case.folio, keys.new_key()) is None
    assert tried(folios.make(2026, 999), submitted_case.key) is None
    assert tried("nonsense", submitted_case.key) is None


def test_guessing_a_key_is_stopped_even_from_many_addresses(submitted_case):
    def guess_from_many_addresses():
        for attempt in range(40):
            actions.open_with_key(
                submitted_case.folio, keys.new_key(), by=Actor.visitor(), address=f"10.0.0.{attempt}"
            )

    with pytest.raises(TooManyGuesses):
        guess_from_many_addresses()


def test_every_code_has_letters_and_digits_and_so_is_masked_in_the_logs():
    codes = [keys.new_claim_code() for _one in range(300)]
    codes += [keys.claim_code_of_press(str(number), who="kiosk") for number in range(300)]

    assert [code for code in codes if masked(f"claimed {code} now") != "claimed [key] now"] == []
    drafts = [new_code() for _one in range(300)]
    assert [code for code in drafts if masked(f"draft {code} begun") != "draft [key] begun"] == []
    assert keys.claim_code_of_press("a", who=1) == keys.claim_code_of_press("a", who=1)
