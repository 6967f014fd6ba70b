"""The envelopes of both shapes."""

from typing import Any

PREFIX = "chileatiende#"


class PlainItems(list[dict[str, Any]]):
    """Items that are a plain list in JSON; in XML each still carries the name of what it is."""

    def __init__(self, rows: list[dict[str, Any]], one: str) -> None:
        super().__init__(rows)
        self.one = one


def feed(
    name: str,
    one: str,
    title: str,
    items: list[dict[str, Any]],
    *,
    plain: bool,
    total: int | None = None,
    next_token: str = "",
) -> dict[str, Any]:
    """
    Return a feed; with `plain` its items are a list, otherwise a list under the name of one of them.

    `nextPageToken` stands only where there is a next page.
    """
    body: dict[str, Any] = {"titulo": title, "tipo": f"{PREFIX}{name}Feed"}
    if next_token:
        body["nextPageToken"] = next_token
    body["items"] = PlainItems(items, one) if plain else {one: items}
    if total is not None:
        body["total"] = total
    return {name: body}
