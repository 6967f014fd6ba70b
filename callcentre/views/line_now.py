"""The supervisor's screen: are we keeping our promise right now, and who needs help?"""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from callcentre import permissions
from callcentre.queries.agents import agents_now
from callcentre.queries.promise import PROMISE_SECONDS, PROMISE_SHARE, line_now
from common.errors import require
from common.pages import render_page


@room_required("line")
@require_safe
def show_line_now(request: ActorRequest) -> HttpResponse:
    """Show who waits, how the promise is kept and what the agents do."""
    require(permissions.can_watch_line(request.actor), _("The line is watched by its own supervisors."))
    context = {
        "line": line_now(),
        "agents": agents_now(),
        "promise_seconds": PROMISE_SECONDS,
        "promise_share": PROMISE_SHARE,
    }
    return render_page(request, "callcentre/now.html", context, fragment="now")
