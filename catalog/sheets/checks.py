"""What a sheet must be: every rule of docs/catalogue-format.md that needs nothing but the sheet itself."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from catalog import shape
from catalog.eligibility import grammar
from catalog.questionnaires import definition
from catalog.sheets import validity, variants
from catalog.sheets.codes import (
    APPLICANTS,
    CHANNELS,
    MAX_TEXT,
    MODES,
    NOT_OF_THE_TEXT,
    RIGHTS,
    VOICES,
)
from catalog.sheets.row_checks import (
    addressing_faults,
    cost_faults,
    is_link,
    one_of,
    requirement_faults,
    spanish,
    stage_faults,
    term_faults,
)
from catalog.sheets.rows import in_language, stages_in
from common.errors import DomainError

NOT_BLANK = {"right", "voice", "valid_for", "variants"}  # that they are there says something


class SheetInvalid(DomainError):
    """A sheet breaks a rule; `problems` lists (place, sentence)."""

    code = "invalid-sheet"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def validated(data: Any) -> dict[str, Any]:
    """
    Return the sheet in its stored form, the form compiled, and without what is null: that is the same as left out.

    :raises SheetInvalid: with every problem found, each with its place
    """
    if unreadable := shape.faults(data):
        raise SheetInvalid(unreadable)
    data = shape.without_nulls(data)
    problems: list[tuple[str, str]] = []
    problems += _check_plain(data)
    problems += _check_pairs(data)
    problems += _check_rows(data)
    problems += _check_terms(data)
    problems += _check_related(data)
    problems += validity.faults_of(data.get("valid_for"))
    problems += variants.faults_of(
        data.get("variants"), {row.get("code") for row in data.get("requirements") or []}
    )
    content = {
        key: value
        for key, value in data.items()
        if key not in NOT_OF_THE_TEXT and key != "eligibility" and (value or key not in NOT_BLANK)
    }
    try:
        content |= _checked_rules(data)
    except grammar.RulesInvalid as error:
        problems += error.problems
    try:
        content["form"] = _compiled_form(data)
        problems += addressing_faults(stages_in(data.get("stages") or []), _question_keys(content["form"]))
    except definition.FormInvalid as error:
        problems += [(f"form.{place}" if place else "form", sentence) for place, sentence in error.problems]
    except (AttributeError, KeyError, TypeError):  # left blank where the compiler asks for something
        problems.append(("form", gettext("can not be read: see how a form is written")))
    if problems:
        raise SheetInvalid(problems)
    stored: dict[str, Any] = _jsonable(content)
    return stored


def _compiled_form(data: dict[str, Any]) -> dict[str, Any]:
    form = data.get("form") or {}
    if isinstance(form, dict):  # already compiled: an editor saved a sheet whose form did not change
        return definition.compiled(form.get("ui", {}).get("questions", []))
    return definition.compiled(form)


def _question_keys(form: dict[str, Any]) -> set[str]:
    return {row["key"] for row in (form.get("ui") or {}).get("questions") or []}


def _checked_rules(data: dict[str, Any]) -> dict[str, Any]:
    rules = data.get("eligibility")
    if rules is None or rules == {}:
        return {}
    return {"eligibility": grammar.validated(rules, applicant=str(data.get("applicant", "person")))}


def _check_plain(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if data.get("applicant", "person") not in APPLICANTS:
        yield "applicant", one_of(APPLICANTS)
    if data.get("completeness", "basic") not in {"full", "basic"}:
        yield "completeness", one_of(("full", "basic"))
    for name in (
        "requirements",
        "costs",
        "legal_basis",
        "stages",
        "sources",
        "questions_for_agency",
        "keywords_list",
    ):
        if name in data and not isinstance(data[name] or [], list):
            yield name, gettext("must be a list")


def _at_most(most: int) -> str:
    return gettext("must be at most %(most)s characters") % {"most": most}


def _check_pairs(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("title", "summary"):
        if not spanish(data.get(name)):
            yield name, gettext("must have a Spanish text")
    if len(in_language(data.get("title"), "es")) > 250:
        yield "title", _at_most(250)
    for path, value in _texts({key: value for key, value in data.items() if key != "eligibility"}):
        if len(value) > MAX_TEXT:
            yield path, _at_most(MAX_TEXT)
    if not spanish((data.get("sections") or {}).get("purpose")):
        yield "sections.purpose", gettext("must say what the procedure is for")


def _check_rows(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from requirement_faults(data.get("requirements"), "requirements", set())
    yield from cost_faults(data.get("costs"), "costs")
    for code, guide in (data.get("channels") or {}).items() if isinstance(data.get("channels"), dict) else []:
        if code not in CHANNELS:
            yield f"channels.{code}", one_of(CHANNELS)
        elif not isinstance(guide, dict) or guide.get("mode", "inform") not in MODES:
            yield f"channels.{code}.mode", one_of(MODES)
        elif not is_link(guide.get("url", "")):
            yield f"channels.{code}.url", gettext("must be an http(s) address")
    for index, row in enumerate(data.get("legal_basis") or []):
        if not isinstance(row, dict) or not is_link(row.get("url", "")):
            yield f"legal_basis[{index}].url", gettext("must be an http(s) address")
    yield from stage_faults(stages_in(data.get("stages") or []))


def _check_terms(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, known in (("right", RIGHTS), ("voice", VOICES)):
        if data.get(name) and data[name] not in known:
            yield name, one_of(known)
    if data.get("right") and data.get("voice"):
        yield "voice", gettext("must stand alone: a procedure is a right or what people say of the service")
    term = data.get("term")
    stages = data.get("stages")
    places = [("term", term, "")] if isinstance(term, dict) else []
    places += [
        (f"stages[{index}]", row, "term_")
        for index, row in enumerate(stages if isinstance(stages, list) else [])
        if isinstance(row, dict)
    ]
    for place, row, prefix in places:
        yield from term_faults(row, place, prefix)


def _check_related(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seen = {str(data.get("code") or "")}
    for index, code in enumerate(data.get("related") or []):
        if code in seen:
            yield f"related[{index}]", gettext("must be another procedure, and each once")
        seen.add(code)


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]")


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_jsonable(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)  # dates in sources
