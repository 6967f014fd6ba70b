"""Rules that must hold together and that no one applicant could meet together."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from catalog.eligibility.facts import ABROAD, FACTS, Kind
from catalog.eligibility.judging import Known, leaf_verdict
from territory.queries.official import official_communes

Rule = tuple[str, dict[str, Any], bool]  # where it stands, what it says, and whether it must hold or must not


def contradictions(rules: dict[str, Any], place: str, *, holds: bool = True) -> Iterator[tuple[str, str]]:
    """
    Yield the place of each leaf of valid rules that nobody meets who meets those before it, and the code of its fact.

    Of several rules of which one is enough, each is judged by itself: they may well exclude each other.
    """
    together: list[Rule] = []
    alternatives: list[Rule] = []
    _sort((place, rules, holds), together, alternatives)
    yield from _first_unmet(together)
    for where, alternative, must_hold in alternatives:
        yield from contradictions(alternative, where, holds=must_hold)


def _sort(rule: Rule, together: list[Rule], alternatives: list[Rule]) -> None:
    """Take a rule apart into the leaves that bind everybody and the alternatives of which one is enough."""
    place, node, holds = rule
    if "fact" in node:
        together.append(rule)
        return
    if "not" in node:
        _sort((f"{place}.not", node["not"], not holds), together, alternatives)
        return
    head = "all" if "all" in node else "any"
    parts = [(f"{place}.{head}[{number}]", part, holds) for number, part in enumerate(node[head])]
    if (head == "all") is holds:  # that not any of several holds binds as all of them do
        for part in parts:
            _sort(part, together, alternatives)
    else:
        alternatives.extend(parts)


def _first_unmet(rules: list[Rule]) -> Iterator[tuple[str, str]]:
    left: dict[str, list[Known]] = {}
    for place, leaf, holds in rules:
        code: str = leaf["fact"]
        if FACTS[code].kind == Kind.SEVERAL:
            continue
        subject = _SUBJECTS.get(code, code)
        left[subject] = [
            one for one in left.get(subject) or _applicants(subject) if leaf_verdict(leaf, one) is holds
        ]
        if not left[subject]:
            yield place, code
            return
    yield from _situations_unmet([rule for rule in rules if FACTS[rule[1]["fact"]].kind == Kind.SEVERAL])


def _situations_unmet(rules: list[Rule]) -> Iterator[tuple[str, str]]:
    """Whoever is in every situation that none of the rules excludes meets all that ask for one, or nobody does."""
    for number, (place, leaf, _holds) in enumerate(rules):
        excluded = {code for _, one, holds in rules[: number + 1] if not holds for code in _codes(one)}
        asked = [_codes(one) for _, one, holds in rules[: number + 1] if holds]
        if any(codes <= excluded for codes in asked):
            yield place, leaf["fact"]
            return


def _codes(leaf: dict[str, Any]) -> set[str]:
    return set(leaf["in"]) if "in" in leaf else {leaf["is"]}


# Facts that bind each other are judged together: who lives in a commune lives in Chile, and nobody did longer than they live.
_SUBJECTS = {"residence": "lives_in_chile", "years_in_chile": "age"}


@cache
def _applicants(subject: str) -> list[Known]:
    """Everybody there can be, as far as one subject goes."""
    match subject:
        case "lives_in_chile":
            at_home: list[Known] = [
                {"lives_in_chile": True, "residence": code} for code in official_communes()
            ]
            return [*at_home, {"lives_in_chile": False, "residence": ABROAD}]
        case "age":
            ages = FACTS["age"].answers
            return [{"age": age, "years_in_chile": years} for age in ages for years in range(age + 1)]
    fact = FACTS[subject]
    answers = fact.answers if fact.kind == Kind.NUMBER else fact.names
    return [{subject: answer} for answer in answers]
