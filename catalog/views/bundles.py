"""Bundles: several procedures that people apply for in one form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.actions.bundles import NOT_A_MAKER, NOT_A_PUBLISHER
from catalog.forms.bundles import BundleForm, NewBundle, Revision, said_by
from catalog.models import Bundle
from catalog.queries import bundles as queries
from common.errors import DomainError, NotAllowed, require, shown_on


@room_required("catalogue")
@require_safe
def list_bundles(request: ActorRequest) -> HttpResponse:
    """Show the bundles, whichever agencies they join."""
    page = queries.bundles_page(request.actor, place=request.GET.get("place", ""))
    context = {
        "rows": page.rows,
        "pages": page.links(request.GET),
        "may_make": permissions.can_make_bundles(request.actor),
    }
    return render(request, "catalog/bundles.html", context)


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def make_bundle(request: ActorRequest) -> HttpResponse:
    """Begin a bundle."""
    require(permissions.can_make_bundles(request.actor), NOT_A_MAKER)
    form = NewBundle(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        with shown_on(form):
            bundle = actions.make_bundle(
                by=request.actor, code=given["code"], text=form.text, procedures=given["procedures"]
            )
            messages.success(request, _("The bundle is a draft. Look at it, then publish it."))
            return redirect("catalog:bundle", bundle.code)
    context = {"form": form, "bundle": None}
    return render(request, "catalog/bundle_edit.html", context, status=422 if form.errors else 200)


@room_required("catalogue")
@require_safe
def show_bundle(request: ActorRequest, code: str) -> HttpResponse:
    """Show what a bundle joins, what is left out of it now and why, and what is asked once."""
    return _show(request, bundle_or_404(request, code))


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_bundle(request: ActorRequest, code: str) -> HttpResponse:
    """Change what a bundle says and joins; one that was changed or published meanwhile is shown with what was typed."""
    require(permissions.can_make_bundles(request.actor), NOT_A_MAKER)
    bundle = bundle_or_404(request, code)
    procedures = queries.procedures_of(bundle)
    sent = request.POST if request.method == "POST" else None
    if sent is None:
        require(permissions.can_edit_bundle(request.actor, bundle, procedures), NOT_A_PUBLISHER)
    form = BundleForm(sent, initial=said_by(bundle, procedures))
    if form.is_valid():
        given = form.cleaned_data
        with shown_on(form), _told():
            actions.change_bundle(
                bundle,
                by=request.actor,
                text=form.text,
                procedures=given["procedures"],
                revision=given["revision"] or 0,
            )
            messages.success(request, _("The bundle is changed."))
            return redirect("catalog:bundle", bundle.code)
    if form.errors:  # whoever presses again has read what is told here
        form.data = {**form.data.dict(), "revision": str(bundle.revision)}  # type: ignore[attr-defined]  # a QueryDict
    context = {"form": form, "bundle": bundle}
    return render(request, "catalog/bundle_edit.html", context, status=422 if form.errors else 200)


@room_required("catalogue")
@require_POST
def publish_bundle(request: ActorRequest, code: str) -> HttpResponse:
    """Offer a bundle to the public."""
    return _moved(request, code, actions.publish_bundle, _("The bundle is public."))


@room_required("catalogue")
@require_POST
def withdraw_bundle(request: ActorRequest, code: str) -> HttpResponse:
    """Take a bundle off the public pages."""
    return _moved(request, code, actions.withdraw_bundle, _("The bundle is not public any more."))


def bundle_or_404(request: ActorRequest, code: str) -> Bundle:
    """Return a bundle that this person may see."""
    return get_object_or_404(Bundle.objects.visible_to(request.actor).select_related("life_event"), code=code)


@contextmanager
def _told() -> Iterator[None]:
    """Have a permission that was lost while somebody typed told like any other refusal, beside what they typed."""
    try:
        yield
    except NotAllowed as refusal:
        raise DomainError(refusal.message, **refusal.fields) from None


def _moved(request: ActorRequest, code: str, act: Callable[..., Bundle], done: str) -> HttpResponse:
    """Publish or withdraw; a refusal is told on the bundle's page as it is now."""
    bundle, form = bundle_or_404(request, code), Revision(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else 0
    try:
        act(bundle, by=request.actor, revision=revision)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show(request, bundle_or_404(request, code), error=refusal)
    messages.success(request, done)
    return redirect("catalog:bundle", bundle.code)


def _show(request: ActorRequest, bundle: Bundle, *, error: DomainError | None = None) -> HttpResponse:
    parts = queries.parts_now(bundle)
    procedures = [part.procedure for part in parts]
    context: dict[str, Any] = {
        "bundle": bundle,
        "parts": parts,
        "left_out": sum(1 for part in parts if part.left_out),
        "shared": queries.shared_questions(queries.usable(parts)),
        "may_edit": permissions.can_edit_bundle(request.actor, bundle, procedures),
        "may_publish": permissions.can_publish_bundle(request.actor, procedures),
        "error": error,
    }
    return render(request, "catalog/bundle.html", context, status=error.status if error else 200)
