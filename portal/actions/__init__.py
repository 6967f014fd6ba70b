from portal.actions.drafts import begin_bundle_draft, begin_draft, file_application, leave_out
from portal.actions.visits import (
    add_paper_in_visit,
    answer_in_visit,
    begin_visit,
    read_in_visit,
    withdraw_in_visit,
    write_in_visit,
)

__all__ = [
    "add_paper_in_visit",
    "answer_in_visit",
    "begin_bundle_draft",
    "begin_draft",
    "begin_visit",
    "file_application",
    "leave_out",
    "read_in_visit",
    "withdraw_in_visit",
    "write_in_visit",
]
