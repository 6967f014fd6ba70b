"""At which office is this person working now?"""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import NotAllowed
from offices.models import OFFICE_ROLES
from territory.models import Office

CHOSEN = "office_id"  # session: for the few who work at more than one


def offices_of(request: ActorRequest) -> list[Office]:
    """Return the offices where this person works."""
    ids = request.actor.office_ids(*OFFICE_ROLES)
    return list(Office.objects.filter(pk__in=ids).select_related("commune").order_by("name"))


def office_of(request: ActorRequest) -> Office:
    """
    Return the office where this person works now.

    :raises NotAllowed: they work at none
    """
    offices = offices_of(request)
    if not offices:
        raise NotAllowed(_("You do not work at an office. Ask your administrator if you should."))
    chosen = request.session.get(CHOSEN)
    return next((office for office in offices if office.pk == chosen), offices[0])


def today_of(office: Office) -> date:
    """Return the date at an office now."""
    return clock.local_date(clock.now(), office.commune.time_zone)


@require_POST
@room_required("reception")
def choose_office(request: ActorRequest) -> HttpResponse:
    """Remember, for this session, at which of their offices somebody works."""
    number = request.POST.get("office", "")
    office = get_object_or_404(Office, pk=int(number) if number.isdecimal() and len(number) < 10 else 0)
    if office not in offices_of(request):
        raise NotAllowed(_("You do not work at that office."))
    request.session[CHOSEN] = office.pk
    return redirect("offices:reception")
