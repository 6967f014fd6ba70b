"""The estimates that receipts are given, made anew from all cases."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import require
from crm.models import DecisionTime
from crm.queries.durations import estimated_decision_times


@transaction.atomic
def estimate_decision_times(*, by: Actor) -> list[DecisionTime]:
    """
    Estimate anew how long each procedure's decisions take; of a procedure without recent cases nothing is said any more.

    Derived from rows that are there, so no event tells of it.

    :returns: the estimates as they are now
    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, _("Estimates are made by the calendar."))
    found = estimated_decision_times(now=clock.now())
    DecisionTime.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["procedure"],
        update_fields=["cases", "decided", "half_seconds", "most_seconds", "at"],
    )
    DecisionTime.objects.exclude(procedure__in=[row.procedure_id for row in found]).delete()
    return found
