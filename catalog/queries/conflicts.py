"""What came from elsewhere for an editor to decide."""

from typing import Any

from django.db.models.fields.json import KT

from accounts.actors import Actor
from catalog.models import ImportConflict, Procedure, VersionStatus
from common.keyset import KeysetPage, keyset_page

PAGE = 50


def open_conflicts(actor: Actor, *, place: str = "", size: int | None = None) -> KeysetPage:
    """Return a page of the texts that wait for an actor's agencies, the latest first."""
    rows = (
        ImportConflict.objects.visible_to(actor)
        .open()
        .select_related("procedure__agency")
        .defer("content")
        .annotate(title=KT("content__title__es"))
    )
    return keyset_page(rows, "id", place=place, size=size or PAGE, latest_first=True)


def how_many_wait(actor: Actor) -> int:
    """Return how many texts from elsewhere wait for an actor's agencies."""
    return ImportConflict.objects.visible_to(actor).open().count()


def present_text(procedure: Procedure) -> dict[str, Any]:
    """Return what is written here last, public or still a draft; nothing where nobody wrote yet."""
    latest = procedure.versions.exclude(status=VersionStatus.SET_ASIDE).order_by("-number").first()
    return latest.content if latest else {}
