from offices.models.desk import OFFICE_ROLES, Desk, Display
from offices.models.ticket import AT_DESK, OVER, Counter, Period, PeriodKind, Ticket, TicketState
from offices.models.visit import Visit, VisitMatter

__all__ = [
    "AT_DESK",
    "OFFICE_ROLES",
    "OVER",
    "Counter",
    "Desk",
    "Display",
    "Period",
    "PeriodKind",
    "Ticket",
    "TicketState",
    "Visit",
    "VisitMatter",
]
