"""What agreements let be done in a contact, by whoever attends it."""

from uuid import UUID

from catalog.models import Act, ProcedureVersion
from catalog.queries.agreements import acts_here
from common import clock
from crm.models import Interaction
from crm.terms import NETWORK_ZONE


def acts_in(interaction: Interaction, version: ProcedureVersion, user_id: UUID | None) -> dict[str, bool]:
    """Return the acts of a procedure that an agreement lets be done in a contact's channel and place today, as `acts_here` does; one query."""
    zone = interaction.office.commune.time_zone if interaction.office else NETWORK_ZONE
    return acts_here(
        agency_id=version.procedure.agency_id,
        procedure_id=version.procedure_id,
        channel=interaction.channel,
        office_id=interaction.office_id,
        on=clock.local_date(clock.now(), zone),
        user_id=user_id,
    )


def may_be_received(interaction: Interaction, version: ProcedureVersion, user_id: UUID | None) -> bool:
    """Whether an application may be received in a contact by this person. The web asks nobody: there a citizen hands it to the agency itself."""
    return acts_in(interaction, version, user_id).get(Act.RECEIVE, False)
