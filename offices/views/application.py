"""
An application in the citizen's name: the same form as on the web, all its questions at once; then the
receipt.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.questionnaires.forms import QuestionForm
from common import clock, links
from common.errors import DomainError, NotAllowed, shown_on
from crm import keys
from crm.models import Case, PartyRole
from crm.models.interaction import SURE_ENOUGH
from crm.panels import applications
from crm.panels.mandates import name_of, present_words, speaking_in
from crm.panels.prefill import UseKnown, offered_to_staff, use_known_in_person
from crm.panels.promises import estimate_of
from crm.panels.reuse import reuse_choice, reuse_choices
from crm.permissions import can_be_given_key
from offices import actions
from offices.codes import qr
from offices.models import Visit, VisitMatter
from offices.views.visit import KEYS, matter_of, to_visit, visit_of


@require_POST
@room_required("desk")
def begin_case(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Begin an application for a matter."""
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    key = keys.new_key()
    try:
        case = actions.begin_case_here(matter, by=request.actor, key=key)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return to_visit(visit, matter)
    _keep(request, case, key=key)
    return redirect("offices:application", visit.pk, matter.pk)


def _keep(request: ActorRequest, case: Case, **secrets: str) -> None:
    kept = request.session.get(KEYS, {})
    kept[str(case.pk)] = {**kept.get(str(case.pk), {}), **secrets}
    request.session[KEYS] = kept


def _drafted(request: ActorRequest, visit_id: UUID, matter_id: int) -> tuple[Visit, VisitMatter, Case]:
    visit = visit_of(request, visit_id)
    matter = matter_of(visit, matter_id)
    if matter.case is None:
        raise Http404
    return visit, matter, matter.case


@room_required("desk")
def fill_case(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Show all questions; keep every good answer; file when all is there."""
    visit, matter, case = _drafted(request, visit_id, matter_id)
    if not case.is_draft:
        return redirect("offices:receipt", visit.pk, matter.pk)
    if request.method != "POST":
        return _render_form(request, visit, matter, case, applications.whole_form(case))
    if "remove" in request.POST:
        applications.remove_named(case, by=request.actor, named=request.POST["remove"])
        return redirect("offices:application", visit.pk, matter.pk)
    form = applications.save_whole(case, by=request.actor, data=request.POST, files=request.FILES)
    if "reuse" in request.POST:
        with shown_on(form):
            reuse_choice(case, by=request.actor, chosen=request.POST["reuse"], interaction=case.source)
            return redirect("offices:application", visit.pk, matter.pk)
    if "use_known" in request.POST:
        return _use_known(request, visit, matter, case, form)
    if "leave" in request.POST:
        messages.info(request, gettext("The answers are kept. Nothing was filed yet."))
        return to_visit(visit, matter)
    if "file" in request.POST and _is_filed(case):  # meanwhile, by the same click sent twice
        return redirect("offices:receipt", visit.pk, matter.pk)
    if "file" in request.POST and form.is_valid():
        with shown_on(form):
            case, code = actions.file_case_here(matter, by=request.actor)
            if code:
                _keep(request, case, code=code)
            return redirect("offices:receipt", visit.pk, matter.pk)
    if not form.errors:
        return redirect("offices:application", visit.pk, matter.pk)
    return _render_form(request, visit, matter, case, form, status=422)


def _use_known(
    request: ActorRequest, visit: Visit, matter: VisitMatter, case: Case, form: QuestionForm
) -> HttpResponse:
    """Fill in what the person let us use."""
    known = offered_to_staff(case, request.POST)
    if known is not None and not known.is_valid():
        return _render_form(request, visit, matter, case, form, known=known, status=422)
    if known is not None:
        use_known_in_person(case, by=request.actor, keys=known.cleaned_data["used"])
    return redirect("offices:application", visit.pk, matter.pk)


def _is_filed(case: Case) -> bool:
    return Case.objects.submitted().filter(pk=case.pk).exists()


def _render_form(
    request: ActorRequest,
    visit: Visit,
    matter: VisitMatter,
    case: Case,
    form: QuestionForm,
    *,
    known: UseKnown | None = None,
    status: int = 200,
) -> HttpResponse:
    case = Case.objects.select_related("version", "source__person__merged_into").get(pk=case.pk)
    context: dict[str, Any] = {
        "visit": visit,
        "ticket": visit.ticket,
        "matter": matter,
        "case": case,
        "form": form,
        "entries": applications.entries_in(case, form),
        "known": known or offered_to_staff(case),
        "reusable": reuse_choices(case, by=request.actor, interaction=visit.interaction),
        "who": _who(visit, request),
        "now": clock.now(),
    }
    return render(request, "offices/application.html", context, status=status)


def _who(visit: Visit, request: ActorRequest) -> str:
    contact = visit.interaction
    speaking = speaking_in(contact, actor=request.actor)
    return present_words(name_of(contact.person), speaking) if contact.person else ""


def _filed_for(case: Case) -> dict[str, str]:
    """
    Who filed it for whom, where they are two: a name that we know only of whoever showed who they are, or is spoken for by a mandate; else
    as it was written in this case.
    """
    parties = {party.role: party for party in case.parties.select_related("person__merged_into")}
    representative = parties.get(PartyRole.REPRESENTATIVE)
    if representative is None:
        return {"filed_by": "", "filed_for": ""}
    is_sure = case.filed_level >= SURE_ENOUGH
    by_mandate = is_sure and representative.mandate_id is not None
    applicant = parties[PartyRole.APPLICANT].person
    return {
        "filed_by": name_of(representative.person) if is_sure else case.filler_as_told,
        "filed_for": name_of(applicant) if by_mandate else case.applicant_as_told,
    }


@room_required("desk")
def show_receipt(request: ActorRequest, visit_id: UUID, matter_id: int) -> HttpResponse:
    """Show the receipt to hand over: folio, key, claim code, what happens next, by when."""
    visit, matter, case = _drafted(request, visit_id, matter_id)
    if case.is_draft:
        return redirect("offices:application", visit.pk, matter.pk)
    is_theirs = can_be_given_key(visit.interaction, case)  # else the key is the citizen's alone
    kept = request.session.get(KEYS, {}).get(str(case.pk), {}) if is_theirs else {}
    follow = request.build_absolute_uri(links.url("follow") or reverse("offices:desk"))
    printed_at: datetime = clock.now()
    context = {
        "visit": visit,
        "matter": matter,
        "case": case,
        "key": keys.pretty(kept["key"]) if kept.get("key") else "",
        "code": kept.get("code", ""),
        "is_theirs": is_theirs,
        **_filed_for(case),
        "estimate": estimate_of(case),
        "follow": follow,
        "qr": qr(follow),
        "printed_at": printed_at,
    }
    with override(case.language):  # the citizen's, not the clerk's
        return render(request, "offices/receipt.html", {**context, "answers": applications.answer_rows(case)})
