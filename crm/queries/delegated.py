"""What agreements let be done in a contact, by whoever attends it."""

from datetime import datetime
from uuid import UUID

from catalog.models import Act
from catalog.queries import agreements
from catalog.queries.published import content_of, procedure_of
from catalog.sheets import Sheet
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
    return agreements.acts_here(
        procedure_id=procedure_id,
        channel=interaction.channel,
        office_id=interaction.office_id,
        on=clock.local_date(at or clock.now(), zone),
        user_id=user_id,
    )


def lacking_in(
    interaction: Interaction, version_id: UUID, user_id: UUID | None, *, at: datetime | None = None
) -> Act | None:
    """
    Return what is not agreed, of what must be for this person to receive an application in a contact (`agreements.lacking`). The web asks
    nobody: there a citizen hands it to the agency itself.
    """
    acts = acts_in(interaction, procedure_of(version_id), user_id, at=at)
    return agreements.lacking(acts, Sheet(content_of(version_id)), interaction.channel)
