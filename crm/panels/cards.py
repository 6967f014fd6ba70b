"""The person's card, a case's line in a list, and a case's file, as values ready to be drawn in any room."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext

from accounts.actors import Actor
from common import links, phone
from common.thread import Promise, ThreadPoint
from crm.models import (
    Case,
    CaseState,
    ContactPoint,
    Interaction,
    Message,
    MessageKind,
    Person,
    PersonNeed,
    StageState,
)
from crm.models.person import PersonKind
from crm.panels.requirements import RequirementLine, requirement_lines, tie_papers
from crm.queries.blocks import closed_words, why_blocked
from crm.queries.people import number_of
from crm.queries.questions import open_questions
from crm.queries.timeline import timeline_page, timelines
from events.models import Event

LEVELS = {
    0: "",
    100: "declared",
    200: "confirmed",
    300: "questions",
    500: "document",
    600: "register",
}


def level_words(level: int) -> str:
    """Say in words how sure we are of who a person is."""
    words = {
        "": gettext("Not known"),
        "declared": gettext("As the person says"),
        "confirmed": gettext("Confirmed by e-mail or SMS"),
        "questions": gettext("Answered questions by phone"),
        "document": gettext("We saw the identity card"),
        "register": gettext("Electronic identity"),
    }
    return words[LEVELS[max(step for step in LEVELS if step <= level)]]


@dataclass(frozen=True)
class PersonCard:
    """What a card shows of a person; `href` is their file."""

    href: str
    name: str
    glyph: str
    run: str
    level: int
    level_words: str
    commune: str
    contacts: list[dict[str, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    blocked: str = ""  # why nothing of it is shown


@dataclass(frozen=True)
class CaseLine:
    """One case in a list."""

    case: Case
    title: str
    folio: str
    state: str
    tone: str
    points: list[ThreadPoint]
    promise: Promise | None


@dataclass(frozen=True)
class CaseFile:
    """The whole file of a case."""

    case: Case
    points: list[ThreadPoint]
    promise: Promise | None
    requirements: list[RequirementLine]
    questions: list[
        Message
    ]  # what agencies ask of the citizen now, the oldest first, each with the papers it asked for
    earlier: int | None = None  # where the part of the thread before this one ends
    is_latest: bool = True
    events: list[Event] = field(default_factory=list)  # those of this part of the thread

    @property
    def question(self) -> Message | None:
        """The oldest of them."""
        return self.questions[0] if self.questions else None


def person_card(person: Person, interaction: Interaction | None = None) -> PersonCard:
    """Return a person's card; the level is that of the present contact where there is one."""
    person = person.merged_into or person
    if sentence := why_blocked(person):
        level = interaction.identity_level if interaction else 0
        words = level_words(level)
        return PersonCard("", closed_words(), "lock", "", level, words, "", blocked=sentence)
    run = number_of(person)
    level = interaction.identity_level if interaction else (run.level if run else 100)
    home = getattr(person, "home", None)
    return PersonCard(
        href=links.url("file", person.pk),
        name=person.shown_name,
        glyph="organisation" if person.kind == PersonKind.ORGANISATION else "person",
        run=(run.value or "") if run else "",
        level=level,
        level_words=level_words(level),
        commune=home.commune.name if home else "",
        contacts=[
            {
                "label": _point_label(point),
                "value": phone.pretty(point.value or "") if point.kind == "phone" else point.value or "",
            }
            for point in ContactPoint.objects.of(person)
            .filter(ended_at__isnull=True, value__isnull=False)
            .order_by("kind", "-at")[:6]
        ],
        needs=[
            f"{need.get_kind_display()}: {need.detail}" if need.detail else str(need.get_kind_display())
            for need in PersonNeed.objects.of(person).filter(ended_at__isnull=True).order_by("kind")[:6]
        ],
    )


def _point_label(point: ContactPoint) -> str:
    """Name a way to reach the person, with what to mind before using it."""
    label = str(point.get_kind_display())
    if not point.is_safe:
        return gettext("%(kind)s, not safe: others read or answer") % {"kind": label}
    if not point.may_announce:
        return gettext("%(kind)s: say who you are to nobody else") % {"kind": label}
    return label


def promise_of(case: Case) -> Promise | None:
    """Return what lies ahead of an open case: the day promised, or what we wait for."""
    if case.state == CaseState.AWAITING_CITIZEN:
        return Promise(None, gettext("The agency waits for an answer; its clock stands still meanwhile."))
    if case.is_open and case.promised_on:
        return Promise(case.promised_on, gettext("The agency should have decided."))
    return None


def case_lines(cases: list[Case], *, actor: Actor) -> list[CaseLine]:
    """Return the lines of several cases, with a constant number of queries."""
    threads = timelines(cases, actor=actor)
    return [
        CaseLine(
            case=case,
            title=case.version.title,
            folio=case.folio or "",
            state=case.staff_state,
            tone=case.staff_tone,
            points=threads.get(case.pk, []),
            promise=promise_of(case),
        )
        for case in cases
    ]


def case_file(
    case: Case,
    *,
    actor: Actor,
    before_seq: int | None = None,
    messages: list[Message] | None = None,
    now: datetime | None = None,
) -> CaseFile:
    """
    Return a case's file as this actor may read it.

    :param before_seq: the part of its thread before this event's number, rather than the latest
    :param messages: all of its messages, where they were read already
    :param now: the moment, if it was read already
    """
    requirements = requirement_lines(case, now)
    papers = [paper.document for line in requirements for paper in line.papers]
    known = {str(paper.pk): paper.name or "" for paper in papers}
    known |= {str(one.pk): "" if one.withdrawn_at else one.text or "" for one in messages or []}
    thread = timeline_page(case, actor=actor, before_seq=before_seq, known=known)
    return CaseFile(
        case=case,
        points=thread.points,
        promise=promise_of(case),
        requirements=requirements,
        questions=tie_papers(_open_questions(case, messages), requirements),
        events=thread.events,
        earlier=thread.earlier,
        is_latest=thread.is_latest,
    )


def _open_questions(case: Case, messages: list[Message] | None) -> list[Message]:
    if messages is None:
        return list(open_questions(case))
    answered = {message.answers_id for message in messages}
    return [
        one
        for one in messages
        if one.kind == MessageKind.QUESTION
        and one.pk not in answered
        and one.stage is not None
        and one.stage.state == StageState.AWAITING_CITIZEN
        and one.at >= one.stage.state_since
    ]
