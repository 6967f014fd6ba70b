"""
Calls as the exchange tells them: every event is stored raw, then the call is folded again and its contact
brought into line.
"""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from callcentre import permissions
from callcentre.actions.agents import begin_wrap_up, settle_agent, start_call
from callcentre.actions.line_state import write_line_state
from callcentre.folding import Facts, fold
from callcentre.models import (
    AgentStateKind,
    Call,
    CallEvent,
    CallState,
    Direction,
    EventSource,
    EventType,
    Ring,
)
from callcentre.queries.agents import agents_named
from callcentre.queries.line import is_open_at, option_at
from callcentre.telephony import Told
from common import clock, live
from common.errors import DomainError, require
from crm.actions import attend_interaction, end_interaction, open_interaction, wrap_up_interaction
from crm.actions.late_reports import attend_late, note_reason
from crm.models.interaction import Ending

NOBODY_COULD = {"busy", "congestion", "noAnswer", "notFound", "userBusy", "noRouteDestination"}


@transaction.atomic
def receive_event(told: Told, *, by: Actor) -> Call:
    """
    Take in one event of a call and bring the call, its contact and its agent into line.

    Events may come in any order, again, or at the same moment: the call's row is locked, the first of each
    type counts, and what they amount to is computed anew from all of them.
    """
    Call.objects.bulk_create([Call(provider=told.provider, call_id=told.call_id)], ignore_conflicts=True)
    call = Call.objects.lock(provider=told.provider, call_id=told.call_id)
    if not _is_news(told):
        return call
    facts = fold(CallEvent.objects.filter(provider=call.provider, call_id=call.call_id))
    before = CallState(call.state)
    was_answered = call.answered_at is not None
    _apply(call, facts)
    if call.direction == Direction.IN:
        _settle_contact(call, facts)
    call.save()
    moved = call.state != before or not was_answered
    if call.agent and moved:  # ringing elsewhere begins no second wrap-up
        settle = start_call if call.is_connected else begin_wrap_up
        settle(call.agent, by=by)
    topics = [f"agent:{user}" for user in call.rings.values_list("user", flat=True)]
    live.publish("line", *{*topics, *([f"agent:{call.agent_id}"] if call.agent_id else [])})
    write_line_state(by=by)
    return call


@transaction.atomic
def take_call(call: Call, *, by: Actor) -> Call:
    """
    An agent says that they are speaking with the caller, where the exchange has not told of the answer (yet).

    :raises NotAllowed: it does not ring at their phone
    :raises DomainError: a colleague answered it, or the caller hung up
    """
    require(
        permissions.can_answer_calls(by) and Ring.objects.filter(call=call, user=by.user_id).exists(),
        _("This call does not ring at your telephone."),
    )
    email = User.objects.values_list("email", flat=True).get(pk=permissions.user_of(by))
    told = Told(EventType.ANSWER, call.call_id, call.provider, EventSource.CONSOLE, {"users": [email]})
    call = Call.objects.lock(provider=call.provider, call_id=call.call_id)
    if call.agent_id is None and call.is_over:
        raise DomainError(_("The caller hung up meanwhile."))
    call = receive_event(told, by=by)
    if call.agent_id != by.user_id:
        raise DomainError(_("A colleague answered this call."))
    return call


@transaction.atomic
def end_call(call: Call, *, by: Actor) -> Call:
    """
    An agent says that their call is over, where the exchange has not told of the hang-up (yet).

    :raises NotAllowed: it is not their call
    """
    require(
        call.agent_id is not None and call.agent_id == by.user_id, _("Only whoever speaks can end the call.")
    )
    told = Told(EventType.HANGUP, call.call_id, call.provider, EventSource.CONSOLE, {"cause": "told"})
    return receive_event(told, by=by)


@transaction.atomic
def end_lost_call(call: Call, *, by: Actor) -> Call:
    """End a call whose hang-up never came: nothing more was heard of it for longer than calls last."""
    told = Told(EventType.HANGUP, call.call_id, call.provider, EventSource.SWEEP, {"cause": "lost"})
    return receive_event(told, by=by)


@transaction.atomic
def finish_forgotten(call: Call, *, by: Actor) -> None:
    """
    Finish a wrap-up that nobody finished: its open matters end as not resolved, and its agent is taken to
    be away.
    """
    call = Call.objects.select_related("interaction").lock(provider=call.provider, call_id=call.call_id)
    if call.interaction and call.interaction.ended_at and call.interaction.wrapped_up_at is None:
        wrap_up_interaction(call.interaction, by=by)
    if call.agent:
        settle_agent(call.agent, by=by, state=AgentStateKind.AWAY)


def _is_news(told: Told) -> bool:
    """Store an event; whether it tells anything that was not known."""
    now = clock.now()
    event = CallEvent(
        provider=told.provider,
        call_id=told.call_id,
        type=told.type,
        source=told.source,
        received_at=now,
        payload=told.payload,
    )
    same = CallEvent.objects.filter(provider=told.provider, call_id=told.call_id, type=told.type)
    if not same.exists():
        event.save(force_insert=True)
        return True
    same.update(repeats=F("repeats") + 1)
    if told.type != EventType.NEW_CALL:
        return False
    first = same.get()  # it may have gone on to ring elsewhere
    before: list[str] = first.payload.get("users", [])
    users = list(dict.fromkeys([*before, *told.payload.get("users", [])]))
    same.update(payload={**first.payload, "users": users})
    return users != before


def _apply(call: Call, facts: Facts) -> None:
    call.state, call.direction, call.cause = facts.state, facts.direction, facts.cause
    call.started_at, call.answered_at, call.ended_at = facts.started_at, facts.answered_at, facts.ended_at
    call.from_number = facts.number
    call.option = call.option or option_at(facts.menu)
    call.agent = call.agent or next(iter(agents_named(facts.answered_by)), None)
    if call.direction == Direction.IN:
        rings = [Ring(call=call, user=user, since=call.started_at) for user in agents_named(facts.ringing)]
        Ring.objects.bulk_create(rings, ignore_conflicts=True)


def _settle_contact(call: Call, facts: Facts) -> None:
    """Open, attend and end the contact as far as the call has come; what was told too late is mended."""
    system = Actor.system()
    reason = call.option.path if call.option else facts.menu
    if call.interaction is None:
        call.interaction = open_interaction("phone", by=system, reason=reason)
    elif reason and not call.interaction.reason:
        call.interaction = note_reason(call.interaction, by=system, reason=reason)
    contact = call.interaction
    if call.answered_at and contact.attended_at is None:
        attend = attend_late if contact.ended_at else attend_interaction
        contact = attend(contact, by=Actor.staff(call.agent) if call.agent else system)
    if call.ended_at and contact.ended_at is None:
        contact = end_interaction(contact, by=system, ending=_ending(call), wrap_up=contact.agent_id is None)
    call.interaction = contact


def _ending(call: Call) -> str:
    if call.answered_at:
        return Ending.SERVED
    nobody = call.cause in NOBODY_COULD or not is_open_at(call.started_at, option=call.option)
    return Ending.MISSED if nobody else Ending.ABANDONED
