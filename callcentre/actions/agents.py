"""What agents are doing, timed by the database's clock; one thing at a time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from callcentre import permissions
from callcentre.actions.line_state import write_line_state
from callcentre.models import AgentExtension, AgentState, AgentStateKind, Call, CallState
from callcentre.models.agent import CHOSEN, PauseReason
from common import clock, live
from common.errors import DomainError, require


@transaction.atomic
def take_up_state(*, by: Actor, state: str, reason: str = "") -> AgentState:
    """
    An agent says what they do now; the same again changes nothing.

    :raises NotAllowed: `by` is no agent
    :raises DomainError: a call is going on, or the state can not be chosen
    """
    require(permissions.can_answer_calls(by), _("Only agents of the line have a state there."))
    if state not in CHOSEN:
        raise DomainError(
            _("Choose available, on a break or away."), state=_("Choose available, on a break or away.")
        )
    if reason and reason not in PauseReason.values:
        raise DomainError(_("Choose the reason of the break."), reason=_("Choose the reason of the break."))
    user = _lock(permissions.user_of(by))
    if Call.objects.unfinished_of(user.pk).exists():
        raise DomainError(_("A call of yours is not finished: finish it first."))
    row = _switch(
        user, AgentStateKind(state), at=clock.now(), reason=reason if state == AgentStateKind.PAUSE else ""
    )
    write_line_state(by=by)
    return row


@transaction.atomic
def start_call(user: User, *, by: Actor) -> AgentState:
    """An agent's call was answered."""
    return _switch(_lock(user.pk), AgentStateKind.ON_CALL, at=clock.now())


@transaction.atomic
def begin_wrap_up(user: User, *, by: Actor) -> AgentState | None:
    """An agent's call is over: its wrap-up follows, unless another call is going on."""
    user = _lock(user.pk)
    if Call.objects.filter(agent=user, state=CallState.CONNECTED).exists():
        return None
    return _switch(user, AgentStateKind.WRAP_UP, at=clock.now())


@transaction.atomic
def settle_agent(
    user: User, *, by: Actor, state: str = AgentStateKind.AVAILABLE, reason: str = ""
) -> AgentState | None:
    """After a wrap-up: the state chosen, unless another call is going on or waits to be finished."""
    user = _lock(user.pk)
    if Call.objects.unfinished_of(user.pk).exists():
        return None
    return _switch(user, AgentStateKind(state), at=clock.now(), reason=reason)


@transaction.atomic
def set_extension(user: User, *, by: Actor, extension: str) -> AgentExtension:
    """Say by which telephone the exchange names an agent; it leaves whoever had it."""
    require(
        by.is_system or by.has_role("supervisor", "administrator"), _("Only supervisors give out telephones.")
    )
    AgentExtension.objects.filter(extension=extension).exclude(user=user).delete()
    row, _created = AgentExtension.objects.update_or_create(user=user, defaults={"extension": extension})
    return row


def _lock(user_id: UUID) -> User:
    """
    Take the agent's own lock: the row of the user, without standing in the way of rows that point at it.
    """
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def _switch(user: User, state: AgentStateKind, *, at: datetime, reason: str = "") -> AgentState:
    present = AgentState.objects.open().filter(user=user).first()
    if present and present.state == state and present.reason == reason:
        return present
    if present:
        present.ends_at = max(at, present.starts_at)
        present.save(update_fields=["ends_at"])
    row = AgentState.objects.create(user=user, state=state, reason=reason, starts_at=at)
    live.publish(f"agent:{user.pk}", "line")
    return row
