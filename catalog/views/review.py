"""Those who judge a version: a reviewer reads it word by word, a publisher makes it public; either returns it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions, plain_language
from catalog.forms import Comment, Publish, Return
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries.differences import differences
from catalog.queries.impact import changes_for_people
from catalog.views.procedure import number_read, procedure_or_404, version_or_404
from catalog.views.waits import waits_for, waits_for_publisher
from common.errors import DomainError, NotAllowed, shown_on


@room_required("catalogue")
@require_safe
def compare_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Show what a version changes, against the approved one before it or any other that is asked for."""
    return _show(request, version_or_404(request, code, number))


@room_required("catalogue")
@require_POST
def review_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Say for the agency that a version is right."""
    version = version_or_404(request, code, number)
    if unsent := _unsent(request):
        return _show(request, version, words=unsent, status=422)
    try:
        actions.review_version(version, by=request.actor, revision=_revision(request))
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalog:version-compare", code, number)
    messages.success(request, _("The version is reviewed. A publisher makes it public."))
    return redirect("catalog:version", code, number)


@room_required("catalogue")
@require_POST
def publish_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Make a reviewed version the public one, now or from a day on."""
    version = version_or_404(request, code, number)
    form = Publish(request.POST)
    if unsent := _unsent(request):
        return _show(request, version, publish=form, words=unsent, status=422)
    if form.is_valid():
        begins = None if "now" in request.POST else form.begins_at
        with shown_on(form):
            actions.publish_version(
                version,
                by=request.actor,
                revision=_revision(request),
                begins_at=begins,
                tells=not form.cleaned_data["untold"],
            )
    if form.errors:
        return _show(request, version_or_404(request, code, number), publish=form, status=422)
    if begins is None:
        said = _("Version %(number)s is public. Cases already open keep the version they were filed under.")
        messages.success(request, said % {"number": number})
    else:
        said = _("Version %(number)s becomes public on %(day)s.")
        messages.success(request, said % {"number": number, "day": date_format(localtime(begins))})
    return redirect("catalog:procedure", code)


@room_required("catalogue")
@require_POST
def call_off(request: ActorRequest, code: str) -> HttpResponse:
    """Call off the publication that waits for its day."""
    try:
        procedure = procedure_or_404(request, code)
        actions.call_off_publication(procedure, by=request.actor, number=number_read(request))
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _(
                "Called off. The version stays approved: publish it another day, or take its text up again to mend it."
            ),
        )
    return redirect("catalog:procedure", code)


@room_required("catalogue")
@require_POST
def return_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Give a version back to its author, with the reason."""
    version = version_or_404(request, code, number)
    form = Return(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.return_version(version, by=request.actor, comment=form.cleaned_data["text"])
    if form.errors:
        return _show(request, version, publish=_kept(request), words=form, status=422)
    messages.success(request, _("The version went back to its author with your words."))
    return redirect("catalog:procedure", code)


@room_required("catalogue")
@require_POST
def comment_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Say something about a version to those who work on it."""
    version = version_or_404(request, code, number)
    form = Comment(request.POST)
    if form.is_valid():
        with shown_on(form):
            actions.comment_version(version, by=request.actor, **form.cleaned_data)
    if form.errors:
        return _show(request, version, publish=_kept(request), words=form, status=422)
    messages.success(request, _("Your comment stands with the version."))
    return _back(request, code, number)


@room_required("catalogue")
@require_POST
def settle_comment(request: ActorRequest, code: str, number: int, comment: int) -> HttpResponse:
    """Say that a comment was seen to."""
    version = version_or_404(request, code, number)
    actions.settle_comment(get_object_or_404(version.comments, pk=comment), by=request.actor)
    if request.POST.get("text", "").strip():
        return _show(request, version, publish=_kept(request), words=Comment(initial=request.POST.dict()))
    return _back(request, code, number)


def _unsent(request: ActorRequest) -> Comment | None:
    """What was typed and would be lost by going on, with the sentence that says so."""
    if not request.POST.get("text", "").strip():
        return None
    form = Comment(request.POST)
    form.full_clean()
    form.add_error(
        "text", _("You wrote this and did not send it: add it, return the version with it, or clear it.")
    )
    return form


def _kept(request: ActorRequest) -> Publish:
    """When it was to be public, as it was typed."""
    return Publish(initial=request.POST.dict())


def _back(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Go on beside the comments, with the day that was typed."""
    kept = {name: request.POST[name] for name in ("day", "untold") if request.POST.get(name)}
    address = reverse("catalog:version-compare", args=[code, number])
    return redirect(f"{address}{'?' if kept else ''}{urlencode(kept)}#comments")


def _show(
    request: ActorRequest,
    version: ProcedureVersion,
    *,
    publish: Publish | None = None,
    words: Comment | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    base = _base_of(request, version)
    reviews = version.status == VersionStatus.IN_REVIEW and permissions.can_review(actor, version)
    publishes = waits_for_publisher(version) and permissions.can_publish(actor, version)
    context = {
        "procedure": version.procedure,
        "version": version,
        "base": base,
        "others": _others(version),
        "changes": differences(base.content if base else {}, version.content),
        "for_people": changes_for_people(base.content, version.content) if base else [],
        "is_to_come": version.status != VersionStatus.APPROVED or waits_for_publisher(version),
        "publish": publish or Publish(initial=request.GET.dict()),
        "words": words or Comment(),
        "comments": version.comments.select_related("author", "settled_by").order_by("pk"),
        "reviews": reviews,
        "publishes": publishes,
        "may_return": reviews or (publishes and version.status == VersionStatus.REVIEWED),
        "missing": plain_language.missing_parts(version.content) if reviews or publishes else [],
        "waits": waits_for(version, actor) if not reviews and not publishes else "",
    }
    return render(request, "catalog/compare.html", context, status=status)


def _base_of(request: ActorRequest, version: ProcedureVersion) -> ProcedureVersion | None:
    """Return the version that was asked for, or the last one before this one that was public, or is to be."""
    asked = request.GET.get("with", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        return version.procedure.versions.filter(number=int(asked)).first()
    earlier = version.procedure.versions.filter(publications__isnull=False, number__lt=version.number)
    return earlier.order_by("-number").first()


def _others(version: ProcedureVersion) -> list[int]:
    """The numbers of the procedure's other versions, the latest first."""
    others = version.procedure.versions.exclude(pk=version.pk)
    return list(others.order_by("-number").values_list("number", flat=True)[:200])


def _revision(request: ActorRequest) -> int:
    read = request.POST.get("revision", "")
    return int(read) if read.isascii() and read.isdecimal() and len(read) < 10 else 0
