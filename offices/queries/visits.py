"""A visit as the desk shows it: the person, the matters, and what is known of the one in hand."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from catalog.models import Act
from catalog.queries.impact import NEWS_FOR_STAFF, RecentChange, recent_change
from catalog.queries.variants import PlacedVariant, placed_variants, variant_in
from catalog.sheets import Sheet
from crm.models import Case, EnquiryOutcome
from crm.panels.cards import CaseFile, CaseLine, PersonCard, case_file, case_lines, level_words, person_card
from crm.panels.mandates import MandateLine, Speaking, choices_in, present_words, speaking_in
from crm.queries.cases import cases_of
from crm.queries.levels import level_in
from crm.queries.requirements import papers_asked
from offices.models import Ticket, Visit, VisitMatter
from offices.queries.acts import acts_here, why_not_received

CASES_SHOWN = 12


@dataclass(frozen=True)
class Matter:
    """
    The matter in hand. `why_not_received`: which agreement is missing for this office to take applications and papers for it.
    """

    row: VisitMatter
    title: str
    sheet: Sheet | None
    acts: list[tuple[str, bool]] = field(default_factory=list)
    why_not_received: str = ""
    file: CaseFile | None = None
    here: PlacedVariant | None = None  # how it is done in the office's commune, where that is otherwise
    elsewhere: list[PlacedVariant] = field(default_factory=list)
    news: RecentChange | None = None  # what the sheet asks otherwise since some weeks
    way: str = ""  # to the level at which its state may be told here
    requirements: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class VisitPage:
    """All of the desk's main screen."""

    visit: Visit
    ticket: Ticket
    matters: list[VisitMatter]
    matter: Matter | None
    card: PersonCard | None
    level: str
    lines: list[CaseLine]
    speaking: Speaking | None = None
    choices: list[MandateLine] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Who is here, and for whom."""
        return present_words(self.card.name, self.speaking) if self.card else ""

    @property
    def procedures(self) -> set[UUID]:
        """Which procedures the visit is about."""
        versions = [one.version or (one.case.version if one.case else None) for one in self.matters]
        return {version.procedure_id for version in versions if version}

    @property
    def unsettled(self) -> list[VisitMatter]:
        return [matter for matter in self.matters if not matter.is_settled]


def visit_page(visit: Visit, actor: Actor, *, matter_id: int | None = None) -> VisitPage:
    """
    Return a visit for its screen; the matter asked for, else the first without an outcome, else the first.
    """
    matters = list(
        visit.matters.select_related(
            "version__procedure__agency", "case__version__procedure__agency", "enquiry"
        ).order_by("pk")
    )
    contact = visit.interaction
    person = contact.person
    speaking = speaking_in(contact, actor=actor)
    whom = contact.represented if speaking else person
    chosen = next((one for one in matters if one.pk == matter_id), None)
    chosen = chosen or next((one for one in matters if not one.is_settled), None) or next(iter(matters), None)
    return VisitPage(
        visit=visit,
        ticket=visit.ticket,
        matters=matters,
        matter=_matter(chosen, visit, actor) if chosen else None,
        card=person_card(person, visit.interaction) if person else None,
        level=level_words(visit.interaction.identity_level) if person else "",
        lines=case_lines(list(cases_of(whom, actor)[:CASES_SHOWN]), actor=actor) if whom else [],
        speaking=speaking,
        choices=choices_in(contact, actor=actor) if person and not speaking else [],
    )


def _matter(row: VisitMatter, visit: Visit, actor: Actor) -> Matter:
    version = row.version or row.case.version  # type: ignore[union-attr]  # one of the two is always there
    acts = acts_here(version, visit.office, actor.user_id)
    file = None
    if (
        row.case is not None
        and not row.case.is_draft
        and Case.objects.visible_to(actor).filter(pk=row.case.pk).exists()
    ):
        file = case_file(row.case, actor=actor)
    level = level_in(visit.interaction, row.case, "status") if file and row.case else None
    if level is not None and not level.is_enough and level.reached:
        file = None  # it is theirs, and yet the sheet asks to be surer of who they are before it is told
    sheet = version.sheet
    variants = placed_variants(sheet)
    here = variant_in(visit.office.commune_id, variants)
    return Matter(
        row=row,
        title=version.title,
        sheet=sheet.where(here.variant) if here else sheet,
        here=here,
        elsewhere=[one for one in variants if one is not here],
        acts=[(str(act.label), acts.get(act, False)) for act in Act],
        why_not_received=why_not_received(acts, version, visit.office, act="answer" if file else "submit"),
        file=file,
        news=recent_change(version.procedure_id, within=NEWS_FOR_STAFF),
        way=level.sentence if level else "",
        requirements=papers_asked(row.case)
        if file and row.case
        else [(one.code, one.label) for one in sheet.requirements],
    )


def outcomes(matter: Matter) -> list[tuple[str, Any]]:
    """Return the outcomes that fit a matter: nobody is told the state of a case that is not there."""
    about_case = {EnquiryOutcome.STATUS_TOLD, EnquiryOutcome.CASE_UPDATED}
    by_deed = {EnquiryOutcome.CASE_OPENED}  # follows from filing, never from a click
    return [
        (value, label)
        for value, label in EnquiryOutcome.choices
        if value and value not in by_deed and (matter.file or value not in about_case)
    ]
