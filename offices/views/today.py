"""The supervisor's page: are people served soon enough, who helps, what stands still."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import require
from offices import permissions
from offices.queries.queue import desk_rows, today, waiting_rows
from offices.queries.waits import wait_now
from offices.views.place import office_of, offices_of, today_of


@room_required("desk")
def show_today(request: ActorRequest) -> HttpResponse:
    """Show an office's day so far to its supervisor."""
    office = office_of(request)
    require(
        permissions.can_supervise(request.actor, office), _("This page is for the supervisor of the office.")
    )
    day = today_of(office)
    context = {
        "office": office,
        "offices": offices_of(request),
        "day": day,
        "today": today(office, day),
        "wait": wait_now(office, day),
        "desks": desk_rows(office),
        "rows": waiting_rows(office, day, limit=12),
        "now": clock.now(),
    }
    return render(request, "offices/_today.html" if request.htmx else "offices/today.html", context)
