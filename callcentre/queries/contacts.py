"""One call as the agent has it before them: who, why, what is open, what may be said, what comes next."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.actors import Actor
from callcentre.models import Call, CallNote
from callcentre.queries import knowledge
from callcentre.queries.callers import Candidates, people_with_number
from catalog.models import Act
from catalog.queries.impact import NEWS_FOR_STAFF, RecentChange, recent_change
from catalog.queries.variants import PlacedVariant, placed_variants
from catalog.sheets import Sheet
from common import clock, phone
from crm.models import Case, CaseState, Enquiry, EnquiryOutcome, Interaction, Person
from crm.panels.cards import CaseLine, PersonCard, case_lines, person_card
from crm.panels.mandates import MandateLine, Speaking, choices_in, present_words, speaking_in
from crm.queries.delegated import acts_in
from crm.queries.levels import Level, level_in


@dataclass(frozen=True)
class Matter:
    """One matter of the call."""

    enquiry: Enquiry
    title: str
    has_form: bool
    is_chosen: bool

    @property
    def is_open(self) -> bool:
        return not self.enquiry.outcome

    @property
    def asks_outcome(self) -> bool:
        """Whether an outcome is asked, or may be corrected: that of a filing is known by the filing itself."""
        return self.is_open or (self.is_chosen and self.enquiry.outcome != EnquiryOutcome.CASE_OPENED)


@dataclass(frozen=True)
class OpenCase:
    """A case of the call: its line only where it may be told, else its title and the way there."""

    case: Case
    level: Level
    line: CaseLine | None


@dataclass(frozen=True)
class Contact:
    """The whole screen."""

    interaction: Interaction
    call: Call
    now: datetime
    who: str
    number: str
    card: PersonCard | None
    candidates: Candidates
    matters: list[Matter]
    chosen: Matter | None
    sheet: Sheet | None
    variants: list[PlacedVariant]  # where it is done otherwise
    acts: list[tuple[str, bool]]  # what may be done here for the matter looked at, by this agent
    news: RecentChange | None  # what the sheet asks otherwise since some weeks
    cases: list[OpenCase]
    drafts: list[Case]
    notes: list[CallNote]
    questions: list[knowledge.Question]
    speaking: Speaking | None
    choices: list[MandateLine]

    @property
    def procedures(self) -> set[UUID]:
        """Which procedures the caller asks about."""
        versions = [matter.enquiry.version for matter in self.matters]
        return {version.procedure_id for version in versions if version}

    @property
    def is_over(self) -> bool:
        return self.interaction.ended_at is not None

    @property
    def level_words(self) -> str:
        return self.card.level_words if self.card else ""

    @property
    def lacks_outcome(self) -> bool:
        return any(matter.is_open for matter in self.matters)

    @property
    def next_step(self) -> str:
        """What to do next, as a code: who, questions, matter, outcome, end or finish."""
        if self.is_over:
            return "outcome" if self.lacks_outcome else "finish"
        if self.card is None and not self.matters:
            return "who"
        if self.questions and any(not row.level.is_enough and row.level.needed <= 300 for row in self.cases):
            return "questions"
        if not self.matters:
            return "matter"
        return "outcome" if self.lacks_outcome else "end"


def contact_screen(interaction: Interaction, *, actor: Actor, chosen: str = "") -> Contact:
    """Compose the screen of a call that the actor attends; `chosen` is the id of the matter to look at."""
    call = Call.objects.select_related("option__parent", "option__agency").get(interaction=interaction)
    person = interaction.person
    matters = _matters(interaction, chosen)
    look_at = next((matter for matter in matters if matter.is_chosen), None)
    number = phone.pretty(call.from_number or "")
    card = _card(person, interaction) if person else None
    is_sure = interaction.identity_level >= 300
    speaking = speaking_in(interaction, actor=actor)
    sheet = look_at.enquiry.version.sheet if look_at and look_at.enquiry.version else None
    return Contact(
        interaction=interaction,
        call=call,
        now=clock.now(),
        who=present_words(card.name if card else "", speaking)
        if person
        else number or gettext("Number withheld"),
        number=number,
        card=card,
        candidates=Candidates([], 0) if person else people_with_number(call.from_number or ""),
        matters=matters,
        chosen=look_at,
        sheet=sheet,
        variants=placed_variants(sheet) if sheet else [],
        acts=_acts(look_at, interaction, actor),
        news=_news(look_at),
        cases=_cases(interaction, actor),
        drafts=list(interaction.opened_cases.filter(state=CaseState.DRAFT).select_related("version")),
        notes=list(call.notes.select_related("author").order_by("at")),
        questions=knowledge.questions_for(person, interaction) if person and not is_sure else [],
        speaking=speaking,
        choices=choices_in(interaction, actor=actor) if is_sure and not speaking else [],
    )


def _acts(matter: Matter | None, interaction: Interaction, actor: Actor) -> list[tuple[str, bool]]:
    version = matter.enquiry.version if matter else None
    if version is None:
        return []
    acts = acts_in(interaction, version.procedure_id, actor.user_id)
    return [(str(act.label), acts.get(act, False)) for act in Act]


def _news(matter: Matter | None) -> RecentChange | None:
    version = matter.enquiry.version if matter else None
    return recent_change(version.procedure_id, within=NEWS_FOR_STAFF) if version else None


def _card(person: Person, interaction: Interaction) -> PersonCard:
    """
    The person's card; below level 300 without what the questions ask for, nor what a stranger could use.
    """
    card = person_card(person, interaction)
    return card if interaction.identity_level >= 300 else replace(card, commune="", contacts=[])


def _matters(interaction: Interaction, chosen: str) -> list[Matter]:
    rows = list(interaction.enquiries.select_related("version", "case").order_by("opened_at", "pk"))
    known = {str(row.pk) for row in rows}
    last_open = next((row for row in reversed(rows) if not row.outcome), rows[-1] if rows else None)
    look_at = chosen if chosen in known else str(last_open.pk) if last_open else ""
    return [
        Matter(
            enquiry=row,
            title=row.version.title if row.version else gettext("Something else"),
            has_form=bool(row.version and row.version.has_form),
            is_chosen=str(row.pk) == look_at,
        )
        for row in rows
    ]


def _cases(interaction: Interaction, actor: Actor) -> list[OpenCase]:
    """
    The cases of the person, or of whom they speak for, and those brought in, the latest first: what may not be told yet is not shown yet.
    """
    mine = Case.objects.visible_to(actor).submitted()
    brought = mine.filter(brought_into__interaction=interaction)
    whom = interaction.represented or interaction.person
    own = mine.with_party(whom) if whom else mine.none()
    rows = {
        case.pk: case
        for found in (brought, own)
        for case in found.select_related("version__procedure__agency")[:30]
    }
    cases = sorted(
        rows.values(), key=lambda case: (not case.is_open, -(case.submitted_at or case.begun_at).timestamp())
    )
    levels = {case.pk: level_in(interaction, case, "status") for case in cases}
    told = [case for case in cases if levels[case.pk].is_enough]
    lines = {line.case.pk: line for line in case_lines(told, actor=actor)}
    return [OpenCase(case, levels[case.pk], lines.get(case.pk)) for case in cases]
