"""Whether a message still tells what is so when it leaves: it may have waited for the morning, for ten minutes, for a service that was away."""

from crm.models import Case, Document, DocumentState, StageState
from crm.models.stage import UNDER_WAY
from crm.queries.questions import open_questions
from crm.queries.touched import news_for, was_written_to
from crm.queries.undo import judgements_of
from events.models import Event


def is_still_so(event: Event, case: Case) -> bool:
    """
    Return whether what an event told of a case is still so: whoever reads of it is asked for nothing that nobody waits for any more.

    Whoever asks in a transaction waits for an undoing of a refusal that is under way, and holds up one that begins.
    """
    stage = case.stages.filter(pk=event.value("stage"))
    match event.kind:
        case "case.taken":
            # Given back meanwhile it is told to nobody; whoever took it after that is told of in their turn.
            since = Event.objects.filter(
                kind=event.kind, subject_kind="case", subject_id=case.pk, seq__gt=event.seq
            )
            is_taken = stage.filter(state__in=UNDER_WAY).exclude(state=StageState.RECEIVED).exists()
            return is_taken and not since.filter(data__stage=event.value("stage")).exists()
        case "case.asked":
            return open_questions(case).filter(pk=event.value("message")).exists()
        case "case.answer_due" | "case.lapsing":
            return open_questions(case).filter(stage=event.value("stage"), at__lte=event.at).exists()
        case "case.late":
            return stage.filter(late_at__isnull=False, state__in=UNDER_WAY).exists()
        case "case.extended" | "case.reopened":
            return case.is_open
        case "case.due_moved":  # of a case that is decided, the day on which that takes effect
            return case.is_open or case.notifications.filter(effective_on__gte=event.value("day")).exists()
        case "case.stage_decided":
            return stage.filter(decided_at=event.at).exists()
        case "case.granted" | "case.denied" | "case.referred" | "case.lapsed" | "case.withdrawn":
            return case.decided_at == event.at
        case "case.sheet_changed" | "case.draft_outdated" if event.value("touches"):
            # Nothing where it goes on under the new text meanwhile, or where nothing differs for its applicant.
            return bool(news_for(case))
        case "case.sheet_changed":  # all is as it was: news to whoever was written to of a change
            return not news_for(case) and was_written_to(case, before=event)
        case "document.expired":
            return case.is_open and _paper_of(event) is not None
        case "document.rejected":
            return case.is_open and _is_refused(event)
        case "document.judgement_undone":
            paper = _paper_of(event)
            return paper is not None and paper.state != DocumentState.REJECTED
    return True


def _is_refused(refusal: Event) -> bool:
    """Whether this refusal of a paper stands; one that was made again since is told in its turn."""
    paper = _paper_of(refusal)
    if paper is None or paper.state != DocumentState.REJECTED:
        return False
    return not judgements_of(refusal).filter(kind="document.rejected", seq__gt=refusal.seq).exists()


def _paper_of(event: Event) -> Document | None:
    """The paper of an event, locked, while no other took its place."""
    papers = Document.objects.current().select_for_update(of=("self",))
    return papers.filter(pk=event.value("document")).first()
