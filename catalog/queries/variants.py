"""Where a procedure is done otherwise: the names of the places, what holds at one of them, and places that nobody knows."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from accounts.models import Agency
from catalog.sheets import Sheet, Variant
from territory.queries.communes import commune_choices, commune_names


class UnknownPlace(ValueError):  # refusals read better than …Error
    """A name that is neither a commune's nor an agency's code."""


@dataclass(frozen=True)
class PlacedVariant:
    """A variant of a sheet, with the names of where it holds."""

    where: str
    variant: Variant

    @property
    def differs(self) -> list[str]:
        """What is otherwise, in a few words each."""
        parts = [
            (self.variant.costs, gettext("What it costs")),
            (self.variant.requirements, gettext("What you need")),
            (self.variant.term_text, gettext("How long it takes")),
            (self.variant.url, gettext("Where it is done on the web")),
        ]
        return [words for there, words in parts if there]


def placed_variants(sheet: Sheet) -> list[PlacedVariant]:
    """Return all the variants of a sheet. A constant number of queries, none where there are no variants."""
    found = sheet.variants
    agencies = _agency_names(variant.agency for variant in found)
    return [PlacedVariant(_where(variant.communes, variant.agency, agencies), variant) for variant in found]


def variant_in(commune: str, variants: list[PlacedVariant]) -> PlacedVariant | None:
    """Return the variant that holds in a commune, if any."""
    return next((one for one in variants if commune in one.variant.communes), None)


def variant_at(agency: str, variants: list[PlacedVariant]) -> PlacedVariant | None:
    """Return the variant of an agency, if any."""
    return next((one for one in variants if agency and one.variant.agency == agency), None)


def place_words(rows: list[dict[str, Any]]) -> list[str]:
    """Return, of each variant as a sheet holds it, the names of where it holds."""
    agencies = _agency_names(row.get("agency") or "" for row in rows)
    return [_where(row.get("communes") or (), row.get("agency") or "", agencies) for row in rows]


def _agency_names(codes: Iterable[str]) -> dict[str, str]:
    wanted = {code for code in codes if code}
    return {one.code: one.name for one in Agency.objects.filter(code__in=wanted)} if wanted else {}


def _where(communes: Iterable[str], agency: str, agencies: dict[str, str]) -> str:
    if agency:
        return agencies.get(agency, agency)
    names = commune_names(list(communes))
    return ", ".join(names.get(code, code) for code in communes)


def unknown_places(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (place, sentence) for each commune and agency of a sheet's variants that nobody knows."""
    rows = content.get("variants") or []
    communes = dict(commune_choices()) if rows else {}
    agencies = _agency_names(row.get("agency") or "" for row in rows)
    faults = []
    for index, row in enumerate(rows):
        faults += [
            (f"variants[{index}].communes", gettext("there is no commune “%(code)s”") % {"code": code})
            for code in row.get("communes") or []
            if code not in communes
        ]
        if row.get("agency") and row["agency"] not in agencies:
            told = gettext("there is no agency “%(code)s”") % {"code": row["agency"]}
            faults.append((f"variants[{index}].agency", told))
    return faults


def places_named(typed: str) -> dict[str, Any]:
    """
    Return what a variant says of where it holds, from names or codes of communes with commas, or the code of one agency.

    :raises UnknownPlace: with the first name that is none of these
    """
    words = [" ".join(word.split()) for word in re.split(r"[,;\n]", typed) if word.strip()]
    known = {_plain(name): code for code, name in commune_choices()}
    known |= {code: code for code, _name in commune_choices()}
    unknown = [word for word in words if _plain(word) not in known]
    if not unknown:
        return {"communes": list(dict.fromkeys(known[_plain(word)] for word in words))}
    if len(words) == 1 and (
        agency := Agency.objects.filter(code__iexact=unknown[0].replace("\x00", "")).first()
    ):
        return {"agency": agency.code}
    raise UnknownPlace(unknown[0])


def places_written(row: dict[str, Any]) -> str:
    """Return where a variant holds as it can be written, and read back."""
    if row.get("agency"):
        return str(row["agency"])
    codes = row.get("communes") or []
    names = commune_names(codes)
    return ", ".join(names.get(code, code) for code in codes)


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
