"""The lines of a form while somebody writes it: placed, moved, copied, taken out; what others say of them is looked at first."""

import copy
import re
import unicodedata
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from catalog.questionnaires import definition
from catalog.questionnaires.conditions import conditions_of
from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import RESERVED
from common.errors import DomainError

Row = dict[str, Any]


def rows_of(content: dict[str, Any]) -> list[Row]:
    """Return the questions of a sheet's form, as they are stored."""
    return list(((content.get("form") or {}).get("ui") or {}).get("questions") or [])


def row_of(rows: list[Row], key: str) -> Row | None:
    """Return the question with this key."""
    return next((row for row in rows if row["key"] == key), None)


def key_from(label: str, taken: set[str]) -> str:
    """Return a key for a question from its Spanish words, one that no other has."""
    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    return free_key(words if re.match("[a-z]", words) else f"q_{words}".strip("_"), taken)


def free_key(key: str, taken: set[str]) -> str:
    """Return a key like this that no question has, nor any button."""
    number, found = 2, key
    while found in taken or found in RESERVED or found.startswith("applicant_"):
        found, number = f"{key[:50].removeprefix('applicant_')}_{number}", number + 1
    return found


def placed(rows: list[Row], row: Row, *, instead_of: str = "", after: str = "") -> list[Row]:
    """Return the form with a question in the place of another, after another, or at its end."""
    keys = [one["key"] for one in rows]
    if instead_of in keys:
        index = keys.index(instead_of)
        return [*rows[:index], row, *rows[index + 1 :]]
    index = keys.index(after) + 1 if after in keys else len(rows)
    return [*rows[:index], row, *rows[index:]]


def without(rows: list[Row], key: str) -> list[Row]:
    """Return the form without a question."""
    return [row for row in rows if row["key"] != key]


def copied(rows: list[Row], key: str) -> tuple[list[Row], str]:
    """Return the form with a copy right after a question, and the copy's key; the copy of a file names no requirement yet."""
    row = copy.deepcopy(next(row for row in rows if row["key"] == key))
    row["key"] = free_key(key, {one["key"] for one in rows})
    row.pop("requirement", None)
    return placed(rows, row, after=key), row["key"]


def moved(rows: list[Row], key: str, *, up: bool) -> list[Row]:
    """
    Return the form with a question one place further up or down: within its page where it can, else with its whole page; a page is
    passed as a whole.
    """
    blocks = [list(block) for _key, block in groupby(rows, key=lambda row: Question(row).page_key)]
    place = next(number for number, block in enumerate(blocks) if row_of(block, key))
    block, step = blocks[place], -1 if up else 1
    inside = [row["key"] for row in block].index(key)
    if 0 <= inside + step < len(block):
        block[inside], block[inside + step] = block[inside + step], block[inside]
    elif 0 <= place + step < len(blocks):
        blocks[place], blocks[place + step] = blocks[place + step], blocks[place]
    return [row for block in blocks for row in block]


def headed(rows: list[Row], heading: str, now: dict[str, str]) -> list[Row]:
    """Return the form with another heading on every question of a page."""
    return [{**row, "page": now} if (row.get("page") or {}).get("es") == heading else row for row in rows]


def pages_of(rows: list[Row]) -> list[dict[str, str]]:
    """Return the headings of the pages on which several questions can be asked, in order."""
    return list({row["page"]["es"]: row["page"] for row in rows if row.get("page")}.values())


def refuse_contradictions(rows: list[Row]) -> None:
    """
    Keep a form as it was when it would contradict itself after a press.

    :raises DomainError: with the questions that are wrong, by what they ask: their places are those of before
    """
    try:
        definition.compiled(rows)
    except definition.FormInvalid as error:
        faults = "; ".join(
            f"“{Question(rows[fault.index]).label}” ({fault.key}): {fault.sentence}"
            for fault in error.faults
            if fault.index >= 0
        )
        told = gettext("The form stays as it was, or it would contradict itself: %(faults)s.")
        raise DomainError(told % {"faults": faults or error.faults[0].sentence}) from error


def refuse_if_named(content: dict[str, Any], key: str) -> None:
    """
    Keep a question whose key something else in the sheet names.

    :raises DomainError: with the lines that name it
    """
    rows = rows_of(content)
    lines = [
        gettext("question %(number)s, “%(label)s” (%(key)s)")
        % {"number": number, "label": Question(row).label, "key": row["key"]}
        for number, row in enumerate(rows, start=1)
        if any(one["question"] == key for one in conditions_of(row))
    ]
    if lines:
        raise DomainError(
            gettext("The conditions of other questions name it: %(lines)s. Change those first.")
            % {"lines": "; ".join(lines)}
        )
    if any(row.get("addressed_by") == key for row in content.get("stages") or []):
        raise DomainError(gettext("Its answer says which agency decides, so it stays and keeps its key."))
