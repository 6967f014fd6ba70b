"""What may be done for a citizen at this office?"""

from catalog.models import Act, ProcedureVersion
from catalog.queries.agreements import may_be_done
from common import clock
from territory.models import Office


def may_receive(version: ProcedureVersion, office: Office) -> bool:
    """Whether an agreement lets this office receive applications and papers of a procedure today."""
    return _may(Act.RECEIVE, version, office)


def acts_here(version: ProcedureVersion, office: Office) -> list[tuple[str, str, bool]]:
    """Return every act (code, label) with whether an agreement lets it be done at this office today."""
    return [(act.value, str(act.label), _may(act, version, office)) for act in Act]


def _may(act: Act, version: ProcedureVersion, office: Office) -> bool:
    return may_be_done(
        act,
        agency_id=version.procedure.agency_id,
        procedure_id=version.procedure_id,
        channel=office.kind,
        office_id=office.pk,
        on=clock.local_date(clock.now(), office.commune.time_zone),
    )
