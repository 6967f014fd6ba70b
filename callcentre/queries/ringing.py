"""What rings at an agent's phone, and who it may be."""

import hashlib
from dataclasses import dataclass

from accounts.actors import Actor
from callcentre.models import Call, CallState, Ring
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
    """An agent's telephone: what rings, whom they speak with, what waits to be finished."""

    ringing: list[Ringing]
    speaking: Interaction | None
    unfinished: list[Interaction]
    signature: str

    @property
    def present(self) -> Interaction | None:
        """The contact before the agent: the one they speak in, else the oldest to be finished."""
        return self.speaking or next(iter(self.unfinished), None)


def phone_of(actor: Actor) -> Phone:
    """Return an agent's own telephone; a call that rings at another's is not in it."""
    mine = Ring.objects.filter(user=actor.user_id, call__in=Call.objects.waiting())
    rings = list(mine.select_related("call__option__agency", "call__option__parent").order_by("since"))
    calls = Call.objects.unfinished_of(actor.user_id).select_related("interaction").order_by("started_at")
    rows = [(call, call.interaction) for call in calls if call.interaction]
    speaking = [contact for call, contact in rows if call.state == CallState.CONNECTED]
    unfinished = [contact for call, contact in rows if call.state == CallState.ENDED]
    state = state_of(actor.user_id)
    parts = [
        *(str(ring.pk) for ring in rings),
        "|",
        *(str(call.pk) + call.state for call, _ in rows),
        str(state and state.pk),
    ]
    signature = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]
    return Phone(
        ringing=[
            Ringing(
                ring.call,
                ring,
                phone.pretty(ring.call.from_number),
                people_with_number(ring.call.from_number),
            )
            for ring in rings
        ],
        speaking=speaking[-1] if speaking else None,
        unfinished=unfinished,
        signature=signature,
    )
