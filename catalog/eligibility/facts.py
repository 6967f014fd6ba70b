"""The facts of which rules may speak, and what can be answered: a closed list, in the order in which people are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from territory.queries.official import official_communes, official_regions

PERSON, ORGANISATION = "person", "organisation"
ABROAD = "abroad"  # an answer to where one lives, which no rule can name


class Kind(StrEnum):
    """What sort of answer a fact has."""

    NUMBER = "number"
    YES_NO = "yes_no"
    ONE = "one"  # one of several codes
    SEVERAL = "several"  # any of several codes, each true, false or not known by itself
    PLACE = "place"  # a region's or a commune's code


@dataclass(frozen=True)
class Fact:
    """
    One fact. A number is whole, from `low` to `high`, or one of `steps` where only some can be answered.

    A rule's bound lies inside: one that everybody meets would say nothing.
    """

    code: str
    of: str
    kind: Kind
    label: Promise
    question: Promise
    hint: Promise | str = ""
    unit: Promise | str = ""
    low: int = 0
    high: int = 0
    steps: tuple[int, ...] = ()
    names: Mapping[str, Promise] = field(default_factory=dict)

    @property
    def answers(self) -> tuple[int, ...]:
        """Every number that can be answered."""
        return self.steps or tuple(range(self.low, self.high + 1))

    @property
    def options(self) -> Mapping[str, Promise | str]:
        """What a rule may name, by code."""
        return _places() if self.kind == Kind.PLACE else self.names

    @property
    def operators(self) -> tuple[str, ...]:
        """What a rule may say of it."""
        if self.kind == Kind.NUMBER:
            return ("at_least", "at_most")
        return ("is",) if self.kind == Kind.YES_NO else ("is", "in")

    def above(self, number: int) -> int:
        """The next number that can be answered."""
        return next(one for one in self.answers if one > number)

    def below(self, number: int) -> int:
        """The number before it that can be answered."""
        return next(one for one in reversed(self.answers) if one < number)


@cache
def _places() -> dict[str, str]:
    return {**official_regions(), **official_communes()}


SITUATIONS = {
    "pregnant": _("pregnant"),
    "children": _("with children under 18"),
    "student": _("studying"),
    "employed": _("working with a contract"),
    "unemployed": _("out of work"),
    "retired": _("drawing a pension"),
    "carer": _("caring for somebody who depends on you"),
    "disability": _("living with a disability"),
    "widowed": _("widowed"),
    "foreigner": _("a foreigner with a residence permit"),
    "indigenous": _("of an indigenous people"),
    "victim": _("victim of violence or of another crime"),
}
SIZES = {
    "micro": _("micro (sales up to 2,400 UF a year)"),
    "small": _("small (sales up to 25,000 UF a year)"),
    "medium": _("medium (sales up to 100,000 UF a year)"),
    "large": _("large (sales above 100,000 UF a year)"),
}
SECTORS = {
    "agriculture": _("agriculture and forestry"),
    "fishing": _("fishing and aquaculture"),
    "mining": _("mining"),
    "manufacturing": _("manufacturing"),
    "energy": _("energy and water"),
    "construction": _("construction"),
    "commerce": _("commerce"),
    "transport": _("transport and storage"),
    "tourism": _("tourism and restaurants"),
    "technology": _("information and communication"),
    "professional": _("professional services"),
    "education": _("teaching"),
    "health": _("health and care"),
    "culture": _("culture and recreation"),
    "community": _("community and non-profit work"),
    "other": _("another sector"),
}

_LIST = (
    Fact(
        "age",
        PERSON,
        Kind.NUMBER,
        _("Age in years"),
        _("How old are you?"),
        hint=_("In years, only the number."),
        unit=_("years"),
        high=120,
    ),
    Fact("lives_in_chile", PERSON, Kind.YES_NO, _("Living in Chile"), _("Do you live in Chile?")),
    Fact("residence", PERSON, Kind.PLACE, _("Where one lives"), _("Where do you live?")),
    Fact(
        "years_in_chile",
        PERSON,
        Kind.NUMBER,
        _("Years lived in Chile"),
        _("How many years have you lived in Chile, in all?"),
        hint=_("Add up all periods, even if they are not in a row. Only the number."),
        unit=_("years"),
        high=120,
    ),
    Fact(
        "income_bracket",
        PERSON,
        Kind.NUMBER,
        _("Bracket in the Social Registry of Households"),
        _("In which bracket of the Social Registry of Households is your household?"),
        hint=_("It stands on your Cartola Hogar. The lower the bracket, the lower the income."),
        unit="%",
        low=40,
        high=100,
        steps=(40, 50, 60, 70, 80, 90, 100),
    ),
    Fact(
        "situation",
        PERSON,
        Kind.SEVERAL,
        _("Situation"),
        _("Which of these are you?"),
        hint=_("Tick all that apply to you."),
        names=SITUATIONS,
    ),
    Fact(
        "size",
        ORGANISATION,
        Kind.ONE,
        _("Size of the organisation"),
        _("How large is the organisation?"),
        names=SIZES,
    ),
    Fact(
        "sector",
        ORGANISATION,
        Kind.ONE,
        _("Sector of the organisation"),
        _("In which sector does the organisation work?"),
        names=SECTORS,
    ),
    Fact(
        "organisation_age",
        ORGANISATION,
        Kind.NUMBER,
        _("Age of the organisation"),
        _("How many years ago did the organisation start its activities?"),
        hint=_("In whole years, only the number."),
        unit=_("years"),
        high=200,
    ),
)
FACTS: Mapping[str, Fact] = {fact.code: fact for fact in _LIST}


def facts_of(applicant: str) -> dict[str, Fact]:
    """Return the facts that can be asked where this kind of applicant asks: a household is asked as people are."""
    who = ORGANISATION if applicant == ORGANISATION else PERSON
    return {code: fact for code, fact in FACTS.items() if fact.of == who}
