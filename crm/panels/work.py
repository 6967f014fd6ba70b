"""
An officer's work as values ready to be drawn: a line of a list, a part of a case, a person's part in it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext, ngettext

from accounts.actors import Actor
from common import clock, links, phone, wording
from common.keyset import KeysetPage
from common.thread import Promise, ThreadPoint
from crm import permissions
from crm.models import Case, Party, PartyRole, Person, Relation, Stage, StageState
from crm.panels.applications import answer_rows
from crm.panels.cards import level_words, promise_of
from crm.panels.mandates import MandateLine, lines_of
from crm.queries.blocks import closed_to, closed_words
from crm.queries.mandates import mandates_by_id
from crm.queries.timeline import timelines
from crm.queries.work import parties_of, stages_of

ABOUT_APPLICANT = "applicant_"  # how the keys of the questions begin that ask who somebody is
TONES = {
    StageState.RECEIVED: "you",
    StageState.IN_REVIEW: "waiting",
    StageState.GRANTED: "granted",
    StageState.DENIED: "refused",
    StageState.LAPSED: "refused",
}


@dataclass(frozen=True)
class Due:
    """When something is due, in the one unit that matters."""

    words: str
    is_late: bool = False


@dataclass(frozen=True)
class WorkLine:
    """One stage in a list."""

    folio: str
    title: str
    applicant: str
    state: str
    tone: str
    due: Due
    assigned_to: str
    points: list[ThreadPoint]
    promise: Promise | None


@dataclass(frozen=True)
class StageLine:
    """One agency's part of a case."""

    stage: Stage
    tone: str
    due: Due
    is_own: bool


@dataclass(frozen=True)
class PartyLine:
    """A person's part in a case, and how sure we are of who they are."""

    href: str
    name: str
    glyph: str
    role: str
    is_applicant: bool
    run: str
    level_words: str
    commune: str
    contacts: list[str]
    acts_for: str = ""  # whose representative they are
    relation: str = ""  # what they say they are to them
    mandate: MandateLine | None = None


def work_lines(page: KeysetPage, *, actor: Actor) -> list[WorkLine]:
    """Return the lines of a page of stages, with two more queries whatever their number."""
    threads = timelines([stage.case for stage in page.rows], actor=actor)
    closed = closed_to(actor, [party.person for stage in page.rows for party in stage.case.applicants])
    now = clock.now()
    return [_work_line(stage, threads.get(stage.case_id, []), closed, now) for stage in page.rows]


def _work_line(stage: Stage, points: list[ThreadPoint], closed: set[UUID], now: datetime) -> WorkLine:
    case: Any = stage.case
    applicant = next((party.person for party in case.applicants), None)
    return WorkLine(
        folio=case.folio,
        title=case.version.title,
        applicant=_name(applicant, closed) if applicant else "",
        state=str(stage.get_state_display()),
        tone=tone_of(stage),
        due=due_of(stage, now),
        assigned_to=stage.assigned_to.name if stage.assigned_to else "",
        points=points,
        promise=promise_of(case),
    )


def tone_of(stage: Stage) -> str:
    """How a stage's state is drawn for its agency: what is received waits on them."""
    return TONES.get(StageState(stage.state), "neutral")


def due_of(stage: Stage, now: datetime) -> Due:
    """Say when a stage is due, or since when it stands."""
    if stage.is_awaiting_citizen:
        return Due(gettext("asked %(ago)s") % {"ago": wording.age(stage.state_since, now)})
    if not stage.is_open:
        return Due(gettext("since %(day)s") % {"day": wording.short_day(stage.state_since)})
    if stage.due_on is None:
        return Due(gettext("came %(ago)s") % {"ago": wording.age(stage.state_since, now)})
    left = (stage.due_on - clock.local_date(now, settings.TIME_ZONE)).days
    if left < 0:
        return Due(ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}, is_late=True)
    if left == 0:
        return Due(gettext("today"))
    return Due(ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left})


def stage_lines(case: Case, *, actor: Actor) -> list[StageLine]:
    """Return every agency's part of a case."""
    now = clock.now()
    return [
        StageLine(stage, tone_of(stage), due_of(stage, now), permissions.can_decide(actor, stage))
        for stage in stages_of(case)
    ]


def answer_lines(case: Case, *, actor: Actor) -> list[dict[str, Any]]:
    """Return what was answered in a case; who the applicant is, not to whom their data are blocked."""
    rows = answer_rows(case)
    applicants = [
        party.person for party in case.parties.filter(role=PartyRole.APPLICANT).select_related("person")
    ]
    if not closed_to(actor, applicants):
        return rows
    return [
        row | {"answer": closed_words()} if row["key"].startswith(ABOUT_APPLICANT) else row for row in rows
    ]


def party_lines(case: Case, *, actor: Actor) -> list[PartyLine]:
    """Return everybody who has a part in a case, the applicant first; a constant number of queries."""
    order = list(PartyRole.values)
    parties = sorted(parties_of(case), key=lambda party: order.index(party.role))
    given = mandates_by_id({party.mandate_id for party in parties})
    closed = closed_to(actor, [party.person for party in parties])
    lines = {line.mandate.pk: line for line in lines_of(list(given.values()), actor=actor)}
    applicant = next(
        (_name(party.person, closed) for party in parties if party.role == PartyRole.APPLICANT), ""
    )
    return [_party_line(party, applicant, lines, closed) for party in parties]


def _name(person: Person, closed: set[UUID]) -> str:
    return closed_words() if person.survivor_id in closed else person.name or ""


def _party_line(
    party: Party, applicant: str, mandates: dict[UUID, MandateLine], closed: set[UUID]
) -> PartyLine:
    is_representative = party.role == PartyRole.REPRESENTATIVE
    person = party.person
    if person.survivor_id in closed:
        return PartyLine(
            href="",
            name=closed_words(),
            glyph="lock",
            role=str(party.get_role_display()),
            is_applicant=party.role == PartyRole.APPLICANT,
            run="",
            level_words=gettext(
                "At their request; decide without it. It is told to nobody but who decides the request."
            ),
            commune="",
            contacts=[],
            acts_for=(applicant or gettext("Name erased")) if is_representative else "",
            mandate=mandates.get(party.mandate_id) if party.mandate_id else None,
        )
    runs = [number for number in person.identifiers.all() if number.is_active and number.kind == "run"]
    home = getattr(person, "home", None)
    return PartyLine(
        href=links.url("file", person.survivor_id),
        name=person.name or gettext("Name erased"),
        glyph="organisation" if person.kind == "organisation" else "person",
        role=str(party.get_role_display()),
        is_applicant=party.role == PartyRole.APPLICANT,
        run=(runs[0].value or "") if runs else "",
        level_words=level_words(runs[0].level if runs else 100),
        commune=home.commune.name if home else "",
        contacts=[
            phone.pretty(one.value) if one.kind == "phone" else one.value
            for one in person.contact_points.all()
            if one.ended_at is None and one.value
        ][:4],
        acts_for=(applicant or gettext("Name erased")) if is_representative else "",
        relation=str(Relation(party.relation).label) if party.relation in Relation.values else "",
        mandate=mandates.get(party.mandate_id) if party.mandate_id else None,
    )
