"""The citizen's page of line 101: is it open now, until when where I am, and which key leads where."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from callcentre.queries.hours import week_in_words
from callcentre.queries.line import line_menu
from common import clock
from crm.models import QueueState

PLACES = {
    "continental": ("America/Santiago", _("From Arica to Los Lagos")),
    "aysen": ("America/Coyhaique", _("Aysén")),
    "magallanes": ("America/Punta_Arenas", _("Magallanes and Antarctica")),
    "island": ("Pacific/Easter", _("Rapa Nui, Easter Island")),
}
FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Place:
    """A part of the country with a clock of its own, seen from the line's."""

    code: str
    label: object
    time_zone: str
    hours_apart: float  # from the line's clock, now

    @property
    def apart_words(self) -> str:
        """How this clock differs from the line's, as people say it."""
        hours = abs(int(self.hours_apart))
        if self.hours_apart < 0:
            return ngettext("%(hours)d hour earlier", "%(hours)d hours earlier", hours) % {"hours": hours}
        return ngettext("%(hours)d hour later", "%(hours)d hours later", hours) % {"hours": hours}


@login_not_required
@require_safe
def show_line(request: HttpRequest) -> HttpResponse:
    """Show the line in the caller's own time."""
    now = clock.now()
    code = request.GET.get("place", "")
    code = code if code in PLACES else "continental"
    menu = line_menu(now)
    line_zone = menu.line.time_zone if menu else "America/Santiago"
    places = [Place(key, label, zone, _apart(zone, line_zone, now)) for key, (zone, label) in PLACES.items()]
    wait = QueueState.objects.filter(channel="phone", office=None, updated_at__gt=now - FRESH).first()
    context = {
        "menu": menu,
        "now": now,
        "week": week_in_words(menu.hours) if menu else [],
        "places": places,
        "place": next(place for place in places if place.code == code),
        "wait": wait if menu and menu.opening.is_open else None,
    }
    return render(request, "callcentre/line.html", context)


def _apart(zone: str, line_zone: str, at: datetime) -> float:
    here, there = at.astimezone(ZoneInfo(zone)).utcoffset(), at.astimezone(ZoneInfo(line_zone)).utcoffset()
    return ((here or timedelta()) - (there or timedelta())).total_seconds() / 3600
