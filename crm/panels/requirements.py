"""The papers of a case, requirement by requirement, as values ready to be drawn: the same in every room."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from common import links, wording
from crm.models import Case, Document, Message, PaperState, RequestedPaper
from crm.queries.requirements import Requirement, day_of_judgement, requirements_of

TONES = {
    PaperState.REQUESTED: "you",
    PaperState.RECEIVED: "waiting",
    PaperState.ACCEPTED: "granted",
    PaperState.REJECTED: "refused",
    PaperState.EXPIRED: "refused",
}


@dataclass(frozen=True)
class PaperLine:
    """One paper: where it stands, why it was not accepted, until when it is good, and from which case it was used again."""

    document: Document
    label: str
    name: str
    href: str
    state: str
    tone: str
    reason: str
    until: str
    origin: str
    is_accepted: bool


@dataclass(frozen=True)
class RequirementLine:
    """One requirement with its one state in words, and the papers that came for it."""

    code: str
    label: str
    note: str
    state: str
    tone: str
    is_missing: bool
    papers: list[PaperLine]


def requirement_lines(case: Case, now: datetime | None = None) -> list[RequirementLine]:
    """Return a line for each requirement of a case; the same number of queries whatever came."""
    day = day_of_judgement(case, now)
    return [
        RequirementLine(
            code=row.code,
            label=row.label,
            note=row.note,
            state=_words(row),
            tone=TONES[row.state] if row.is_asked or row.documents else "neutral",
            is_missing=row.state == PaperState.REQUESTED and row.is_needed,
            papers=[_paper(one, row.label, day) for one in row.documents],
        )
        for row in requirements_of(case, day)
    ]


def tie_papers(questions: list[Message], lines: list[RequirementLine]) -> list[Message]:
    """Tie to each question the lines of the papers that it asked for, as its `wanted`; at most one query."""
    asked = RequestedPaper.objects.filter(question__in=questions).order_by("at", "pk") if questions else []
    codes = [(row.question_id, row.requirement) for row in asked]
    for question in questions:
        wanted = {code for of, code in codes if of == question.pk}
        question.wanted = [line for line in lines if line.code in wanted]  # type: ignore[attr-defined]  # for the template
    return questions


def addressed(lines: list[RequirementLine], address: Any) -> list[RequirementLine]:
    """The same lines, each paper at the address that a room of its own hands it out at (`address(document)`)."""
    return [
        replace(line, papers=[replace(one, href=address(one.document)) for one in line.papers])
        for line in lines
    ]


def _words(row: Requirement) -> str:
    if row.state != PaperState.REQUESTED or row.is_asked:
        return str(row.state.label)
    if not row.is_needed:
        return gettext("Only in some situations; nothing came")
    return gettext("Nothing came; it is asked for if it is needed")


def _paper(document: Document, label: str, day: date) -> PaperLine:
    state = document.state_on(day)
    origin = document.reused_from
    return PaperLine(
        document=document,
        label=label,
        name=document.name or gettext("erased"),
        href=links.url("paper", document.pk) if document.sha256 else "",
        state=str(state.label),
        tone=TONES[state],
        reason=document.reason or "",
        until=_until(document, state),
        origin=gettext("Used again from case %(folio)s") % {"folio": origin.case.folio} if origin else "",
        is_accepted=state == PaperState.ACCEPTED,
    )


def _until(document: Document, state: PaperState) -> str:
    if document.valid_until is None:
        return ""
    told = {"day": wording.day(document.valid_until)}
    if state == PaperState.EXPIRED:
        return gettext("It was good until %(day)s. A newer one is needed.") % told
    return gettext("Good until %(day)s") % told
