"""What is answered to “May I get this?”: yes, no or not known, why, and what would still change it."""

from dataclasses import dataclass
from typing import Any

from catalog.eligibility.asking import questions
from catalog.eligibility.judging import Known, Verdict, verdict
from catalog.eligibility.words import Rule, rules_in_words


@dataclass(frozen=True)
class Answer:
    """The answer of the rules to what somebody said; `missing` are the questions that could still change it."""

    verdict: Verdict
    rules: list[Rule]
    missing: list[str]

    @property
    def is_yes(self) -> bool:
        return self.verdict is True

    @property
    def is_no(self) -> bool:
        return self.verdict is False


def answer_to(rules: dict[str, Any], known: Known) -> Answer:
    """Return the answer of valid rules, in the active language."""
    missing = [question.in_full for question in questions(rules, known)]
    return Answer(verdict(rules, known), rules_in_words(rules, known), missing)
