from crm.actions.applications import begin_case, fill_case, submit_case
from crm.actions.audit import seal_audit
from crm.actions.blocks import block_person, lift_block
from crm.actions.bulk import Taken, TakeResult, take_stages
from crm.actions.calendar import change_day, load_holidays, move_terms
from crm.actions.cases import close_case, withdraw_case
from crm.actions.claims import issue_claim_code, issue_claim_code_at_agency, redeem_claim_code
from crm.actions.contact_points import add_contact_point, end_contact_point, prefer
from crm.actions.deliveries import (
    acknowledge_delivery,
    claim_delivery,
    fail_delivery,
    forget_deliveries,
    give_up_deliveries,
    own_delivery,
    prepare_deliveries,
    restate_case,
    restate_cases,
    send_again,
    send_all_again,
)
from crm.actions.documents import add_document, expire_document, judge_document
from crm.actions.duplicates import (
    TakenByColleague,
    find_distinct,
    leave_pair,
    suspect_known,
    suspect_pair,
    take_pair,
)
from crm.actions.durations import estimate_decision_times
from crm.actions.enquiries import close_enquiry, open_enquiry
from crm.actions.erasures import erase_person
from crm.actions.escalations import open_task_for
from crm.actions.exports import ask_export, attach_export
from crm.actions.files import break_glass, bring_case, log_access, open_file
from crm.actions.identifiers import NumberTaken, add_identifier
from crm.actions.interactions import (
    attend_interaction,
    end_interaction,
    identify_person,
    open_interaction,
    wrap_up_interaction,
)
from crm.actions.keys import TooManyGuesses, open_with_key
from crm.actions.lateness import assign_stage, note_late
from crm.actions.levels import LevelTooLow
from crm.actions.mandates import (
    MandateRefused,
    register_mandate,
    represent,
    revoke_mandate,
    stop_representing,
)
from crm.actions.members import add_member, remove_member
from crm.actions.merges import merge_people, unmerge_people
from crm.actions.message_rules import (
    change_message_policy,
    choose_domicile,
    wish_messages,
    wish_messages_in_case,
)
from crm.actions.messages import read_messages, write_to_agency, write_to_citizen
from crm.actions.needs import end_need, note_need
from crm.actions.notes import note_case
from crm.actions.notices import tell_citizen
from crm.actions.notifications import prepare_notifications, send_notification
from crm.actions.owed_answers import settle_answers
from crm.actions.owed_work import cancel_task, finish_task, hand_over_task, open_task, take_task
from crm.actions.people import know_person
from crm.actions.placements import place
from crm.actions.questions import answer_agency, ask_citizen, lapse_stage
from crm.actions.queue_states import write_queue_state
from crm.actions.reconciliations import (
    begin_reconciliation,
    end_reconciliation,
    note_difference,
    resolve_difference,
)
from crm.actions.reminders import remind_of_question
from crm.actions.requests import answer_once, forget_requests
from crm.actions.retention import apply_retention_rule, change_retention_rule
from crm.actions.reuse import reuse_document
from crm.actions.rights import correct_attribute, extend_term
from crm.actions.saved_filters import drop_filter, save_filter
from crm.actions.sheet_changes import renew_draft, tell_cases_of_change, tell_staff_of_change
from crm.actions.stages import decide_stage, reopen_stage, take_stage
from crm.actions.subscriptions import change_secret, subscribe
from crm.actions.surveys import answer_survey, invite_to_survey
from crm.actions.together import (
    begin_together,
    change_list_together,
    fill_together,
    give_file_together,
    leave_out,
    renew_together,
    submit_together,
)
from crm.actions.undo import give_back_stage, undo_closing, undo_judgement, withdraw_note

__all__ = [
    "LevelTooLow",
    "MandateRefused",
    "NumberTaken",
    "TakeResult",
    "Taken",
    "TakenByColleague",
    "TooManyGuesses",
    "acknowledge_delivery",
    "add_contact_point",
    "add_document",
    "add_identifier",
    "add_member",
    "answer_agency",
    "answer_once",
    "answer_survey",
    "apply_retention_rule",
    "ask_citizen",
    "ask_export",
    "assign_stage",
    "attach_export",
    "attend_interaction",
    "begin_case",
    "begin_reconciliation",
    "begin_together",
    "block_person",
    "break_glass",
    "bring_case",
    "cancel_task",
    "change_day",
    "change_list_together",
    "change_message_policy",
    "change_retention_rule",
    "change_secret",
    "choose_domicile",
    "claim_delivery",
    "close_case",
    "close_enquiry",
    "correct_attribute",
    "decide_stage",
    "drop_filter",
    "end_contact_point",
    "end_interaction",
    "end_need",
    "end_reconciliation",
    "erase_person",
    "estimate_decision_times",
    "expire_document",
    "extend_term",
    "fail_delivery",
    "fill_case",
    "fill_together",
    "find_distinct",
    "finish_task",
    "forget_deliveries",
    "forget_requests",
    "give_back_stage",
    "give_file_together",
    "give_up_deliveries",
    "hand_over_task",
    "identify_person",
    "invite_to_survey",
    "issue_claim_code",
    "issue_claim_code_at_agency",
    "judge_document",
    "know_person",
    "lapse_stage",
    "leave_out",
    "leave_pair",
    "lift_block",
    "load_holidays",
    "log_access",
    "merge_people",
    "move_terms",
    "note_case",
    "note_difference",
    "note_late",
    "note_need",
    "open_enquiry",
    "open_file",
    "open_interaction",
    "open_task",
    "open_task_for",
    "open_with_key",
    "own_delivery",
    "place",
    "prefer",
    "prepare_deliveries",
    "prepare_notifications",
    "read_messages",
    "redeem_claim_code",
    "register_mandate",
    "remind_of_question",
    "remove_member",
    "renew_draft",
    "renew_together",
    "reopen_stage",
    "represent",
    "resolve_difference",
    "restate_case",
    "restate_cases",
    "reuse_document",
    "revoke_mandate",
    "save_filter",
    "seal_audit",
    "send_again",
    "send_all_again",
    "send_notification",
    "settle_answers",
    "stop_representing",
    "submit_case",
    "submit_together",
    "subscribe",
    "suspect_known",
    "suspect_pair",
    "take_pair",
    "take_stage",
    "take_stages",
    "take_task",
    "tell_cases_of_change",
    "tell_citizen",
    "tell_staff_of_change",
    "undo_closing",
    "undo_judgement",
    "unmerge_people",
    "wish_messages",
    "wish_messages_in_case",
    "withdraw_case",
    "withdraw_note",
    "wrap_up_interaction",
    "write_queue_state",
    "write_to_agency",
    "write_to_citizen",
]
