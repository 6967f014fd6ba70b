"""Where in a spreadsheet a fault of a sheet is: whoever filled a row in knows its columns, and nothing of how a sheet is kept."""

import re

from django.utils.translation import gettext

from catalog.bulk.columns import COLUMNS, Column

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def told(problems: list[tuple[str, str]]) -> str:
    """Return the faults of a sheet in one line, each at its column; what stands in no column at its place in the sheet."""
    return "; ".join(f"{_in_columns(place)}: {sentence}" for place, sentence in problems)


def _in_columns(place: str) -> str:
    steps: list[tuple[str, str]] = _STEP.findall(place)
    names = tuple(name for _number, name in steps if name)
    column = _column_of(names)
    if column is None:
        return place
    first = next((int(number) for number, _name in steps if number), None)
    if first is None or not column.by_line:
        return column.name
    return gettext("%(column)s: line %(line)d") % {"column": column.name, "line": first + 1}


def _column_of(names: tuple[str, ...]) -> Column | None:
    """Return the column that holds what stands there; of a text as a whole, that of its Spanish."""
    holding = [one for one in COLUMNS if names[: len(one.path)] == one.path or one.path == (*names, "es")]
    return max(holding, key=lambda one: len(one.path), default=None)
