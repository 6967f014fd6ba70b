"""Where a case stands and what comes next, in plain words for the citizen."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from crm.models import Case, CaseState, Stage
from crm.models.stage import DECIDED


@dataclass(frozen=True)
class Progress:
    """The state as a sentence, what happens next, and by when (None: no day is promised)."""

    now: str
    next: str
    by: date | None = None


def progress_of(case: Case) -> Progress:
    """Return the sentences of a case's present state."""
    state = CaseState(case.state)
    match state:
        case CaseState.SUBMITTED:
            return Progress(
                gettext("We have your application and handed it to the agency."),
                gettext("The agency will begin its review. You need not do anything now."),
                case.promised_on,
            )
        case CaseState.IN_REVIEW:
            return Progress(
                gettext("The agency is reviewing your application."),
                gettext("It will decide, or ask you if something is missing. You need not do anything now."),
                case.promised_on,
            )
        case CaseState.AWAITING_CITIZEN:
            return Progress(
                gettext("The agency needs something from you."),
                gettext("Answer below. Its term stands still until it has your answer."),
            )
        case CaseState.GRANTED:
            return Progress(gettext("Your application was granted."), gettext("The decision is below."))
        case CaseState.DENIED:
            return Progress(
                gettext("Your application was not granted."),
                gettext(
                    "The reason is below. If you do not agree, call line 101: we say how to have it reviewed."
                ),
            )
        case CaseState.REFERRED:
            return Progress(gettext("Your case was sent to another agency."), gettext("The reason is below."))
        case CaseState.LAPSED:
            return Progress(
                gettext("Your case lapsed: no answer came in time."),
                gettext("You can apply again at any time."),
            )
        case CaseState.WITHDRAWN:
            return Progress(
                gettext("You withdrew your application."), gettext("You can apply again at any time.")
            )
    return Progress(gettext("Your case is closed."), gettext("Nothing more will happen in it."))


def decisions_of(case: Case) -> list[Stage]:
    """The parts of a case that were decided, in order, each with its agency and reason."""
    return list(case.stages.filter(state__in=DECIDED).select_related("agency").order_by("order", "pk"))
