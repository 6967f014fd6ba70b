"""
The map of communes as plain SVG paths, drawn here from the boundaries file: no tiles, no script, no other
host.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any

from django.conf import settings

from metrics.queries.coverage import CoveredCommune

SOURCE = Path(settings.BASE_DIR) / "territory" / "data" / "boundaries.topojson"
PARTS = ((1, 5), (6, 11), (12, 16))  # the long country lies in three pieces, north to south
HEIGHT = 640.0
WEST_OF_THE_CONTINENT = -76.5  # islands far out at sea would shrink everything else: the table names them
FAR_SOUTH = -56.5
PATTERNS = {"office": "map-office", "round": "map-round", "none": "map-none"}

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Shape:
    """One commune: its path, its class and its words."""

    code: str
    name: str
    path: str
    kind: str
    words: str


@dataclass(frozen=True)
class Part:
    """One piece of the map with its own scale."""

    title: str
    width: float
    height: float
    shapes: list[Shape]


@lru_cache(maxsize=1)
def rings() -> dict[str, list[Ring]]:
    """Return the outlines of each commune in degrees, by code."""
    topology = json.loads(SOURCE.read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for dx, dy, *_rest in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    (layer,) = topology["objects"].values()
    return {
        _code(one): [_join(ring, arcs) for polygon in _polygons(one) for ring in polygon]
        for one in layer["geometries"]
    }


def _code(geometry: dict[str, Any]) -> str:
    return str(geometry.get("id") or geometry["properties"]["code"]).zfill(5)


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    found: list[list[list[int]]] = (
        [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
    )
    return found


def _join(ring: list[int], arcs: list[Ring]) -> Ring:
    points: Ring = []
    for place in ring:
        arc = arcs[place] if place >= 0 else arcs[~place][::-1]
        points += arc[1:] if points else arc
    return points


def kind_of(commune: CoveredCommune) -> str:
    """The class of a commune: an office, only a round, or neither."""
    return "office" if commune.is_covered else "round" if commune.has_round else "none"


def draw(communes: list[CoveredCommune]) -> list[Part]:
    """Return the map in pieces; one region is one piece."""
    regions = {row.region_position for row in communes}
    pieces = PARTS if len(regions) > 1 else tuple((one, one) for one in regions)
    return [
        part
        for first, last in pieces
        if (part := _piece([c for c in communes if first <= c.region_position <= last]))
    ]


def _piece(communes: list[CoveredCommune]) -> Part | None:
    outlines = {row.code: [ring for ring in rings().get(row.code, []) if _is_drawn(ring)] for row in communes}
    points = [point for found in outlines.values() for ring in found for point in ring]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    squeeze = cos(radians((north + south) / 2))
    scale = HEIGHT / (north - south)
    shapes = []
    for row in communes:
        path = "".join(
            "M"
            + "L".join(f"{(x - west) * squeeze * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring)
            + "Z"
            for ring in outlines[row.code]
        )
        if path:
            shapes.append(Shape(row.code, row.name, path, kind_of(row), row.name))
    names = list(dict.fromkeys(row.region_name for row in communes))
    title = names[0] if len(names) == 1 else f"{names[0]} – {names[-1]}"
    return Part(title, round((east - west) * squeeze * scale, 1), HEIGHT, shapes)


def _is_drawn(ring: Ring) -> bool:
    return all(x > WEST_OF_THE_CONTINENT and y > FAR_SOUTH for x, y in ring)
