"""
Papers that a person gave in another case and may let us use again: “once only”.

Offered only to whoever is surely that person: in a contact in which we saw their identity card (500) or better, or with the keys of both
cases in one browser. A paper answers the same requirement of the same procedure, or one that its sheet says is the same document.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from accounts.actors import Actor
from common import clock
from crm import permissions
from crm.models import (
    Case,
    Document,
    DocumentState,
    Interaction,
    PaperState,
    Party,
    PartyRole,
    Person,
    PersonIdentifier,
)
from crm.models.person import blocked
from crm.queries.requirements import good_until

SURE = 500
USABLE = (PaperState.RECEIVED, PaperState.ACCEPTED)
MOST = 20


@dataclass(frozen=True)
class Reusable:
    """A paper that can be used again for a requirement of this case."""

    requirement: str
    label: str
    document: Document


def reusable_papers(case: Case, *, by: Actor, interaction: Interaction | None = None) -> list[Reusable]:
    """
    Return what could be used again in a case, the latest first; nothing for whoever is not surely its applicant.

    :param interaction: the contact in which staff ask; without one, the browser that holds the keys
    """
    person = _surely(case, by=by, interaction=interaction)
    today = clock.local_date(clock.now(), settings.TIME_ZONE)
    wanted = _wanted(case, today)
    if person is None or not wanted:
        return []
    others = Case.objects.submitted().filter(
        parties__in=Party.objects.of(person).filter(role=PartyRole.APPLICANT)
    )
    if not by.is_staff:
        others = others.filter(pk__in=by.case_ids)
    # What is here already, whatever was said of it, and what was refused here before another took its place.
    here = case.documents.filter(Q(replaced_at__isnull=True) | Q(state=DocumentState.REJECTED))
    papers = (
        Document.objects.current()
        .filter(_is_good_on(today), case__in=others.exclude(pk=case.pk), redacted_at__isnull=True)
        .exclude(Q(state=DocumentState.REJECTED) | Q(sha256=""))
        .exclude(sha256__in=here.values("sha256"))
        .select_related("case__version__procedure")
        .order_by("-received_at")[: MOST * 5]
    )
    return [one for paper in papers for one in _answers(paper, wanted, case, today)][:MOST]


def is_wanted(case: Case, requirement: str) -> bool:
    """Whether a case has no good paper for a requirement of its sheet since it was asked for last."""
    return requirement in _wanted(case, clock.local_date(clock.now(), settings.TIME_ZONE))


def _surely(case: Case, *, by: Actor, interaction: Interaction | None) -> Person | None:
    """The person of a case, where whoever asks is surely they; whose data are blocked is nobody here."""
    if interaction is None and not by.is_staff:
        person = _applicant(case) if case.pk in by.case_ids else None
    elif interaction is not None and permissions.is_attending(by, interaction):
        person = _before_us(case, interaction)
    else:
        person = None
    if person is None or Person.objects.filter(blocked("pk"), pk=person.pk).exists():
        return None
    return person


def _before_us(case: Case, interaction: Interaction) -> Person | None:
    """Whoever is here and showed who they are, where the case is their own; never somebody who speaks for another."""
    if interaction.identity_level < SURE or interaction.represented_id or interaction.person is None:
        return None
    here = interaction.person.merged_into or interaction.person
    applicant = _applicant(case)
    return here if applicant is not None and applicant.pk == here.pk else None


def _applicant(case: Case) -> Person | None:
    """The applicant; of a draft, whoever has the RUN that was written in it."""
    party = case.parties.filter(role=PartyRole.APPLICANT).select_related("person__merged_into").first()
    if party is not None:
        return party.person.merged_into or party.person
    run = str((case.answers or {}).get("applicant_run") or "")
    number = (
        PersonIdentifier.objects.of_run(run).select_related("person__merged_into").first() if run else None
    )
    return (number.person.merged_into or number.person) if number else None


def _wanted(case: Case, today: date) -> dict[str, tuple[str, str]]:
    """The requirements for which the case has no good paper since it was asked for last: code → label and document type."""
    asked_since = case.requested_papers.filter(
        requirement=OuterRef("requirement"), at__gte=OuterRef("received_at")
    )
    good = case.documents.current().exclude(state=DocumentState.REJECTED).filter(_is_good_on(today))
    given = set(good.exclude(Exists(asked_since)).values_list("requirement", flat=True))
    rows = case.sheet.requirements
    return {
        row.code: (row.label, row.document_type)
        for row in rows
        if row.provided_by == "citizen" and row.code not in given
    }


def _is_good_on(day: date) -> Q:
    return Q(expired_at__isnull=True) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def _answers(paper: Document, wanted: dict[str, tuple[str, str]], case: Case, today: date) -> list[Reusable]:
    if paper.state_on(today) not in USABLE:
        return []
    kinds = {row.code: row.document_type for row in paper.case.sheet.requirements}
    kind = kinds.get(paper.requirement, "")
    came_on = clock.local_date(paper.came_at, settings.TIME_ZONE)
    is_same_procedure = paper.case.version.procedure_id == case.version.procedure_id
    return [
        Reusable(code, label, paper)
        for code, (label, wanted_kind) in wanted.items()
        if ((kind and kind == wanted_kind) or (is_same_procedure and code == paper.requirement))
        and (good_until(case, code, came_on) or today) >= today
    ]
