"""Taking a procedure that ended off the public pages, and bringing it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import actions, permissions
from catalog.actions.retirements import NOT_ITS_PUBLISHER
from catalog.forms import Retire
from catalog.queries.bundles import bundles_with
from catalog.queries.published import current_version
from catalog.views.procedure import procedure_or_404
from common.errors import DomainError, NotAllowed, require, shown_on


@room_required("catalogue")
@require_http_methods(["GET", "HEAD", "POST"])
def retire_procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Ask why a procedure ends and what to do instead, and take it off the public pages."""
    procedure = procedure_or_404(request, code)
    require(permissions.is_publisher(request.actor, procedure), NOT_ITS_PUBLISHER)
    form = Retire(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            actions.retire_procedure(procedure, by=request.actor, **form.cleaned_data)
            messages.success(request, _("The public page says that it ended. Cases that were filed go on."))
            return redirect("catalog:procedure", code)
    context = {
        "procedure": procedure,
        "published": current_version(procedure),
        "bundles": bundles_with(procedure.pk),
        "form": form,
    }
    return render(request, "catalog/retire.html", context, status=422 if form.errors else 200)


@room_required("catalogue")
@require_POST
def restore_procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Bring a procedure back with the text that was public last."""
    try:
        actions.restore_procedure(procedure_or_404(request, code), by=request.actor)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is public again, as it was."))
    return redirect("catalog:procedure", code)
