"""
The closed grammar: `all`, `any`, `not`, and leaves that name a fact. Rules are data: nothing of them is ever run.

`validated()` is the only way in; what tries to leave the grammar is refused with the line that is wrong.
"""

import copy
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext

from catalog.eligibility.contradictions import contradictions
from catalog.eligibility.facts import Fact, Kind, facts_of

MAX_DEPTH, MAX_LEAVES = 6, 60
GROUPS = ("all", "any")
HEADS = (*GROUPS, "not", "fact")
MOST_PROBLEMS = 50  # told at once
Problem = tuple[str, str]


class RulesInvalid(ValueError):
    """Rules leave the grammar or contradict themselves; `problems` lists (place, sentence)."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def validated(tree: Any, *, applicant: str = "person") -> dict[str, Any]:
    """
    Return rules as they are stored.

    :param applicant: who asks: an organisation has other facts than people
    :raises RulesInvalid: with the problems found, each with its place, such as `eligibility.all[2].fact`
    """
    problems = list(islice(_faults(tree, "eligibility", 1, facts_of(applicant)), MOST_PROBLEMS))
    if not problems and sum(1 for _leaf in leaves(tree)) > MAX_LEAVES:
        problems = [("eligibility", _too_many())]
    if not problems:
        problems = [(place, _unmeetable(code)) for place, code in contradictions(tree, "eligibility")]
    if problems:
        raise RulesInvalid(problems)
    stored: dict[str, Any] = copy.deepcopy(tree)
    return stored


def leaves(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return every leaf of rules that are valid."""
    if "fact" in tree:
        yield tree
    elif "not" in tree:
        yield from leaves(tree["not"])
    else:
        for part in tree["all"] if "all" in tree else tree["any"]:
            yield from leaves(part)


def _faults(node: Any, place: str, depth: int, known: dict[str, Fact]) -> Iterator[Problem]:
    if depth > MAX_DEPTH:
        yield place, gettext("must stand at most %(n)s levels deep") % {"n": MAX_DEPTH}
        return
    if not isinstance(node, dict):
        yield place, gettext("must be a mapping")
        return
    heads = [head for head in HEADS if head in node]
    if len(heads) != 1:
        yield place, gettext("must have one of: %(names)s") % {"names": ", ".join(HEADS)}
        return
    head = heads[0]
    fact = known.get(node["fact"]) if head == "fact" and isinstance(node["fact"], str) else None
    allowed = {head, *(fact.operators if fact else ())}
    if head == "fact" and fact is None:
        yield f"{place}.fact", _one_of(known)
        return
    for key in node:
        if key not in allowed:
            names = ", ".join(sorted(allowed))
            yield (
                f"{place}.{str(key)[:40]}",
                gettext("is none of those known here: %(names)s") % {"names": names},
            )
    if fact:
        yield from _leaf_faults(node, place, fact)
    elif head == "not":
        yield from _faults(node["not"], f"{place}.not", depth + 1, known)
    else:
        yield from _group_faults(node[head], f"{place}.{head}", depth, known)


def _group_faults(parts: Any, place: str, depth: int, known: dict[str, Fact]) -> Iterator[Problem]:
    if not isinstance(parts, list) or not parts:
        yield place, gettext("must be a list of one rule or more")
    elif len(parts) > MAX_LEAVES:
        yield place, _too_many()
    else:
        for number, part in enumerate(parts):
            yield from _faults(part, f"{place}[{number}]", depth + 1, known)


def _leaf_faults(leaf: dict[str, Any], place: str, fact: Fact) -> Iterator[Problem]:
    said = [name for name in fact.operators if name in leaf]
    if not said:
        yield place, gettext("must have one of: %(names)s") % {"names": ", ".join(fact.operators)}
    elif fact.kind == Kind.NUMBER:
        yield from _bound_faults(leaf, place, fact)
    elif fact.kind == Kind.YES_NO:
        if not isinstance(leaf["is"], bool):
            yield f"{place}.is", gettext("must be true or false")
    elif len(said) > 1:
        yield place, gettext("must have `is` or `in`, not both")
    elif "is" in leaf:
        if not _is_known(leaf["is"], fact):
            yield f"{place}.is", _expected(fact)
    else:
        yield from _list_faults(leaf["in"], f"{place}.in", fact)


def _bound_faults(leaf: dict[str, Any], place: str, fact: Fact) -> Iterator[Problem]:
    allowed = {"at_least": fact.answers[1:], "at_most": fact.answers[:-1]}
    wrong = False
    for name, numbers in allowed.items():
        if name in leaf and (type(leaf[name]) is not int or leaf[name] not in numbers):
            wrong = True
            yield f"{place}.{name}", _whole(fact, numbers)
    if not wrong and {"at_least", "at_most"} <= leaf.keys() and leaf["at_least"] > leaf["at_most"]:
        yield f"{place}.at_least", gettext("is larger than at_most: nobody could meet it")


def _whole(fact: Fact, numbers: tuple[int, ...]) -> str:
    if fact.steps:
        return gettext("must be a whole number, one of: %(known)s") % {"known": ", ".join(map(str, numbers))}
    what = {"low": numbers[0], "high": numbers[-1]}
    return gettext("must be a whole number from %(low)s to %(high)s") % what


def _too_many() -> str:
    return gettext("must have at most %(n)s rules") % {"n": MAX_LEAVES}


def _unmeetable(code: str) -> str:
    return gettext("contradicts another rule on %(name)s: nobody could meet both") % {"name": code}


def _one_of(known: Iterable[str]) -> str:
    return gettext("must be one of %(known)s") % {"known": ", ".join(known)}


def _list_faults(codes: Any, place: str, fact: Fact) -> Iterator[Problem]:
    if not isinstance(codes, list) or not codes:
        yield place, gettext("must be a list of one code or more")
        return
    seen: set[str] = set()
    for number, code in enumerate(codes):
        if not _is_known(code, fact):
            yield f"{place}[{number}]", _expected(fact)
        elif code in seen:
            yield f"{place}[{number}]", gettext("stands twice")
        else:
            seen.add(code)


def _is_known(code: Any, fact: Fact) -> bool:
    return isinstance(code, str) and code in fact.options


def _expected(fact: Fact) -> str:
    if fact.kind == Kind.PLACE:
        return gettext("must be the official code of a region (two digits) or of a commune (five)")
    return _one_of(fact.options)
