from catalog.actions.feedback import log_search, record_vote, report_error, settle_report
from catalog.actions.imports import add_agency, begin_run, end_run, import_sheet, move_cursor, note_refusal
from catalog.actions.tokens import make_token, revoke_token
from catalog.actions.versions import (
    EditedHere,
    begin_version,
    edit_version,
    publish_version,
    put_sheet,
    return_version,
    send_to_review,
)

__all__ = [
    "EditedHere",
    "add_agency",
    "begin_run",
    "begin_version",
    "edit_version",
    "end_run",
    "import_sheet",
    "log_search",
    "make_token",
    "move_cursor",
    "note_refusal",
    "publish_version",
    "put_sheet",
    "record_vote",
    "report_error",
    "return_version",
    "revoke_token",
    "send_to_review",
    "settle_report",
]
