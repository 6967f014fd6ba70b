"""Where a procedure is done otherwise, and which of these places was asked for. Nothing of it is kept."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from catalog.queries.variants import PlacedVariant, placed_variants, variant_at, variant_in
from catalog.sheets import Sheet
from territory.queries.communes import commune_choices


@dataclass(frozen=True)
class Elsewhere:
    """The places a sheet names, the one that was asked for, and what holds there."""

    communes: list[tuple[str, str]]
    agencies: list[tuple[str, str]]
    place: str = ""  # the name of what was asked for, empty for nothing or for what nobody knows
    chosen: PlacedVariant | None = None
    query: str = ""  # the end of an address by which another page shows the same place


def elsewhere(sheet: Sheet, asked: QueryDict) -> Elsewhere | None:
    """Return where a sheet is done otherwise, None where it is the same everywhere. A constant number of queries."""
    variants = placed_variants(sheet)
    if not variants:
        return None
    named = {code for one in variants for code in one.variant.communes}
    communes = [(code, name) for code, name in commune_choices() if code in named]
    agencies = [(one.variant.agency, one.where) for one in variants if one.variant.agency]
    commune, agency = asked.get("commune", ""), asked.get("agency", "")
    if commune:
        place, chosen = dict(commune_choices()).get(commune, ""), variant_in(commune, variants)
        query = urlencode({"commune": commune})
    else:
        chosen = variant_at(agency, variants)
        place, query = chosen.where if chosen else "", urlencode({"agency": agency})
    return Elsewhere(communes, agencies, place, chosen, f"?{query}" if chosen else "")
