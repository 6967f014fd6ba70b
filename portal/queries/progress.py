"""Where a case stands and what comes next, in plain words for the citizen."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Case, CaseState, Stage, StageState
from crm.models.stage import DECIDED, RUNNING


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
    return Progress(
        gettext("Your case is closed."), gettext("Nothing more happens in it unless it is opened again.")
    )


@dataclass(frozen=True)
class Part:
    """One agency's part of a case, as the citizen reads it; `due_on` only while its clock runs."""

    agency: str
    state: str
    tone: str
    words: str
    due_on: date | None
    is_decided: bool
    decided_at: datetime | None
    reason: str


def parts_of(case: Case) -> list[Part]:
    """Every agency's part of a case, in order; one query."""
    stages = case.stages.select_related("agency").order_by("order", "agency__name_es", "pk")
    return [_part(stage) for stage in stages]


def _part(stage: Stage) -> Part:
    state = StageState(stage.state)
    return Part(
        agency=stage.agency.name,
        state=str(_PART_STATES[state]),
        tone=_PART_TONES.get(state, "neutral"),
        words=str(_PART_WORDS.get(state, "")),
        due_on=stage.due_on if state in RUNNING else None,
        is_decided=state in DECIDED,
        decided_at=stage.decided_at,
        reason=stage.decision_reason or "",
    )


# What the agencies call a state is not always what helps the citizen.
_PART_STATES = {
    StageState.WAITING: _("Not yet"),
    StageState.RECEIVED: _("Received"),
    StageState.IN_REVIEW: _("Being reviewed"),
    StageState.AWAITING_CITIZEN: _("Waiting for your answer"),
    StageState.GRANTED: _("Granted"),
    StageState.DENIED: _("Denied"),
    StageState.REFERRED: _("Sent to another agency"),
    StageState.LAPSED: _("Lapsed"),
    StageState.WITHDRAWN: _("Withdrawn"),
    StageState.MOOT: _("Not needed any more"),
}
_PART_TONES = {
    StageState.RECEIVED: "waiting",
    StageState.IN_REVIEW: "waiting",
    StageState.AWAITING_CITIZEN: "you",
    StageState.GRANTED: "granted",
    StageState.DENIED: "refused",
    StageState.LAPSED: "refused",
}
_PART_WORDS = {
    StageState.WAITING: _("It begins when the agency before it has agreed."),
    StageState.RECEIVED: _("It has your application and will begin its review."),
    StageState.IN_REVIEW: _("It is reviewing your application."),
    StageState.AWAITING_CITIZEN: _("It needs an answer of yours; its term stands still meanwhile."),
    StageState.MOOT: _("Another agency's decision has ended the case."),
}
