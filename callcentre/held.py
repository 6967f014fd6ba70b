"""What the line holds of citizens: from which number they called, and what was noted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from callcentre.models import Call
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

register("callcentre.Call", Fate.CONTACT, "from_number")
register("callcentre.Call", Fate.KEPT, "provider", "call_id", "cause", why="codes of the exchange")
register(
    "callcentre.CallEvent", Fate.CONTACT, "payload"
)  # its number; keys pressed and phones of agents stay
register("callcentre.CallEvent", Fate.KEPT, "provider", "call_id", why="codes of the exchange")
register("callcentre.CallNote", Fate.CONTACT, "text")
register("callcentre.KnowledgeCheck", Fate.KEPT, "asked", why="which questions were asked, never an answer")
nothing_of_citizens("callcentre.AgentExtension", "callcentre.Line", "callcentre.MenuOption")
register_subject(
    Subject(
        "call-numbers",
        "SELECT t.id FROM callcentre_call t WHERE t.state = 'ended' AND t.ended_at < %(before)s AND t.from_number <> ''",
        "SELECT redact_calls(%(ids)s)",
    ),
    Subject(
        "call-notes",
        "SELECT t.id FROM callcentre_callnote t WHERE t.at < %(before)s AND t.redacted_at IS NULL",
        "SELECT redact_call_notes(%(ids)s)",
    ),
)


def calls_of(person: Person) -> list[dict[str, Any]]:
    """The calls of the contacts with a person: from which number, when; notes among colleagues are counted, not handed out."""
    rows = (
        Call.objects.filter(interaction__in=contacts_of(person))
        .prefetch_related("notes")
        .order_by("started_at")
    )
    return [
        {
            "number": row.from_number,
            "began": row.started_at.isoformat(),
            "ended": row.ended_at.isoformat() if row.ended_at else None,
            "notes": len(row.notes.all()),
        }
        for row in rows
    ]


register_section(Section("calls", _("Your calls to line 101"), calls_of, 65))
