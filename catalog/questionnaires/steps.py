"""Where a page of questions stands among those that are asked: applications and the editors' preview walk by it."""

from dataclasses import dataclass
from typing import Any

from catalog.questionnaires.forms import QuestionForm
from catalog.questionnaires.question import Question, Questionnaire


@dataclass(frozen=True)
class Step:
    """One page: the questions asked on it, and its place."""

    questions: list[Question]
    number: int
    total: int
    before: str  # key of the first question of the page before, empty for the first
    has_pages: bool  # whether several questions are asked on some page, so that pages are no questions

    @property
    def question(self) -> Question:
        return self.questions[0]

    @property
    def heading(self) -> str:
        """What stands above the questions of a page; empty where one question is asked alone."""
        return self.question.page

    @property
    def is_list(self) -> bool:
        return self.question.is_list

    @property
    def can_be_skipped(self) -> bool:
        """Whether it has nothing that must be answered, and a button says so."""
        return not (self.heading or self.question.required or self.is_list)


def step_of(questionnaire: Questionnaire, answers: dict[str, Any], key: str) -> Step | None:
    """Return the page on which a question is asked, or None when it is not asked with these answers."""
    pages = questionnaire.pages(answers)
    for index, page in enumerate(pages):
        if any(question.key == key for question in page):
            before = pages[index - 1][0].key if index else ""
            return Step(page, index + 1, len(pages), before, any(one[0].page for one in pages))
    return None


def following(questionnaire: Questionnaire, answers: dict[str, Any], step: Step) -> Question | None:
    """
    Return the question to go on with after a page was answered: one that its own answers opened, or a list on it that is still too short;
    else the first of the next page. None after the last.
    """
    here = {question.key for question in step.questions}
    pages = questionnaire.pages(answers)
    for index, page in enumerate(pages):
        if here & {question.key for question in page}:
            opened = next((question for question in page if question.is_open(answers)), None)
            return opened or (pages[index + 1][0] if index + 1 < len(pages) else None)
    return None


def still_asked(
    questionnaire: Questionnaire, questions: list[Question], *, answers: dict[str, Any], data: Any, files: Any
) -> list[Question]:
    """Return the questions of a page but those that what was typed on it makes superfluous: what stands in their boxes is not judged."""
    if len(questions) == 1:
        return questions
    typed = QuestionForm(questions, answers=answers, data=data, files=files)
    typed.is_valid()
    apply = {one.key for one in questionnaire.asked({**answers, **typed.good()})}
    return [question for question in questions if question.key in apply]
