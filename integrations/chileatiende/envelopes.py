"""The envelopes of both shapes: legacy (`items: {"ficha": […]}`) and the one whose items are a plain list."""

from typing import Any

from integrations.chileatiende.port import CatalogueRefused, FichaPage

SHAPES = ("auto", "legacy", "list")


def read_page(data: Any, shape: str = "auto") -> FichaPage:
    """
    Return the page in an answer of `/fichas`.

    :raises CatalogueRefused: there is no feed in it, or not of the shape asked for
    """
    feed = data.get("fichas") if isinstance(data, dict) else None
    if not isinstance(feed, dict):
        raise CatalogueRefused("The answer holds no feed of sheets.")
    items = feed.get("items")
    is_list = isinstance(items, list)
    if (shape == "legacy" and is_list and items) or (shape == "list" and not is_list):
        raise CatalogueRefused(f"The answer does not have the {shape} shape.")
    if isinstance(items, dict):
        items = items.get("ficha")
    rows = items if isinstance(items, list) else [items] if items else []  # a single item may stand alone
    return FichaPage(
        fichas=tuple(row if isinstance(row, dict) else {} for row in rows),
        next_token=_token(feed.get("nextPageToken")),
        total=_total(feed.get("total")),
    )


def read_agency(data: Any) -> dict[str, Any] | None:
    """Return the agency in an answer of `/servicios/{code}`."""
    row = data.get("servicio") if isinstance(data, dict) else None
    return row if isinstance(row, dict) else None


def _total(value: Any) -> int | None:
    words = str(value) if isinstance(value, int | str) else ""
    return int(words) if words.isdecimal() and len(words) <= 9 else None  # more sheets than that nobody has


def _token(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value else ""
