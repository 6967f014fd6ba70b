"""What changed in the sheet of a procedure: for those who explained it, and whom a version on its way would touch."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from catalog.models import ProcedureVersion, Publication
from catalog.queries.differences import differences
from catalog.queries.impact import changes_for_people
from crm import actions
from crm.queries.touched import told_by, touched_by

MOST_CONTACTS = 100


@room_required("tasks")
@require_safe
def show_change(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """Show what a public text changed, and in which of one's own contacts the one before it was explained."""
    publications = Publication.objects.filter(
        version=version_id, begun_at__isnull=False, replaces__isnull=False
    )
    publication = publications.select_related("version__procedure", "replaces").order_by("-begun_at").first()
    if publication is None or publication.replaces is None or publication.begun_at is None:
        raise Http404
    before, version = publication.replaces.content, publication.version
    contacts = list(told_by(request.actor.user_id, version, before=publication.begun_at)[:MOST_CONTACTS])
    people = {contact.person_id for contact in contacts if contact.person_id}
    actions.log_access("list", by=request.actor, shown=sorted(people, key=str))
    context = {
        "version": version,
        "since": publication.begun_at,
        "for_people": changes_for_people(before, version.content),
        "changes": differences(before, version.content),
        "contacts": contacts,
    }
    return render(request, "crm/sheet_change.html", context)


@room_required("catalogue")
@require_safe
def show_touched(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """Show how many a version touches, or would once it is public."""
    versions = ProcedureVersion.objects.visible_to(request.actor).select_related("procedure").defer("content")
    version = get_object_or_404(versions, pk=version_id)
    return render(request, "crm/touched.html", {"version": version, "touched": touched_by(version)})
