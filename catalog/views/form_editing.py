"""The form of a draft, question by question: without a programmer, without JavaScript, and nothing typed is lost."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.actions.versions import NOT_AN_EDITOR
from catalog.forms import QuestionForms
from catalog.forms.answers import kind_choices
from catalog.forms.heading import Heading, Looked
from catalog.forms.question import Fields, under_another_kind
from catalog.forms.sheet import with_more_rows
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries import previews
from catalog.questionnaires import drafting
from catalog.questionnaires.rules import SETTINGS
from catalog.views.procedure import open_draft, procedure_or_404, typed_into
from common.errors import DomainError, NotAllowed, StaleVersion, require

View = Callable[..., HttpResponse]
PAGE = ["GET", "HEAD", "POST"]
# What a button of a question's screen makes of what was typed, before it is shown again; nothing is saved.
ARRANGED: dict[str, Callable[[Any], Any]] = {
    "field": partial(with_more_rows, prefix="field", made=Fields),
    "kind": under_another_kind,
}
EDITABLE = frozenset({VersionStatus.DRAFT, VersionStatus.REJECTED})


def of_draft(view: View) -> View:
    """
    Hand the open draft to a view of somebody who edits it; what was typed into one that is open no more comes with the refusal to say.
    """

    @wraps(view)
    def opened(request: ActorRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        procedure = procedure_or_404(request, code)
        require(permissions.can_edit(request.actor, procedure), NOT_AN_EDITOR)
        version, before = open_draft(procedure), typed_into(request, procedure)
        refusal: DomainError | None = None
        if before is not None and before != version:
            refusal = _ended() if version is None else _replaced()
            version = version or before
        if version is None or (request.method != "POST" and version.status not in EDITABLE):
            messages.info(request, _("There is no draft to edit."))
            return redirect("catalog:procedure", code)
        return view(request, version, refusal, *args, **kwargs)

    return room_required("catalogue")(opened)


def _ended() -> DomainError:
    told = _(
        "This draft was ended meanwhile. Your text is kept below: begin a draft on another tab, then save here."
    )
    return DomainError(told)


def _replaced() -> StaleVersion:
    return StaleVersion(
        _("Another draft was begun meanwhile. Your text is kept below: compare and save again.")
    )


# --- the list ---------------------------------------------------------------------------------------
@room_required("catalogue")
@require_safe
def show_form(request: ActorRequest, code: str) -> HttpResponse:
    """Show the questions of the open draft in order, with what can be done with each."""
    version = open_draft(procedure_or_404(request, code))
    if version is None:
        messages.info(request, _("There is no draft to edit."))
        return redirect("catalog:procedure", code)
    return _show_list(request, version)


def _show_list(
    request: ActorRequest, version: ProcedureVersion, error: DomainError | None = None
) -> HttpResponse:
    every = previews.question_rows(version)
    context = {
        "procedure": version.procedure,
        "version": version,
        "can_edit": permissions.can_edit(request.actor, version.procedure) and version.status in EDITABLE,
        "asked_of_all": [row for row in every if row.is_everywhere],
        "questions": [row for row in every if not row.is_everywhere],
        "kinds": kind_choices(SETTINGS),
        "error": error,
    }
    return render(request, "catalog/form.html", context, status=error.status if error else 200)


@require_POST
@of_draft
def move_question(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, key: str
) -> HttpResponse:
    """Move a question, or its page, one place up or down."""
    rows = _rows_with(version, key)
    changed = drafting.moved(rows, key, up=request.POST.get("to") != "down")
    return _changed(request, version, refusal, changed, at=key)


@require_POST
@of_draft
def copy_question(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, key: str
) -> HttpResponse:
    """Put a copy after a question, and open it."""
    changed, copy = drafting.copied(_rows_with(version, key), key)
    return _changed(request, version, refusal, changed, then=copy)


@require_http_methods(PAGE)
@of_draft
def remove_question(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, key: str
) -> HttpResponse:
    """Ask whether a question is to go, and take it out unless something else names it."""
    rows = _rows_with(version, key)
    try:
        drafting.refuse_if_named(version.content, key)
    except DomainError as error:
        refusal = refusal or error
    if request.method == "POST":
        return _changed(request, version, refusal, drafting.without(rows, key))
    number = [row["key"] for row in rows].index(key) + 1
    question = next(row for row in previews.question_rows(version) if row.key == key)
    context = {
        "procedure": version.procedure,
        "version": version,
        "question": question,
        "number": number,
        "refusal": refusal,
    }
    return render(request, "catalog/form_remove.html", context)


def _rows_with(version: ProcedureVersion, key: str) -> list[drafting.Row]:
    """Return the questions of a draft, among them the one that is asked for."""
    rows = drafting.rows_of(version.content)
    if drafting.row_of(rows, key) is None:
        raise Http404
    return rows


def _changed(
    request: ActorRequest,
    version: ProcedureVersion,
    refusal: DomainError | None,
    rows: list[drafting.Row],
    *,
    at: str = "",
    then: str = "",
) -> HttpResponse:
    """Save the list as a button changed it, and show it again, at a question, or open one."""
    looked = Looked(request.POST)
    looked.is_valid()
    try:
        if refusal:
            raise refusal
        drafting.refuse_contradictions(rows)
        _save(request, version, rows, looked.looked_at)
    except NotAllowed:
        raise
    except StaleVersion:
        told = _("Somebody else saved this draft meanwhile. The list below is as it is now: press again.")
        return _show_list(request, version, StaleVersion(told))
    except DomainError as error:
        return _show_list(request, version, error)
    if then:
        messages.success(request, _("The copy stands after its question. Change what is different in it."))
        return redirect("catalog:form-question", version.procedure.code, then)
    return redirect(
        reverse("catalog:form", args=[version.procedure.code]) + (f"#q-{at}" if at else "#questions")
    )


def _save(request: ActorRequest, version: ProcedureVersion, rows: list[drafting.Row], revision: int) -> None:
    actions.edit_version(
        version, by=request.actor, content={**version.content, "form": rows}, revision=revision
    )


# --- one question -----------------------------------------------------------------------------------
@require_http_methods(PAGE)
@of_draft
def add_question(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None
) -> HttpResponse:
    """Write a new question, after another or at the end."""
    return _write(request, version, refusal, key="", after=request.GET.get("after", ""))


@require_http_methods(PAGE)
@of_draft
def edit_question(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, key: str
) -> HttpResponse:
    """Change a question."""
    if request.method != "POST":
        _rows_with(version, key)
    return _write(request, version, refusal, key=key, after="")


def _write(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, *, key: str, after: str
) -> HttpResponse:
    make = _made(request, version, key=key, after=after)
    arranged = ARRANGED.get(request.POST.get("add", ""))
    if request.method != "POST":
        return _show(request, version, make(None), key=key)
    if arranged:
        return _show(
            request, version, make(arranged(request.POST)).quiet(), key=key, arranged=request.POST["add"]
        )
    typed = make(request.POST)
    if typed.is_valid():
        try:
            if refusal:
                raise refusal
            _save(request, version, typed.rows(), typed.revision)
        except NotAllowed:
            raise
        except StaleVersion as error:
            return _show_stale(request, version, make, error, key=key)
        except DomainError as error:
            typed.refuse(error)
            return _show(request, version, typed, key=key, status=409 if refusal else error.status)
        messages.success(request, _("The question is kept."))
        return redirect(reverse("catalog:form", args=[version.procedure.code]) + f"#q-{typed.saved_key}")
    return _show(request, version, typed, key=key, status=422)


def _made(
    request: ActorRequest, version: ProcedureVersion, *, key: str, after: str
) -> Callable[[Any], QuestionForms]:
    """Return what makes the forms of a question from what was posted; the kind is what was chosen last."""
    row = drafting.row_of(drafting.rows_of(version.content), key)

    def make(data: Any) -> QuestionForms:
        chosen = (data or {}).get("kind") or request.GET.get("kind") or (row or {}).get("type")
        return QuestionForms(
            version.content,
            kind=chosen if chosen in SETTINGS else "text",
            revision=version.revision,
            number=version.number,
            key=key,
            after=after,
            data=data,
        )

    return make


def _show_stale(
    request: ActorRequest,
    version: ProcedureVersion,
    make: Callable[[Any], QuestionForms],
    error: StaleVersion,
    *,
    key: str,
) -> HttpResponse:
    """Keep what was typed, beside the question as somebody else left it; saving again is then a decision."""
    data = request.POST.copy()
    data["revision"], data["number"] = str(version.revision), str(version.number)
    typed = make(data)
    typed.is_valid()
    typed.refuse(error)
    return _show(request, version, typed, key=key, status=error.status, is_stale=True)


def _show(
    request: ActorRequest,
    version: ProcedureVersion,
    typed: QuestionForms,
    *,
    key: str,
    status: int = 200,
    is_stale: bool = False,
    arranged: str = "",
) -> HttpResponse:
    saved = [row for row in previews.question_rows(version) if row.key == key] if key else []
    context = {
        "procedure": version.procedure,
        "version": version,
        "typed": typed,
        "key": key,
        "kinds": kind_choices(SETTINGS),
        "kind_name": previews.KIND_NAMES[typed.kind],
        "is_stale": is_stale,
        "arranged": arranged,
        "saved": saved[0] if saved else None,
    }
    return render(request, "catalog/form_question.html", context, status=status)


# --- a page -----------------------------------------------------------------------------------------
@require_http_methods(PAGE)
@of_draft
def name_page(
    request: ActorRequest, version: ProcedureVersion, refusal: DomainError | None, key: str
) -> HttpResponse:
    """Change the heading of the page on which a question stands, for all its questions."""
    rows = _rows_with(version, key)
    page = (drafting.row_of(rows, key) or {}).get("page")
    if not page:
        raise Http404
    shown = {"revision": version.revision, "number": version.number}
    if request.method != "POST":
        form = Heading(initial={"page_es": page["es"], "page_en": page.get("en", ""), **shown})
        return _show_page(request, version, form)
    form = Heading(request.POST)
    if form.is_valid():
        try:
            if refusal:
                raise refusal
            _save(request, version, drafting.headed(rows, page["es"], form.heading()), form.looked_at)
            return redirect(reverse("catalog:form", args=[version.procedure.code]) + f"#q-{key}")
        except NotAllowed:
            raise
        except DomainError as error:
            form = Heading({**request.POST.dict(), **shown})
            form.add_error(None, str(error))
            return _show_page(request, version, form, status=error.status)
    return _show_page(request, version, form, status=422)


def _show_page(
    request: ActorRequest, version: ProcedureVersion, form: Heading, status: int = 200
) -> HttpResponse:
    context = {"procedure": version.procedure, "version": version, "form": form}
    return render(request, "catalog/form_page.html", context, status=status)
