"""Amounts as people write them, and back: `$3.820`, `1,6 UTM`, `Gratuito`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from common import wording

CURRENCIES = ("CLP", "UF", "UTM", "USD", "EUR")
_PESOS = re.compile(r"\$\s?(\d{1,3}(?:\.\d{3})+|\d+)(?![\d.,]*\d)")
_OTHER = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s?(UTM|UF|USD|EUR)\b")
_FREE = re.compile(
    r"\b(?:gratuit[oa]s?|gratis|sin costo|no tiene (?:ning[uú]n )?costo|costo cero|free of charge|free)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadCost:
    """What one line of somebody else's text says about a price."""

    amount: float
    currency: str
    condition: str


def written(amount: Any, currency: str = "CLP") -> str:
    """Return an amount in the language of the page; nothing to pay is said in words."""
    if not amount:
        return gettext("Free")
    if currency == "CLP":
        return wording.money(amount)
    number = f"{Decimal(str(amount)).normalize():f}"
    return f"{number.replace('.', ',')} {currency}"


def typed_amount(text: str) -> int | float | None:
    """Return the number a person typed (`3.820`, `$ 3820`, `1,6`), or None; a comma parts the decimals."""
    bare = text.replace("$", "").replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", bare):
        bare = bare.replace(".", "")
    bare = bare.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", bare):
        return None
    try:
        number = Decimal(bare)
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing else
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def read_line(line: str) -> ReadCost | None:
    """Return the one price a line tells, the words around it as its condition; None for none, or several."""
    found = [(match, "CLP") for match in _PESOS.finditer(line)] + [
        (match, match[2]) for match in _OTHER.finditer(line)
    ]
    if len(found) == 1:
        match, currency = found[0]
        amount = typed_amount(match[1]) if currency == "CLP" else typed_amount(match[1].replace(".", ","))
        return None if amount is None else ReadCost(amount, currency, _around(line, match))
    free = _FREE.search(line)
    if free and not found:
        return ReadCost(
            0,
            "CLP",
            ""
            if len(line) - len(free[0]) < 4
            else _around(line, free)
            if free.start() == 0
            else line.strip(),
        )
    return None


def _around(line: str, match: re.Match[str]) -> str:
    before, after = line[: match.start()].strip(), line[match.end() :].strip()
    if not before:
        return after.lstrip(":;,.– ").strip()
    if not after.strip(" ."):
        return before.rstrip(":;,– ").strip()
    return " ".join(line.split())
