"""Files of people: found by what one knows, opened by whoever has the person before them, or with a reason the citizen can read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import NotAllowed, require, shown_on
from common.keyset import KeysetPage
from crm import actions, file_forms, permissions, reasons
from crm.actions.contact_points import UNSURE_BY_PHONE
from crm.mandate_forms import Revocation
from crm.message_forms import MessagesOf
from crm.models import ContactPoint, Interaction, Mandate, MessageWish, Person, PersonNeed
from crm.panels.files import person_file
from crm.panels.mandates import mandate_lines
from crm.panels.people import as_candidates
from crm.queries.audit import changes_of
from crm.queries.history import cases_of, contacts_of
from crm.queries.people import find_people
from crm.queries.readings import readings_of_person


@room_required("files")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: ActorRequest) -> HttpResponse:
    """Look for somebody; what is written is posted, so that it stands in no address. Names stay masked until a file is opened."""
    require(permissions.can_break_glass(request.actor), _("Only staff who serve people look for files."))
    form = file_forms.Find(request.POST if request.method == "POST" else None)
    found: list[Person] = []
    if form.is_bound and form.is_valid():
        found = find_people(form.cleaned_data["text"], by=request.actor)
        actions.log_access("search", by=request.actor, shown=[person.pk for person in found])
    context = {
        "form": form,
        "has_searched": form.is_bound and not form.errors,
        "people": as_candidates(found),
        "may_resolve": permissions.can_resolve_duplicates(request.actor),
    }
    return render(request, "crm/find.html", context, status=422 if form.errors else 200)


@room_required("files")
@require_safe
def show_file(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show a file to whoever may see it now; ask anybody else who serves people for their reason."""
    person = _person(request, person_id)
    if person is None:
        return ask_why(request, person_id, file_forms.Reason())
    return render_file(request, person)


