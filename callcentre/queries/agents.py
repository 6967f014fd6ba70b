"""Agents by their telephones, and what they are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from callcentre.models import AgentState, AgentStateKind, Call, CallState
from callcentre.permissions import CONSOLE_ROLES


def agents_named(names: Sequence[str]) -> list[User]:
    """
    Return the agents the exchange means, by extension or e-mail, in the order named; whoever may not answer
    is nobody.
    """
    if not names:
        return []
    lower = [name.lower() for name in names]
    found = (
        agents().filter(Q(extension__extension__in=names) | Q(email__in=lower)).select_related("extension")
    )
    place = {name: index for index, name in reversed(list(enumerate(lower)))}

    def order(user: User) -> int:
        extension = getattr(user, "extension", None)
        known = [user.email, extension.extension.lower() if extension else ""]
        return min(place.get(name, len(place)) for name in known)

    return sorted(found, key=order)


def agents() -> QuerySet[User]:
    """Return whoever may answer calls now."""
    posts = Membership.objects.current().filter(role__in=CONSOLE_ROLES)
    return User.objects.filter(is_active=True, pk__in=posts.values("user"))


def telephone_of(user: User) -> str:
    """Return how the exchange names an agent's telephone: the extension, or else the e-mail."""
    extension = getattr(user, "extension", None)
    return extension.extension if extension else user.email


def state_of(user_id: UUID | None) -> AgentState | None:
    """Return what an agent does now, or None when they have not said."""
    return AgentState.objects.open().filter(user=user_id).first()


@dataclass(frozen=True)
class AgentNow:
    """An agent on the supervisor's screen."""

    name: str
    state: str
    state_label: str
    reason: str
    since: datetime | None
    tone: str


_TONES = {
    AgentStateKind.AVAILABLE: "granted",
    AgentStateKind.ON_CALL: "info",
    AgentStateKind.WRAP_UP: "waiting",
    AgentStateKind.PAUSE: "neutral",
    AgentStateKind.AWAY: "neutral",
}


def agents_now() -> list[AgentNow]:
    """Return the agents with what they do and since when: first who needs a look, then by name."""
    states = {row.user_id: row for row in AgentState.objects.open()}
    order = list(AgentStateKind)
    rows = [(states.get(user.pk), user) for user in agents()]
    rows.sort(
        key=lambda pair: (order.index(AgentStateKind(pair[0].state)) if pair[0] else len(order), pair[1].name)
    )
    return [
        AgentNow(
            name=user.name,
            state=row.state if row else AgentStateKind.AWAY,
            state_label=str(AgentStateKind(row.state).label if row else AgentStateKind.AWAY.label),
            reason=row.get_reason_display() if row and row.reason else "",
            since=row.starts_at if row else None,
            tone=_TONES[AgentStateKind(row.state)] if row else "neutral",
        )
        for row, user in rows
    ]


def speaking_call(user_id: UUID | None) -> Call | None:
    """Return the call an agent is speaking in."""
    return Call.objects.filter(agent=user_id, state=CallState.CONNECTED).order_by("-answered_at").first()
