"""May this act be done here, now, by this person?"""

from datetime import date
from uuid import UUID

from django.db import connection

from catalog.models import Act
from catalog.models.agreement import OUTSIDE, DelegatedChannel

# The agreements that hold here are few, whichever way they are found: by the agency for the whole network and where there is no place, by the
# office for those that name it. Only then are their acts looked at; what is said of one procedure goes before what is said of all.
_ASK = """
WITH here AS (
    SELECT id FROM catalog_agreement WHERE agency_id = %(agency)s AND (all_offices OR %(channel)s NOT IN ('office', 'mobile'))
    UNION ALL
    SELECT a.id FROM catalog_agreement_offices o JOIN catalog_agreement a ON a.id = o.agreement_id
    WHERE o.office_id = %(office)s AND a.agency_id = %(agency)s AND %(channel)s IN ('office', 'mobile') AND NOT a.all_offices
), said AS (
    SELECT DISTINCT ON (a.id, d.act) d.act, a.agency_id, d.needs_accreditation
    FROM here JOIN catalog_agreement a USING (id) JOIN catalog_delegatedact d ON d.agreement_id = a.id
    WHERE a.stage <> 'signed' AND a.during @> %(on)s::date
      AND d.channel = %(channel)s AND d.during @> %(on)s::date AND (d.procedure_id IS NULL OR d.procedure_id = %(procedure)s)
    ORDER BY a.id, d.act, d.procedure_id IS NULL
)
SELECT act, bool_or(NOT needs_accreditation OR EXISTS (
    SELECT FROM catalog_accreditation c
    WHERE c.user_id = %(user)s AND c.agency_id = said.agency_id AND c.act IN ('', said.act) AND c.during @> %(on)s::date
      AND c.withdrawn_at IS NULL))
FROM said GROUP BY act
"""

# A table expression of SQL: agreements as they stood, with the days on which they stood so; for what is counted of days that are over.
HELD = """held AS (
    SELECT a.id, a.agency_id, a.stage, a.all_offices, a.during * daterange(a.terms_since, NULL) AS during,
           ARRAY(SELECT o.office_id FROM catalog_agreement_offices o WHERE o.agreement_id = a.id) AS offices
    FROM catalog_agreement a
    UNION ALL
    SELECT a.id, a.agency_id, p.stage, p.all_offices, a.during * p.during, p.offices
    FROM catalog_pastterms p JOIN catalog_agreement a ON a.id = p.agreement_id
)"""


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
