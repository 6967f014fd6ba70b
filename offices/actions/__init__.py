from offices.actions.cases import (
    NotHere,
    add_paper_here,
    answer_agency_here,
    begin_case_here,
    file_case_here,
    give_code_here,
)
from offices.actions.days import end_ticket
from offices.actions.desks import DeskTaken, close_desk, make_display, open_desk
from offices.actions.people import (
    enter_person_here,
    enter_represented_here,
    identify_here,
    register_mandate_here,
)
from offices.actions.tickets import (
    FormUsed,
    abandon_ticket,
    call_next,
    mark_no_show,
    put_back,
    recall_ticket,
    say_on_the_way,
    take_ticket,
)
from offices.actions.visits import (
    MattersOpen,
    add_matter,
    finish_visit,
    hold_ticket,
    resume_ticket,
    settle_matter,
    start_serving,
)

__all__ = [
    "DeskTaken",
    "FormUsed",
    "MattersOpen",
    "NotHere",
    "abandon_ticket",
    "add_matter",
    "add_paper_here",
    "answer_agency_here",
    "begin_case_here",
    "call_next",
    "close_desk",
    "end_ticket",
    "enter_person_here",
    "enter_represented_here",
    "file_case_here",
    "finish_visit",
    "give_code_here",
    "hold_ticket",
    "identify_here",
    "make_display",
    "mark_no_show",
    "open_desk",
    "put_back",
    "recall_ticket",
    "register_mandate_here",
    "resume_ticket",
    "say_on_the_way",
    "settle_matter",
    "start_serving",
    "take_ticket",
]
