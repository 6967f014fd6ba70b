from callcentre.actions.agents import begin_wrap_up, set_extension, settle_agent, start_call, take_up_state
from callcentre.actions.applications import begin_application, file_application
from callcentre.actions.calls import end_call, end_lost_call, finish_forgotten, receive_event, take_call
from callcentre.actions.contacts import (
    add_matter,
    answer_for_citizen,
    finish_call,
    give_claim_code,
    tell_status,
    write_for_citizen,
    write_note,
)
from callcentre.actions.identity import check_knowledge, choose_caller, enter_caller, forget_caller
from callcentre.actions.line_state import write_line_state
from callcentre.actions.rings import note_shown

__all__ = [
    "add_matter",
    "answer_for_citizen",
    "begin_application",
    "begin_wrap_up",
    "check_knowledge",
    "choose_caller",
    "end_call",
    "end_lost_call",
    "enter_caller",
    "file_application",
    "finish_call",
    "finish_forgotten",
    "forget_caller",
    "give_claim_code",
    "note_shown",
    "receive_event",
    "set_extension",
    "settle_agent",
    "start_call",
    "take_call",
    "take_up_state",
    "tell_status",
    "write_for_citizen",
    "write_line_state",
    "write_note",
]
