"""Amounts as people write them, and back: `$3.820`, `1,6 UTM`, `Gratuito`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from common import wording

CURRENCIES = ("CLP", "UF", "UTM", "USD", "EUR")
_PESOS = re.compile(
    r"(?<![A-Za-z-])\$\s?(\d{1,3}(?:\.\d{3})+|\d+)(?![\d.,]*\d)(?:\s?pesos\b(?: chilenos)?|\.?-(?!\s?\$?\d))?"
)
_OTHER = re.compile(r"(?<![\d.,])(\d+(?:,\d+|\.\d{1,2})?)\s?(UTM|UF|USD|EUR)\b")
_FREE = re.compile(
    r"\b(?:gratuit[oa]s?|gratis|sin costo|no tiene (?:ning[uú]n )?costo|costo cero|free of charge|free)\b",
    re.IGNORECASE,
)
# What makes a line tell more, or less, than the one price found in it.
_OTHER_MONEY = re.compile(
    r"[$€£%]|\b(?:UTM|UTA|UF|USD|EUR|IVA|pesos|d[oó]lar(?:es)?|dollars?|euros?)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(
    r"\+|\b(?:restos?|demás|los otros|las otras|otherwise|others|salvo|excepto|except|unless|pero|but"
    r"|pag(?:o|a|an|ar|ue|uen|arán?)|pays?|cuestan?|adem[aá]s|adicional(?:es)?|recargos?)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\?|\b(?:no|not|nunca|never|jam[aá]s|tampoco|sino|dej[oó] de|era|fue|\w+n['’]t)\b", re.IGNORECASE
)
_ABOUT = (
    r"(?:desde|hasta|entre|sobre|m[aá]s|menos|aprox\w*|alrededor|cerca|casi|m[ií]nimo|m[aá]ximo|promedio"
    r"|referencial|estimado|seg[uú]n|depende\w*|var[ií]an?|multas?|descuentos?|rebajas?|from|up to|between"
    r"|about|at least|more|less|around|depends)"
)
_VAGUE = re.compile(rf"\b{_ABOUT}\b", re.IGNORECASE)
_VAGUE_LABEL = re.compile(rf"\b{_ABOUT}(?: de| a| of)?$", re.IGNORECASE)
_RANGE_AFTER = re.compile(
    r"^\s*(?:(?:-|–|/|\ba\b|\bo\b|\by\b|\bto\b|\bor\b)\s*\d|(?:mil|millones|mill[oó]n|lucas|thousand|million|[kKM]{1,2})\b)"
)
_RANGE_BEFORE = re.compile(r"\d\s*(?:-|–|/|\ba|\bo|\by|\bto|\bor)\s*$")


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
    """Return the one price a line plainly tells, the words around it as its condition; None for anything else."""
    found = [(match, "CLP") for match in _PESOS.finditer(line)] + [
        (match, match[2]) for match in _OTHER.finditer(line)
    ]
    free = list(_FREE.finditer(line))
    if len(found) + len(free) != 1:
        return None
    if found:
        match, currency = found[0]
        amount = typed_amount(match[1]) if currency == "CLP" else typed_amount(match[1].replace(".", ","))
        if amount is None or not _is_plain(line, match):
            return None
        return ReadCost(amount, currency, _around(line, match))
    told = free[0]
    if not _is_plain(line, told):
        return None
    if len(line) - len(told[0]) < 4:
        return ReadCost(0, "CLP", "")
    return ReadCost(0, "CLP", _around(line, told) if told.start() == 0 else line.strip())


def _is_plain(line: str, match: re.Match[str]) -> bool:
    """Whether the words around a price leave it as it is: no second price, no denial, no “from” or “about”."""
    before, after = line[: match.start()], line[match.end() :]
    around = f"{before} {after}"
    if _OTHER_MONEY.search(around) or _OTHERWISE.search(around):
        return False
    if _RANGE_AFTER.search(after) or _RANGE_BEFORE.search(before):
        return False
    if not before.strip() and after.lstrip().startswith(":"):  # “$3.820: who pays it”
        return True
    if before.rstrip().endswith(":") and not after.strip(" ."):  # “who pays it: $3.820”
        return not _VAGUE_LABEL.search(before.rstrip(": "))
    return not _DENIED.search(around) and not _VAGUE.search(around)


def _around(line: str, match: re.Match[str]) -> str:
    before, after = line[: match.start()].strip(), line[match.end() :].strip()
    if not before:
        return after.lstrip(":;,.– ").strip()
    if not after.strip(" ."):
        return before.rstrip(":;,– ").strip()
    return " ".join(line.split())
