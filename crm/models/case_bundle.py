"""Cases that were applied for in one form and are shown together."""

from typing import TYPE_CHECKING

from django.db import models

from catalog.models import Bundle
from common.clock import ClockNow
from common.ids import new_id

if TYPE_CHECKING:
    from crm.models.case import Case


class CaseBundle(models.Model):
    """
    What ties the cases of one application for a bundle of procedures: each is decided by itself, under its own folio.

    They are begun with one key and filed together or not at all (`crm.actions.together`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(db_default=ClockNow())

    cases: "models.Manager[Case]"

    def __str__(self) -> str:
        return str(self.id)
