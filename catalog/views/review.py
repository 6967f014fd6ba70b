"""The second person: compares word by word, publishes or returns."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.forms import Return
from catalog.models import ProcedureVersion, VersionStatus
from catalog.queries.differences import differences
from catalog.views.procedure import version_or_404
from common.errors import DomainError, NotAllowed, StaleVersion, shown_on


@room_required("catalogue")
@require_safe
def compare_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Show what a version changes."""
    return _show(request, version_or_404(request, code, number), Return())


@room_required("catalogue")
@require_POST
def publish_version(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Make a reviewed version the public one."""
    version = version_or_404(request, code, number)
    read = request.POST.get("revision", "")
    revision = int(read) if read.isascii() and read.isdecimal() and len(read) < 10 else 0
    try:
        actions.publish_version(version, by=request.actor, revision=revision)
    except NotAllowed:
        raise
    except StaleVersion as error:
        messages.error(request, str(error))
        return redirect("catalog:version-compare", code, number)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalog:version", code, number)
    messages.success(
        request,
        _("Version %(number)s is public. Cases already open keep the version they were filed under.")
        % {"number": number},
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
            actions.return_version(version, by=request.actor, comment=form.cleaned_data["comment"])
    if form.errors:
        return _show(request, version, form, status=422)
    messages.success(request, _("The version went back to its author with your words."))
    return redirect("catalog:procedure", code)


def _show(
    request: ActorRequest, version: ProcedureVersion, form: Return, *, status: int = 200
) -> HttpResponse:
    base = _base_of(version)
    decides = version.status == VersionStatus.IN_REVIEW and permissions.can_publish(request.actor, version)
    context = {
        "procedure": version.procedure,
        "version": version,
        "base": base,
        "changes": differences(base.content if base else {}, version.content),
        "form": form,
        "decides": decides,
        "waits": version.status == VersionStatus.IN_REVIEW and not decides,
    }
    return render(request, "catalog/compare.html", context, status=status)


def _base_of(version: ProcedureVersion) -> ProcedureVersion | None:
    """Return the approved version before this one."""
    earlier = version.procedure.versions.filter(status=VersionStatus.APPROVED, number__lt=version.number)
    return earlier.order_by("-number").first()
