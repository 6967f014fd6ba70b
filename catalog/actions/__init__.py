from catalog.actions.feedback import log_search, record_vote, report_error
from catalog.actions.versions import begin_version, edit_version, publish_version, put_sheet, return_version, send_to_review

__all__ = [
    "begin_version",
    "edit_version",
    "log_search",
    "publish_version",
    "put_sheet",
    "record_vote",
    "report_error",
    "return_version",
    "send_to_review",
]
