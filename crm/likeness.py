"""
How alike two records are, thing by thing: what a rule about duplicates (`crm.models.DuplicateRule`) is tried on.

Everything is compared by letters that differ. Two common given names are two names however close (Mario and María, Juan and Juana):
brothers and sisters share surnames, telephone and commune, and must not be taken for one person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations, product

from crm import names
from crm.models.duplicate import Compared, DuplicateRule
from crm.names import WrittenName

FAR = 99
CLEARING = (Compared.NUMBER, Compared.BIRTH_DATE)
SHORTEST_MISTYPED = 4  # letters; below, one letter makes another word
Number = tuple[str, str, str | None, str]  # kind, country, agency, value
_COMMON = (
    "maria marta mario marco marcos mariana marina marisol jose josefa josefina juan juana luis luisa lucia carlos carla carlo ana anais "
    "francisco francisca jorge manuel manuela rosa rosario victor victoria pedro cristian cristina claudio claudia patricio patricia "
    "sebastian carolina camila camilo daniel daniela diego rodrigo carmen marcelo marcela felipe andrea andres fernando fernanda pablo "
    "paula paola paolo alejandro alejandra ricardo hector javier javiera constanza sergio miguel valentina valentin eduardo margarita "
    "veronica hugo isabel macarena nicolas matias elena elisa elias gabriel gabriela roberto roberta julio julia juliana gloria teresa "
    "antonio antonia vicente benjamin tomas martin martina sofia emilia emilio isidora agustin agustina florencia ignacio ignacia esteban "
    "amanda catalina ernesto gladys gonzalo joaquin leonor lorena monica olivia ramon renata silvia silvio tamara violeta ximena yasna "
    "angel angela angelica barbara beatriz bastian bruno cecilia david dario david eliana erika erica fabian fabiola gustavo ivan irma "
    "jaime joel johanna jonathan karen karina laura lucas mauricio maximiliano mireya natalia nelson oscar raul rene rocio sandra sara "
    "soledad susana ursula viviana walter yolanda zoila"
)
GIVEN_NAMES = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Known:
    """What is known of one person, from all records found to be theirs."""

    names: frozenset[str] = frozenset()
    birth_dates: frozenset[str] = frozenset()
    numbers: frozenset[Number] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    readings: tuple[WrittenName, ...] = field(init=False)

    def __post_init__(self) -> None:
        readings = dict.fromkeys(reading for name in sorted(self.names) for reading in _readings(name))
        object.__setattr__(self, "readings", tuple(readings))


def suspects(rule: DuplicateRule, found: dict[str, int | None]) -> bool:
    """
    Whether a rule suspects two records that are so many letters apart in each thing (`letters_apart`).

    Whatever the rule compares: two numbers of one kind, or two dates of birth, that differ by more than a slip are of two people.
    """
    of_rule = [found[name] for name in rule.compared if name in found]
    apart = [letters for letters in of_rule if letters is not None]
    alike = [letters for letters in apart if 0 < letters <= rule.max_distance]
    equal = apart.count(0)
    return (
        len(apart) >= rule.min_filled
        and equal >= rule.min_equal
        and len(of_rule) - len(apart) <= rule.max_absent
        and len(alike) <= rule.max_alike
        and equal + len(alike) == len(apart)
        and all((found.get(name) or 0) <= rule.max_distance for name in CLEARING)
    )


def letters_apart(one: Known, other: Known) -> dict[str, int | None]:
    """
    Return by how many letters two records differ in each thing that both tell; None where one of them tells it and the other does not.

    What neither tells, and numbers of different kinds, are not in it.
    """
    found: dict[str, int | None] = {**_names_apart(one, other)}
    pairs: dict[str, tuple[Iterable[str], Iterable[str]]] = {
        Compared.BIRTH_DATE: (one.birth_dates, other.birth_dates),
        Compared.PHONE: (one.phones, other.phones),
        Compared.EMAIL: (one.emails, other.emails),
        Compared.COMMUNE: (one.communes, other.communes),
    }
    for name, (its, others) in pairs.items():
        if its or others:
            found[name] = _nearest(name, its, others)
    if one.numbers or other.numbers:
        comparable = [
            names.distance(_body(a), _body(b)) if a != b else 0
            for a, b in product(one.numbers, other.numbers)
            if a[:3] == b[:3]
        ]
        if comparable:
            found[Compared.NUMBER] = min(comparable)
        elif not (one.numbers and other.numbers):
            found[Compared.NUMBER] = None
    return found


def _nearest(name: str, its: Iterable[str], others: Iterable[str]) -> int | None:
    letters = [_apart(name, one, other) for one, other in product(its, others)]
    return min(letters) if letters else None


def _apart(name: str, one: str, other: str) -> int:
    if one == other:
        return 0
    if name == Compared.COMMUNE:
        return FAR
    if (
        name == Compared.BIRTH_DATE
        and one[:4] == other[:4]
        and one[5:7] == other[8:]
        and one[8:] == other[5:7]
    ):
        return 1  # day and month swapped
    return names.distance(one, other)


def _body(number: Number) -> str:
    """A number without its check digit, which follows from the others."""
    return number[3].partition("-")[0] if number[0] == "run" else number[3]


def _names_apart(one: Known, other: Known) -> dict[str, int | None]:
    """Given names and surnames, in the reading of both names that brings them closest."""
    best: tuple[int, int] | None = None
    for its, others in product(one.readings, other.readings):
        apart = _given_apart(its.given, others.given), _surnames_apart(its.surnames, others.surnames)
        if best is None or sum(apart) < sum(best):
            best = apart
    if best is None:
        return {}
    return {
        name: None if letters < 0 else letters
        for name, letters in zip(("given", "surnames"), best, strict=True)
    }


def _given_apart(its: tuple[str, ...], others: tuple[str, ...]) -> int:
    """The names of whoever gave fewer, each beside a different one of the other's: many use one of their two names alone."""
    few, many = sorted((its, others), key=len)
    if not few:
        return -1 if many else FAR
    ways = permutations(many[:4], len(few[:4]))
    return min(
        sum(_given_word_apart(*two) for two in zip(few, way, strict=False))
        + (way[0] != many[0]) * (len(few) == len(many))
        for way in ways
    )


