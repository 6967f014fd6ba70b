"""Geometry of the small charts, worked out here so that the page needs neither script nor style."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common import wording


@dataclass(frozen=True)
class Bar:
    """One row: shares are percentages of a full bar; `mark` is a second figure beside the first."""

    label: str
    text: str
    share: float
    note: str = ""
    href: str = ""
    mark: float | None = None
    mark_text: str = ""
    strong: bool = False


def draw_bars(rows: Iterable[Mapping[str, Any]], top: float | None = None) -> list[Bar]:
    """Return the rows with their widths; `top` fixes a full bar, so that several charts compare."""
    rows = list(rows)
    values = [float(row["value"] or 0) for row in rows]
    marks = [float(row["mark"]) for row in rows if row.get("mark") is not None]
    full = top or max([*values, *marks, 0.0]) or 1.0
    return [
        Bar(
            label=str(row["label"]),
            text=str(row.get("text") or wording.number(row["value"])),
            share=_percent(value, full),
            note=str(row.get("note") or ""),
            href=str(row.get("href") or ""),
            mark=None if row.get("mark") is None else _percent(float(row["mark"]), full),
            mark_text=str(row.get("mark_text") or ""),
            strong=bool(row.get("strong")),
        )
        for row, value in zip(rows, values, strict=True)
    ]


def _percent(value: float, full: float) -> float:
    return round(min(100.0, max(0.0, 100 * value / full)), 2)


@dataclass(frozen=True)
class Line:
    """One series: its runs of points in a 100 × 100 box, where it ends, and where its label stands."""

    name: str
    label_y: float
    last_y: float
    text: str
    kind: str  # "first" is drawn strong, the others are told apart by their dashes
    runs: tuple[str, ...]


@dataclass(frozen=True)
class LineChart:
    """Lines over the same periods; ticks are (percent from the top, words)."""

    lines: list[Line]
    ticks: list[tuple[float, str]]
    labels: list[str]
    table: list[tuple[str, list[str]]]


_KINDS = ("first", "second", "third", "fourth")


def draw_lines(series: Sequence[Mapping[str, Any]], labels: Sequence[object], places: int = 0) -> LineChart:
    """
    Return a chart of at most four series (`name`, `values`), each as long as `labels`; None is a gap.

    :raises ValueError: a series is not as long as the labels, or there are more than four
    """
    if len(series) > len(_KINDS) or any(len(one["values"]) != len(labels) for one in series):
        raise ValueError("A line chart takes up to four series, each with one value for each label.")
    full, step = _scale([float(v) for one in series for v in one["values"] if v is not None])
    drawn = [_draw_line(one, kind, full, places) for one, kind in zip(series, _KINDS, strict=False)]
    ticks = [
        (round(100 - 100 * i * step / full, 2), wording.number(i * step, places if step < 1 else 0))
        for i in range(round(full / step) + 1)
    ]
    rows = [
        (
            str(label),
            ["–" if one["values"][i] is None else wording.number(one["values"][i], places) for one in series],
        )
        for i, label in enumerate(labels)
    ]
    return LineChart(
        lines=_kept_apart(drawn), ticks=ticks, labels=[str(label) for label in labels], table=rows
    )


def _scale(values: list[float]) -> tuple[float, float]:
    """Return a round height that holds the values, and the distance between its two to five ticks."""
    top = max([*values, 0.0]) or 1.0
    unit = 10.0 ** (len(str(int(top))) - 1) if top >= 1 else 0.1
    for step in (unit / 5, unit / 2, unit, unit * 2, unit * 5):
        ticks = -(-top // step)
        if ticks <= 4:
            return ticks * step, step
    return unit * 10, unit * 5  # pragma: no cover - a top is below ten units


def _draw_line(one: Mapping[str, Any], kind: str, full: float, places: int) -> Line:
    values = one["values"]
    across = max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    last = 0.0
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        last = float(value)
        runs[-1].append(f"{100 * i / across:g},{100 - 100 * last / full:.2f}")
    y = round(100 - 100 * last / full, 2)
    drawn = tuple(" ".join(run) for run in runs if run)
    return Line(
        name=str(one["name"]),
        label_y=y,
        last_y=y,
        text=wording.number(last, places),
        kind=kind,
        runs=drawn,
    )


def _kept_apart(lines: list[Line], gap: float = 13.0) -> list[Line]:
    """Move the labels of lines that end close together apart; the drawing itself stays true."""
    order = sorted(range(len(lines)), key=lambda i: lines[i].last_y)
    places: dict[int, float] = {}
    floor = 4.0
    for rank, i in enumerate(order):
        below = len(order) - 1 - rank
        places[i] = min(max(lines[i].last_y, floor), 97.0 - gap * below)
        floor = places[i] + gap
    return [replace(line, label_y=round(places[i], 2)) for i, line in enumerate(lines)]


def spark_points(values: Sequence[float | None]) -> str:
    """Return the points of a sparkline in a 100 × 24 box, zero at the foot."""
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None]
    full = max([v for _, v in known], default=0.0) or 1.0
    across = max(1, len(values) - 1)
    return " ".join(f"{100 * i / across:g},{22 - 20 * max(0.0, v) / full:.2f}" for i, v in known)
