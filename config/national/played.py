"""Letting stories happen one act after the other, through the actions everybody uses: the measure of what `bulk` writes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from accounts.actors import Actor
from accounts.models import User
from catalog.models import ProcedureVersion
from common import clock
from config.demo.people import synthetic_run
from config.demo.scenes.stage import mark_synthetic
from config.national.stories import ANSWER, FIRST_RUN, QUESTION, REASONS, CaseStory, VisitStory, about
from crm import actions as crm
from crm import keys
from crm.models import Case, Interaction, Stage, SurveyInvitation
from offices import actions as offices
from offices.models import Desk, Ticket, VisitMatter
from portal import actions as portal
from territory.models import Office

Acts = list[tuple[datetime, Callable[[], None]]]
VISITOR = Actor.visitor()


def play(cases: Iterable[CaseStory], visits: Iterable[VisitStory]) -> None:
    """Let everything happen in the order of time."""
    acts: Acts = []
    for case in cases:
        acts += PlayedCase(case).acts()
    for visit in visits:
        acts += PlayedVisit(visit).acts()
    acts.sort(key=lambda act: act[0])
    with clock.frozen(acts[0][0]):
        for at, act in acts:
            clock.move(at)
            act()


def _staff(user_id: UUID) -> Actor:
    return Actor.staff(User.objects.get(pk=user_id))


def _grade(interaction: Interaction, grade: int | None) -> None:
    invitation = SurveyInvitation.objects.get(interaction=interaction)
    crm.answer_survey(invitation, by=VISITOR, grade=grade or 7, resolved=(grade or 7) >= 5)


class PlayedCase:
    """One application."""

    def __init__(self, story: CaseStory) -> None:
        self.story = story
        self.case: Case

    def acts(self) -> Acts:
        """Return what happens when."""
        story = self.story
        planned: list[tuple[datetime | None, Callable[[], None]]] = [
            (story.begun_at, self.begin),
            (story.filed_at, self.file),
            (story.graded_at, lambda: _grade(self.case.source, story.grade)),
            (story.taken_at, lambda: self._agency(crm.take_stage)),
            (story.asked_at, lambda: self._agency(partial(crm.ask_citizen, question=QUESTION))),
            (story.answered_at, self.answer),
            (story.decided_at, self.decide),
            (story.closed_at, self.close),
        ]
        return [(at, act) for at, act in planned if at is not None]

    @property
    def holder(self) -> Actor:
        return Actor.visitor(frozenset({self.case.pk}))

    def begin(self) -> None:
        version = ProcedureVersion.objects.get(pk=self.story.version)
        draft = portal.begin_draft(version, by=VISITOR, key=keys.new_key(), language="es")
        self.case = draft.case
        mark_synthetic(self.case.source, self.case)

    def file(self) -> None:
        crm.fill_case(self.case, by=self.holder, answers=answers_of(self.story))
        portal.file_application(Case.objects.get(pk=self.case.pk).draft, by=self.holder)

    def answer(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        visit = portal.begin_visit(case, by=self.holder, language="es")
        mark_synthetic(visit)
        portal.answer_in_visit(case, by=self.holder, visit=visit, text=ANSWER)

    def decide(self) -> None:
        story = self.story
        self._agency(partial(crm.decide_stage, decision=story.decision, reason=REASONS[story.decision]))

    def _agency(self, act: Callable[..., object]) -> None:
        act(Stage.objects.get(case=self.case), by=_staff(self.story.officer))

    def close(self) -> None:
        crm.close_case(Case.objects.get(pk=self.case.pk), by=Actor.system())


def answers_of(story: CaseStory) -> dict[str, object]:
    """The answers of an application for a synthetic procedure."""
    reached = about(story.person)
    return {
        "applicant_name": {"given": story.person.given, "surnames": story.person.surnames},
        "applicant_run": synthetic_run(FIRST_RUN + story.person.number),
        "applicant_email": reached["email"],
        "applicant_phone": reached["phone"],
        "applicant_commune": story.person.commune,
        "purpose": story.purpose,
        "declaration": True,
    }


class PlayedVisit:
    """One visit."""

    def __init__(self, story: VisitStory) -> None:
        self.story = story
        self.ticket: Ticket

    def acts(self) -> Acts:
        """Return what happens when."""
        story = self.story
        ends: dict[str, Callable[..., Ticket]] = {
            "served": offices.finish_visit,
            "no_show": offices.mark_no_show,
            "abandoned": offices.abandon_ticket,
        }
        by_whom: Callable[[], Actor] = (
            (lambda: VISITOR) if story.ending == "abandoned" else (lambda: _staff(story.clerk))
        )
        planned: list[tuple[datetime | None, Callable[[], None]]] = [
            (story.taken_at, self.take),
            (story.called_at, self.call),
            (
                story.serving_at,
                lambda: self._keep(offices.start_serving(self.ticket, by=_staff(story.clerk))),
            ),
            (story.settled_at, self.settle),
            (story.ended_at, lambda: self._keep(ends[story.ending](self.ticket, by=by_whom()))),
            (story.graded_at, lambda: _grade(self.ticket.visit.interaction, story.grade)),
        ]
        return [(at, act) for at, act in planned if at is not None]

    def take(self) -> None:
        person = self.story.person
        self.ticket = offices.take_ticket(
            Office.objects.select_related("commune").get(pk=self.story.office),
            by=_staff(self.story.clerk),
            versions=[ProcedureVersion.objects.select_related("procedure").get(pk=self.story.version)],
            run=synthetic_run(FIRST_RUN + person.number) if person else None,
            name=f"{person.given} {person.surnames}" if person else "",
            synthetic=True,
        )

    def call(self) -> None:
        called = offices.call_next(Desk.objects.get(pk=self.story.desk), by=_staff(self.story.clerk))
        if called is None or called.pk != self.ticket.pk:
            raise RuntimeError("The queue called somebody else than the story.")

    def settle(self) -> None:
        matter = VisitMatter.objects.get(visit=self.ticket.visit)
        offices.settle_matter(matter, by=_staff(self.story.clerk), outcome=self.story.outcome)

    def _keep(self, ticket: Ticket) -> None:
        self.ticket = ticket
