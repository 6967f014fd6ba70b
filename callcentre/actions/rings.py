"""That an agent's screen told them who may be calling."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from callcentre.models import Ring
from common import clock
from crm.actions import log_access


@transaction.atomic
def note_shown(ring: Ring, *, by: Actor, people: Iterable[UUID]) -> bool:
    """
    Note, once per call and agent, which people's cases a pop-up hinted at; return whether this was the
    first time.
    """
    ring = Ring.objects.select_for_update(of=("self",)).select_related("call__interaction").get(pk=ring.pk)
    if ring.shown_at is not None:
        return False
    ring.shown_at = clock.now()
    ring.save(update_fields=["shown_at"])
    if shown := list(people):
        log_access("ringing", by=by, interaction=ring.call.interaction, shown=shown)
    return True
