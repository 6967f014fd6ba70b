"""
Pages of long lists by keyset: each page costs the same, however deep, and rows that come or go shift
nothing.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
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
    rows: QuerySet[Any],
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

    :param by_id: a place names its row by the last key alone; for keys that are personal data, which no
        address may hold
    """
    sealed = keys[-1:] if by_id else keys
    values, backwards = _opened(place, sealed)
    if values is not None and by_id:
        values = list(rows.filter(**{keys[-1]: values[0]}).values_list(*keys).first() or []) or None
    if values is not None:
        rows = rows.filter(_beyond(keys, values, "lt" if backwards != latest_first else "gt"))
    order = [F(key).desc() if backwards != latest_first else F(key).asc() for key in keys]
    found: list[Model] = list(rows.order_by(*order)[: size + 1])
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


def _beyond(keys: tuple[str, ...], values: list[Any], lookup: str) -> Q:
    """The rows after (or before) these values, in the order of several columns."""
    beyond, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        beyond |= same & Q(**{f"{key}__{lookup}": value})
        same &= Q(**{key: value})
    return beyond


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