def _given_word_apart(one: str, other: str) -> int:
    """Two common names are two; so are a man's and a woman's form of any (Ayelén is not mistaken for Ayelena)."""
    if one == other:
        return 0
    is_ending = one[:-1] == other[:-1] and {one[-1], other[-1]} <= set("aeo")
    if is_ending or one + "a" == other or other + "a" == one or {one, other} <= GIVEN_NAMES:
        return FAR
    return _word_apart(one, other)


def _word_apart(one: str, other: str) -> int:
    """Letters that differ; in the shortest words, one letter makes another word."""
    is_short = max(len(one), len(other)) < SHORTEST_MISTYPED
    return names.distance(one, other) if one == other or not is_short else FAR


def _surnames_apart(its: tuple[str, ...], others: tuple[str, ...]) -> int:
    """The first with the first, the second with the second where both gave it; told in the other order is one letter more."""
    if not its or not others:
        return -1 if its or others else FAR
    straight = sum(_word_apart(*two) for two in zip(its, others, strict=False))
    if len(its) == len(others) == 2:
        return min(straight, 1 + _word_apart(its[0], others[1]) + _word_apart(its[1], others[0]))
    return straight


def _readings(name: str) -> Iterator[WrittenName]:
    """A name as it is usually read; of three words, the middle one may also be a second given name."""
    usual = names.read(name)
    yield usual
    if len(usual.given) == 1 and len(usual.surnames) == 2 and "," not in name:
        yield WrittenName((usual.given[0], usual.surnames[0]), usual.surnames[1:])
