"""RUN and RUT: Chile's number of a person or an organisation, with its check digit (modulo 11)."""

import re
import unicodedata

_SHAPE = re.compile(r"0*(\d{1,8})([0-9K])")
_IGNORED = re.compile(r"[\s.\-‐‑‒–—―−'’]+")


# As people write one; without its dash it may as well be a telephone, which in Chile never begins with 1.
_WRITTEN = re.compile(r"\d{1,2}[.\s]?\d{3}[.\s]?\d{3}\s?[\-‐‑‒–—―−]\s?[\dk]|\d{7,8}k|1\d{8}", re.IGNORECASE)


def check_digit(number: int) -> str:
    """Return the check digit of a RUN's number: weights 2 to 7 from the right, 11 minus the remainder, 10 is K."""
    total, weight = 0, 2
    while number:
        number, digit = divmod(number, 10)
        total += digit * weight
        weight = weight + 1 if weight < 7 else 2
    return "0123456789K0"[11 - total % 11]


def normalise(text: str) -> str | None:
    """
    Return the canonical form (`12345678-5`), or None when this is no RUN.

    Dots, blanks, dashes of any kind, leading zeros, digits of any script, invisible characters and a small k are forgiven; a wrong check
    digit is not.
    """
    plain = _IGNORED.sub("", _plainly(text)).upper()
    match = _SHAPE.fullmatch(plain)
    if not match:
        return None
    number = int(match[1])
    if number < 1_000 or check_digit(number) != match[2]:
        return None
    return f"{number}-{match[2]}"


def _plainly(text: str) -> str:
    """The text in ordinary digits, without what nobody sees (marks of direction, zero-width blanks, soft hyphens)."""
    letters = (
        one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in {"Cf", "Mn"}
    )
    return "".join(str(unicodedata.decimal(one, one)) for one in letters)


def is_misread(text: str) -> bool:
    """Whether this is written as a RUN is, and its check digit does not belong to it."""
    return bool(_WRITTEN.fullmatch(_plainly(text).strip())) and normalise(text) is None


def pretty(canonical: str) -> str:
    """Return `12.345.678-5` for `12345678-5`."""
    number, _, digit = canonical.partition("-")
    return f"{int(number):,}".replace(",", ".") + f"-{digit}" if number.isdecimal() else canonical


def mask(canonical: str) -> str:
    """Return `••.•••.678-5`: enough to recognise one's own, not enough to learn another's."""
    return "••.•••." + pretty(canonical)[-5:]
