"""Sheets as a spreadsheet (.xlsx), a row each; and back. Nothing in it is ever calculated."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import openpyxl
from django.utils.translation import gettext, override
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.escape import unescape

from catalog.bulk.columns import NAMES, cells_of, clean, explained
from catalog.bulk.given import MOST_BYTES, MOST_ROWS, FileRefused, Given, shown, too_many_rows
from catalog.models import ProcedureVersion

SHEETS, COLUMNS = "Fichas", "Columnas - Columns"
MOST_PARTS = 1_000  # files inside the file
# Between and under the filled ones: each is gone through, and a few bytes can claim a million.
MOST_BLANK_ROWS = 10_000
LAST_ROW = 1_048_576  # of any spreadsheet
WIDTHS = {"code": 10, "slug": 30, "agency": 10, "version": 8}
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # _x000D_ is how a cell says a carriage return
_BEGINS_A_FORMULA = ("=", "+", "-", "@")
# What its parts can make of a damaged or hostile file; that each is one of these is all we know of it.
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
MOST_IN_CELL = 32_767  # characters, as spreadsheets have it


# --- out -------------------------------------------------------------------------------------------
def written(versions: Iterable[ProcedureVersion]) -> bytes:
    """Return the file: one sheet of procedures, one that explains the columns in both languages."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEETS)
    sheet.freeze_panes = "B2"
    for number, name in enumerate(NAMES, start=1):
        letter = openpyxl.utils.get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 24)
    sheet.append([_cell(sheet, name) for name in NAMES])
    for version in versions:
        sheet.append([_cell(sheet, words) for words in _row(version)])
    _explain(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _row(version: ProcedureVersion) -> list[str]:
    procedure = version.procedure
    cells = cells_of(version.content)
    of_procedure = {
        "code": procedure.code,
        "slug": procedure.slug,
        "agency": procedure.agency.code,
        "version": str(version.number),
    }
    return [{**of_procedure, **cells}[name] for name in NAMES]


def _explain(book: Any) -> None:
    sheet = book.create_sheet(COLUMNS)
    for letter, width in (("A", 22), ("B", 90), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    told: dict[str, list[tuple[str, str]]] = {}
    for language in ("es", "en"):
        with override(language):
            told[language] = explained()
    sheet.append([_cell(sheet, words) for words in ("columna / column", "español", "English")])
    for (name, spanish), (_name, english) in zip(told["es"], told["en"], strict=True):
        sheet.append([_cell(sheet, words) for words in (name, spanish, english)])


def _cell(sheet: Any, words: str) -> Any:
    """A cell that is text and stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=_LIKE_AN_ESCAPE.sub("_x005F_", words))
    if words:
        cell.data_type = "s"
    if words.startswith(_BEGINS_A_FORMULA):
        cell.quotePrefix = True
    return cell


# --- in --------------------------------------------------------------------------------------------
def read(content: bytes) -> list[Given]:
    """
    Return the rows of a file's sheet of procedures, each with its cells by column: of ours by its name, else of the first that is shown.

    :raises FileRefused: it is no spreadsheet that can be read, unpacks to too much, has too many rows, or columns nobody knows
    """
    _refuse_bombs(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it does not support of a file is of no interest to us
            return _read(content)
    except FileRefused:
        raise
    except _UNREADABLE:
        raise FileRefused(
            gettext("This spreadsheet is damaged. Open it, save it again as .xlsx, and send that one.")
        ) from None


def _refuse_bombs(content: bytes) -> None:
    """Look at what it says it unpacks to, before anything is unpacked: no more than that is ever read of a part."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileRefused(
            gettext("This spreadsheet is damaged. Open it, save it again as .xlsx, and send that one.")
        ) from None
    if sum(sizes) > MOST_BYTES or len(sizes) > MOST_PARTS:
        raise _too_much()


def _too_much() -> FileRefused:
    return FileRefused(
        gettext("This spreadsheet unpacks to more than %(most)s MB: divide it and send each part.")
        % {"most": MOST_BYTES // 1024 // 1024}
    )


def _read(content: bytes) -> list[Given]:
    # As rich text: read plainly, what says that an escape is none would be dropped.
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False, rich_text=True)
    try:
        sheet = _sheet_of(book)
        others = [one for one in book.worksheets if one is not sheet and one.title != COLUMNS]
        name = shown(sheet.title) if others else ""
        rows = sheet.iter_rows(min_row=1, max_row=LAST_ROW, max_col=len(NAMES) + 20)
        names = _header(next(rows, ()))
        found: list[Given] = []
        size = 0  # many cells may name one text: what it unpacks to says nothing of all of them
        for number, row in enumerate(rows, start=2):
            if any(_is_filled(cell) for cell in row):
                if len(found) == MOST_ROWS:
                    raise too_many_rows()
                found.append(replace(_given(number, dict(zip(names, row, strict=False))), sheet=name))
                size += sum(map(len, (found[-1].data or {}).values()))
                if size > MOST_BYTES:
                    raise _too_much()
            elif number - 1 - len(found) > MOST_BLANK_ROWS:
                raise FileRefused(
                    gettext(
                        "This spreadsheet has more than %(most)s blank rows: delete those between and under the filled ones, and send it again."
                    )
                    % {"most": MOST_BLANK_ROWS}
                )
    finally:
        book.close()
    if not found:
        raise FileRefused(gettext("This spreadsheet has no rows under its first one."))
    return found


def _sheet_of(book: Any) -> Any:
    """Return the sheet that is meant: what is hidden nobody sees, so nobody means it."""
    shown_ones = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown_ones:
        raise FileRefused(
            gettext(
                "No sheet of cells can be read in this spreadsheet. Save it as an ordinary Excel workbook (.xlsx), not as “Strict Open "
                "XML”, and send that one."
            )
        )
    return next((sheet for sheet in shown_ones if sheet.title == SHEETS), shown_ones[0])


def _header(row: Iterable[Any]) -> list[str]:
    """Return the names of the columns, blank where a column has none."""
    names = [clean(str(cell.value or "")).lower() for cell in row]
    while names and not names[-1]:
        names.pop()
    if "code" not in names:
        raise FileRefused(gettext("The first row of the sheet names the columns; “code” is not among them."))
    for name in names:
        if name and name not in NAMES:
            raise FileRefused(
                gettext("There is no column “%(name)s”: see the sheet that explains them.")
                % {"name": shown(name)}
            )
        if name and names.count(name) > 1:
            raise FileRefused(gettext("The column “%(name)s” stands twice.") % {"name": name})
    return names


def _is_filled(cell: Any) -> bool:
    return cell.value is not None and str(cell.value).strip() != ""


def _given(number: int, cells: dict[str, Any]) -> Given:
    told = {name: cell for name, cell in cells.items() if name}
    for name, cell in told.items():
        if len(str(cell.value or "")) > MOST_IN_CELL:
            code = told.get("code")
            refused = Given(number, shown(str(code.value)[:40]) if code and code is not cell else "", {})
            return refused.refused(gettext("%(column)s is longer than a cell can be.") % {"column": name})
    data = {name: clean(_words(cell.value)) for name, cell in told.items()}
    given = Given(number, shown(data["code"]), data)
    for name, cell in told.items():
        if sentence := _made_by_itself(cell):
            return given.refused(sentence % {"column": name})
    return given


def _made_by_itself(cell: Any) -> str:
    """Return a sentence where a cell holds what the spreadsheet made of what was typed; empty where it says words or a number."""
    if cell.data_type == "f":
        return gettext("%(column)s holds a formula: write what it comes to.")
    if cell.data_type == "e":
        return gettext("%(column)s holds an error of the spreadsheet.")
    if isinstance(cell.value, date | time | timedelta):
        return gettext(
            "%(column)s: the spreadsheet made a date or a time of this. Format the cell as text and write it again."
        )
    if isinstance(cell.value, bool):
        return gettext(
            "%(column)s: the spreadsheet made a yes or no of this. Format the cell as text and write it again."
        )
    return ""


def _words(value: Any) -> str:
    """Return what a cell says; a number without a fraction as people write it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else str(value)
    words: str = unescape(str(value))
    return words
