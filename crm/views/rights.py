"""What an officer may do on a case of a person's right over their data; how acts are drawn and carried out is in `crm.views.acts`."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from crm import actions, right_forms, tasks
from crm.models import Case, Stage, StageState
from crm.queries.erasures import erasure_plan
from crm.queries.rights import person_of, right_of
from crm.views.act import Act

OFFERED = {
    "access": ["export"],
    "portability": ["export"],
    "suppression": ["erase"],
    "rectification": ["correct"],
    "blocking": ["block"],
    "opposition": [],
}


def _export(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    export = actions.ask_export(case, by=by, revision=given["revision"])
    tasks.make_export.delay_on_commit(export_id=str(export.pk))
    return export


def _erase(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    records = [UUID(one) for one in given.get("records", [])]
    log = actions.erase_person(case, by=by, records=records, revision=given["revision"])
    tasks.remove_orphan_papers.delay_on_commit()
    return log


def _block(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    day = given["until"]
    until = datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.TIME_ZONE)) if day else None
    return actions.block_person(case, by=by, reason=given["reason"], until=until, revision=given["revision"])


def _lift(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.lift_block(case, by=by, revision=given["revision"])


def _correct(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    paper = get_object_or_404(case.documents, pk=given["evidence"])
    return actions.correct_attribute(
        case, by=by, key=given["key"], value=given["value"], evidence=paper, revision=given["revision"]
    )


def _extend(case: Case, stage: Stage | None, by: Actor, given: dict[str, Any]) -> object:
    return actions.extend_term(case, by=by, reason=given["reason"], revision=given["revision"])


RIGHTS_ACTS = (
    Act(
        "export",
        _("Prepare the export"),
        "p",
        _("It is being made; its two papers appear in the case in a moment."),
        _export,
    ),
    Act("erase", _("Erase"), "z", _("The person is erased."), _erase, right_forms.Erasure, "button-danger"),
    Act("block", _("Block"), "b", _("Their data are blocked from now on."), _block, right_forms.Blocking),
    Act("lift", _("Lift the block"), "b", _("Their data are free again."), _lift),
    Act(
        "correct",
        _("Correct"),
        "p",
        _("It is corrected; what was there before stays in the history."),
        _correct,
        right_forms.Correction,
    ),
    Act(
        "extend",
        _("Extend the term"),
        "e",
        _("The term is extended. The citizen reads why."),
        _extend,
        right_forms.Extension,
    ),
)


def rights_acts(case: Case, own: Stage) -> list[str]:
    """The names of the acts that a case of a right offers now besides those of every case; none for other cases."""
    right = right_of(case)
    if not right:
        return []
    names = ["lift"] if case.blocks.filter(lifted_at__isnull=True).exists() else []
    if own.state != StageState.IN_REVIEW:
        return names
    if right != "blocking" and own.extended_at is None:
        names.append("extend")
    return names + [name for name in OFFERED[right] if not (name == "block" and names)]


def right_preview(case: Case, act: Act | None) -> dict[str, Any]:
    """What the form of an act shows above its questions: of an erasure, what goes, what stays and what stands in its way."""
    person = person_of(case) if act and act.name == "erase" else None
    return {"plan": erasure_plan(person, asked_in=case)} if person else {}
