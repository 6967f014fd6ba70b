from catalog.actions.accreditations import accredit, withdraw_accreditation
from catalog.actions.agreements import (
    delegate_act,
    end_act,
    end_agreement,
    make_agreement,
    move_agreement,
    place_agreement,
)
from catalog.actions.bulk import (
    TO_DO,
    apply_row,
    begin_bulk,
    confirm_bulk,
    end_bulk,
    end_judging,
    forget_bulk_imports,
    judge_row,
    take_up_row,
)
from catalog.actions.bundles import (
    BundleText,
    change_bundle,
    make_bundle,
    publish_bundle,
    withdraw_bundle,
)
from catalog.actions.chain import return_version, review_version, send_to_review
from catalog.actions.comments import comment_version, settle_comment
from catalog.actions.conflicts import file_conflict, keep_ours, supersede_conflict, take_conflict
from catalog.actions.feedback import log_search, record_vote, report_error, settle_report
from catalog.actions.imports import (
    add_agency,
    begin_run,
    end_run,
    import_sheet,
    move_cursor,
    note_item,
    note_refusal,
)
from catalog.actions.procedures import create_procedure
from catalog.actions.publications import (
    AlreadyScheduled,
    begin_due_publications,
    call_off_publication,
    publish_version,
)
from catalog.actions.reminders import note_due_reviews, send_reminders
from catalog.actions.sources import add_source, ask_source, begin_sync, change_source, end_sync
from catalog.actions.tokens import make_token, revoke_token
from catalog.actions.upkeep import confirm_sheet, keep_readings, look_after
from catalog.actions.versions import (
    DraftExists,
    EditedHere,
    begin_version,
    edit_version,
    put_sheet,
    restore_version,
    set_aside,
)

__all__ = [
    "TO_DO",
    "AlreadyScheduled",
    "BundleText",
    "DraftExists",
    "EditedHere",
    "accredit",
    "add_agency",
    "add_source",
    "apply_row",
    "ask_source",
    "begin_bulk",
    "begin_due_publications",
    "begin_run",
    "begin_sync",
    "begin_version",
    "call_off_publication",
    "change_bundle",
    "change_source",
    "comment_version",
    "confirm_bulk",
    "confirm_sheet",
    "create_procedure",
    "delegate_act",
    "edit_version",
    "end_act",
    "end_agreement",
    "end_bulk",
    "end_judging",
    "end_run",
    "end_sync",
    "file_conflict",
    "forget_bulk_imports",
    "import_sheet",
    "judge_row",
    "keep_ours",
    "keep_readings",
    "log_search",
    "look_after",
    "make_agreement",
    "make_bundle",
    "make_token",
    "move_agreement",
    "move_cursor",
    "note_due_reviews",
    "note_item",
    "note_refusal",
    "place_agreement",
    "publish_bundle",
    "publish_version",
    "put_sheet",
    "record_vote",
    "report_error",
    "restore_version",
    "return_version",
    "review_version",
    "revoke_token",
    "send_reminders",
    "send_to_review",
    "set_aside",
    "settle_comment",
    "settle_report",
    "supersede_conflict",
    "take_conflict",
    "take_up_row",
    "withdraw_accreditation",
    "withdraw_bundle",
]
