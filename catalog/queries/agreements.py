"""May this act be done here, now?"""

from datetime import date
from uuid import UUID

from django.db.models import Q

from catalog.models import Act, AgreementStage, DelegatedAct


def may_be_done(
    act: Act | str,
    *,
    agency_id: int,
    procedure_id: UUID | None,
    channel: str,
    office_id: int | None,
    on: date,
) -> bool:
    """
    Whether an agreement in force on a day lets an act of an agency's procedure be done on a channel, at an office if it is one.

    One query. A signed agreement that is not in service yet does not count; an act without a procedure covers all of the agency's.
    """
    place = Q(agreement__all_offices=True)
    if office_id is not None:
        place |= Q(agreement__offices=office_id)
    elif channel not in {"office", "mobile"}:
        place = Q()
    return (
        DelegatedAct.objects.filter(
            place, act=act, channel=channel, agreement__agency=agency_id, agreement__during__contains=on
        )
        .filter(Q(procedure__isnull=True) | Q(procedure=procedure_id))
        .exclude(agreement__stage=AgreementStage.SIGNED)
        .exists()
    )
