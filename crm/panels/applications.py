"""
An application's form, filled page by page (citizens) or all at once (staff): the same questions, checks and actions, for one case or for
those of a bundle.
"""

from typing import Any

from accounts.actors import Actor
from catalog.questionnaires.forms import QuestionForm, entry_words, shown
from catalog.questionnaires.members import identified
from catalog.questionnaires.question import Question, Questionnaire
from catalog.questionnaires.steps import still_asked
from common.errors import DomainError, shown_on
from crm import actions, files
from crm.models import Case
from crm.panels.prefill import is_from_known, mended
from crm.queries.together import Application
from territory.queries.communes import commune_names


def questionnaire(case: Case) -> Questionnaire:
    """Return the questions of the version a case was begun under."""
    return Application((case,)).form


def save_page(
    application: Application, *, by: Actor, questions: list[Question], data: Any, files: Any
) -> QuestionForm:
    """
    Check the answers to the questions of a page and keep every good one; the form returned says what to do about the others.

    What the page's own answers make superfluous is not judged; what they open is asked at the next look. A list takes one entry more
    when its boxes are filled in; left blank, it stays as it is.
    """
    questions = still_asked(application.form, questions, answers=application.answers, data=data, files=files)
    return _save(application, questions, by=by, data=data, uploads=files)


def entries_of(application: Application, question: Question) -> list[dict[str, str]]:
    """Return the entries of a list as they are read, each with the id by which it is taken off."""
    return [
        {"id": one["id"], "words": entry_words(question, one)}
        for one in identified(application.answers.get(question.key))
    ]


def entries_in(case: Case, form: QuestionForm) -> list[dict[str, str]]:
    """Return the entries of all lists of a whole form, each with what the button sends that takes it off (`remove_named`)."""
    return [
        {"value": f"{question.key}:{one['id']}", "words": one["words"]}
        for question in form.questions
        if question.is_list
        for one in entries_of(Application((case,)), question)
    ]


def remove_named(case: Case, *, by: Actor, named: str) -> None:
    """Take off a list what a button of `entries_in` names; what is not on it (any more) changes nothing."""
    key, _separator, entry = named.rpartition(":")
    question = questionnaire(case).get(key)
    if question is not None and question.is_list:
        remove_member(Application((case,)), by=by, question=question, member=entry)


def remove_member(application: Application, *, by: Actor, question: Question, member: str) -> None:
    """Take one entry off a list, by its id; twice is once."""
    actions.change_list_together(application, by=by, key=question.key, remove=member)


def whole_form(case: Case, *, data: Any = None, files: Any = None) -> QuestionForm:
    """
    Return one form of all the questions that apply, for staff.

    With `data`, the questions that apply follow what was typed, so that a condition opens its questions at the next look.
    """
    answers = case.answers or {}
    questions = questionnaire(case).asked(answers)
    if data is not None:
        typed = QuestionForm(questionnaire(case).questions, answers=answers, data=data, files=files)
        typed.is_valid()
        questions = questionnaire(case).asked({**answers, **typed.good()})
    return QuestionForm(questions, answers=answers, data=data, files=files)


def save_whole(case: Case, *, by: Actor, data: Any, files: Any) -> QuestionForm:
    """Keep every good answer of a whole form, even when others still need mending: nothing typed is lost."""
    form = whole_form(case, data=data, files=files)
    return _save(Application((case,)), form.questions, by=by, data=data, uploads=files)


def answer_rows(case: Case) -> list[dict[str, Any]]:
    """Return question, answer and key of a case, for its file and the paper form (see `application_rows`)."""
    return application_rows(Application((case,)))


def application_rows(application: Application) -> list[dict[str, Any]]:
    """
    Return question, answer and key for “check your answers”, each once; `is_known` where it was filled in from what was known of the person,
    `given_to` names the procedures that get it, where not all of several do.
    """
    answers = application.answers
    asked = application.form.asked(answers)
    communes = commune_names(
        [str(answers.get(q.key)) for q in asked if q.kind == "commune"]
        + [_commune_in(answers.get(q.key)) for q in asked if q.kind == "address"]
    )
    return [
        {
            "key": q.key,
            "question": q.label,
            "answer": shown(q, answers.get(q.key), communes),
            "is_known": is_from_known(answers, q.key),
            "given_to": _given_to(application, q) if application.is_bundle else [],
        }
        for q in asked
    ]


def _commune_in(address: Any) -> str:
    return str(address.get("commune")) if isinstance(address, dict) else ""


def _given_to(application: Application, question: Question) -> list[str]:
    cases = [case for case, _own in application.asking(question.key)]
    return [case.version.title for case in cases] if len(cases) < len(application.cases) else []


def _save(
    application: Application, questions: list[Question], *, by: Actor, data: Any, uploads: Any
) -> QuestionForm:
    form = QuestionForm(questions, answers=application.answers, data=data, files=uploads)
    form.is_valid()
    good, added = form.good(), []
    good |= mended(application, good)
    passed: dict[str, Any] = {}  # kept only where there is no answer yet
    for question in questions:
        if question.kind == "file" and not question.required and not form.cleaned_data.get(question.key):
            passed[question.key] = None
        elif question.is_list and good.pop(question.key, None) is not None:
            passed[question.key] = []
            added += [(question, new)] if (new := form.new_member(question)) else []
    with shown_on(form):
        filled = application
        if good or passed:
            filled = actions.fill_together(application, by=by, answers=good, unless_given=passed)
        for question, new in added:
            filled = actions.change_list_together(filled, by=by, key=question.key, add=new)
        _take_over(application, filled, form)
    for key, upload in form.uploads().items():
        with shown_on_field(form, key):
            filled = actions.give_file_together(application, by=by, key=key, file=files.store(upload))
            _take_over(application, filled, form)
    return form


def _take_over(application: Application, filled: Application, form: QuestionForm) -> None:
    """Go on with the answers as they are kept now."""
    for case, kept in zip(application.cases, filled.cases, strict=True):
        case.answers = kept.answers
    form.given = application.answers


class shown_on_field:  # noqa: N801  # reads like the context manager it is
    """Show a refusal at one field; a missing permission stays a 403."""

    def __init__(self, form: QuestionForm, field: str) -> None:
        self.form, self.field = form, field

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        from common.errors import NotAllowed

        if isinstance(error, DomainError) and not isinstance(error, NotAllowed):
            self.form.add_error(self.field, str(error))
            return True
        return False
