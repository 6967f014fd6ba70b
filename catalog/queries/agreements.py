"""May this act be done here, now, by this person?"""

from datetime import date
from uuid import UUID

from django.db import connection

from catalog.models import Act
from catalog.models.agreement import OUTSIDE, DelegatedChannel
from catalog.sheets import Sheet

SOMEBODY_VERIFIES = 300  # the identity level from which on it is not enough what a person says, or that their address is theirs

_ASK = "SELECT act_code, is_allowed FROM acts_here(%(agency)s, %(procedure)s, %(channel)s, %(office)s, %(on)s, %(user)s)"

# A table expression of SQL: agreements as they stood, with when they began and the days on which they stood so; for what is counted of days
# that are over.
HELD = """held AS (
    SELECT a.id, a.agency_id, lower(a.during) AS began, a.stage, a.all_offices, a.during * daterange(a.terms_since, NULL) AS during,
           ARRAY(SELECT o.office_id FROM catalog_agreement_offices o WHERE o.agreement_id = a.id) AS offices
    FROM catalog_agreement a
    UNION ALL
    SELECT a.id, a.agency_id, lower(a.during), p.stage, p.all_offices, a.during * p.during, p.offices
    FROM catalog_pastterms p JOIN catalog_agreement a ON a.id = p.agreement_id
)"""


def acts_here(
    *,
    procedure_id: UUID | None,
    channel: str,
    office_id: int | None,
    on: date,
    user_id: UUID | None,
    agency_id: int | None = None,
) -> dict[str, bool]:
    """
    Return the acts of an agency's procedure that an agreement in force on a day lets be done on a channel, at an office if it is one; each
    with whether this person may do it: False where the agency asks for an accreditation that they do not have.

    One query, of the database's function of this name. Without an agency it is the procedure's own. A signed agreement that is not in service
    yet does not count; an act without a procedure covers all of the agency's; a mobile office stands for its route; any channel that is not of
    this house counts as `outside`.
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
    agency_id: int | None = None,
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


def lacking(acts: dict[str, bool], sheet: Sheet, channel: str, *, act: str = "submit") -> Act | None:
    """
    Return what is not agreed, of what must be where an application (or, as `answer`, a paper for it) is received: receiving it, and, where the
    sheet asks for an identity that somebody verifies, verifying it too. None where all of it is.

    :param acts: what may be done there (`acts_here`)
    """
    needed = [Act.RECEIVE]
    if sheet.level(channel, act) >= SOMEBODY_VERIFIES:
        needed.append(Act.VERIFY_IDENTITY)
    return next((one for one in needed if not acts.get(one)), None)
