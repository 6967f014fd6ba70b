"""
Folios: `AAAA-NNNNNNN-C`, the public number of a case. It opens nothing.

The check character is ISO 7064 MOD 11-2 over the eleven digits: it catches every single wrong digit and every swap of neighbours.
"""

import re

from django.db import connection

_SHAPE = re.compile(r"(\d{4})(\d{7})([0-9X])")


def check_character(digits: str) -> str:
    """Return the check character of a string of digits (ISO 7064 MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def make(year: int, number: int) -> str:
    """Return the folio of the `number`-th case of a year."""
    digits = f"{year:04d}{number:07d}"
    return f"{digits[:4]}-{digits[4:]}-{check_character(digits)}"


def normalise(text: str) -> str | None:
    """Return the folio in its one form, or None if this is none: blanks, dashes and case are forgiven, a wrong check is not."""
    plain = re.sub(r"[\s\-‐‑‒–—.]", "", text).upper()
    match = _SHAPE.fullmatch(plain)
    if not match or check_character(match[1] + match[2]) != match[3]:
        return None
    return f"{match[1]}-{match[2]}-{match[3]}"


def next_folio(year: int) -> str:
    """Take the next number of a year; a rolled-back filing leaves a gap, never a repetition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_folio_number(%s)", [year])
        return make(year, cursor.fetchone()[0])
