"""Where an application stands while it is being filled in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from catalog.models import ProcedureVersion, Retirement
from catalog.queries.bundles import asked_together
from catalog.queries.published import content_of, procedure_of
from catalog.queries.retirements import Ending, ending_of
from catalog.questionnaires.question import Questionnaire
from catalog.sheets import Requirement
from common import clock, run
from crm import keys
from crm.models import Relation
from portal.models import Draft


def draft_by_code(code: str) -> Draft | None:
    """Return a draft with its case and version."""
    draft = (
        Draft.objects.select_related(
            "case__version__procedure__agency", "case__source", "case__bundle__bundle"
        )
        .defer("case__version__content")
        .filter(pk=code)
        .first()
    )
    if draft:
        draft.case.version.content = content_of(draft.case.version_id)
    return draft


def draft_alone(code: str) -> Draft | None:
    """Return a draft with its case only: for whoever will send it, not show it."""
    return Draft.objects.select_related("case").filter(pk=code).first()


def draft_begun_with(key: str) -> Draft | None:
    """Return the draft that a press of “start” with this key has begun."""
    return Draft.objects.select_related("case").filter(begun_once=keys.hashed(key)).first()


def is_over(draft: Draft) -> bool:
    """Whether a draft that was never filed is not kept any more."""
    return draft.case.is_draft and draft.kept_until < clock.now()


def ended_part(draft: Draft, language: str) -> Ending | None:
    """Return, of an application that was not sent yet, the procedure that ended meanwhile."""
    if not draft.case.is_draft:
        return None
    retirement = _ended(draft).select_related("procedure__agency").first()
    return ending_of(retirement, language) if retirement else None


def ended_procedures(draft: Draft) -> set[UUID]:
    """Return which procedures of an application ended."""
    return set(_ended(draft).values_list("procedure", flat=True))


def _ended(draft: Draft) -> QuerySet[Retirement]:
    case, standing = draft.case, Retirement.objects.standing()
    if case.bundle_id is None:
        return standing.filter(procedure=procedure_of(case.version_id))
    return standing.filter(procedure__versions__cases__bundle=case.bundle_id)


def drafts_among(codes: list[str]) -> list[Draft]:
    """Return the open drafts with these codes, the latest first."""
    found = Draft.objects.select_related("case__version", "case__bundle__bundle")
    found = found.filter(pk__in=codes[:20], case__state="draft")
    return list(found.filter(kept_until__gte=clock.now()).order_by("-begun_at"))


def files_to_have(version: ProcedureVersion) -> list[Requirement]:
    """The papers an application asks for as files."""
    asked = {q.requirement for q in Questionnaire(version.content).questions if q.kind == "file"}
    return [row for row in version.sheet.requirements if row.code in asked]


def may_be_for_other(version: ProcedureVersion) -> bool:
    """Whether somebody may fill it in for the applicant: an organisation's is always filled in by a person, and asks who they are."""
    return bool(version.sheet.applicant != "organisation")


def said_of(given: dict[str, Any]) -> str:
    """Who fills an application in for somebody else, as they said it, in one line for each thing."""
    relations = dict(Relation.choices)
    number = run.pretty(given["run"]) if given.get("run") else ""
    told = [given.get("name"), number, relations.get(given.get("relation", ""))]
    return "\n".join(str(one) for one in told if one)


def question_count(versions: Sequence[ProcedureVersion]) -> int:
    """How many questions are asked of everybody who applies for these in one form."""
    return len(asked_together(tuple(version.pk for version in versions)).asked({}))
