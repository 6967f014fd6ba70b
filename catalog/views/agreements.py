"""The room of agreements: with which agency, what they let be done where and by whom, how far along they are."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions
from catalog.forms.agreements import (
    Delegate,
    End,
    Move,
    NewAccreditation,
    NewAgreement,
    Relocate,
    Revised,
    places_of,
)
from catalog.models import Accreditation, Agreement
from catalog.queries import partners
from catalog.sheets import in_language
from common import clock
from common.errors import shown_on


def _today() -> date:
    return clock.local_date(clock.now(), settings.TIME_ZONE)


@room_required("agreements")
@require_safe
def list_agreements(request: ActorRequest) -> HttpResponse:
    """Show the agreements in force and to come, or those that are over."""
    ended = request.GET.get("view") == "ended"
    rows = [(row, in_language(row.instrument)) for row in partners.agreements(on=_today(), ended=ended)]
    return render(
        request, "catalog/agreements.html", {"rows": rows, "ended": ended, "tones": partners.STAGE_TONES}
    )


@room_required("agreements")
@require_http_methods(["GET", "HEAD", "POST"])
def make_agreement(request: ActorRequest) -> HttpResponse:
    """Enter an agreement."""
    form = NewAgreement(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        with shown_on(form):
            agreement = actions.make_agreement(
                given["agency"],
                by=request.actor,
                instrument=form.instrument,
                signed_on=given["signed_on"],
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                stage=given["stage"],
                offices=form.places,
            )
            messages.success(request, _("The agreement stands. Say now what it lets be done."))
            return redirect("agreements:agreement", agreement.pk)
    return render(request, "catalog/agreement_new.html", {"form": form}, status=422 if form.errors else 200)


@room_required("agreements")
@require_safe
def show_agreement(request: ActorRequest, pk: int) -> HttpResponse:
    """Show an agreement, and what may be changed of it."""
    return _show(request, _agreement(pk))


@room_required("agreements")
@require_POST
def move_agreement(request: ActorRequest, pk: int) -> HttpResponse:
    """Say how far along it is."""
    agreement, form = _agreement(pk), Move(request.POST, prefix="move")
    if form.is_valid():
        with shown_on(form):
            actions.move_agreement(agreement, by=request.actor, **form.cleaned_data)
    return _done(request, agreement, move=form)


@room_required("agreements")
@require_POST
def place_agreement(request: ActorRequest, pk: int) -> HttpResponse:
    """Say where it holds."""
    agreement, form = _agreement(pk), Relocate(request.POST, prefix="place")
    if form.is_valid():
        with shown_on(form):
            revision = form.cleaned_data["revision"]
            actions.place_agreement(agreement, by=request.actor, offices=form.places, revision=revision)
    return _done(request, agreement, place=form)


@room_required("agreements")
@require_POST
def delegate_act(request: ActorRequest, pk: int) -> HttpResponse:
    """Let an act be done, from a day on."""
    agreement, form = _agreement(pk), Delegate(request.POST, prefix="act")
    if form.is_valid():
        with shown_on(form):
            actions.delegate_act(agreement, by=request.actor, **form.cleaned_data)
    return _done(request, agreement, delegate=form)


@room_required("agreements")
@require_POST
def end_act(request: ActorRequest, pk: int, act: int) -> HttpResponse:
    """Let an act be done no longer than a day."""
    agreement, form = _agreement(pk), End(request.POST, prefix="end")
    row = get_object_or_404(agreement.delegated_acts, pk=act)
    if form.is_valid():
        with shown_on(form):
            actions.end_act(row, by=request.actor, **form.cleaned_data)
    return _done(request, agreement, end=form, ending=row.pk)


@room_required("agreements")
@require_POST
def end_agreement(request: ActorRequest, pk: int) -> HttpResponse:
    """End an agreement after a day."""
    agreement, form = _agreement(pk), End(request.POST, prefix="end")
    if form.is_valid():
        with shown_on(form):
            actions.end_agreement(agreement, by=request.actor, **form.cleaned_data)
    return _done(request, agreement, end=form, ending=0)


@room_required("agreements")
@require_POST
def take_back_agreement(request: ActorRequest, pk: int) -> HttpResponse:
    """Take an agreement back that has not begun."""
    agreement, form = _agreement(pk), Revised(request.POST, prefix="back")
    if form.is_valid():
        with shown_on(form):
            actions.take_back_agreement(agreement, by=request.actor, **form.cleaned_data)
    if form.errors:
        return _show(request, _agreement(pk), status=422, back=form)
    messages.success(request, _("It is taken back, as if it had not been entered."))
    return redirect("agreements:list")


@room_required("agreements")
@require_http_methods(["GET", "HEAD", "POST"])
def list_accreditations(request: ActorRequest) -> HttpResponse:
    """Show who is accredited by which agency for what, and enter another."""
    form = NewAccreditation(
        request.POST if request.method == "POST" else None, initial={"from_day": _today()}
    )
    if form.is_valid():
        given = dict(form.cleaned_data)
        with shown_on(form):
            actions.accredit(given.pop("email"), by=request.actor, **given)
            messages.success(request, _("They are accredited."))
            return redirect("agreements:accreditations")
    rows = [(row, partners.last_day_of(row.during)) for row in partners.accreditations(on=_today())[:500]]
    context = {"rows": rows, "form": form}
    return render(request, "catalog/accreditations.html", context, status=422 if form.errors else 200)


@room_required("agreements")
@require_POST
def withdraw_accreditation(request: ActorRequest, pk: int) -> HttpResponse:
    """End an accreditation at once."""
    actions.withdraw_accreditation(get_object_or_404(Accreditation, pk=pk), by=request.actor)
    messages.success(request, _("The accreditation is withdrawn."))
    return redirect("agreements:accreditations")


def _agreement(pk: int) -> Agreement:
    return get_object_or_404(Agreement.objects.select_related("agency"), pk=pk)


def _done(
    request: ActorRequest, agreement: Agreement, *, ending: int | None = None, **forms: Any
) -> HttpResponse:
    """Go on after what was done; what was refused is shown with what was typed, under the revision as it is now."""
    (form,) = forms.values()
    if form.errors:
        return _show(request, _agreement(agreement.pk), ending=ending, status=422, **forms)
    messages.success(request, _("It is noted."))
    return redirect("agreements:agreement", agreement.pk)


def _show(
    request: ActorRequest, agreement: Agreement, *, ending: int | None = None, status: int = 200, **forms: Any
) -> HttpResponse:
    read, today = {"revision": agreement.revision}, _today()
    context = {
        "agreement": agreement,
        "instrument": in_language(agreement.instrument),
        "tone": partners.STAGE_TONES[agreement.stage],  # type: ignore[index]  # one of its keys
        "acts": partners.acts_of(agreement, on=today),
        "offices": [] if agreement.all_offices else agreement.offices.order_by("name"),
        "is_over": agreement.during.upper is not None and agreement.during.upper <= today,
        "last_day": partners.last_day_of(agreement.during),
        "move": Move(initial={**read, "stage": agreement.stage}, prefix="move"),
        "place": Relocate(initial=places_of(agreement), prefix="place"),
        "delegate": Delegate(initial={**read, "from_day": max(today, agreement.during.lower)}, prefix="act"),
        "end": End(initial={**read, "last_day": max(today, agreement.during.lower)}, prefix="end"),
        "has_begun": agreement.during.lower <= today,
        "back": Revised(initial=read, prefix="back"),
        "ending": ending,
        **forms,
    }
    for form in forms.values():  # whoever presses again has read what is shown here
        form.data = form.data.copy()
        form.data[form.add_prefix("revision")] = str(agreement.revision)
    return render(request, "catalog/agreement.html", context, status=status)
