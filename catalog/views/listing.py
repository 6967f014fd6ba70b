"""The editor's list: what is wrong or stale in what I own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog import permissions
from catalog.cursors import sealed, unsealed
from catalog.queries import editing, searches
from catalog.queries.conflicts import how_many_wait

VIEW_LABELS = {
    "mine": _("Waiting for me"),
    "all": _("All"),
    "review": _("Being read"),
    "drafts": _("Drafts"),
    "due": _("Soon to be read again"),
    "stale": _("To be read again"),
    "thin": _("Thin"),
    "unread": _("Unread"),
    "reports": _("Complained about"),
    "unpublished": _("Never published"),
    "ended": _("That ended"),
}
EMPTY_WORDS = {
    "mine": _("Nothing waits for you: no version to read, no draft of yours, no sheet to be read again."),
    "due": _("No sheet that you see to is to be read again in the next 30 days."),
    "stale": _("No sheet of yours is past the day on which it was to be read again."),
    "thin": _("Every public sheet of yours says what people look for."),
    "unread": _("Every public sheet of yours was read in the last 90 days."),
    "review": _("When somebody sends a draft to review, it appears here."),
    "drafts": _("A draft begins on a procedure's page."),
    "reports": _(
        "When a citizen says that something on a sheet is wrong, or many find it of no use, it appears here."
    ),
    "unpublished": _("Every procedure of yours has been published."),
    "ended": _("A procedure of yours that is taken off the public pages appears here."),
}


@room_required("catalogue")
@require_safe
def list_procedures(request: ActorRequest) -> HttpResponse:
    """Show the procedures this person edits, or those that answer a search."""
    language = (get_language() or "es")[:2]
    counts = editing.view_counts(request.actor)
    sees_all = request.actor.has_role(Role.EDITOR, Role.ADMINISTRATOR)
    begins = "all" if sees_all and not counts["mine"] else "mine"
    view = request.GET.get("view", begins)
    view = view if view in editing.VIEWS else begins
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    if query:
        rows, following = editing.found_procedures(request.actor, query, language=language), ""
    else:
        rows, following = editing.editors_procedures(
            request.actor, view=view, after=_after(request), language=language
        )
    context = {
        "rows": rows,
        "query": query,
        "view": view,
        "tabs": [(code, VIEW_LABELS[code], counts[code]) for code in editing.VIEWS],
        "lost": len(searches.lost_searches()),
        "elsewhere": how_many_wait(request.actor),
        "may_import": permissions.can_import(request.actor),
        "next": f"?view={view}&after={sealed(following)}" if following else "",
        "first": f"?view={view}" if request.GET.get("after") else "",
        "empty": gettext("No sheet of yours answers this search.") if query else EMPTY_WORDS.get(view, ""),
    }
    return render(request, "catalog/procedures.html", context)


def _after(request: ActorRequest) -> str:
    try:
        return unsealed(request.GET["after"]) if request.GET.get("after") else ""
    except ValueError:
        return ""
