"""Filling in an application, on whatever channel."""

from accounts.actors import Actor
from catalog.questionnaires.question import Questionnaire
from config.demo.answers import answers_of, files_of
from config.demo.lives import Life
from config.demo.scenes.stage import Stage
from crm import actions as crm
from crm.models import Case


def fill(stage: Stage, case: Case, life: Life, *, by: Actor, only: int | None = None) -> None:
    """Answer every question and hand in every file; with `only`, stop after so many questions, as somebody who is interrupted does."""
    form = Questionnaire(stage.version(life.topic.version).content)
    given = answers_of(form, life.citizen, seed=f"case {life.number}", on=life.filed_on)
    if only is not None:
        crm.fill_case(case, by=by, answers=dict(list(given.items())[:only]))
        return
    for question in files_of(form, given):
        paper = crm.add_document(case, by=by, file=stage.paper, requirement=question.requirement)
        given[question.key] = {"document": str(paper.pk), "name": paper.name}
    crm.fill_case(case, by=by, answers=given)
