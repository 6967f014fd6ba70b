"""What may be done for a citizen at this office?"""

from uuid import UUID

from catalog.models import Act, ProcedureVersion
from catalog.queries import agreements
from common import clock
from territory.models import Office


def may_receive(version: ProcedureVersion, office: Office, user_id: UUID | None) -> bool:
    """Whether an agreement lets this person receive applications and papers of a procedure at this office today."""
    return _acts(version, office, user_id).get(Act.RECEIVE, False)


def acts_here(version: ProcedureVersion, office: Office, user_id: UUID | None) -> list[tuple[str, str, bool]]:
    """Return every act (code, label) with whether an agreement lets this person do it at this office today."""
    acts = _acts(version, office, user_id)
    return [(act.value, str(act.label), acts.get(act, False)) for act in Act]


def _acts(version: ProcedureVersion, office: Office, user_id: UUID | None) -> dict[str, bool]:
    return agreements.acts_here(
        procedure_id=version.procedure_id,
        channel=office.kind,
        office_id=office.pk,
        on=clock.local_date(clock.now(), office.commune.time_zone),
        user_id=user_id,
    )
