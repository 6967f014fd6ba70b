"""The calendar of legal terms: the days off ahead, and one changed with its reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import shown_on
from crm import actions
from crm.calendar_forms import CalendarDay
from crm.queries import calendar
from crm.terms import NETWORK_ZONE


@room_required("calendar")
@require_http_methods(["GET", "HEAD", "POST"])
def show_calendar(request: ActorRequest) -> HttpResponse:
    """Show the days that count otherwise than the week says, or change one."""
    form = CalendarDay(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            changed = actions.change_day(
                form.cleaned_data["day"],
                by=request.actor,
                is_business=form.cleaned_data["counts"] == "business",
                reason=form.cleaned_data["reason"],
            )
            said = _("The day is changed; the terms that run over it are moved.")
            messages.success(request, said if changed else _("The day counted so already."))
            return redirect("calendar:days")
    days = calendar.days_ahead(clock.local_date(clock.now(), NETWORK_ZONE))
    context = {"form": form, "days": days, "changes": calendar.changes()}
    return render(request, "crm/calendar.html", context, status=422 if form.errors else 200)
