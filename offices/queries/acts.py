"""What may be done for a citizen at this office?"""

from uuid import UUID

from django.utils.translation import gettext

from catalog.models import Act, ProcedureVersion
from catalog.queries import agreements
from common import clock
from territory.models import Office


def acts_here(version: ProcedureVersion, office: Office, user_id: UUID | None) -> dict[str, bool]:
    """Return the acts that an agreement lets be done at this office today, each with whether this person may do it."""
    return agreements.acts_here(
        procedure_id=version.procedure_id,
        channel=office.kind,
        office_id=office.pk,
        on=clock.local_date(clock.now(), office.commune.time_zone),
        user_id=user_id,
    )


def why_not_received(
    acts: dict[str, bool], version: ProcedureVersion, office: Office, *, act: str = "submit"
) -> str:
    """Return why an application (or, as `answer`, a paper for it) is not received here, in a sentence; nothing where it is."""
    match agreements.lacking(acts, version.sheet, office.kind, act=act):
        case Act.RECEIVE:
            return gettext(
                "No agreement lets this office receive this: tell the citizen where it can be done."
            )
        case Act.VERIFY_IDENTITY:
            return gettext(
                "Whoever applies for this must be known surely, and no agreement lets you verify here who they are: tell the citizen where it "
                "can be done."
            )
    return ""
