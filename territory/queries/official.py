"""Regions and communes by their official codes as the house ships them: what is judged without a database knows them too."""

import csv
import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings

_DATA = Path(settings.BASE_DIR) / "territory" / "data"


@cache
def official_regions() -> dict[str, str]:
    """Return the names of the regions by code, from north to south."""
    with (_DATA / "regions.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["order_north_to_south"]))
    return {row["code"]: row["name"] for row in rows}


@cache
def official_communes() -> dict[str, str]:
    """Return the names of the communes by code, sorted as people expect."""
    with (_DATA / "communes.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: _as_sorted(row["name"]))
    return {row["code"]: row["name"] for row in rows}


def _as_sorted(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold().replace("ñ", "n{"))  # ñ is a letter, after n
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
