"""One case on one screen, and what an officer may do with it now."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.queries.teams import absences_covered_by
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.clock import ClockNow
from common.errors import shown_on
from common.pages import render_page
from crm import actions, folios, forms
from crm.actions.transitions import CHANGED_MEANWHILE
from crm.models import Case, Message, Party, PartyRole
from crm.models.stage import UNDER_WAY
from crm.panels.cards import CaseFile, case_file
from crm.panels.work import answer_lines, party_lines, stage_lines, task_lines
from crm.queries.messages import PAGE, conversation
from crm.queries.mine import tasks_of
from crm.queries.neighbours import neighbours
from crm.queries.parts import present_part, workable_parts
from crm.queries.presence import other_readers
from crm.queries.requirements import asked_papers
from crm.queries.undo import can_take_back, judged_by
from crm.views.act import Act
from crm.views.acts import ACTS, acts_now, present_stage
from crm.views.rights import right_preview
from crm.views.stale import revision_looked_at, say_it_changed


def find_case(request: ActorRequest, folio: str) -> Case:
    """
    Return the case with this folio, if the actor may see it, when it was looked at (`seen_at`), and for whom they stand in today (`away`).
    """
    cases = Case.objects.visible_to(request.actor).select_related("version__procedure__agency", "commune")
    unproven = Party.objects.filter(case=OuterRef("pk"), role=PartyRole.REPRESENTATIVE, mandate__isnull=True)
    cases = cases.annotate(
        seen_at=ClockNow(),
        has_unproven=Exists(unproven),
        asked_papers=asked_papers(),
        away=ArraySubquery(absences_covered_by(request.actor).values("user")),
    )
    return get_object_or_404(cases, folio=folios.normalise(folio) or "")


@room_required("agency")
@require_safe
def show_case(request: ActorRequest, folio: str) -> HttpResponse:
    """Show a case; reading it leaves a line in the access log."""
    return render_case(request, find_case(request, folio))


@room_required("agency")
@require_safe
def show_presence(request: ActorRequest, folio: str) -> HttpResponse:
    """Say who else reads the case; asked again every few seconds while its page is open."""
    case = find_case(request, folio)
    return render(request, "crm/_presence.html", {"readers": other_readers(case, actor=request.actor)})


@room_required("agency")
@require_http_methods(["GET", "HEAD", "POST"])
def act_on_case(request: ActorRequest, folio: str, name: str) -> HttpResponse:
    """Open the form of an act, or carry the act out."""
    act = ACTS.get(name)
    if act is None:
        raise Http404
    case = find_case(request, folio)
    if request.method != "POST":
        return render_case(request, case, act=act, form=act.form(case=case, initial=_initial(request, case)))
    form = act.form(request.POST, request.FILES, case=case)
    if form.is_valid():
        with shown_on(form):
            done = act.carry_out(
                case,
                present_stage(case, request.actor, form.cleaned_data["stage"]),
                request.actor,
                form.cleaned_data,
            )
    if form.errors:
        return render_case(request, find_case(request, folio), act=act, form=form, status=422)
    said = f"{act.done} {done}" if isinstance(done, str) else str(act.done)  # a code, shown this once
    flash.success(request, said)
    address = reverse("crm:case", args=[case.folio]) + list_query(request)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def render_case(
    request: ActorRequest,
    case: Case,
    *,
    act: Act | None = None,
    form: forms.Act | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """
    Render a case's page, with the form of an act open in its corner.

    For htmx only the corner, unless the case is not any more what whoever asks was looking at: then the whole page, which says so, and
    only then a refused form goes on under the present revision.
    """
    now, actor = case.seen_at, request.actor  # type: ignore[attr-defined]  # annotated
    looked_at = revision_looked_at(request)
    is_stale = looked_at not in {None, str(case.revision)}
    is_whole = not request.htmx or looked_at != str(case.revision)
    sent = next((one for one in (form, more.get("judgement")) if one is not None and one.is_bound), None)
    if is_stale and sent is not None:
        say_it_changed(sent, case.revision, CHANGED_MEANWHILE)
    stages = stage_lines(case, actor=actor, now=now)
    messages, file = None, None
    if is_whole:
        messages = conversation(case, actor=actor)
        all_of_them = messages if len(messages) < PAGE else None
        file = case_file(case, actor=actor, before_seq=_before(request), messages=all_of_them, now=now)
    last = file.events[-1] if file and file.is_latest and file.events else None
    mine = [line.stage for line in stages if line.is_own]
    workable = workable_parts(case, mine, [line.stage for line in stages])
    own = present_part(mine, workable, _wanted(request))
    context: dict[str, Any] = {
        "case": case,
        "act": act,
        "form": form,
        "may_judge": any(line.is_own and line.stage.state in UNDER_WAY for line in stages),
        "acts": acts_now(case, own, workable, actor, now, last),
        "part": own,
        "parts": workable,
        "initial": {"revision": case.revision, "stage": own.pk if own else None},
        "list_query": list_query(request),
        "seen_query": _seen_query(request, case),
        "file": file,
        "is_refused": status == 422,
        "is_stale": is_stale,
        "is_told": sent is not None,  # of that, by the form
        "judgement": None,
        "judged": None,
        **right_preview(case, act),
        "revocation": None,
        "revoked": None,
        **more,
    }
    if file is not None and messages is not None:
        context |= _whole(request, case, file, messages, now, may_judge=context["may_judge"])
        context["stages"] = stages
    fragment = None if is_whole else "corner"
    return render_page(request, "crm/case.html", context, fragment=fragment, status=status)


def _whole(
    request: ActorRequest,
    case: Case,
    file: CaseFile,
    messages: list[Message],
    now: datetime,
    *,
    may_judge: bool,
) -> dict[str, Any]:
    """What the page shows besides the corner; that it was read is logged, and what was new in it is not new any more."""
    actor = request.actor
    actions.log_access("open_case", by=actor, case_id=case.pk, at=now)
    for message in messages:
        message.is_undoable = can_take_back(message, actor, now)  # type: ignore[attr-defined]  # for the template
    if any(message.is_new for message in messages):  # type: ignore[attr-defined]  # set by the query
        actions.read_messages(case, by=actor)
    parties = party_lines(case, actor=actor, on=clock.local_date(now, settings.TIME_ZONE))
    return {
        "parties": parties,
        "filed_with": _filed_with(request, case),
        "answers": answer_lines(case, parties),
        "conversation": messages,
        "tasks": task_lines(tasks_of(case, actor), now),
        "beside": neighbours(actor, request.GET.get("in", ""), away=case.away),  # type: ignore[attr-defined]  # annotated
        "readers": other_readers(case, actor=actor),
        "undoable": judged_by(file.events, actor, now) if case.is_open and may_judge else set(),
    }


def _filed_with(request: ActorRequest, case: Case) -> list[Case]:
    """Return the cases that were filed together with this one, as far as the officer may see them."""
    if case.bundle_id is None:
        return []
    return list(Case.objects.visible_to(request.actor).filed_with(case).select_related("version"))


def list_query(request: ActorRequest) -> str:
    """The place in the list the officer came from, for the addresses that lead on; empty where they came from elsewhere."""
    place = request.GET.get("in", "")
    return f"?{urlencode({'in': place})}" if place else ""


def _seen_query(request: ActorRequest, case: Case) -> str:
    """The same, with the revision and the part that this page shows, for the addresses that open something in its corner."""
    place, wanted = request.GET.get("in", ""), _wanted(request)
    given = {"in": place, "stage": wanted or "", "revision": case.revision}
    return f"?{urlencode({name: value for name, value in given.items() if value != ''})}"


def _wanted(request: ActorRequest) -> UUID | None:
    """The part of the case that the form or the address names, where it does; nonsense names none."""
    try:
        return UUID(request.POST.get("stage") or request.GET.get("stage", ""))
    except ValueError:
        return None


def _before(request: ActorRequest) -> int | None:
    """Up to which event the thread is asked for; nonsense asks for the latest."""
    before = request.GET.get("before", "")
    return int(before) if before.isdecimal() and len(before) <= 18 else None


def _initial(request: ActorRequest, case: Case) -> dict[str, Any]:
    stage = present_stage(case, request.actor, _wanted(request))
    return {"revision": case.revision, "stage": stage.pk if stage else None}
