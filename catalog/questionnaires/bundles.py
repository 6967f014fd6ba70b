"""
Several procedures asked in one form: what means the same in several of them is asked once, and nothing else ever is.

Shared are the questions about the applicant; questions with the same key, words and rules; those that are filled in from the same known
fact; files that the sheets say are the same document; declarations of the same text. Any other key that two procedures use names two
questions: the later is renamed. `docs/bundles.md` says it for editors.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any

from catalog.questionnaires.conditions import NOTHING, conditions_of
from catalog.questionnaires.question import Question, Questionnaire
from catalog.questionnaires.rules import BESIDE, BY_QUESTION, RESERVED, clash_of

Row = dict[str, Any]
Answers = dict[str, Any]
# What says how a question is put, not which answer it takes.
_MANNER = frozenset(
    {"key", "question", "hint", "error", "error_rule", "page", "show_if", "prefill", "required"}
)
_BLANK = re.compile(r"\W+")
_LONGEST = 200  # letters of a text that says nothing of its length


@dataclass
class Asked:
    """One question of the form, and the question of each procedure that it stands for, by the procedure's place."""

    key: str
    of: dict[int, Question]
    rules: Row  # of what judges the answer, the strictest of all
    page: Any

    @property
    def is_shared(self) -> bool:
        return len(self.of) > 1


class BundleQuestionnaire(Questionnaire):
    """
    The questions of several versions as one questionnaire; of a single one, exactly its own.

    A question is asked while any procedure asks it, and must be answered if one that asks it requires it. `split` gives each procedure
    its own answers under its own keys.
    """

    def __init__(self, contents: Sequence[dict[str, Any]]) -> None:
        self.parts = [Questionnaire(content) for content in contents]
        self.asked_once = _placed(self.parts, contents)
        self._keys: list[dict[str, str]] = [{} for _ in self.parts]
        for one in self.asked_once:
            for part, question in one.of.items():
                self._keys[part][question.key] = one.key
        self.questions = [self._drawn(one, list(one.of)) for one in self.asked_once]

    def asked(self, answers: Answers) -> list[Question]:
        """The questions that some procedure asks, given the answers so far."""
        asking: dict[str, list[int]] = {}
        for part, (form, own) in enumerate(zip(self.parts, self.split(answers), strict=True)):
            for question in form.asked(own):
                asking.setdefault(self._keys[part][question.key], []).append(part)
        return [self._drawn(one, asking[one.key]) for one in self.asked_once if one.key in asking]

    def split(self, answers: Answers) -> list[Answers]:
        """Return what of these answers is each procedure's, in order; what stands beside the answers is everybody's."""
        beside = {name: answers[name] for name in BESIDE if name in answers}
        return [
            {own: answers[key] for own, key in keys.items() if key in answers}
            | beside
            | _known(answers, keys)
            for keys in self._keys
        ]

    def merged(self, answers: Sequence[Answers]) -> Answers:
        """Return the answers of all procedures as those of this form; where two differ, the first that says something."""
        together: Answers = {}
        known: Answers = {}
        for keys, own in zip(self._keys, answers, strict=True):
            for name, value in own.items():
                key = name if name in BESIDE else keys.get(name)
                if key is not None and together.get(key) in NOTHING:
                    together[key] = value
            for name, value in (own.get(BY_QUESTION) or {}).items():
                if name in keys:
                    known.setdefault(keys[name], value)
        if any(BY_QUESTION in own for own in answers):
            together[BY_QUESTION] = known
        return together

    def key_of(self, part: int, own: str) -> str:
        """Return under which key this form asks a question of one of its procedures."""
        return self._keys[part].get(own, own)

    def standing_for(self, key: str) -> dict[int, Question]:
        """Return the questions that one of this form stands for, by the place of their procedure."""
        return next((one.of for one in self.asked_once if one.key == key), {})

    def _drawn(self, one: Asked, parts: list[int]) -> Question:
        """Return a question as it is put while these of its procedures ask it."""
        asking = [one.of[part] for part in parts]
        base = next((question for question in asking if question.required), asking[0]).row
        said = {"key": one.key, "page": one.page, "show_if": self._conditions(one), **one.rules}
        changes = {name: value for name, value in said.items() if base.get(name) != value}
        gone = {name for name, value in changes.items() if value is None}
        return Question(
            {name: value for name, value in {**base, **changes}.items() if name not in gone}
            if changes
            else base
        )

    def _conditions(self, one: Asked) -> Any:
        """The conditions under which all its procedures ask it; where they differ there is no one answer, and `asked` alone says."""
        every = [_renamed(question.row.get("show_if"), self._keys[part]) for part, question in one.of.items()]
        return every[0] if all(other == every[0] for other in every) else None


def _renamed(conditions: Any, keys: dict[str, str]) -> Any:
    if isinstance(conditions, list):
        return [_renamed(condition, keys) for condition in conditions]
    return conditions and {**conditions, "question": keys.get(conditions["question"], conditions["question"])}


def _known(answers: Answers, keys: dict[str, str]) -> Answers:
    """What of the answers was filled in from what is known, under a procedure's own keys."""
    used = answers.get(BY_QUESTION)
    if not isinstance(used, dict):
        return {BY_QUESTION: used} if BY_QUESTION in answers else {}
    return {BY_QUESTION: {own: used[key] for own, key in keys.items() if key in used}}


