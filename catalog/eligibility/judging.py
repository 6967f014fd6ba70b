"""Rules answered with yes, no or not known, from whatever is known; and what could still change the answer."""

from collections.abc import Mapping
from typing import Any

from catalog.eligibility.facts import ABROAD

# What is known, by the fact's code: a number, yes or no, a code, a place's code; of situations, each that is known with yes or no.
Known = Mapping[str, Any]
Verdict = bool | None  # None: not known


def verdict(rules: dict[str, Any], known: Known) -> Verdict:
    """Return whether valid rules are met by what is known."""
    if "fact" in rules:
        return leaf_verdict(rules, known)
    if "not" in rules:
        inner = verdict(rules["not"], known)
        return None if inner is None else not inner
    settles = "any" in rules  # one yes settles an `any`, one no an `all`
    is_open = False
    for part in rules["any"] if settles else rules["all"]:
        found = verdict(part, known)
        if found is settles:
            return settles
        is_open = is_open or found is None
    return None if is_open else not settles


def leaf_verdict(leaf: dict[str, Any], known: Known) -> Verdict:
    """Return whether one leaf is met."""
    value = known.get(leaf["fact"])
    if value is None:
        return None
    if "is" not in leaf and "in" not in leaf:
        return bool(leaf.get("at_least", value) <= value <= leaf.get("at_most", value))
    wanted = leaf["in"] if "in" in leaf else [leaf["is"]]
    if isinstance(value, Mapping):
        told = [value.get(code) for code in wanted]
        return True if True in told else None if None in told else False
    return _is_in(value, wanted) if leaf["fact"] == "residence" else value in wanted


def _is_in(place: str, wanted: list[str]) -> Verdict:
    """Whether a place lies in one of several; of a region alone it is not known in which of its communes."""
    if place == ABROAD:
        return False
    if place in wanted or place[:2] in wanted:
        return True
    return None if any(code.startswith(place) for code in wanted) else False


def open_codes(rules: dict[str, Any], known: Known) -> dict[str, set[str]]:
    """
    Return the facts that can still change the answer, each with the codes its open leaves name (none for numbers and yes or no).

    Only what is open below what is open counts: a fact that is not returned changes nothing, whatever it turns out to be.
    """
    found: dict[str, set[str]] = {}
    _gather(rules, known, found)
    return found


def _gather(rules: dict[str, Any], known: Known, found: dict[str, set[str]]) -> None:
    if verdict(rules, known) is not None:
        return
    if "fact" in rules:
        codes = rules["in"] if "in" in rules else [rules["is"]] if isinstance(rules.get("is"), str) else []
        answered = known.get(rules["fact"])
        told = answered if isinstance(answered, Mapping) else {}
        found.setdefault(rules["fact"], set()).update(code for code in codes if told.get(code) is None)
        return
    parts = [rules["not"]] if "not" in rules else rules["all"] if "all" in rules else rules["any"]
    for part in parts:
        _gather(part, known, found)
