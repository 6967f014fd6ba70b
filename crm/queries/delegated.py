"""What agreements let be done in a contact, by whoever attends it."""

from datetime import datetime
from uuid import UUID

from catalog.models import Act
from catalog.queries.agreements import acts_here
from common import clock
from crm.models import Interaction
from crm.terms import NETWORK_ZONE


def acts_in(
    interaction: Interaction, procedure_id: UUID, user_id: UUID | None, *, at: datetime | None = None
) -> dict[str, bool]:
    """
    Return the acts of a procedure that an agreement lets be done in a contact's channel and place, as `acts_here` does; one query.

    :param at: on whose day there; now, where it is not told
    """
    zone = interaction.office.commune.time_zone if interaction.office else NETWORK_ZONE
    return acts_here(
        procedure_id=procedure_id,
        channel=interaction.channel,
        office_id=interaction.office_id,
        on=clock.local_date(at or clock.now(), zone),
        user_id=user_id,
    )


def may_be_received(
    interaction: Interaction, procedure_id: UUID, user_id: UUID | None, *, at: datetime | None = None
) -> bool:
    """Whether an application may be received in a contact by this person. The web asks nobody: there a citizen hands it to the agency itself."""
    return acts_in(interaction, procedure_id, user_id, at=at).get(Act.RECEIVE, False)
