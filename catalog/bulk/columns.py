"""
A sheet as one row of a spreadsheet: flat columns, each of which can be read out of a sheet and written into it.

A cell that says what the present text says leaves it alone, so that what a row can not hold (the form, who decides, levels, sources) stays.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.bulk import rows, variants
from catalog.sheets import CHANNELS, LANGUAGES, SECTIONS

LONGEST = 32_000  # characters of a cell; a spreadsheet holds 32,767
TOO_LONG = "(…)"  # stands for a text that no cell holds; it is left as it is
OF_PROCEDURE = ("code", "slug", "agency", "version")
# What no cell of a spreadsheet can hold (XML 1.0).
_NO_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CellsWrong(Exception):  # refusals read better than …Error
    """Cells that can not be understood: (column, sentence) each."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in problems))
        self.problems = problems


@dataclass(frozen=True)
class Column:
    """
    One column: what it is for, how it is read out of a sheet's content, how it is written into it.

    :param path: of what it holds, in a sheet; where it is a list, `by_line` when each of its rows is a line of the cell
    """

    name: str
    note: str | Promise
    get: Callable[[dict[str, Any]], str]
    put: Callable[[dict[str, Any], str], None]
    path: tuple[str, ...]
    by_line: bool = False


def cells_of(content: dict[str, Any]) -> dict[str, str]:
    """Return a sheet's cells by column."""
    return {column.name: _held(column.get(content)) for column in COLUMNS}


