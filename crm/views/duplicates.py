"""Two records that may be of one person: listed, compared side by side, decided, and taken back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import DomainError, NotAllowed, require, shown_on
from crm import actions, file_forms, permissions
from crm.models import DuplicatePair, Interaction, Merge, Party, Person
from crm.panels.duplicates import Comparison, compare, pair_lines
from crm.panels.people import as_candidates
from crm.queries.blocks import why_blocked
from crm.queries.duplicates import to_place, waiting_pairs
from crm.queries.people import find_people


@room_required("files")
@require_safe
def show_pairs(request: ActorRequest) -> HttpResponse:
    """List the pairs that wait to be looked at, the oldest first."""
    _require_resolver(request)
    page = waiting_pairs(place=request.GET.get("place", ""))
    actions.log_access(
        "list", by=request.actor, shown=[pk for pair in page.rows for pk in (pair.first_id, pair.second_id)]
    )
    context = {
        "lines": pair_lines(page.rows, actor=request.actor, now=clock.now()),
        "pages": page.links(request.GET),
    }
    return render(request, "crm/duplicates.html", context)


@room_required("files")
@require_safe
def show_pair(request: ActorRequest, pair_id: UUID) -> HttpResponse:
    """Compare two records; whoever looks has the pair to themselves for a while."""
    _require_resolver(request)
    pair = get_object_or_404(DuplicatePair, pk=pair_id)
    if closed := _closed(request, pair.first, pair.second):
        return closed
    refusal = ""
    if pair.decided_at is None:
        try:
            pair = actions.take_pair(pair, by=request.actor)
        except actions.TakenByColleague as taken:
            refusal = str(taken)
    return render_pair(request, pair, refusal=refusal)


@room_required("files")
@require_POST
def decide_pair(request: ActorRequest, pair_id: UUID, decision: str) -> HttpResponse:
    """Say that two records are one person, or two; or leave the pair to others."""
    _require_resolver(request)
    pair = get_object_or_404(DuplicatePair, pk=pair_id)
    if decision == "leave":
        actions.leave_pair(pair, by=request.actor)
        return redirect("files:pairs")
    if decision not in {"one", "two"}:
        raise Http404
    if closed := _closed(request, pair.first, pair.second):
        return closed
    comparison = compare(pair, actor=request.actor, now=clock.now())
    form = (
        _one_person(comparison, request.POST)
        if decision == "one"
        else file_forms.TwoPeople(request.POST, prefix="two")
    )
    if form.is_valid():
        with shown_on(form):
            return _decide(request, pair, comparison, form, decision)
    bound: dict[str, Any] = {decision: form}
    return render_pair(request, pair, status=422, **bound)


def _closed(request: ActorRequest, *people: Person) -> HttpResponse | None:
    """Back to the list, with the sentence of the block, where one of these people's data are blocked."""
    sentence = next(filter(None, map(why_blocked, people)), "")
    if not sentence:
        return None
    messages.warning(request, sentence)
    return redirect("files:pairs")


def _decide(
    request: ActorRequest, pair: DuplicatePair, comparison: Comparison, form: forms.Form, decision: str
) -> HttpResponse:
    data = form.cleaned_data
    if decision == "two":
        actions.find_distinct(pair, by=request.actor, reason=data["reason"])
        messages.success(request, _("They are two people. The pair is not suspected again."))
        return redirect("files:pairs")
    survivor = (
        comparison.first.person
        if data["survivor"] == comparison.first.person.pk
        else comparison.second.person
    )
    merged = comparison.second.person if survivor is comparison.first.person else comparison.first.person
    taken_over = [name for name in ("name", "commune", "language") if data[name] == str(merged.pk)]
    merge = actions.merge_people(
        survivor, merged, by=request.actor, reason=data["reason"], taken_over=taken_over
    )
    messages.success(
        request, _("They are one person from now on. Nothing was moved: it can be taken back at any time.")
    )
    return redirect("files:merge", merge.pk)


