"""May this act be done here, now, by this person?"""

from datetime import date
from uuid import UUID

from django.db import connection

from catalog.models import Act
from catalog.models.agreement import OUTSIDE, DelegatedChannel

_ASK = """
SELECT d.act, bool_or(NOT d.needs_accreditation OR EXISTS (
    SELECT FROM catalog_accreditation c
    WHERE c.user_id = %(user)s AND c.agency_id = a.agency_id AND c.act IN ('', d.act) AND c.during @> %(on)s::date AND c.withdrawn_at IS NULL))
FROM catalog_agreement a JOIN catalog_delegatedact d ON d.agreement_id = a.id
WHERE a.agency_id = %(agency)s AND a.stage <> 'signed' AND a.during @> %(on)s::date
  AND d.channel = %(channel)s AND d.during @> %(on)s::date AND (d.procedure_id IS NULL OR d.procedure_id = %(procedure)s)
  AND (%(channel)s NOT IN ('office', 'mobile') OR a.all_offices OR EXISTS (
       SELECT FROM catalog_agreement_offices o WHERE o.agreement_id = a.id AND o.office_id = %(office)s))
GROUP BY d.act
"""


def acts_here(
    *,
    agency_id: int,
    procedure_id: UUID | None,
    channel: str,
    office_id: int | None,
    on: date,
    user_id: UUID | None,
) -> dict[str, bool]:
    """
    Return the acts of an agency's procedure that an agreement in force on a day lets be done on a channel, at an office if it is one; each
    with whether this person may do it: False where the agency asks for an accreditation that they do not have.

    One query. A signed agreement that is not in service yet does not count; an act without a procedure covers all of the agency's; a mobile
    office stands for its route; any channel that is not of this house counts as `outside`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK,
            {
                "agency": agency_id,
                "procedure": procedure_id,
                "channel": channel if channel in DelegatedChannel.values else OUTSIDE,
                "office": office_id,
                "on": on,
                "user": user_id,
            },
        )
        return dict(cursor.fetchall())


def may_be_done(
    act: Act | str,
    *,
    agency_id: int,
    procedure_id: UUID | None,
    channel: str,
    office_id: int | None,
    on: date,
    user_id: UUID | None = None,
) -> bool:
    """Whether an act may be done here, now, by this person (`acts_here`); nobody in particular is nobody accredited."""
    acts = acts_here(
        agency_id=agency_id,
        procedure_id=procedure_id,
        channel=channel,
        office_id=office_id,
        on=on,
        user_id=user_id,
    )
    return acts.get(str(act), False)
