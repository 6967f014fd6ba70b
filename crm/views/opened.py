"""Files that were opened with a reason and without a contact, for whoever answers for the staff who did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common.errors import require
from crm import actions, permissions
from crm.queries.opened import files_opened


@room_required("files")
@require_safe
def show_opened(request: ActorRequest) -> HttpResponse:
    """List them, the latest first, with how many each opened that day."""
    require(permissions.can_resolve_duplicates(request.actor), _("Only supervisors read this list."))
    lines, page = files_opened(request.actor, place=request.GET.get("place", ""))
    actions.log_access("list", by=request.actor, shown=[line.glass.person_id for line in lines])
    return render(request, "crm/opened.html", {"lines": lines, "pages": page.links(request.GET)})
