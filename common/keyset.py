"""
Pages of long lists by keyset: each page costs the same, however deep, and rows that come or go shift
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped]  # the stubs do not know it yet
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.http import QueryDict

SALT = "keyset"


@dataclass(frozen=True)
class KeysetPage:
    """The rows of one page, and the sealed places of the pages around it (empty where there is none)."""

    rows: list[Any]
    before: str
    after: str

    def links(self, query: QueryDict) -> dict[str, str]:
        """Return the addresses of the pages before and after, with whatever else the present one asks for."""
        return {"prev": self._link(query, self.before), "next": self._link(query, self.after)}

    @staticmethod
    def _link(query: QueryDict, place: str) -> str:
        if not place:
            return ""
        other = query.copy()
        other["place"] = place
        return f"?{other.urlencode()}"


def keyset_page(
    rows: QuerySet[Any] | Sequence[QuerySet[Any]],
    *keys: str,
    place: str = "",
    size: int,
    by_id: bool = False,
    latest_first: bool = False,
) -> KeysetPage:
    """
    Return the page of `rows` at `place`, in ascending order of `keys` (or, `latest_first`, in descending order); the last key is unique,
    none is ever null.

    A place that was tampered with, or is of another list, begins at the first page.

    :param rows: several querysets, each with these keys, are shown as one list
    :param by_id: a place names its row by the last key alone; for keys that are personal data, which no
        address may hold
    """
    sources = [rows] if isinstance(rows, QuerySet) else list(rows)
    sealed = keys[-1:] if by_id else keys
    values, backwards = _opened(place, sealed)
    if values is not None and by_id:
        named = (source.filter(**{keys[-1]: values[0]}).values_list(*keys).first() for source in sources)
        values = list(next(filter(None, named), [])) or None
    descending = backwards != latest_first
    found: list[Model] = []
    for source in sources:
        found += next_rows(source, keys, values, descending)[: size + 1]
    if len(sources) > 1:
        found.sort(key=lambda row: [getattr(row, key) for key in keys], reverse=descending)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before = more if backwards else values is not None
    has_after = values is not None if backwards else more
    return KeysetPage(
        rows=found,
        before=_sealed(found[0], sealed, backwards=True) if found and has_before else "",
        after=_sealed(found[-1], sealed, backwards=False) if found and has_after else "",
    )


def next_rows(
    rows: QuerySet[Any], keys: tuple[str, ...], values: list[Any] | None, descending: bool
) -> QuerySet[Any]:
    """The rows after (or before) these values, compared as one tuple: that is what an index on the keys answers at once."""
    if values is not None:
        beyond = TupleLessThan if descending else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(*map(F, keys)), tuple(values)))
    return rows.order_by(*[F(key).desc() if descending else F(key).asc() for key in keys])


def _sealed(row: Any, keys: tuple[str, ...], *, backwards: bool) -> str:
    values = [getattr(row, key) for key in keys]
    plain = [value if isinstance(value, int | str) else str(value) for value in values]
    return signing.dumps([list(keys), plain, backwards], salt=SALT)


def _opened(place: str, keys: tuple[str, ...]) -> tuple[list[Any] | None, bool]:
    try:
        named, values, backwards = signing.loads(place, salt=SALT) if place else (None, None, False)
    except (signing.BadSignature, ValueError):
        return None, False
    return (values, bool(backwards)) if named == list(keys) else (None, False)
