"""Applying online: page after page of questions."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.queries.impact import Change
from catalog.questionnaires.forms import QuestionForm
from catalog.questionnaires.question import Question
from catalog.questionnaires.steps import Step, following, step_of
from common.errors import DomainError, NotAllowed
from common.languages import is_switching, keeps_typed
from crm import actions as crm
from crm.models.case import FILLED_IN_BY
from crm.panels.applications import entries_of, remove_member, save_page
from crm.panels.prefill import UseKnown, is_decided, is_from_known, offers_for, use_known
from crm.panels.reuse import reusable_for, reuse_answer
from crm.queries.together import Application, application_of
from crm.queries.touched import news_for
from portal.addresses import absolute
from portal.forms import FilledInBy
from portal.models import Draft
from portal.qr import qr_svg
from portal.queries.drafts import (
    draft_by_code,
    may_be_for_other,
)
from portal.views.drafts import for_holder
from portal.visitors import (
    key_groups,
    key_of,
    visitor_of,
)


@for_holder
def continue_draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Go to the first question without an answer, else to the check; to the receipt when it is filed."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    application = application_of(draft.case)
    open_question = application.form.first_open(application.answers)
    if open_question and _should_offer(application, open_question):
        return redirect("portal:known", draft.code)
    if open_question:
        return redirect("portal:question", draft.code, open_question.key)
    return redirect("portal:check", draft.code)


def _should_offer(application: Application, question: Question) -> bool:
    """Whether what we know is to be offered before a question: once, when those about the applicant are done."""
    is_own = not question.key.startswith("applicant_")
    return is_own and not is_decided(application) and bool(offers_for(application))


@for_holder
@keeps_typed
def offer_known(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show what we know and from where, and use as answers what the person ticks, nothing else."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    application = application_of(draft.case)
    offers = offers_for(application)
    if not offers:
        return redirect("portal:draft", draft.code)
    is_sent = request.method == "POST"
    form = UseKnown(offers, request.POST if is_sent else None)
    if is_sent and not is_switching(request) and form.is_valid():
        try:
            use_known(application, by=visitor_of(request), keys=form.cleaned_data["used"])
        except NotAllowed:
            raise
        except DomainError:  # sent meanwhile in another window
            pass
        return redirect("portal:draft", draft.code)
    status = 422 if form.errors else 200
    return render(request, "portal/known.html", {"draft": draft, "form": form}, status=status)


@for_holder
@keeps_typed
def say_for_whom(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Ask whoever applies for somebody else who they are; the questions that follow are about the other."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    if not may_be_for_other(draft.case.version):
        return redirect("portal:draft", draft.code)
    application = application_of(draft.case)
    sent = request.POST if request.method == "POST" else None
    form = FilledInBy(sent, initial=application.answers.get(FILLED_IN_BY) or {})
    if sent is not None and ("self" in sent or form.is_valid()):
        given = None if "self" in sent else form.cleaned_data
        try:
            crm.fill_together(application, by=visitor_of(request), answers={FILLED_IN_BY: given})
        except NotAllowed:
            raise
        except DomainError:  # sent meanwhile in another window
            pass
        return redirect("portal:draft", draft.code)
    status = 422 if form.errors else 200
    return render(request, "portal/for_whom.html", {"draft": draft, "form": form}, status=status)


@for_holder
@keeps_typed
def ask(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """Ask the questions of a page, most often one, and keep what is answered."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    application = application_of(draft.case)
    step = step_of(application.form, application.answers, key)
    if step is None:
        return redirect("portal:draft", draft.code)
    if request.method == "POST":
        try:
            return _take(request, draft, application, step)
        except NotAllowed:
            raise
        except DomainError:  # sent meanwhile in another window
            return redirect("portal:draft", draft.code)
    form = QuestionForm(step.questions, answers=application.answers)
    return _show(request, draft, application, step, form)


