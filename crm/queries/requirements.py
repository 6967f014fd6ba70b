"""What papers a case asks for, and where each stands."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext

from catalog.questionnaires.question import Questionnaire
from common import clock
from crm.models import Case, Document, PaperState, RequestedPaper

# Of several papers for one requirement, the state that asks something of somebody first.
WEIGHT = (PaperState.REJECTED, PaperState.EXPIRED, PaperState.RECEIVED, PaperState.ACCEPTED)


@dataclass(frozen=True)
class Requirement:
    """
    One requirement of a case: the sheet's, one an agency asked for besides, or a paper nobody asked for.

    `is_needed`: without it something is missing; the others are only for some situations.
    """

    code: str
    label: str
    note: str
    is_needed: bool
    is_asked: bool  # an agency asked for it with a question
    state: PaperState
    documents: list[Document]


def requirements_of(case: Case, day: date) -> list[Requirement]:
    """
    Return the requirements of the version under which a case was begun, then what was asked besides, then the other papers; two queries.

    Once the case is decided, what never came is asked of nobody any more and is left out.

    :param day: on which papers must be good (`day_of_judgement`)
    """
    documents = list(
        case.documents.current()
        .select_related("reused_from__case")
        .defer("reused_from__case__answers")
        .order_by("received_at", "pk")
    )
    given: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        given[document.requirement].append(document)
    asked = {row.requirement: row for row in _asked_of(case)}
    lines = [
        _line(row.code, row.label, row.note, row.required, asked.get(row.code), given.pop(row.code, []), day)
        for row in case.sheet.requirements
        if row.provided_by == "citizen" or row.code in given or row.code in asked
    ]
    known = {line.code for line in lines}
    lines += [
        _line(
            code,
            row.words or gettext("Paper, described by the agency"),
            "",
            True,
            row,
            given.pop(code, []),
            day,
        )
        for code, row in asked.items()
        if code not in known
    ]
    lines += [_line(code, _name(code), "", False, None, rows, day) for code, rows in given.items()]
    return [line for line in lines if line.documents or not case.is_decided]


def asked_papers() -> ArraySubquery:
    """What agencies asked for besides, to be read with the case itself as `asked_papers`."""
    rows = RequestedPaper.objects.filter(case=OuterRef("pk")).not_dropped()
    return ArraySubquery(rows.values(found=JSONObject(requirement="requirement", words="words", at="at")))


def _asked_of(case: Case) -> list[RequestedPaper]:
    if (read := getattr(case, "asked_papers", None)) is not None:
        return [RequestedPaper(**row | {"at": datetime.fromisoformat(row["at"])}) for row in read]
    return list(RequestedPaper.objects.filter(case=case).not_dropped())


def day_of_judgement(case: Case, now: datetime | None = None) -> date:
    """The day on which papers must be good: that of the decision, today (`now`, if it was read already) until there is one."""
    return clock.local_date(case.decided_at or now or clock.now(), settings.TIME_ZONE)


def good_until(case: Case, requirement: str, came_on: date) -> date | None:
    """
    The last day on which a paper that came on a day can still be good: the sheet says how old one may be, and it can not be younger than
    the day it came. None: the sheet says nothing.
    """
    days = next((row.valid_days for row in case.sheet.requirements if row.code == requirement), None)
    return came_on + timedelta(days=days) if days else None


def papers_asked(case: Case) -> list[tuple[str, str]]:
    """Return code and label of every paper that can be handed in for something: the sheet's, and those asked for in words."""
    rows = [(row.code, row.label) for row in case.sheet.requirements if row.provided_by == "citizen"]
    known = {row.code for row in case.sheet.requirements}
    asked = RequestedPaper.objects.filter(case=case).exclude(requirement__in=known).not_dropped()
    return rows + [(row.requirement, row.words or gettext("Paper, described by the agency")) for row in asked]


def takes_paper_for(case: Case, requirement: str) -> bool:
    """Whether a paper is asked for under a code: by the sheet's requirements, by a question of its form, or by an agency besides."""
    questions = Questionnaire(case.version.content).questions
    known = {row.code for row in case.sheet.requirements}
    known |= {question.requirement for question in questions if question.kind == "file"}
    return requirement in known or case.requested_papers.filter(requirement=requirement).exists()


def _line(
    code: str,
    label: str,
    note: str,
    is_needed: bool,
    asked: RequestedPaper | None,
    documents: list[Document],
    day: date,
) -> Requirement:
    # What came before it was asked for again does not answer.
    counted = [one for one in documents if asked is None or one.received_at > asked.at]
    states = {one.state_on(day) for one in counted}
    state = next((state for state in WEIGHT if state in states), PaperState.REQUESTED)
    return Requirement(code, label, note, is_needed or asked is not None, asked is not None, state, documents)


def _name(code: str) -> str:
    return {
        "export-data": gettext("Your data, for machines (JSON)"),
        "export-readable": gettext("Your data, to read (PDF)"),
    }.get(code, gettext("Paper"))
