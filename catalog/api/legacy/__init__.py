"""
ChileAtiende's public API as its clients know it, in two shapes that one payload can not satisfy (docs/api.md).

`/api/…` is the legacy shape (`items: {"ficha": […]}`); under `/api/chileatiende/…` every feed's `items` is a plain list.
"""
