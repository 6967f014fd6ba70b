"""
When a question is asked: one condition or several that must all hold, each about the answer to a question before it.

A condition waits for one answer (`is`), for one of several (`in`), or for any answer but one (`is_not`). No answer fulfils none.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeGuard

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from catalog.questionnaires.words import called
from common import phone, run
from territory.queries.official import official_communes

MAX_CONDITIONS = 3
MAX_OPTIONS = 300  # of a question, so of what a condition on it names too
WORDS = ("is", "in", "is_not")
# Kinds whose answer is one value, or some of a list of values.
COMPARED = frozenset(
    {
        "text",
        "long_text",
        "choice",
        "choices",
        "yes_no",
        "date",
        "number",
        "money",
        "run",
        "commune",
        "phone",
        "email",
    }
)
NOTHING: tuple[Any, ...] = (None, "", [], {})  # what counts as no answer


def conditions_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions of a question, none for one that is always asked."""
    given = row.get("show_if")
    if not given:
        return []
    return list(given) if isinstance(given, list) else [given]


def wanted_values(condition: dict[str, Any]) -> list[Any]:
    """Return the answers that a condition names: those it waits for, or with `is_not` the one it does not."""
    if "in" in condition:
        return list(condition["in"])
    return [condition["is"] if "is" in condition else condition["is_not"]]


def holds(condition: dict[str, Any], given: Any) -> bool:
    """Whether an answer fulfils a condition; of several answers, one that is waited for is enough."""
    if given in NOTHING:
        return False
    named = wanted_values(condition)
    found = any(one in named for one in given) if isinstance(given, list) else given in named
    return found != ("is_not" in condition)


def fulfilled(condition: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of answers that fulfil a condition."""
    key, named, is_not = condition["question"], wanted_values(condition), "is_not" in condition
    asked: dict[str, Any]
    if about["type"] == "choices":
        among = {"contains": {"enum": named}}
        asked = {"not": among, "minItems": 1} if is_not else among
    else:
        asked = {"not": {"enum": [*named, None, ""]}} if is_not else {"enum": named}
    return {"properties": {key: asked}, "required": [key]}


def condition_faults(
    row: dict[str, Any], earlier: dict[str, dict[str, Any]], every: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """Yield what is wrong with a question's conditions, each taken alone; `every` has the lines of the whole form by key."""
    given = row["show_if"]
    conditions = given if isinstance(given, list) else [given]
    if not 1 <= len(conditions) <= MAX_CONDITIONS:
        yield gettext("a question takes at most %(n)s conditions") % {"n": MAX_CONDITIONS}
        return
    for condition in conditions:
        yield from _faults_of(condition, earlier, every)


def _faults_of(
    condition: Any, earlier: dict[str, dict[str, Any]], every: dict[str, dict[str, Any]]
) -> Iterator[str]:
    words = [word for word in WORDS if isinstance(condition, dict) and word in condition]
    if len(words) != 1 or set(condition) != {"question", words[0]}:
        yield gettext("the condition must name a question and one of `is`, `in`, `is_not`")
        return
    key = str(condition["question"])
    about = earlier.get(key)
    asked = {"question": called(every[key]) if key in every else key}
    if about is None:
        yield (
            gettext(
                "the condition asks “%(question)s”, which does not come before: it stands later in the form"
            )
            if key in every
            else gettext(
                "the condition asks “%(question)s”, which does not come before: the form has no such question"
            )
        ) % asked
    elif str(about.get("type")) not in COMPARED:
        yield gettext("the condition asks “%(question)s”, whose answer can not be compared") % asked
    elif "in" in condition and not (isinstance(condition["in"], list) and condition["in"]):
        yield gettext("the condition must name one answer or more")
    elif len(wanted_values(condition)) > MAX_OPTIONS:
        yield gettext("the condition must name at most %(n)s answers") % {"n": MAX_OPTIONS}
    else:
        options = {one for one in option_values(about) if isinstance(one, str)}
        unknown = [one for one in wanted_values(condition) if not _is_possible(one, about, options)]
        if unknown and about.get("type") == "yes_no":
            yield gettext("the condition asks “%(question)s”, which is answered yes or no") % asked
        elif unknown:
            yield waits_in_vain(unknown, about)


def waits_in_vain(values: list[Any], about: dict[str, Any]) -> str:
    """Return what is said of a condition that names what is no answer to a question."""
    what = {"values": ", ".join(map(str, values)), "question": called(about)}
    return gettext("the condition waits for “%(values)s”, which is no answer to “%(question)s”") % what


def _is_possible(value: Any, about: dict[str, Any], options: set[str]) -> bool:
    """Whether an answer to a question could be stored so."""
    match about.get("type"):
        case "choice" | "choices":
            return isinstance(value, str) and value in options
        case "yes_no":
            return isinstance(value, bool)
        case "number" | "money":
            return _is_number(value) and _is_within(value, about)
    return isinstance(value, str) and value != "" and _is_stored(value, str(about.get("type")))


def _is_stored(value: str, kind: str) -> bool:
    """Whether a text is what is stored of an answer: what people write is put into that shape first."""
    match kind:
        case "date":
            return _is_day(value)
        case "run":
            return run.normalise(value) == value
        case "phone":
            return phone.normalise(value) == value
        case "commune":
            return value in official_communes()
        case "email":
            return _is_email(value)
    return value == value.strip()


def option_values(row: dict[str, Any]) -> list[Any]:
    """Return the values of a question's options, as far as they are ones."""
    options = row.get("options")
    return [one.get("value") for one in options if isinstance(one, dict)] if isinstance(options, list) else []


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_within(value: int, about: dict[str, Any]) -> bool:
    low, high = about.get("minimum"), about.get("maximum")
    return not (_is_number(low) and value < low) and not (_is_number(high) and value > high)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def impossible(row: dict[str, Any], by_key: dict[str, dict[str, Any]]) -> str:
    """
    Return the key of a question that would have to be answered in two ways at once for this one to be asked; empty: there is none.

    What the questions named need themselves counts too. Every condition, taken alone, is right.
    """
    allowed: dict[str, set[Any]] = {}
    refused: dict[str, set[Any]] = {}
    pending, seen = [row], set()
    while pending:
        for condition in conditions_of(pending.pop()):
            key = condition["question"]
            about = by_key[key]
            if about["type"] != "choices":  # of those several may be chosen
                named = set(wanted_values(condition))
                if "is_not" in condition:
                    refused.setdefault(key, set()).update(named)
                else:
                    allowed[key] = allowed.get(key, named) & named
            if key not in seen:
                seen.add(key)
                pending.append(about)
    for key in {*allowed, *refused}:
        known = allowed.get(key, _all_answers(by_key[key]))
        if known is not None and not known - refused.get(key, set()):
            return key
    return ""


def _all_answers(about: dict[str, Any]) -> set[Any] | None:
    """Return every answer that a question can have, where they are few."""
    if about["type"] == "choice":
        return set(option_values(about))
    if about["type"] == "yes_no":
        return {True, False}
    if about["type"] not in {"number", "money"}:
        return None
    low, high = about.get("minimum"), about.get("maximum")
    if low is None and about["type"] == "money":
        low = 0
    if low is None or high is None or high - low >= MAX_OPTIONS:
        return None
    return set(range(low, high + 1))