def with_cells(content: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """
    Return a sheet's content with the cells that say something else than it does.

    :param given: cells by column; columns that are not there say nothing
    :raises CellsWrong: naming each cell that can not be understood
    """
    present, made = cells_of(content), copy.deepcopy(content)
    problems: list[tuple[str, str]] = []
    places_changed = False
    for column in COLUMNS:
        cell = clean(given.get(column.name, present[column.name]))
        # Costs and papers of a place are read anew once the places change: an unchanged line may name one that is gone.
        hangs = column.path[0] == "variants" and column.name in given and places_changed
        if cell == TOO_LONG or (cell == present[column.name] and not hangs):
            continue
        try:
            column.put(made, cell)
            places_changed = places_changed or column.path == ("variants",)
        except rows.Unreadable as error:
            problems.append((column.name, str(error)))
    if problems:
        raise CellsWrong(problems)
    return made


def clean(words: str) -> str:
    """Return a text as a cell holds it."""
    return _NO_CELL.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _held(words: str) -> str:
    words = clean(words)
    return words if len(words) <= LONGEST else TOO_LONG


# --- kinds of column -------------------------------------------------------------------------------
def _pairs(name: str, note: str | Promise, *path: str) -> list[Column]:
    return [_text(f"{name}_{language}", note, language, *path) for language in LANGUAGES]


def _text(name: str, note: str | Promise, language: str, *path: str) -> Column:
    """One language of a text that stands at a path."""

    def get(content: dict[str, Any]) -> str:
        pair = _at(content, *path)
        return str(pair.get(language) or "") if isinstance(pair, dict) else _bare(pair, language)

    def put(content: dict[str, Any], cell: str) -> None:
        holder = _holder(content, *path[:-1])
        pair = holder.get(path[-1])
        made = dict(pair) if isinstance(pair, dict) else {"es": str(pair)} if pair else {}
        made[language] = cell
        holder[path[-1]] = {code: words for code, words in made.items() if words}
        if not holder[path[-1]] and len(path) > 1:
            del holder[path[-1]]

    return Column(name, note, get, put, (*path, language))


def _words(name: str, note: str | Promise) -> list[Column]:
    """Words of a language, each on a line of its own."""

    def column(language: str) -> Column:
        def get(content: dict[str, Any]) -> str:
            return "\n".join(map(str, _at(content, name, language) or []))

        def put(content: dict[str, Any], cell: str) -> None:
            _holder(content, name)[language] = [line.strip() for line in cell.split("\n") if line.strip()]

        return Column(f"{name}_{language}", note, get, put, (name, language), by_line=True)

    return [column(language) for language in LANGUAGES]


def _codes(name: str, note: str | Promise) -> Column:
    def put(content: dict[str, Any], cell: str) -> None:
        content[name] = [code.strip() for code in re.split(r"[,\n]", cell) if code.strip()]

    return Column(name, note, lambda content: ", ".join(map(str, content.get(name) or [])), put, (name,))


def _value(name: str, note: str | Promise, *path: str, whole: bool = False) -> Column:
    """A single word or, where `whole`, a number of days or minutes; blank takes it away."""

    def get(content: dict[str, Any]) -> str:
        value = _at(content, *path)
        return "" if value is None else str(value)

    def put(content: dict[str, Any], cell: str) -> None:
        holder = _holder(content, *path[:-1])
        if cell:
            holder[path[-1]] = rows.whole(cell) if whole else cell
        else:
            holder.pop(path[-1], None)

    return Column(name, note, get, put, path)


def _list(name: str, note: str | Promise, write: Callable[[Any], str], read: Callable[..., Any]) -> Column:
    """Rows of a sheet, a line each; what a line does not hold of a row that was there stays."""

    def put(content: dict[str, Any], cell: str) -> None:
        content[name] = read(cell, content.get(name) or [])

    return Column(name, note, lambda content: write(content.get(name) or []), put, (name,), by_line=True)


def _variants(
    name: str, note: str | Promise, write: Callable[[Any], str], read: Callable[..., Any], *part: str
) -> Column:
    """A part of the variants, as `_list`."""

    def put(content: dict[str, Any], cell: str) -> None:
        content["variants"] = read(cell, content.get("variants") or [])

    return Column(
        name,
        note,
        lambda content: write(content.get("variants") or []),
        put,
        ("variants", *part),
        by_line=not part,
    )


def _put_validity(content: dict[str, Any], cell: str) -> None:
    content["valid_for"] = rows.read_validity(cell)


def _mode(code: str, note: str | Promise) -> Column:
    def get(content: dict[str, Any]) -> str:
        guide = _at(content, "channels", code)
        return "" if guide is None else str(guide.get("mode") or "inform")

    def put(content: dict[str, Any], cell: str) -> None:
        channels = _holder(content, "channels")
        if cell:
            channels[code] = {**(channels.get(code) or {}), "mode": cell}
        else:
            channels.pop(code, None)

    return Column(f"{code}_mode", note, get, put, ("channels", code, "mode"))


def _at(content: dict[str, Any], *path: str) -> Any:
    value: Any = content
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _holder(content: dict[str, Any], *path: str) -> dict[str, Any]:
    """Return the mapping at a path, made where there is none."""
    for step in path:
        if not isinstance(content.get(step), dict):
            content[step] = {}
        content = content[step]
    return content


def _bare(words: Any, language: str) -> str:
    return str(words or "") if language == "es" else ""


# --- the columns, in their order -------------------------------------------------------------------
_MARKDOWN = _("Text, with **bold**, lists and links as [words](https://address).")
_SECTION_NOTES = {
    "purpose": _("What it is for: it must stand in Spanish. Text, with **bold**, lists and links."),
    "who_may": _("Who may ask for it."),
    "validity": _("How long it is valid."),
    "good_to_know": _("Good to know."),
}


def _channel_columns(code: str) -> list[Column]:
    """The mode comes last: taken away, it takes the channel with it."""
    return [
        *_pairs(code, _MARKDOWN, "channels", code, "text"),
        _value(f"{code}_url", _("The whole address, beginning with https://."), "channels", code, "url"),
        _value(f"{code}_minutes", _("How many minutes it takes."), "channels", code, "minutes", whole=True),
        _mode(code, _("inform, start or complete: how far one gets. Blank: it can not be done this way.")),
    ]


COLUMNS: tuple[Column, ...] = (
    *_pairs("title", _("The title: it must stand in Spanish."), "title"),
    *_pairs("summary", _("One sentence: what one gets. It must stand in Spanish."), "summary"),
    *_words("keywords", _("The words people use, each on a line of its own.")),
    *_words("synonyms", _("Other names people have for it, each on a line of its own.")),
    _codes("related", _("Numbers of related procedures, separated by commas, up to 12.")),
    _value("applicant", _("person, organisation or household"), "applicant"),
    _value("completeness", _("full or basic"), "completeness"),
    _codes("audience", _("Codes of those it is for, separated by commas.")),
    _codes("life_events", _("Codes of life events, separated by commas.")),
    _codes("themes", _("Codes of themes, separated by commas.")),
    *(column for name in SECTIONS for column in _pairs(name, _SECTION_NOTES[name], "sections", name)),
    Column(
        "valid_for",
        _(
            "How long it is valid, as data: 60 days, 6 months, 10 years, no end, or by law; blank when it is not stated."
        ),
        lambda content: rows.write_validity(content.get("valid_for")),
        _put_validity,
        ("valid_for",),
    ),
    _list(
        "requirements",
        _(
            "A line each: code | in Spanish | in English | facts | note in Spanish | note in English. Facts, separated by commas: state (the "
            "State has it), optional, upload (asked as a file online), 90 days (at most so old), document birth-certificate (which document it is)."
        ),
        rows.write_requirements,
        rows.read_requirements,
    ),
    _list(
        "costs",
        _(
            "A line each: amount and currency | when it applies, in Spanish | in English. Like 3820 CLP | Primera vez | First time; 0 is free."
        ),
        rows.write_costs,
        rows.read_costs,
    ),
    _value(
        "term_business_days",
        _("Term in business days; blank when none is stated."),
        "term",
        "business_days",
        whole=True,
    ),
    _value(
        "term_calendar_days",
        _("Instead, where the law counts every day."),
        "term",
        "calendar_days",
        whole=True,
    ),
    *_pairs("term", _("How long it takes, in words."), "term", "text"),
    _list(
        "legal_basis",
        _("A line each: name in Spanish | in English | address."),
        rows.write_laws,
        rows.read_laws,
    ),
    *(column for code in CHANNELS for column in _channel_columns(code)),
    # The places come first: what costs and is needed there hangs on them.
    _variants(
        "variants",
        _(
            "Where it is done otherwise, a line each: codes of communes with commas, or one agency's code | what differs, in Spanish | in English | "
            "address | term, like 10 business days or 30 days | the term in words, in Spanish | in English."
        ),
        variants.write_variants,
        variants.read_variants,
    ),
    _variants(
        "variant_costs",
        _("What it costs there, a line each: the same places as in “variants”, then as in “costs”."),
        variants.write_costs,
        variants.read_costs,
        "costs",
    ),
    _variants(
        "variant_requirements",
        _("What is also needed there, a line each: the same places, then as in “requirements”."),
        variants.write_requirements,
        variants.read_requirements,
        "requirements",
    ),
)
NAMES = (*OF_PROCEDURE, *(column.name for column in COLUMNS))


def explained() -> list[tuple[str, str]]:
    """Return what each column is for, in the active language."""
    of_procedure = {
        "code": gettext("The procedure's number."),
        "slug": gettext("Its name in addresses; it is not changed here."),
        "agency": gettext("The code of its agency; it is not changed here."),
        "version": gettext(
            "The version this row was saved from: should another be public by then, the row is not taken."
        ),
    }
    return [*of_procedure.items(), *((column.name, str(column.note)) for column in COLUMNS)]
