"""Applying online: begin, page after page of questions, leave and come back, check, send."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from catalog.models import ProcedureVersion
from catalog.queries.impact import Change, changes_since
from catalog.questionnaires.forms import QuestionForm
from catalog.questionnaires.question import Question
from catalog.questionnaires.steps import Step, following, step_of
from common.errors import DomainError, NotAllowed
from common.ids import new_secret
from common.languages import NOT_TYPED, is_switching, keeps_typed
from common.limits import allow
from common.origins import address_of
from crm import actions as crm
from crm import keys
from crm.models.case import FILLED_IN_BY
from crm.panels.applications import entries_of, remove_member, save_page
from crm.panels.prefill import UseKnown, is_decided, is_from_known, offers_for, use_known
from crm.panels.reuse import reusable_for, reuse_answer
from crm.queries.together import Application, application_of
from portal import actions
from portal.addresses import absolute
from portal.forms import FilledInBy, Resume
from portal.models import Draft
from portal.qr import qr_svg
from portal.queries.drafts import (
    draft_alone,
    draft_begun_with,
    draft_by_code,
    drafts_among,
    ended_part,
    files_to_have,
    is_over,
    may_be_for_other,
    question_count,
)
from portal.queries.procedure_page import can_apply_online
from portal.views.procedures import public_version, told_when_ended
from portal.visitors import (
    COOKIE,
    admit,
    hold_all,
    key_groups,
    key_of,
    language_of,
    remember_key,
    visitor_of,
)

GUESSES = timedelta(minutes=15)
# From one address, which may be that of a whole office, or of all telephones of a company.
BEGINNINGS, BEGINNING = 600, timedelta(minutes=10)
PRESS = "press"  # what one press of “start” sends, and no other
WEB = ["GET", "HEAD", "POST"]


@login_not_required
@require_http_methods(WEB)
@told_when_ended
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what will be asked and what to have at hand; begin the application when the person is ready."""
    version = public_version(slug)
    if not version.has_form:
        raise Http404
    possible = can_apply_online(version)
    begun = [one for one in drafts_here(request) if _is_of(one, version)]
    is_pressed = request.method == "POST" and possible
    if is_pressed and (opened := _begun(request, version, begun)):
        return opened_draft(request, *opened)
    context = {"possible": possible, "begun": begun, "is_busy": is_pressed, **_start(request, version)}
    return render(request, "portal/begin.html", context, status=429 if is_pressed else 200)


def _start(request: HttpRequest, version: ProcedureVersion) -> dict[str, Any]:
    """What the page of the beginning says of the procedure, and what its button sends."""
    return {
        "version": version,
        "files": files_to_have(version),
        "count": question_count([version]),
        "may_be_for_other": may_be_for_other(version),
        "press": request.POST.get(PRESS) or new_secret(),
    }


def _begun(request: HttpRequest, version: ProcedureVersion, here: list[Draft]) -> tuple[Draft, str] | None:
    """
    Begin an application, and return it with its key; or what the same press began before, or what was left without an answer here.

    None when too many were begun from the same place.
    """
    empty = next((one for one in here if one.case.version_id == version.pk and not one.case.answers), None)
    if empty is not None:
        return empty, key_of(request, empty)
    key = key_of_this_press(request, [version])
    if key is None:
        return None
    draft = draft_begun_with(key) or actions.begin_draft(
        version, by=visitor_of(request), key=key, language=language_of(request), once=True
    )
    return draft, key


def _is_of(draft: Draft, version: ProcedureVersion) -> bool:
    """Whether a draft is for a procedure alone."""
    return draft.case.bundle_id is None and draft.case.version.procedure_id == version.procedure_id


def key_of_this_press(request: HttpRequest, versions: Sequence[ProcedureVersion]) -> str | None:
    """
    Return the key of what this press of “start” begins, the same for the same press; None when too many were begun from the same place.
    """
    key = keys.key_of_press(
        request.POST.get(PRESS) or new_secret(),
        browser=request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
        subject=" ".join(str(version.pk) for version in versions),
    )
    is_new = draft_begun_with(key) is None
    if is_new and not allow("begin", address_of(request), times=BEGINNINGS, within=BEGINNING):
        return None
    return key


def opened_draft(request: HttpRequest, draft: Draft, key: str) -> HttpResponse:
    """Go to the first page of a draft that was begun, and keep its key here."""
    hold_all(request, draft.case)
    response = redirect("portal:for-whom" if "for_other" in request.POST else "portal:draft", draft.code)
    remember_key(response, draft, key)
    return response


def drafts_here(request: HttpRequest) -> list[Draft]:
    """The drafts whose key this browser keeps."""
    codes = [name.removeprefix(COOKIE) for name in request.COOKIES if name.startswith(COOKIE)]
    return [draft for draft in drafts_among(codes) if key_of(request, draft)] if codes else []


@login_not_required
@require_http_methods(WEB)
@keeps_typed
def resume(request: HttpRequest) -> HttpResponse:
    """Come back to a draft with its number and key; those of this device need neither."""
    form = Resume(
        request.POST if request.method == "POST" else None,
        initial={"code": request.GET.get("draft", "")[:20]},
    )
    if form.is_bound and form.is_valid():
        draft = draft_by_code(form.cleaned_data["code"])
        if draft and admit(request, draft, form.cleaned_data["key"]):
            response = redirect("portal:draft", draft.code)
            remember_key(response, draft, keys.tidy(form.cleaned_data["key"]))
            return response
        form.add_error(None, _refused_key(request, form.cleaned_data["code"]))
    context = {"form": form, "drafts": drafts_here(request)}
    return render(request, "portal/resume.html", context, status=422 if form.errors else 200)


def _refused_key(request: HttpRequest, code: str) -> str:
    """Count a wrong key, and say so. Only failures count: no guesses of others keep out whoever holds the right one."""
    counted = allow("draft-key", code, times=20, within=GUESSES) and allow(
        "key-address", address_of(request), times=120, within=GUESSES
    )
    if not counted:
        return gettext("This was tried too many times. Wait fifteen minutes, or call line 101.")
    return gettext("This number and this key do not belong together. Check both against what you wrote down.")


def for_holder(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only the draft's holder in; anybody else is asked for the key, keeping what was sent."""

    @wraps(view)
    def held(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = draft_alone(code) if request.method == "POST" else draft_by_code(code)
        typed = request.POST.get("resume_key", "")
        if draft is None or not admit(request, draft, typed):
            return _ask_key(request, code, _refused_key(request, code) if typed else "")
        if is_over(draft):
            return render(request, "portal/draft_over.html", {"draft": draft}, status=410)
        if request.method != "POST" and (ending := ended_part(draft, language_of(request))):
            # What is sent is kept first: the page that follows says that it can not be filed any more.
            context = {"draft": draft, "ending": ending}
            return render(request, "portal/draft_ended.html", context, status=410)
        response = view(request, draft, *args, **kwargs)
        if typed:
            remember_key(response, draft, keys.tidy(typed))
        return response

    return login_not_required(require_http_methods(WEB)(held))


def _ask_key(request: HttpRequest, code: str, error: str) -> HttpResponse:
    """Ask for the key of a draft, existing or not, keeping what was sent in the page itself."""
    kept = [
        (name, value) for name, values in request.POST.lists() for value in values if name not in NOT_TYPED
    ]
    context = {"code": code, "error": error, "kept": kept, "had_files": bool(request.FILES)}
    return render(request, "portal/ask_key.html", context, status=403)


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
    found = [(case, change) for case in application.cases for change in changes_since(case.version_id)]
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
