"""Rules in words of the active language, each with whether it is met and what was said of it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from catalog.eligibility.facts import ABROAD, FACTS, Fact, Kind
from catalog.eligibility.judging import Known, Verdict, leaf_verdict


@dataclass(frozen=True)
class Rule:
    """A rule in words. `told` is what was said of it, empty where nothing was; `parts` are the rules under a heading."""

    sentence: str
    verdict: Verdict = None
    told: str = ""
    parts: tuple["Rule", ...] = ()
    fact: Fact | None = None

    @property
    def state(self) -> str:
        """Whether it is met, in words."""
        words = {True: gettext("Met"), False: gettext("Not met"), None: gettext("We do not know")}
        return words[self.verdict]

    @property
    def text(self) -> str:
        """The rule and those under it on one line."""
        if not self.parts:
            return self.sentence
        return f"{self.sentence} {'; '.join(part.text.rstrip('.') for part in self.parts)}."


@dataclass(frozen=True)
class _Leaf:
    leaf: dict[str, Any]
    holds: bool  # False: it must not hold


@dataclass(frozen=True)
class _Group:
    every: bool
    parts: tuple["_Leaf | _Group", ...]


def rules_in_words(rules: dict[str, Any] | None, known: Known | None = None) -> list[Rule]:
    """
    Return valid rules as a list, each with its verdict on what is known; rules of which one is enough stand under one heading.

    A denial is said of each rule that it reaches, so nobody reads “not all of these”.
    """
    if not rules:
        return []
    read = _read(rules, True)
    facts = known or {}
    if isinstance(read, _Group) and read.every:
        return [_said(part, facts) for part in read.parts]
    return [_said(read, facts)]


def _read(node: dict[str, Any], holds: bool) -> _Leaf | _Group:
    """Return rules with every denial at a leaf, groups of the same kind run together and groups of one left out."""
    if "fact" in node:
        return _leaf(node, holds)
    if "not" in node:
        return _read(node["not"], not holds)
    every = ("all" in node) is holds
    parts: list[_Leaf | _Group] = []
    for inner in node["all"] if "all" in node else node["any"]:
        part = _read(inner, holds)
        parts += part.parts if isinstance(part, _Group) and part.every is every else [part]
    return parts[0] if len(parts) == 1 else _Group(every, tuple(parts))


def _leaf(node: dict[str, Any], holds: bool) -> _Leaf | _Group:
    """Return a leaf; a number that must not lie within bounds is said as one that lies below or above."""
    fact = FACTS[node["fact"]]
    if holds or fact.kind not in {Kind.NUMBER, Kind.YES_NO}:
        return _Leaf(node, holds)
    if fact.kind == Kind.YES_NO:
        return _Leaf({"fact": fact.code, "is": not node["is"]}, True)
    outside = []
    if "at_least" in node:
        outside.append(_Leaf({"fact": fact.code, "at_most": fact.below(node["at_least"])}, True))
    if "at_most" in node:
        outside.append(_Leaf({"fact": fact.code, "at_least": fact.above(node["at_most"])}, True))
    return outside[0] if len(outside) == 1 else _Group(False, tuple(outside))


def _said(node: _Leaf | _Group, known: Known) -> Rule:
    if isinstance(node, _Leaf):
        fact = FACTS[node.leaf["fact"]]
        found = leaf_verdict(node.leaf, known)
        met = found if node.holds or found is None else not found
        told = "" if found is None else _told(fact, node.leaf, known[fact.code])
        return Rule(_sentence(fact, node), met, told, fact=fact)
    parts = tuple(_said(part, known) for part in node.parts)
    heading = gettext("All of these:") if node.every else gettext("At least one of these:")
    return Rule(heading, _together([part.verdict for part in parts], node.every), parts=parts)


def _together(found: list[Verdict], every: bool) -> Verdict:
    settles = not every
    if settles in found:
        return settles
    return None if None in found else every


def _sentence(fact: Fact, node: _Leaf) -> str:
    leaf = node.leaf
    if fact.kind == Kind.NUMBER:
        return _NUMBERS[fact.code](leaf.get("at_least"), leaf.get("at_most"))
    if fact.kind == Kind.YES_NO:
        return gettext("You must live in Chile.") if leaf["is"] else gettext("You must live outside Chile.")
    codes = leaf["in"] if "in" in leaf else [leaf["is"]]
    return _CODES[fact.code](listed(fact, codes), node.holds, len(codes) > 1)


def listed(fact: Fact, codes: Collection[str]) -> str:
    """Return the names of codes in the order of the fact, the last after “or”."""
    names = [str(fact.options[code]) for code in fact.options if code in set(codes)]
    if len(names) == 1:
        return names[0]
    return gettext("%(these)s or %(that)s") % {"these": ", ".join(names[:-1]), "that": names[-1]}


# --- one function per fact: what it must be --------------------------------------------------------
def _age(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return gettext("You must be between %(low)d and %(high)d years old.") % {"low": low, "high": high}
    if low is not None:
        return ngettext("You must be %(n)d or older.", "You must be %(n)d or older.", low) % {"n": low}
    return ngettext("You must be %(n)d or younger.", "You must be %(n)d or younger.", high or 0) % {"n": high}


def _years_in_chile(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        words = gettext("You must have lived in Chile between %(low)d and %(high)d years in all.")
        return words % {"low": low, "high": high}
    if low is not None:
        return ngettext(
            "You must have lived in Chile for %(n)d year or more in all.",
            "You must have lived in Chile for %(n)d years or more in all.",
            low,
        ) % {"n": low}
    return ngettext(
        "You must have lived in Chile for %(n)d year or less in all.",
        "You must have lived in Chile for %(n)d years or less in all.",
        high or 0,
    ) % {"n": high}


def _income_bracket(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        words = gettext(
            "Your household must be in a bracket from %(low)d %% to %(high)d %% of the Social Registry of Households."
        )
        return words % {"low": low, "high": high}
    if low is not None:
        words = gettext(
            "Your household must be in the bracket of %(n)d %% or a higher one of the Social Registry of Households."
        )
        return words % {"n": low}
    words = gettext(
        "Your household must be in the bracket of %(n)d %% or a lower one of the Social Registry of Households."
    )
    return words % {"n": high}


def _organisation_age(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        words = gettext("The organisation must be between %(low)d and %(high)d years old.")
        return words % {"low": low, "high": high}
    if low is not None:
        return ngettext(
            "The organisation must be at least %(n)d year old.",
            "The organisation must be at least %(n)d years old.",
            low,
        ) % {"n": low}
    return ngettext(
        "The organisation must be at most %(n)d year old.",
        "The organisation must be at most %(n)d years old.",
        high or 0,
    ) % {"n": high}


def _residence(names: str, holds: bool, several: bool) -> str:
    words = gettext("You must live in %(places)s.") if holds else gettext("You must not live in %(places)s.")
    return words % {"places": names}


def _situation(names: str, holds: bool, several: bool) -> str:
    if holds and several:
        words = gettext("One of these must be your situation: %(situations)s.")
    elif holds:
        words = gettext("This must be your situation: %(situation)s.")
    elif several:
        words = gettext("None of these may be your situation: %(situations)s.")
    else:
        words = gettext("This must not be your situation: %(situation)s.")
    return words % {"situation": names, "situations": names}


def _size(names: str, holds: bool, several: bool) -> str:
    words = (
        gettext("The organisation must be %(sizes)s.")
        if holds
        else gettext("The organisation must not be %(sizes)s.")
    )
    return words % {"sizes": names}


def _sector(names: str, holds: bool, several: bool) -> str:
    words = (
        gettext("The organisation must work in %(sectors)s.")
        if holds
        else gettext("The organisation must not work in %(sectors)s.")
    )
    return words % {"sectors": names}


_NUMBERS: dict[str, Callable[[int | None, int | None], str]] = {
    "age": _age,
    "years_in_chile": _years_in_chile,
    "income_bracket": _income_bracket,
    "organisation_age": _organisation_age,
}
_CODES: dict[str, Callable[[str, bool, bool], str]] = {
    "residence": _residence,
    "situation": _situation,
    "size": _size,
    "sector": _sector,
}


# --- what was said ---------------------------------------------------------------------------------
def _told(fact: Fact, leaf: dict[str, Any], value: Any) -> str:
    if isinstance(value, Mapping):
        codes = leaf["in"] if "in" in leaf else [leaf["is"]]
        named = [code for code in codes if value.get(code)]
        if not named:
            return gettext("You said: none of these") if len(codes) > 1 else gettext("You said: no")
        return gettext("You said: %(what)s") % {"what": listed(fact, named)}
    return gettext("You said: %(what)s") % {"what": in_words(fact, value)}


def in_words(fact: Fact, value: Any) -> str:
    """Return one answer as people say it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        named = [code for code, holds in value.items() if holds]
        return ", ".join(str(fact.options[code]) for code in named) or gettext("none of these")
    if fact.kind == Kind.NUMBER:
        return f"{value} {fact.unit}" if fact.steps else str(value)
    return gettext("outside Chile") if value == ABROAD else str(fact.options[value])


def named_rules(rules: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Return each rule's name and words, for comparing: by the fact it is on, or that one of several is enough."""
    seen: dict[str, int] = {}
    for rule in rules_in_words(rules):
        name = str(rule.fact.label) if rule.fact else gettext("One of several")
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), rule.text
