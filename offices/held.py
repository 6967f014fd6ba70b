"""What offices hold of citizens: the note that reception wrote of a visit."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.held import (
    Fate,
    Section,
    Subject,
    nothing_of_citizens,
    register,
    register_section,
    register_subject,
)
from crm.models import Person
from crm.queries.erasures import contacts_of
from offices.models import Visit

register("offices.Visit", Fate.CONTACT, "note")
register("offices.Visit", Fate.KEPT, "priority", why="a code")
register("offices.Ticket", Fate.KEPT, "series", "token", why="a letter, and a code made by chance")
nothing_of_citizens("offices.Desk", "offices.Display", "offices.Counter")
register_subject(
    Subject(
        "visit-notes",
        "SELECT t.id FROM offices_visit t JOIN crm_interaction i ON i.id = t.interaction_id"
        " WHERE i.ended_at < %(before)s AND t.note <> ''",
        "SELECT redact_visits(%(ids)s)",
    )
)


def visits_of(person: Person) -> list[dict[str, Any]]:
    """The visits of a person, with what reception noted."""
    rows = (
        Visit.objects.filter(interaction__in=contacts_of(person))
        .select_related("office", "interaction", "ticket")
        .order_by("interaction__started_at")
    )
    return [
        {
            "office": row.office.name,
            "began": row.interaction.started_at.isoformat(),
            "number": row.ticket.name if hasattr(row, "ticket") else None,
            "text": row.note,
        }
        for row in rows
    ]


register_section(Section("visits", _("Your visits to offices"), visits_of, 62))
