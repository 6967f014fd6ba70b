"""
ChileAtiende's public API as its clients know it, in two shapes that no one payload satisfies (docs/api.md).

`/api/…` is the legacy shape (`items: {"ficha": […]}`); under `/api/chileatiende/…` the `items` of every feed
are a plain list.
"""