@room_required("files")
@require_http_methods(["GET", "HEAD", "POST"])
def show_merge(request: ActorRequest, merge_id: UUID) -> HttpResponse:
    """Show a merge; take it back with a reason; then say whose what came meanwhile was."""
    _require_resolver(request)
    merge = get_object_or_404(
        Merge.objects.select_related("survivor", "merged", "by", "undone_by"), pk=merge_id
    )
    if closed := _closed(request, merge.survivor, merge.merged):
        return closed
    form = file_forms.Undo(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            actions.unmerge_people(merge, by=request.actor, reason=form.cleaned_data["reason"])
            messages.success(request, _("They are two records again."))
            return redirect("files:merge", merge.pk)
    actions.log_access("compare", by=request.actor, shown=[merge.survivor_id, merge.merged_id])
    context = {"merge": merge, "form": form, "waiting": to_place(merge)}
    return render(request, "crm/merge.html", context, status=422 if form.errors else 200)


@room_required("files")
@require_POST
def place_contact(request: ActorRequest, merge_id: UUID) -> HttpResponse:
    """Say whose one contact, or one part in a case, was."""
    _require_resolver(request)
    merge = get_object_or_404(Merge, pk=merge_id)
    kind, _colon, row = request.POST.get("row", "").partition(":")
    person = get_object_or_404(Person, pk=_uuid(request.POST.get("person", "")))
    given: dict[str, Any] = {}
    if kind == "contact":
        given["interaction"] = get_object_or_404(Interaction, pk=_uuid(row))
    else:
        given["party"] = get_object_or_404(Party, pk=row if row.isdigit() and len(row) < 19 else None)
    try:
        actions.place(merge, by=request.actor, person=person, **given)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("files:merge", args=[merge.pk]) + "#meanwhile")


@room_required("files")
@require_http_methods(["GET", "HEAD", "POST"])
def report_pair(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Look for the other record of a person, and say that both may be one."""
    row = get_object_or_404(Person, pk=person_id)
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=row.survivor_id)
    form = file_forms.Find(request.POST if "text" in request.POST else None)
    found: list[Person] = []
    if "other" in request.POST:
        other = get_object_or_404(Person.objects.standing(), pk=_uuid(request.POST["other"]))
        pair = actions.suspect_pair(person, other, by=request.actor)
        done = _("A supervisor will look at both records.")
        messages.success(request, done if pair else _("It was found before that these are two people."))
        return redirect("files:file", person.pk)
    if form.is_bound and form.is_valid():
        found = [
            one for one in find_people(form.cleaned_data["text"], by=request.actor) if one.pk != person.pk
        ]
        actions.log_access("search", by=request.actor, shown=[one.pk for one in found])
    context = {
        "person": person,
        "form": form,
        "people": as_candidates(found),
        "has_searched": form.is_bound and not form.errors,
    }
    return render(request, "crm/pair_report.html", context, status=422 if form.errors else 200)


def render_pair(
    request: ActorRequest, pair: DuplicatePair, *, refusal: str = "", status: int = 200, **bound: forms.Form
) -> HttpResponse:
    """Render two records side by side; both readings are logged."""
    comparison = compare(pair, actor=request.actor, now=clock.now())
    shown = [comparison.first.person.pk, comparison.second.person.pk]
    actions.log_access("compare", by=request.actor, shown=shown)
    context = {
        "pair": pair,
        "comparison": comparison,
        "refusal": refusal,
        "one": bound.get("one") or _one_person(comparison),
        "two": bound.get("two") or file_forms.TwoPeople(prefix="two"),
    }
    return render(request, "crm/pair.html", context, status=409 if refusal else status)


def _one_person(comparison: Comparison, data: Any = None) -> file_forms.OnePerson:
    form = file_forms.OnePerson(data, prefix="one", initial=comparison.proposed)
    for name, choices in comparison.choices.items():
        field: Any = form.fields[name]
        field.choices = choices
        if choices[0][1] == choices[1][1]:  # nothing to choose
            field.widget = forms.HiddenInput()
    return form


def _require_resolver(request: ActorRequest) -> None:
    require(
        permissions.can_resolve_duplicates(request.actor),
        _("Only supervisors say whether two records are of one person."),
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
