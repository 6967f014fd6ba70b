"""One's case: where it stands, its thread and papers, the answer to the agency."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed, shown_on
from common.languages import keeps_typed
from crm import actions as crm
from crm import files, folios
from crm.actions.messages import may_still_write
from crm.files import StoredFile
from crm.message_forms import Messages
from crm.models import Case, CaseState, Document, Interaction
from crm.panels.cards import case_file
from crm.panels.papers import hand_out
from crm.panels.promises import estimate_of
from crm.panels.requirements import addressed, requirement_lines, tie_papers
from crm.panels.reuse import reuse_choice, reuse_choices
from crm.queries.levels import level_of_key, was_filed_by_themselves
from crm.queries.messages import conversation
from crm.queries.notifications import effect_of, wish_for
from crm.queries.questions import open_questions
from crm.queries.readings import readings_of_case
from crm.queries.remedies import remedy_of
from portal import actions
from portal.forms import OTHER_PAPER, Answer, Follow, Letter, Paper
from portal.queries.progress import parts_of, progress_of
from portal.views.follow import NEW_KEYS, VISITS
from portal.views.receipts import survey_url_of
from portal.visitors import key_groups, language_of, visitor_of

DOCUMENT_SEEN = 500
VISIT_SECONDS = 25 * 60  # within them, coming back is the same contact


def for_holder(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """
    Let only holders of the case's key in, and only where its sheet lets a key alone open it; anybody else is asked for it, whether the
    case exists or not.
    """

    @wraps(view)
    def held(request: HttpRequest, folio: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        cases = (
            Case.objects.visible_to(visitor_of(request))
            .submitted()
            .select_related("version__procedure__agency")
        )
        case = cases.filter(folio=folios.normalise(folio) or "").first()
        if case is None:
            context = {"form": Follow(initial={"folio": folio[:20]}), "must_show_key": True}
            return render(request, "portal/follow.html", context, status=403)
        level = level_of_key(case, "status")
        if not level.is_enough:
            return render(request, "portal/level.html", {"case": case, "level": level}, status=403)
        return view(request, case, *args, **kwargs)

    return login_not_required(require_http_methods(["GET", "HEAD", "POST"])(held))


def _visit(request: HttpRequest, case: Case) -> Interaction:
    """Return the contact of this visit, begun now if there is none."""
    visits = request.session.get(VISITS, {})
    interaction_id, since = visits.get(str(case.pk), ("", 0))
    if time.time() - since < VISIT_SECONDS:
        visit = Interaction.objects.filter(pk=interaction_id, wrapped_up_at__isnull=True).first()
        if visit:
            return visit
    visit = actions.begin_visit(case, by=visitor_of(request), language=language_of(request))
    kept = dict(sorted(visits.items(), key=lambda one: one[1][1])[-19:])
    request.session[VISITS] = {**kept, str(case.pk): (str(visit.pk), time.time())}
    return visit


@for_holder
def show_readings(request: HttpRequest, case: Case) -> HttpResponse:
    """
    Show who of the State looked at the case and why; and at the applicant's file, where their card was seen when they filed it: a key alone
    may be that of somebody who knew a number.
    """
    is_whole = was_filed_by_themselves(case, level=DOCUMENT_SEEN)
    page = readings_of_case(case, is_whole=is_whole, place=request.GET.get("place", ""))
    context = {"case": case, "is_whole": is_whole, "readings": page.rows, "pages": page.links(request.GET)}
    return render(request, "portal/readings.html", context)


@for_holder
def show_case(request: HttpRequest, case: Case) -> HttpResponse:
    """Show where the case stands, in plain words first."""
    before = request.GET.get("before", "")
    before_seq = int(before) if before.isdecimal() and len(before) <= 18 else None
    file = case_file(case, actor=visitor_of(request), before_seq=before_seq)
    visit = _visit(request, case)
    messages = conversation(case, actor=visitor_of(request))
    if any(message.is_new for message in messages):  # type: ignore[attr-defined]  # set by the query
        actions.read_in_visit(case, by=visitor_of(request))
    context = {
        "case": case,
        "version": case.version,
        "messages_of_case": messages,
        "may_write": may_still_write(case, clock.now()),
        "file": file,
        "requirements": addressed(
            file.requirements, lambda paper: reverse("portal:paper", args=[case.folio, paper.pk])
        ),
        "progress": progress_of(case),
        "estimate": estimate_of(case),
        "parts": parts_of(case),
        "effect": effect_of(case),
        "remedy": remedy_of(case),
        "survey_url": survey_url_of(visit.pk),
        "done": request.GET.get("done", ""),
        "filed_with": _filed_with(request, case),
        "new_key": key_groups(request.session.get(NEW_KEYS, {}).get(str(case.pk), "")),
    }
    return render(request, "portal/case.html", context)


def _filed_with(request: HttpRequest, case: Case) -> list[Case]:
    """Return the others of its bundle, as far as this browser has shown their keys."""
    if case.bundle_id is None:
        return []
    return list(Case.objects.visible_to(visitor_of(request)).filed_with(case).select_related("version"))


@for_holder
@keeps_typed
def answer(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer the agency, with a paper if there is one."""
    asked = request.POST.get("question") or request.GET.get("question", "")
    waiting = tie_papers(list(open_questions(case)), requirement_lines(case))
    question = next((one for one in waiting if str(one.pk) == asked), waiting[0] if waiting else None)
    form = Answer(case, request.POST, request.FILES) if request.method == "POST" else Answer(case)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            stored = _stored(form)
            if not form.errors:
                actions.answer_in_visit(
                    case,
                    by=visitor_of(request),
                    visit=_visit(request, case),
                    text=form.cleaned_data["text"],
                    question_id=UUID(asked) if _is_id(asked) else None,
                    file=stored,
                    requirement=_requirement(form),
                )
                return redirect(_done(case, "answered"))
    if question is None and not form.errors:
        return redirect("portal:case", case.folio)
    context = {"case": case, "form": form, "question": question}
    return render(request, "portal/answer.html", context, status=422 if form.errors else 200)


