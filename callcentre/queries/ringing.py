"""What rings at an agent's phone, and who it may be."""

import hashlib
from dataclasses import dataclass

from accounts.actors import Actor
from callcentre.models import AgentState, Call, Ring
from callcentre.queries.agents import state_of
from callcentre.queries.callers import Candidates, people_with_number
from common import phone
from crm.models import Interaction


@dataclass(frozen=True)
class Ringing:
    """One call that rings: why probably, and who may be calling."""

    call: Call
    ring: Ring
    number: str
    candidates: Candidates


@dataclass(frozen=True)
class Phone:
    """
    An agent's telephone: what rings, whom they speak with, what waits to be finished.

    `at` is the contact their screen shows (empty: the console), `is_over` whether it shows it as ended.
    """

    ringing: list[Ringing]
    speaking: Interaction | None
    unfinished: list[Interaction]
    state: AgentState | None
    waiting: int
    at: str = ""
    is_over: bool = False

    @property
    def present(self) -> Interaction | None:
        """The contact before the agent: the one they speak in, else the oldest to be finished."""
        return self.speaking or next(iter(self.unfinished), None)

    @property
    def news(self) -> str:
        """What the screen of a call does not show yet, as a code: speaking, unfinished or hung_up."""
        if not self.at:
            return ""
        if self.speaking and str(self.speaking.pk) != self.at:
            return "speaking"
        if not self.is_over and self.at in {str(contact.pk) for contact in self.unfinished}:
            return "hung_up"
        return "unfinished" if self.present and str(self.present.pk) != self.at else ""

    @property
    def is_quiet(self) -> bool:
        return not self.ringing and not self.news

    @property
    def signature(self) -> str:
        """Changes when what is shown would; while it rings, other callers do not move the page."""
        waiting = self.waiting if not self.at and not self.ringing else 0
        parts = [ringing.ring.pk for ringing in self.ringing]
        present = self.present.pk if self.present else ""
        told = f"{parts} {present} {self.news} {self.state.pk if self.state else ''} {waiting}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def phone_of(actor: Actor, *, at: str = "", is_over: bool = False) -> Phone:
    """Return an agent's own telephone; a call that rings at another's is not in it."""
    mine = Ring.objects.filter(user=actor.user_id, call__in=Call.objects.waiting())
    rings = list(mine.select_related("call__option__agency").order_by("since"))
    calls = Call.objects.unfinished_of(actor.user_id).select_related("interaction").order_by("started_at")
    rows = [(call, call.interaction) for call in calls if call.interaction]
    speaking = [contact for call, contact in rows if call.is_connected]
    return Phone(
        ringing=[_ringing(ring) for ring in rings],
        speaking=speaking[-1] if speaking else None,
        unfinished=[contact for call, contact in rows if call.is_over],
        state=state_of(actor.user_id),
        waiting=Call.objects.waiting().count(),
        at=at,
        is_over=is_over,
    )


def phone_at(actor: Actor, interaction: Interaction) -> Phone:
    """Return an agent's telephone as the screen of a call shows it."""
    return phone_of(actor, at=str(interaction.pk), is_over=interaction.ended_at is not None)


def _ringing(ring: Ring) -> Ringing:
    number = ring.call.from_number or ""
    return Ringing(ring.call, ring, phone.pretty(number), people_with_number(number))
