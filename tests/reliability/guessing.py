"""
Guessing (39): claim codes tried from many addresses never open a case, whoever guesses learns nothing from the answer or its time, and an
office behind one address is not locked out.
"""

import statistics
import time
from random import Random
from typing import Any

from django.core.cache import cache
from django.test import Client

from accounts.actors import Actor
from crm import actions, folios
from crm.actions.claims import MOST_ATTEMPTS
from crm.keys import CODE_ALPHABET
from crm.models import ClaimCode
from tests.reliability import Outcome

FOLLOW = "/en/follow/"
ALIKE = 0.20  # how far apart the times of two answers may be


def check(case: Any, *, addresses: int, tries: int, is_timed: bool = True) -> Outcome:
    """
    Guess a case's code `tries` times, from so many addresses in turn; then open it with a right one.

    :param case: a filed case
    :param is_timed: compare times of answers; only where nothing else keeps the machine busy
    """
    outcome, dice = Outcome("guessing (39)"), Random(39)  # noqa: S311  # a test, not a secret
    code = actions.issue_claim_code(case, by=Actor.system(), interaction=case.source)
    answers: dict[int, int] = {}
    for number in range(tries):
        guess = "".join(dice.choices(CODE_ALPHABET, k=8))
        given = _follow(case.folio, guess, address=_address(number % addresses))
        answers[given.status_code] = answers.get(given.status_code, 0) + 1
        if given.status_code == 302 and guess != code:
            outcome.wrong.append(f"the guess {number} opened the case")
    if set(answers) - {422, 429}:
        outcome.wrong.append(f"guesses were answered {answers}")
    if (borne := ClaimCode.objects.get(case=case).attempts) > MOST_ATTEMPTS:
        outcome.wrong.append(f"{borne} wrong guesses were compared with the code")
    cache.clear()  # a quarter of an hour later
    if _follow(case.folio, code, address=_address(0)).status_code != 302:
        outcome.wrong.append("a stranger's guesses have spoilt the code")
    known, unknown = _times(case, dice, rounds=60) if is_timed else (1.0, 1.0)
    apart = abs(known - unknown) / max(known, unknown)
    if apart > ALIKE:
        outcome.wrong.append(
            f"a folio that exists answers in {known:.1f} ms, one that does not in {unknown:.1f} ms"
        )
    outcome.wrong += _office_of_one_address(case)
    outcome.figures = {
        "guesses": tries,
        "addresses": addresses,
        "opened": 0,
        "apart in time": f"{apart:.0%}",
        **{f"answered {status}": count for status, count in sorted(answers.items())},
    }
    return outcome


def _follow(folio: str, key: str, *, address: str) -> Any:
    return Client(REMOTE_ADDR=address, headers={"host": "127.0.0.1"}).post(
        FOLLOW, {"folio": folio, "key": key}
    )


def _address(number: int) -> str:
    return f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"


def _times(case: Any, dice: Random, *, rounds: int) -> tuple[float, float]:
    """The median time of a wrong key for a folio that exists and for one that does not, in turn."""
    other = folios.make(int(case.folio[:4]), 9_999_999)
    spent: dict[str, list[float]] = {case.folio: [], other: []}
    for number in range(rounds):
        for folio in spent:
            cache.clear()
            key = "".join(dice.choices("0123456789abcdefghjkmnpqrstvwxyz", k=26))
            began = time.perf_counter()
            _follow(folio, key, address=_address(number))
            spent[folio].append(1000 * (time.perf_counter() - began))
    return statistics.median(spent[case.folio]), statistics.median(spent[other])


def _office_of_one_address(case: Any) -> list[str]:
    """Sixty people at one kiosk mistype their own keys once; then the holder of a key comes, from the same address."""
    cache.clear()
    for number in range(60):
        _follow(folios.make(2026, 5_000_000 + number), "0" * 26, address="10.9.9.9")
    answer = _follow(case.folio, "0" * 26, address="10.9.9.9")
    return (
        []
        if answer.status_code == 422
        else [f"an office behind one address is answered {answer.status_code}"]
    )
