from metrics.actions.parameters import approve_set, change_class, change_parameter, draft_set
from metrics.actions.roll_ups import mark_all_days, mark_day, mark_days, recount_all, refresh_roll_ups

__all__ = [
    "approve_set",
    "change_class",
    "change_parameter",
    "draft_set",
    "mark_all_days",
    "mark_day",
    "mark_days",
    "recount_all",
    "refresh_roll_ups",
]
