from crm.actions.applications import LevelTooLow, begin_case, fill_case, submit_case
from crm.actions.claims import issue_claim_code, redeem_claim_code
from crm.actions.decisions import (
    answer_agency,
    ask_citizen,
    close_case,
    decide_stage,
    note_case,
    reopen_stage,
    take_stage,
    withdraw_case,
)
from crm.actions.documents import add_document, judge_document
from crm.actions.duplicates import (
    TakenByColleague,
    find_distinct,
    leave_pair,
    suspect_known,
    suspect_pair,
    take_pair,
)
from crm.actions.enquiries import close_enquiry, open_enquiry
from crm.actions.files import bring_case, log_access, open_file
from crm.actions.interactions import (
    attend_interaction,
    end_interaction,
    identify_person,
    open_interaction,
    wrap_up_interaction,
)
from crm.actions.keys import TooManyGuesses, open_with_key
from crm.actions.members import add_member, remove_member
from crm.actions.merges import merge_people, place, unmerge_people
from crm.actions.notifications import prepare_notifications, send_notification
from crm.actions.people import know_person
from crm.actions.queue_states import write_queue_state
from crm.actions.surveys import answer_survey, invite_to_survey

__all__ = [
    "LevelTooLow",
    "TakenByColleague",
    "TooManyGuesses",
    "add_document",
    "add_member",
    "answer_agency",
    "answer_survey",
    "ask_citizen",
    "attend_interaction",
    "begin_case",
    "bring_case",
    "close_case",
    "close_enquiry",
    "decide_stage",
    "end_interaction",
    "fill_case",
    "find_distinct",
    "identify_person",
    "invite_to_survey",
    "issue_claim_code",
    "judge_document",
    "know_person",
    "leave_pair",
    "log_access",
    "merge_people",
    "note_case",
    "open_enquiry",
    "open_file",
    "open_interaction",
    "open_with_key",
    "place",
    "prepare_notifications",
    "redeem_claim_code",
    "remove_member",
    "reopen_stage",
    "send_notification",
    "submit_case",
    "suspect_known",
    "suspect_pair",
    "take_pair",
    "take_stage",
    "unmerge_people",
    "withdraw_case",
    "wrap_up_interaction",
    "write_queue_state",
]
