"""The form of a draft as the citizen will see it: walked with answers that are kept in the page alone, so that nothing is stored."""

import json
from typing import Any

from csp.constants import SELF
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.models import ProcedureVersion
from catalog.queries import previews
from catalog.questionnaires import drafting
from catalog.questionnaires.checks import sound
from catalog.questionnaires.forms import QuestionForm, entry_words, shown
from catalog.questionnaires.members import identified
from catalog.questionnaires.question import Questionnaire
from catalog.questionnaires.steps import Step, following, step_of, still_asked
from catalog.views.procedure import open_draft, procedure_or_404
from common.languages import NOT_TYPED, is_switching, keeps_typed

Answers = dict[str, Any]
STATE = {"at", "given"}
DEEPEST = 200_000  # characters of answers that a page carries: as much as an application holds


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@room_required("catalogue")
@xframe_options_sameorigin
def walk(request: ActorRequest, code: str) -> HttpResponse:
    """Ask a page of questions, and after it the next, as an application would; it may be framed by our page of a phone's width."""
    response = _walked(request, code)
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # as django-csp's decorator does
    return response


def _walked(request: ActorRequest, code: str) -> HttpResponse:
    version = open_draft(procedure_or_404(request, code))
    if version is None or not drafting.rows_of(version.content):
        messages.info(request, _("There is no form to preview."))
        return redirect("catalog:procedure", code)
    walked = Questionnaire(version.content)
    given = _given(request, walked)
    step = _step(walked, given, _place(request, version))
    if request.method == "POST" and is_switching(request):
        return _show_step(request, version, step, given, _typed(request, step, given))
    if request.method == "POST" and "begin" not in request.POST:
        return _take(request, version, walked, step, given)
    return _show_step(request, version, step, given)


@require_safe
@room_required("catalogue")
def show_phone(request: ActorRequest, code: str) -> HttpResponse:
    """Show the preview at the width of a phone."""
    procedure = procedure_or_404(request, code)
    context = {"procedure": procedure, "question": request.GET.get("question", "")[:60]}
    return render(request, "catalog/form_phone.html", context)


def _place(request: ActorRequest, version: ProcedureVersion) -> str:
    """The question at which the walk is; it begins with the first that is the sheet's own."""
    rows = drafting.rows_of(version.content)
    return request.POST.get("at") or request.GET.get("question") or str(rows[0]["key"])


def _given(request: ActorRequest, walked: Questionnaire) -> Answers:
    """The answers that the page carries, as far as they are answers."""
    carried = request.POST.get("given", "")
    try:
        read = json.loads(carried) if carried and len(carried) <= DEEPEST else {}
    except (ValueError, RecursionError):
        return {}
    return sound(walked.questions, read) if isinstance(read, dict) else {}


def _step(walked: Questionnaire, given: Answers, key: str) -> Step:
    """The page of a question; one that is not asked with these answers is shown all the same, alone."""
    question = walked.get(key)
    if question is None:
        raise Http404
    return step_of(walked, given, key) or Step([question], 1, 1, "", has_pages=False)


def _typed(request: ActorRequest, step: Step, given: Answers) -> QuestionForm:
    """What was typed on a page that is only read in the other language now; nothing, where it was not sent yet."""
    is_sent = set(request.POST) - STATE - NOT_TYPED
    return QuestionForm(step.questions, answers=given, data=request.POST if is_sent else None)


def _take(
    request: ActorRequest, version: ProcedureVersion, walked: Questionnaire, step: Step, given: Answers
) -> HttpResponse:
    """Take the answers of a page, and show where its button leads."""
    sent, question = request.POST, step.question
    if "back" in sent:
        return _go(request, version, walked, given, step.before or question.key)
    if "skip" in sent and step.can_be_skipped:
        given[question.key] = None
    elif "remove" in sent and step.is_list:
        left = [one for one in identified(given.get(question.key)) if one["id"] != sent["remove"]]
        return _go(request, version, walked, {**given, question.key: left}, question.key)
    else:
        questions = still_asked(walked, step.questions, answers=given, data=sent, files=request.FILES)
        form = QuestionForm(questions, answers=given, data=sent, files=request.FILES)
        if not form.is_valid():
            return _show_step(request, version, step, given, form)
        files = {key: {"name": file.name[:200]} for key, file in form.uploads().items()}
        given = {**given, **form.answers(), **files}
        passed = {one.key: None for one in questions if one.kind == "file" and one.key not in given}
        given |= passed
        if "add" in sent:
            return _go(request, version, walked, given, question.key)
    after = following(walked, given, step)
    return _go(request, version, walked, given, after.key if after else "")


def _go(
    request: ActorRequest, version: ProcedureVersion, walked: Questionnaire, given: Answers, key: str
) -> HttpResponse:
    """Show the page of a question, or the answers where there is none."""
    now = QueryDict(mutable=True)
    now.update({"at": key, "given": json.dumps(given)})
    request.POST = now  # type: ignore[assignment]  # what the other language draws again is this page, not the one that was sent
    if key:
        return _show_step(request, version, _step(walked, given, key), given)
    rows = [
        {"question": one.label, "answer": shown(one, given.get(one.key))}
        for one in walked.asked(given)
        if one.key in given
    ]
    return render(request, "catalog/form_preview_check.html", {**_frame(version, given), "rows": rows})


def _show_step(
    request: ActorRequest,
    version: ProcedureVersion,
    step: Step,
    given: Answers,
    form: QuestionForm | None = None,
) -> HttpResponse:
    here = {question.key for question in step.questions}
    frame = _frame(version, given)
    context = {
        **frame,
        "step": step,
        "form": form or QuestionForm(step.questions, answers=given),
        "conditional": [row for row in frame["outline"] if row["key"] in here and row["condition"]],
        "entries": [
            {"id": one["id"], "words": entry_words(step.question, one)}
            for one in identified(given.get(step.question.key))
        ]
        if step.is_list
        else [],
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "catalog/form_preview.html", context, status=status)


def _frame(version: ProcedureVersion, given: Answers) -> dict[str, Any]:
    """What every page of the preview shows around the questions, and carries."""
    asked = {question.key for question in Questionnaire(version.content).asked(given)}
    outline = [
        {"key": row.key, "label": row.label, "condition": row.condition, "is_asked": row.key in asked}
        for row in previews.question_rows(version)
    ]
    return {
        "procedure": version.procedure,
        "version": version,
        "given": json.dumps(given),
        "outline": outline,
    }