def _placed(parts: list[Questionnaire], contents: Sequence[dict[str, Any]]) -> list[Asked]:
    """Return what is asked, in order: procedure after procedure, each question after those that its conditions name."""
    found = _grouped(parts, contents)
    keys: dict[tuple[int, str], Asked] = {
        (part, question.key): one for one in found for part, question in one.of.items()
    }
    order: dict[int, Asked] = {}
    begun: set[int] = set()

    def place(one: Asked) -> None:
        if id(one) in begun:  # placed, or two procedures ask the same two in opposite orders
            return
        begun.add(id(one))
        for named in _named(one, keys):
            place(named)
        order[id(one)] = one

    for part, form in enumerate(parts):
        for _page, questions in groupby(form.questions, key=lambda one: one.page_key):
            here = [keys[part, question.key] for question in questions]
            for one in here:  # what a page hangs on stands before it, not in it
                for named in _named(one, keys):
                    if not any(named is other for other in here):
                        place(named)
            for one in here:
                place(one)
    placed = list(order.values())
    _name(placed)
    return placed


def _named(one: Asked, keys: dict[tuple[int, str], Asked]) -> Iterator[Asked]:
    """Yield the questions that the conditions of one name, in whichever procedure."""
    for part, question in one.of.items():
        for condition in conditions_of(question.row):
            if (part, condition["question"]) in keys:
                yield keys[part, condition["question"]]


def _name(placed: list[Asked]) -> None:
    """
    Give each a key that no other has, nor any box of another: its own, else with the number of its procedure. Those that the first of its
    procedures tells apart already are left alone, so that a single procedure keeps every key.
    """
    taken: list[tuple[int | None, Row]] = []
    for one in placed:
        part, question = next(iter(one.of.items()))
        others = [row for whose, row in taken if whose != part]
        if clash_of(question.row, others):
            stem, every = question.key[:50], [row for _whose, row in taken]
            names = (f"{stem}_{number}" for number in count(part + 1))
            one.key = next(
                key
                for key in names
                if key not in RESERVED and not clash_of({**question.row, "key": key}, every)
            )
        taken.append((part if one.key == question.key else None, {**question.row, "key": one.key}))


def _grouped(parts: list[Questionnaire], contents: Sequence[dict[str, Any]]) -> list[Asked]:
    """Return the questions of all procedures, those that mean the same together."""
    found: list[Asked] = []
    by_mark: dict[str, list[Asked]] = {}
    for part, (form, content) in enumerate(zip(parts, contents, strict=True)):
        meant = _meant(form, content)
        for question in form.questions:
            marks = _marks(question, meant.get(question.key, ""))
            same = [one for mark in marks for one in by_mark.get(mark, [])]
            one = next((one for one in same if _joins(one, part, question)), None)
            if one is None:
                one = Asked(question.key, {part: question}, {}, question.row.get("page"))
                found.append(one)
            for mark in marks:
                by_mark.setdefault(mark, []).append(one)
    return found


def _joins(one: Asked, part: int, question: Question) -> bool:
    """Let a question be asked together with others, by the rules of all; never two of one procedure."""
    if part in one.of:
        return False
    rules = _strictest([*(other.row for other in one.of.values()), question.row])
    if rules is None:
        return False
    one.of[part], one.rules = question, rules
    return True


def _meant(form: Questionnaire, content: dict[str, Any]) -> dict[str, str]:
    """
    Return for each question of a procedure the document or the known fact that it asks for, as far as the sheet says and asks once:
    asked of two people in one procedure, it says nothing of whom.
    """
    kinds = {row.get("code"): row.get("document_type") for row in content.get("requirements") or []}
    meant = {
        question.key: f"document {kinds.get(question.requirement) or ''}"
        if question.kind == "file"
        else f"fact {question.row.get('prefill') or ''}"
        for question in form.questions
    }
    every = list(meant.values())
    return {key: one for key, one in meant.items() if not one.endswith(" ") and every.count(one) == 1}


def _marks(question: Question, meant: str) -> list[str]:
    """Return the marks of a question: one that has a mark of it in another procedure means the same."""
    row, key = question.row, question.key
    if key.startswith("applicant_"):
        return [f"applicant {key}"]
    if question.kind == "declaration":
        return [f"declares {_text(row.get('statement'))}"]
    if question.kind == "file" and meant:
        return [meant]
    same = f"same {key} {_words(row)} {_judged(row)}"
    return [same, meant] if meant else [same]


def _text(pair: Any) -> str:
    return " ".join(str((pair or {}).get("es") or "").split())


def _words(row: Row) -> str:
    """What a question asks, whatever its marks and capitals: the same key and rules with other words are another question."""
    return _BLANK.sub(" ", _text(row.get("question")).casefold()).strip()


def _judged(row: Row) -> str:
    """Everything of a question that says which answers it takes."""
    rules = {
        name: value
        for name, value in row.items()
        if name not in _MANNER and value is not None and value is not False and value not in ({}, [])
    }
    return json.dumps(rules, sort_keys=True, ensure_ascii=False)


def _strictest(rows: list[Row]) -> Row | None:
    """Return the settings by which one answer satisfies all of these questions; None: there is no such answer."""
    if rows[0]["type"] in {"declaration", "file"} or len({_judged(row) for row in rows}) == 1:
        return {}
    if {row["type"] for row in rows} not in ({"text"}, {"date"}):
        return None
    patterns = {row["pattern"] for row in rows if row.get("pattern")}
    past, future = (any(row.get(name) for row in rows) for name in ("past", "future"))
    least = max(row.get("min_length") or 1 for row in rows)
    most = min(row.get("max_length") or _LONGEST for row in rows)
    if len(patterns) > 1 or (past and future) or least > most:
        return None
    if rows[0]["type"] == "date":
        return {name: True for name, holds in (("past", past), ("future", future)) if holds}
    return {"min_length": least, "max_length": most, **({"pattern": patterns.pop()} if patterns else {})}