def _take(request: HttpRequest, draft: Draft, application: Application, step: Step) -> HttpResponse:
    """
    Keep what was sent, and go where its button says.

    :raises DomainError: it was sent meanwhile in another window
    """
    visitor, question, sent = visitor_of(request), step.question, request.POST
    if is_switching(request):
        form = QuestionForm(step.questions, answers=application.answers, data=sent)
        return _show(request, draft, application, step, form)
    if sent.get("leave") == "anyway":
        return redirect("portal:left", draft.code)
    if "skip" in sent and step.can_be_skipped:
        crm.fill_together(application, by=visitor, answers={question.key: None})
        return redirect(_next(draft, step, sent))
    if "remove" in sent and step.is_list:
        remove_member(application, by=visitor, question=question, member=sent["remove"])
        return redirect(_address(draft, question, sent))
    if asked := _reused(application, step, sent):
        reuse_answer(application, by=visitor, question=asked, chosen=sent["reuse"])
        return redirect(_next(draft, step, sent))
    form = save_page(application, by=visitor, questions=step.questions, data=sent, files=request.FILES)
    if form.errors and not ("leave" in sent and _loses_nothing(form)):
        return _show(request, draft, application, step, form)
    if "leave" in sent:
        return redirect("portal:left", draft.code)
    return redirect(_address(draft, question, sent) if "add" in sent else _next(draft, step, sent))


def _reused(application: Application, step: Step, sent: Any) -> Question | None:
    """The question of a page whose offered paper a button uses again."""
    code = sent.get("reuse", "").rpartition(":")[0]
    files = [question for question in step.questions if question.kind == "file"]
    if "reuse" not in sent or not files:
        return None
    for question in files:
        if any(own.requirement == code for own in application.form.standing_for(question.key).values()):
            return question
    return files[0]


def _loses_nothing(form: QuestionForm) -> bool:
    """Whether nothing was typed or chosen for any question that can not be kept as it is."""
    return not form.non_field_errors() and all(
        form.is_blank(question) for question in form.questions if form.has_fault(question)
    )


def _address(draft: Draft, question: Question, sent: Any) -> str:
    tail = "?from=check" if sent.get("from") == "check" else ""
    return reverse("portal:question", args=[draft.code, question.key]) + tail


def _next(draft: Draft, step: Step, sent: Any) -> str:
    """The page after this one, or the same where its answers opened a question; changed from the check: what is still open, else the check."""
    draft = draft_by_code(draft.code) or draft
    application = application_of(draft.case)
    after = None if sent.get("from") == "check" else following(application.form, application.answers, step)
    if after and not _should_offer(application, after):
        return reverse("portal:question", args=[draft.code, after.key]) + _anchor(after, step)
    return reverse("portal:draft", args=[draft.code])


def _anchor(question: Question, step: Step) -> str:
    """Where on the page a question stands that was just opened there."""
    return f"#q-{question.key}" if question.page and question.page_key == step.question.page_key else ""


def _show(
    request: HttpRequest, draft: Draft, application: Application, step: Step, form: QuestionForm
) -> HttpResponse:
    visitor, answers = visitor_of(request), application.answers
    context = {
        "changes": changes_of(application),
        "reusable": [
            one for question in step.questions for one in reusable_for(application, question, by=visitor)
        ],
        "draft": draft,
        "several": len(application.cases) if len(application.cases) > 1 else 0,
        "step": step,
        "form": form,
        "from_check": "check" if "check" in (request.GET.get("from"), request.POST.get("from")) else "",
        "is_leaving": bool(form.errors) and "leave" in request.POST,
        "entries": entries_of(application, step.question) if step.is_list else [],
        "known": [one.label for one in step.questions if is_from_known(answers, one.key)],
    }
    return render(request, "portal/question.html", context, status=422 if form.errors else 200)


def changes_of(application: Application) -> list[Change]:
    """Return what the procedures of an application ask otherwise since it was begun; of several, each says of which it tells."""
    found = [(case, change) for case in application.cases for change in news_for(case)]
    if not application.is_bundle:
        return [change for _case, change in found]
    return [replace(change, sentence=f"{case.version.title}: {change.sentence}") for case, change in found]


@for_holder
def show_changes(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say what the procedure asks otherwise since this was begun, and let the person choose under which text it goes on."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    application = application_of(draft.case)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            crm.renew_together(application, by=visitor_of(request))
            return redirect("portal:draft", draft.code)
        except NotAllowed:
            raise
        except DomainError as refusal:
            error = refusal
    changes = changes_of(application)
    if not changes and error is None:
        return redirect("portal:draft", draft.code)
    context = {"draft": draft, "changes": changes, "error": error}
    return render(request, "portal/draft_changes.html", context, status=409 if error else 200)


@for_holder
def show_left(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Tell how to come back."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    address = absolute("portal:draft", draft.code)
    context = {
        "draft": draft,
        "key": key_groups(key_of(request, draft)),
        "address": address,
        "qr": qr_svg(address),
    }
    return render(request, "portal/left.html", context)