@for_holder
@keeps_typed
def write(request: HttpRequest, case: Case) -> HttpResponse:
    """Write to an agency of the case, of one's own accord."""
    if request.method != "POST" and not may_still_write(case, clock.now()):
        return redirect("portal:case", case.folio)
    form = Letter(case, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data.get("stage", "")
        with shown_on(form):
            actions.write_in_visit(
                case,
                by=visitor_of(request),
                visit=_visit(request, case),
                text=form.cleaned_data["text"],
                stage_id=UUID(chosen) if chosen else None,
            )
            return redirect(_done(case, "written"))
    return render(
        request, "portal/write.html", {"case": case, "form": form}, status=422 if form.errors else 200
    )


@for_holder
@keeps_typed
def add_paper(request: HttpRequest, case: Case) -> HttpResponse:
    """Hand in a paper; one sent as the case was decided is refused in words rather than dropped."""
    if request.method != "POST" and not case.is_open:
        return redirect("portal:case", case.folio)
    if "reuse" in request.POST:
        return _reuse(request, case)
    form = Paper(case, request.POST, request.FILES) if request.method == "POST" else Paper(case)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            stored = _stored(form)
            if stored:
                actions.add_paper_in_visit(
                    case,
                    by=visitor_of(request),
                    visit=_visit(request, case),
                    file=stored,
                    requirement=_requirement(form),
                )
                return redirect(_done(case, "paper"))
    return _render_add_paper(request, case, form)


def _render_add_paper(request: HttpRequest, case: Case, form: Paper) -> HttpResponse:
    context = {"case": case, "form": form, "reusable": reuse_choices(case, by=visitor_of(request))}
    return render(request, "portal/add_paper.html", context, status=422 if form.errors else 200)


def _reuse(request: HttpRequest, case: Case) -> HttpResponse:
    """Use a paper of another case again; a refusal is told on the page."""
    try:
        reuse_choice(
            case, by=visitor_of(request), chosen=request.POST["reuse"], interaction=_visit(request, case)
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        form = Paper(case, {})
        form.full_clean()
        form.errors.clear()
        form.add_error(None, str(refusal))
        return _render_add_paper(request, case, form)
    return redirect(_done(case, "paper"))


@for_holder
@keeps_typed
def choose_messages(request: HttpRequest, case: Case) -> HttpResponse:
    """Say how, and of what, one is told."""
    wish = wish_for(case)
    sent = request.POST if request.method == "POST" else None
    form = Messages(sent, initial={"channel": wish.channel, "scope": wish.scope})
    if form.is_bound and form.is_valid():
        with shown_on(form):
            crm.wish_messages_in_case(
                case, by=visitor_of(request), interaction=_visit(request, case), **form.cleaned_data
            )
            return redirect(_done(case, "messages"))
    status = 422 if form.errors else 200
    return render(request, "portal/messages.html", {"case": case, "form": form}, status=status)


@for_holder
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    """Withdraw, after asking whether one is sure; what is decided or withdrawn already is shown as it is."""
    if request.method != "POST" and not case.is_open:
        return redirect("portal:case", case.folio)
    error = ""
    if request.method == "POST":
        try:
            actions.withdraw_in_visit(case, by=visitor_of(request), visit=_visit(request, case))
            return redirect(_done(case, "withdrawn"))
        except NotAllowed:
            raise
        except IllegalMove as refusal:
            return redirect(_done(case, "withdrawn" if refusal.old == CaseState.WITHDRAWN else "late"))
        except DomainError as refusal:
            error = str(refusal)
    return render(
        request, "portal/withdraw.html", {"case": case, "error": error}, status=422 if error else 200
    )


@for_holder
def show_paper(request: HttpRequest, case: Case, paper: UUID) -> FileResponse:
    """Hand out one of the case's papers."""
    visitor = visitor_of(request)
    document = get_object_or_404(Document.objects.visible_to(visitor), case=case, pk=paper)
    given = hand_out(document, by=visitor)
    if given is None:
        raise Http404
    return given


def _done(case: Case, what: str) -> str:
    return f"{reverse('portal:case', args=[case.folio])}?done={what}"


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _stored(form: Form) -> StoredFile | None:
    """Put the chosen file into the store; a refusal is shown at its field."""
    upload = form.cleaned_data.get("file")
    if not upload:
        return None
    try:
        return files.store(upload)
    except DomainError as refusal:
        form.add_error("file", str(refusal))
        return None


def _requirement(form: Form) -> str:
    """The requirement a paper answers, nothing for another paper."""
    chosen = form.cleaned_data.get("requirement") or OTHER_PAPER
    return "" if chosen == OTHER_PAPER else str(chosen)
