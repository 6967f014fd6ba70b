"""Rules of every shape that the grammar knows, and what people may answer to them."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from catalog.eligibility.contradictions import contradictions
from catalog.eligibility.facts import FACTS, Fact, Kind, facts_of

PLACES = ["13", "05", "13101", "13114", "05101"]
HOMES = ["13101", "13114", "05101", "08101", "abroad"]
KINDS = ["person", "organisation"]


def numbers(fact: Fact) -> st.SearchStrategy[dict[str, Any]]:
    """Return leaves on a number."""
    low, high = fact.answers[1:], fact.answers[:-1]
    between = st.lists(st.sampled_from(fact.answers[1:-1]), min_size=2, max_size=2).map(sorted)
    return st.one_of(
        st.builds(lambda one: {"fact": fact.code, "at_least": one}, st.sampled_from(low)),
        st.builds(lambda one: {"fact": fact.code, "at_most": one}, st.sampled_from(high)),
        between.map(lambda two: {"fact": fact.code, "at_least": two[0], "at_most": two[1]}),
    )


def leaf(fact: Fact) -> st.SearchStrategy[dict[str, Any]]:
    """Return leaves on a fact."""
    if fact.kind == Kind.NUMBER:
        return numbers(fact)
    if fact.kind == Kind.YES_NO:
        return st.booleans().map(lambda one: {"fact": fact.code, "is": one})
    codes = st.sampled_from(PLACES if fact.kind == Kind.PLACE else list(fact.options))
    return st.one_of(
        codes.map(lambda one: {"fact": fact.code, "is": one}),
        st.lists(codes, min_size=1, max_size=4, unique=True).map(
            lambda many: {"fact": fact.code, "in": many}
        ),
    )


def consistent(rules: dict[str, Any]) -> bool:
    """Tell whether somebody could meet rules."""
    return not any(contradictions(rules, ""))


@cache
def trees(applicant: str, depth: int = 4) -> st.SearchStrategy[dict[str, Any]]:
    """Return rules of at most so many levels."""
    single = st.sampled_from(list(facts_of(applicant).values())).flatmap(leaf)
    if depth == 1:
        return single
    parts = st.lists(trees(applicant, depth - 1), min_size=1, max_size=3)
    return st.one_of(
        single,
        parts.map(lambda many: {"all": many}).filter(consistent),
        parts.map(lambda many: {"any": many}),
        trees(applicant, depth - 1).map(lambda one: {"not": one}).filter(consistent),
    )


def answer(fact: Fact) -> st.SearchStrategy[Any]:
    """Return all that can be known of a fact."""
    if fact.kind == Kind.NUMBER:
        return st.sampled_from(fact.answers)
    if fact.kind == Kind.YES_NO:
        return st.booleans()
    if fact.kind == Kind.SEVERAL:
        return st.fixed_dictionaries(dict.fromkeys(fact.options, st.booleans()))
    return st.sampled_from(HOMES if fact.kind == Kind.PLACE else list(fact.options))


def somebody() -> st.SearchStrategy[dict[str, Any]]:
    """Return an answer to every fact of people, as one person can give them together."""

    def at_one(known: dict[str, Any]) -> dict[str, Any]:
        years = min(known["years_in_chile"], known["age"])
        return {**known, "years_in_chile": years, "lives_in_chile": known["residence"] != "abroad"}

    return everything("person").map(at_one)


def everything(applicant: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return an answer to every fact."""
    return st.fixed_dictionaries({code: answer(fact) for code, fact in facts_of(applicant).items()})


@st.composite
def part_of(draw: st.DrawFn, known: dict[str, Any]) -> dict[str, Any]:
    """Return some of what is known: fewer facts, fewer situations, only the region of a place."""
    found: dict[str, Any] = {}
    for code, value in known.items():
        if draw(st.booleans()):
            continue
        if isinstance(value, dict):
            found[code] = {one: holds for one, holds in value.items() if draw(st.booleans())}
        elif FACTS[code].kind == Kind.PLACE and value != "abroad" and draw(st.booleans()):
            found[code] = value[:2]
        else:
            found[code] = value
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return an applicant, rules, everything known of somebody, and a part of it."""
    applicant = draw(st.sampled_from(KINDS))
    known = draw(everything(applicant))
    return applicant, draw(trees(applicant)), known, draw(part_of(known))
