"""What a file gives: sheets in their order, each with its place, or with what is wrong with it."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from common.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024  # of a file, and of what it unpacks to
MOST_ROWS = 5_000
_SHOWN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class FileRefused(DomainError):
    """A file that can not be read at all, with the reason."""

    code = "file-refused"


@dataclass(frozen=True)
class Given:
    """A sheet of a file: where it stands (as people count; `sheet`: of a spreadsheet that has several), what it says, why it can not be judged."""

    number: int
    code: str
    data: Any
    problem: str = ""
    sheet: str = ""

    def refused(self, problem: str) -> "Given":
        """The same place, with what is wrong there and nothing of what it said."""
        return replace(self, data=None, problem=problem)


def too_many_rows() -> FileRefused:
    return FileRefused(
        gettext("This file has more than %(most)s sheets: divide it and send each part.")
        % {"most": MOST_ROWS}
    )


def shown(code: Any, most: int = 40) -> str:
    """Return a code, or a name, as a report shows it, whatever it was."""
    return _SHOWN.sub("", str(code) if isinstance(code, str | int) else "")[:most]


def without_twins(given: list[Given]) -> list[Given]:
    """Refuse each of several sheets with one number: nobody could say which of them is meant."""
    places: dict[str, list[int]] = defaultdict(list)
    for one in given:
        if one.code and not one.problem:
            places[one.code].append(one.number)
    return [
        one.refused(
            gettext("Number %(code)s stands more than once in this file (%(places)s): leave one.")
            % {"code": one.code, "places": ", ".join(map(str, places[one.code][:20]))}
        )
        if not one.problem and len(places.get(one.code, [])) > 1
        else one
        for one in given
    ]
