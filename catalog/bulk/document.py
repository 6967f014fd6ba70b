"""Sheets as one JSON file, each in the format of docs/catalogue-format.md; and back."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from catalog.bulk.given import MOST_ROWS, FileRefused, Given, shown, too_many_rows
from catalog.models import ProcedureVersion
from catalog.storable import unstorable

# The order in which docs/catalogue-format.md tells them; what is not named here follows by name.
ORDER = (
    "code",
    "slug",
    "agency",
    "version",
    "completeness",
    "applicant",
    "voice",
    "anonymous",
    "right",
    "title",
    "summary",
    "keywords",
    "synonyms",
    "related",
    "audience",
    "life_events",
    "themes",
    "popularity",
    "sections",
    "valid_for",
    "requirements",
    "costs",
    "term",
    "legal_basis",
    "channels",
    "variants",
    "stages",
    "levels",
    "form",
    "sources",
    "questions_for_agency",
)


def written(versions: Iterable[ProcedureVersion]) -> Iterator[str]:
    """Yield the file in pieces: the same catalogue always gives the same file."""
    yield '{"sheets": ['
    for index, version in enumerate(versions):
        yield (",\n" if index else "\n") + json.dumps(sheet_of(version), ensure_ascii=False, indent=1)
    yield "\n]}\n"


def sheet_of(version: ProcedureVersion) -> dict[str, Any]:
    """Return the whole sheet of a version, its form as a list of questions."""
    procedure = version.procedure
    said = {
        **version.content,
        "code": procedure.code,
        "slug": procedure.slug,
        "agency": procedure.agency.code,
        "version": version.number,
        "popularity": procedure.popularity,
        "form": ((version.content.get("form") or {}).get("ui") or {}).get("questions") or [],
    }
    place = {key: number for number, key in enumerate(ORDER)}
    return {key: said[key] for key in sorted(said, key=lambda key: (place.get(key, len(ORDER)), key))}


def read(content: bytes) -> list[Given]:
    """
    Return the sheets of a file.

    :raises FileRefused: it is no JSON, or holds no list of sheets, or too many
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError:
        raise FileRefused(gettext("This file nests deeper than a file of sheets can.")) from None
    except ValueError:
        raise FileRefused(
            gettext("This file is no JSON that can be read. Save it again as UTF-8, and try once more.")
        ) from None
    sheets = data.get("sheets") if isinstance(data, dict) else data
    if not isinstance(sheets, list) or not sheets:
        raise FileRefused(gettext('This file holds no sheets: it should say {"sheets": [ … ]}.'))
    if len(sheets) > MOST_ROWS:
        raise too_many_rows()
    return [_given(number, sheet) for number, sheet in enumerate(sheets, start=1)]


def _given(number: int, sheet: Any) -> Given:
    code = sheet.get("code") if isinstance(sheet, dict) else ""
    given = Given(number, shown(code), sheet)
    if not isinstance(sheet, dict):
        return given.refused(gettext("This is no sheet: it should be written between { and }."))
    if problems := unstorable(sheet):
        place, sentence = problems[0]
        return given.refused(f"{shown(place)}: {sentence}" if place else sentence)
    return given


def _no_number(name: str) -> Any:
    raise ValueError(name)