@room_required("files")
@require_POST
def open_file(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Open a file that no present contact explains, with a reason."""
    form = file_forms.Reason(request.POST)
    if form.is_valid():
        person = get_object_or_404(Person.objects.standing(), pk=person_id)
        with shown_on(form):
            actions.break_glass(person, by=request.actor, reason=form.cleaned_data["reason"])
            return redirect("files:file", person_id)
    return ask_why(request, person_id, form, status=422)


@room_required("files")
@require_safe
def show_readings(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show who looked at a file, and what was changed in it; which is a reading like others."""
    person = _person(request, person_id)
    if person is None:
        return ask_why(request, person_id, file_forms.Reason())
    contact = _contact_with(request.actor, person)
    why = _why(request.actor, contact)
    actions.log_access("readings", by=request.actor, person_id=person.pk, reason=why, interaction=contact)
    page = readings_of_person(person, place=request.GET.get("place", ""))
    context = {"person": person, "readings": page.rows, "pages": page.links(request.GET)}
    context["changes"] = changes_of(person)
    return render(request, "crm/readings.html", context)


@room_required("files")
@require_safe
def show_cases(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show all cases of a person, page by page."""
    return _show_all(request, person_id, "cases", cases_of)


@room_required("files")
@require_safe
def show_contacts(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show all contacts of a person, page by page."""
    return _show_all(request, person_id, "contacts", contacts_of)


def _show_all(
    request: ActorRequest, person_id: UUID, what: str, rows_of: Callable[..., KeysetPage]
) -> HttpResponse:
    person = _person(request, person_id)
    if person is None:
        return ask_why(request, person_id, file_forms.Reason())
    contact = _contact_with(request.actor, person)
    actions.open_file(person, by=request.actor, reason=_why(request.actor, contact), interaction=contact)
    page = rows_of(person, place=request.GET.get("place", ""))
    context = {"person": person, "what": what, "rows": page.rows, "pages": page.links(request.GET)}
    return render(request, "crm/file_all.html", context)


@room_required("files")
@require_POST
def correct(request: ActorRequest, person_id: UUID, part: str) -> HttpResponse:
    """Change one part of the file of whoever is before us."""
    if part not in PARTS:
        raise Http404
    person = _person(request, person_id)
    contact = _contact_with(request.actor, person) if person else None
    if person is None or contact is None:
        is_calling = person is None and _calls_as(request.actor, person_id)
        unseen = _("Only whoever has the person before them changes their file.")
        raise NotAllowed(UNSURE_BY_PHONE if is_calling else unseen)
    form = PARTS[part].form(request.POST)
    if form.is_valid():
        with shown_on(form):
            PARTS[part].carry_out(person, contact, request.actor, form.cleaned_data)
            messages.success(request, _("It is in the file."))
            return redirect("files:file", person.pk)
    if not PARTS[part].is_shown:  # a button, without a form in which its refusal could stand
        messages.error(
            request,
            " ".join(map(str, form.non_field_errors())) or _("Look at the file again, then try once more."),
        )
        return redirect("files:file", person.pk)
    return render_file(request, person, status=422, **{f"{part}_form": form})


@room_required("files")
@require_POST
def revoke_mandate(request: ActorRequest, person_id: UUID, mandate_id: UUID) -> HttpResponse:
    """End a mandate that the person gave or holds, with a reason both can read: at the desk, by phone, or a supervisor."""
    person = _person(request, person_id)
    if person is None:
        raise Http404
    mandate = get_object_or_404(Mandate.objects.visible_to(request.actor).about(person), pk=mandate_id)
    form = Revocation(request.POST, auto_id=f"revoke-{mandate.pk}-%s")
    if form.is_valid():
        with shown_on(form):
            contact = _contact_with(request.actor, person)
            reason = form.cleaned_data["reason"]
            actions.revoke_mandate(mandate, by=request.actor, reason=reason, interaction=contact)
            messages.success(request, _("The mandate is revoked: from now on nothing is done by it."))
            return redirect(reverse("files:file", args=[person.pk]) + "#mandates")
    return render_file(request, person, status=422, revocation=form, revoked=mandate.pk)


def ask_why(request: ActorRequest, person_id: UUID, form: forms.Form, status: int = 200) -> HttpResponse:
    """Ask for the reason; whom it is about is only hinted at, as in the list they come from."""
    if not permissions.can_break_glass(request.actor):
        raise Http404
    person = get_object_or_404(Person.objects.standing().prefetch_related("identifiers"), pk=person_id)
    actions.log_access("ask", by=request.actor, person_id=person.pk)
    is_calling = (
        _contact_with(request.actor, person) is not None
    )  # and not sure enough: else the file would be open
    context = {"form": form, "candidate": as_candidates([person])[0], "is_calling": is_calling}
    return render(request, "crm/file_ask.html", context, status=status)


def render_file(request: ActorRequest, person: Person, status: int = 200, **bound: Any) -> HttpResponse:
    """Render a file; reading it leaves a line in the log that the citizen can read."""
    contact = _contact_with(request.actor, person)
    if request.method != "POST":
        actions.open_file(person, by=request.actor, reason=_why(request.actor, contact), interaction=contact)
    unbound = {f"{name}_form": part.form() for name, part in PARTS.items() if part.is_shown}
    wishes = file_forms.Wishes(initial={"channel": person.channel, "language": person.language})
    context: dict[str, Any] = {
        "file": person_file(person, actor=request.actor, now=clock.now()),
        "mandates": mandate_lines(person, actor=request.actor),
        "may_correct": contact is not None,
        "may_resolve": permissions.can_resolve_duplicates(request.actor),
        **unbound,
        "wishes_form": wishes,
        "messages_form": MessagesOf(initial=_messages_of(person)),
        "revocation": None,
        "revoked": None,
        **bound,
    }
    return render(request, "crm/file.html", context, status=status)


def _person(request: ActorRequest, person_id: UUID) -> Person | None:
    """The person, under the record that stands for them, if the actor may see their file now."""
    row = Person.objects.filter(pk=person_id).first()
    return Person.objects.visible_to(request.actor).filter(pk=row.survivor_id).first() if row else None


def _messages_of(person: Person) -> dict[str, Any]:
    wish = MessageWish.objects.of(person).order_by("-at").first() or MessageWish()
    return {"channel": wish.channel, "scope": wish.scope}


def _contact_with(actor: Actor, person: Person) -> Interaction | None:
    """The contact in which the actor has this person before them."""
    return Interaction.objects.present_of(actor).filter(ended_at__isnull=True).of(person).first()


def _calls_as(actor: Actor, person_id: UUID) -> bool:
    """Whether somebody calls the actor as this person; where the file is closed to them all the same, it is not sure that it is they."""
    person = Person.objects.filter(pk=person_id).first()
    return person is not None and _contact_with(actor, person) is not None


def _why(actor: Actor, contact: Interaction | None) -> str:
    if contact is not None:
        return reasons.PRESENT
    return reasons.OWN_CASE if actor.has_role("officer") else reasons.OPENED


# --- what can be changed -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """One part of a file: the form it is changed by, and the action."""

    form: type[forms.Form]
    carry_out: Callable[[Person, Interaction, Actor, dict[str, Any]], Any]
    is_shown: bool = True


class One(forms.Form):
    """One row of a file, by its number."""

    row = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


def _end_point(person: Person, contact: Interaction, by: Actor, data: dict[str, Any]) -> None:
    point = get_object_or_404(ContactPoint.objects.of(person), pk=data["row"])
    actions.end_contact_point(point, by=by, interaction=contact)


def _choose_domicile(person: Person, contact: Interaction, by: Actor, data: dict[str, Any]) -> None:
    point = get_object_or_404(ContactPoint.objects.of(person), pk=data["row"])
    actions.choose_domicile(point, by=by, interaction=contact)


def _end_need(person: Person, contact: Interaction, by: Actor, data: dict[str, Any]) -> None:
    need = get_object_or_404(PersonNeed.objects.of(person), pk=data["row"])
    actions.end_need(need, by=by, interaction=contact)


PARTS = {
    "point": Part(
        file_forms.Point,
        lambda person, contact, by, data: actions.add_contact_point(
            person, by=by, interaction=contact, **data
        ),
    ),
    "number": Part(
        file_forms.Number,
        lambda person, contact, by, data: actions.add_identifier(person, by=by, interaction=contact, **data),
    ),
    "need": Part(
        file_forms.Need,
        lambda person, contact, by, data: actions.note_need(person, by=by, interaction=contact, **data),
    ),
    "wishes": Part(
        file_forms.Wishes,
        lambda person, contact, by, data: actions.prefer(person, by=by, interaction=contact, **data),
    ),
    "messages": Part(
        MessagesOf,
        lambda person, contact, by, data: actions.wish_messages(person, by=by, interaction=contact, **data),
    ),
    "domicile": Part(One, _choose_domicile, is_shown=False),
    "point-end": Part(One, _end_point, is_shown=False),
    "need-end": Part(One, _end_need, is_shown=False),
}
