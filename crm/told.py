"""
What a citizen is told of a case, by event: its template in `templates/email` and `templates/sms`.

A line more here, and the templates of its name, is all that telling of another event takes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """
    One kind of message. `is_duty`: it asks something or the law demands it, so nobody opts out of it; `decides`: sent to an electronic
    domicile it takes effect on a day that is counted; `is_undoable`: whoever did it may undo it for some minutes, and until then nobody is
    told.
    """

    template: str
    is_duty: bool = True
    decides: bool = False
    is_undoable: bool = False


TOLD = {
    "case.submitted": Told("submitted", is_duty=False),
    "case.taken": Told("taken", is_duty=False, is_undoable=True),
    "case.asked": Told("asked"),
    "case.answer_due": Told("reminder"),  # the day to answer is near
    "case.written_to_citizen": Told(
        "written"
    ),  # whoever opts out of news still gets what somebody wrote to them
    "case.noticed": Told("noticed", is_duty=False),
    "case.extended": Told("extended"),
    "case.due_moved": Told("due_moved", is_duty=False),
    "case.answered": Told("answered", is_duty=False),
    "document.rejected": Told("paper_rejected", is_undoable=True),
    "document.judgement_undone": Told("paper_restored"),  # where its refusal had been told
    "document.expired": Told("paper_expired"),
    "case.stage_decided": Told("stage_decided", decides=True),
    "case.granted": Told("granted", decides=True),
    "case.denied": Told("denied", decides=True),
    "case.referred": Told("referred", decides=True),
    "case.lapsing": Told("lapsing"),
    "case.lapsed": Told("lapsed", decides=True),
    "case.withdrawn": Told("withdrawn", is_duty=False),
    "case.reopened": Told("reopened"),
    "case.late": Told("late", is_duty=False),
    "case.sheet_changed": Told("sheet_changed", is_duty=False),
    "case.draft_outdated": Told("draft_outdated"),
}
UNDOABLE = frozenset(told.template for told in TOLD.values() if told.is_undoable)
NEUTRAL = "neutral"  # at an address that somebody else has too
