"""
What an officer may do with a case: each act's words, key and form, when it is offered, and the action that
carries it out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Procedure
from common.errors import DomainError
from crm import actions, files, forms, permissions
from crm.actions.messages import may_still_write
from crm.actions.questions import ANSWER_DAYS
from crm.mandate_forms import ShownMandate
from crm.models import Case, CaseState, PartyRole, Stage, StageState
from crm.queries.parts import present_part, workable_parts
from crm.queries.rights import unmet
from crm.queries.undo import WITHIN, is_own_last, last_event
from crm.queries.work import is_answer_overdue, stages_of
from crm.views.act import Act, CarryOut
from crm.views.rights import RIGHTS_ACTS, rights_acts
from events.models import Event


@dataclass(frozen=True)
class Offer:
    """An act that can be done now, and whether it is the one to be expected."""

    act: Act
    is_next: bool


def _stage_of(stage: Stage | None) -> Stage:
    if stage is None:
        raise DomainError(_("Your agency has no part in this case."))
    return stage


def _decide(decision: StageState) -> CarryOut:
    def carry_out(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
        return actions.decide_stage(
            _stage_of(stage), by=by, decision=decision, reason=given["reason"], revision=given["revision"]
        )

    return carry_out


def _take(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.take_stage(_stage_of(stage), by=by, revision=given["revision"])


def _ask(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.ask_citizen(
        _stage_of(stage),
        by=by,
        question=given["question"],
        papers=given.get("papers", []),
        other_paper=given["other_paper"],
        days=given["days"] or ANSWER_DAYS,
        revision=given["revision"],
    )


def _lapse(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.lapse_stage(_stage_of(stage), by=by, reason=given["reason"], revision=given["revision"])


def _assign(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> None:
    actions.assign_stage(_stage_of(stage), by=by, to=given["to"], revision=given["revision"])


def _note(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.note_case(case, by=by, text=given["text"], stage=stage, revision=given["revision"])


def _attach(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.add_document(
        case,
        by=by,
        file=files.store(given["file"]),
        requirement=given["requirement"],
        revision=given["revision"],
    )


def _write(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.write_to_citizen(_stage_of(stage), by=by, text=given["text"], revision=given["revision"])


def _close(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.close_case(case, by=by, revision=given["revision"])


def _reopen(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.reopen_stage(_stage_of(stage), by=by, reason=given["reason"], revision=given["revision"])


def _give_back(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.give_back_stage(_stage_of(stage), by=by, revision=given["revision"])


def _undo_closing(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.undo_closing(case, by=by, revision=given["revision"])


def _give_code(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.issue_claim_code_at_agency(case, by=by, document_seen=given["document_seen"])


def _register_mandate(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    part = get_object_or_404(case.parties.select_related("person"), pk=given["roles"])
    return actions.register_mandate(
        by=by,
        grantor=case.parties.get(role=PartyRole.APPLICANT).person,
        agent=part.person,
        kind=given["kind"],
        acts=given["acts"],
        procedures=Procedure.objects.filter(pk__in=given.get("procedures") or []),
        ends_on=given["ends_on"],
        evidence=given["evidence"],
        file=files.store(given["file"]) if given["file"] else None,
        case=case,
    )


_ACTS = (
    Act("take", _("Take"), "t", _("The case is yours; the citizen reads that its review began."), _take),
    Act("takeover", _("Take over"), "t", _("The case is yours now."), _take),
    Act(
        "grant",
        _("Grant"),
        "y",
        _("It is granted. The citizen is told."),
        _decide(StageState.GRANTED),
        forms.Grant,
    ),
    Act(
        "ask",
        _("Ask the citizen"),
        "a",
        _("The citizen is asked; the clock stands still."),
        _ask,
        forms.Question,
    ),
    Act(
        "deny",
        _("Deny"),
        "d",
        _("It is denied. The citizen is told why."),
        _decide(StageState.DENIED),
        forms.Deny,
        "button-danger",
    ),
    Act(
        "refer",
        _("Refer"),
        "r",
        _("It is sent on. The citizen is told where."),
        _decide(StageState.REFERRED),
        forms.Refer,
    ),
    Act(
        "lapse",
        _("End: no answer came"),
        "l",
        _("Your part has ended. The citizen is told why."),
        _lapse,
        forms.Lapse,
        "button-danger",
    ),
    Act("assign", _("Give to"), "h", _("It is theirs now."), _assign, forms.Assign),
    Act("close", _("Close"), "c", _("The case is closed."), _close),
    Act(
        "give-back",
        _("Give back"),
        "v",
        _("It waits again for somebody of the agency to take it."),
        _give_back,
    ),
    Act(
        "undo-closing",
        _("Undo closing"),
        "v",
        _("The case is as it was before you closed it."),
        _undo_closing,
    ),
    Act("reopen", _("Reopen"), "o", _("The case is open again, with a new promise."), _reopen, forms.Reopen),
    Act(
        "code",
        _("Give a code"),
        "i",
        _(
            "Write this code down for them. With the folio it opens the case by web, once, within thirty days:"
        ),
        _give_code,
        forms.GiveCode,
    ),
    Act(
        "mandate",
        _("They show a mandate"),
        "q",
        _("The mandate is registered: from now on it says how far they may act."),
        _register_mandate,
        ShownMandate,
    ),
    Act(
        "write",
        _("Write to the citizen"),
        "s",
        _("The citizen reads it in their case; the clock goes on."),
        _write,
        forms.Letter,
    ),
    Act(
        "attach",
        _("Attach a paper"),
        "f",
        _("The paper is in the case; the citizen reads it too."),
        _attach,
        forms.Paper,
    ),
    Act("note", _("Note"), "n", _("The note is kept; only staff read it."), _note, forms.Note),
)
QUIET = {"note", "code", "attach", "write", "mandate"}  # never the one to be expected
ACTS = {act.name: act for act in (*_ACTS, *RIGHTS_ACTS)}


def acts_now(
    case: Case,
    own: Stage | None,
    workable: list[Stage],
    actor: Actor,
    now: datetime,
    last: Event | None = None,
) -> list[Offer]:
    """
    Return what the actor may do with a case now, the expected act last: it stands in the corner.

    :param own: the part they work on
    :param workable: the parts of theirs on which something can be done (`crm.queries.parts`)
    :param last: what happened last in it, where that was read already
    """
    if own is None:
        return []
    names = ["note", "code"] if case.redacted_at is None else ["code"]
    if case.has_unproven:  # type: ignore[attr-defined]  # annotated where a case is looked up for its page
        names.append("mandate")
    if case.is_open:
        names.append("attach")
    if may_still_write(case, now):
        names.append("write")
    if own.state == StageState.RECEIVED:
        names.append("take")
    elif own.state == StageState.IN_REVIEW:
        names += ["refer", "deny", "ask", "grant"]
    elif own.state == StageState.AWAITING_CITIZEN and is_answer_overdue(own):
        names.append("lapse")
    covers_chief = own.covers_chief  # type: ignore[attr-defined]  # read with it
    if (
        own.is_open
        and own.state != StageState.WAITING
        and permissions.can_assign(actor, own, covers_chief=covers_chief)
    ):
        names.insert(0, "assign")
    if asked := rights_acts(case, own):
        place = len(names) if unmet(case) or "grant" not in names else names.index("grant")
        names[place:place] = asked
    if (
        own.state in {StageState.IN_REVIEW, StageState.AWAITING_CITIZEN}
        and own.assigned_to_id != actor.user_id
    ):
        names.insert(0, "takeover")
    names[:0] = _undoable(case, own, actor, now, last)
    if case.state == CaseState.CLOSED:
        names += ["reopen"] if own in workable else []
    elif case.is_decided:
        names.append("close")
    return [Offer(ACTS[name], is_next=name == names[-1] and name not in QUIET) for name in names]


def _undoable(case: Case, own: Stage, actor: Actor, now: datetime, last: Event | None) -> list[str]:
    """What of the actor's own can be taken back; only what was done just now is looked up."""
    if (
        own.state == StageState.IN_REVIEW
        and own.assigned_to_id == actor.user_id
        and own.state_since >= now - WITHIN
    ):
        taken = is_own_last(last or last_event(case), "case.taken", actor, now, stage=own)
        return ["give-back"] if taken else []
    if case.closed_at is not None and case.closed_at >= now - WITHIN:
        return ["undo-closing"] if is_own_last(last or last_event(case), "case.closed", actor, now) else []
    return []


def present_stage(case: Case, actor: Actor, wanted: UUID | None) -> Stage | None:
    """Return the part an officer works on: the one their form or address named, or the one to be expected."""
    stages = list(stages_of(case, actor))
    own = [stage for stage in stages if permissions.can_decide(actor, stage)]
    return present_part(own, workable_parts(case, own, stages), wanted)
