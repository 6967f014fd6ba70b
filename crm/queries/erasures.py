"""What an erasure would empty, what must stay and why, and what must end first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common import channels, clock, run, wording
from crm.models import (
    Case,
    CaseState,
    ContactPoint,
    Interaction,
    Party,
    PartyRole,
    Person,
    PersonAttribute,
    PersonIdentifier,
    PersonNeed,
    RetentionRule,
)

MOST_NAMED = 3
STAYS: tuple[tuple[str | Promise, str | Promise], ...] = (
    (
        _("This case, and other cases of the person's rights"),
        _("They prove that what was asked for was answered; their own rule erases them later."),
    ),
    (_("Who looked at the file, and when"), _("It is proof for the person and for whoever audits.")),
    (
        _("Dates, places, channels and outcomes, without whom"),
        _("Figures count them; nobody can be recognised in them."),
    ),
    (
        _("What somebody else wrote of this person in a case of theirs"),
        _("It belongs to that case and goes with it."),
    ),
    (
        _("Drafts begun on the web without saying who one is"),
        _("They go by themselves when they are not sent."),
    ),
)


@dataclass(frozen=True)
class ErasurePlan:
    """
    `obstacles` are sentences: with one of them nothing is erased. `records`: each record that was found to be of this person, in words;
    where they are several, whoever erases says of each that it is.
    """

    erased: list[tuple[str, int]]
    stays: tuple[tuple[str | Promise, str | Promise], ...] = STAYS
    obstacles: list[str] = field(default_factory=list)
    records: dict[UUID, str] = field(default_factory=dict)


def erasure_plan(person: Person, *, asked_in: Case) -> ErasurePlan:
    """
    Return what an erasure asked for in a case would do now.

    A person with another open case is not erased, nor one whose decided case must still be kept under a rule that is a duty.
    """
    return ErasurePlan(
        erased=[
            (gettext("Names and records"), Person.objects.one_with(person).count()),
            (gettext("RUN and other numbers"), PersonIdentifier.objects.of(person).count()),
            (gettext("What we learnt, with every earlier value"), PersonAttribute.objects.of(person).count()),
            (gettext("Phones and e-mail addresses"), ContactPoint.objects.of(person).count()),
            (gettext("Needs"), PersonNeed.objects.of(person).count()),
            (
                gettext("Decided cases: answers, papers and messages"),
                cases_to_erase(person, asked_in=asked_in).count(),
            ),
            (gettext("Contacts: with whom they were, and notes"), contacts_of(person).count()),
        ],
        obstacles=_obstacles(person, asked_in=asked_in, now=clock.now()),
        records=records_in_words(person),
    )


def records_in_words(person: Person) -> dict[UUID, str]:
    """Return every record that was found to be of a person: its name, its RUN and since when it is there, the oldest first."""
    records = Person.objects.one_with(person).order_by("created_at", "pk").prefetch_related("identifiers")
    found = {}
    for one in records:
        numbers = [run.pretty(n.value) for n in one.identifiers.all() if n.kind == "run" and n.value]
        since = gettext("known since %(day)s") % {"day": wording.day(one.created_at)}
        found[one.pk] = " · ".join([one.name or gettext("Name erased"), *numbers, since])
    return found


def cases_to_erase(person: Person, *, asked_in: Case) -> QuerySet[Case]:
    """
    What the person applied for and is over, and drafts begun with them before a colleague: never somebody else's case, nor one of a
    right over their data, which proves that it was answered.
    """
    own = Party.objects.of(person).filter(case=OuterRef("pk"), role=PartyRole.APPLICANT)
    drafts = Q(state=CaseState.DRAFT, source__person__in=Person.objects.one_with(person).values("pk"))
    return Case.objects.filter(Exists(own) | drafts, redacted_at__isnull=True).exclude(
        Q(pk=asked_in.pk) | Q(version__content__has_key="right")
    )


def contacts_of(person: Person) -> QuerySet[Interaction]:
    """The contacts with a person, or about them."""
    records = Person.objects.one_with(person).values("pk")
    return Interaction.objects.filter(Q(person__in=records) | Q(represented__in=records))


def _obstacles(person: Person, *, asked_in: Case, now: datetime) -> list[str]:
    others = Case.objects.with_party(person).exclude(pk=asked_in.pk)
    open_cases = list(others.open().order_by("submitted_at").values_list("folio", flat=True))
    found = []
    if open_cases:
        found.append(
            ngettext(
                "The case %(folios)s is still open: it must be decided or withdrawn first.",
                "The cases %(folios)s are still open: they must be decided or withdrawn first.",
                len(open_cases),
            )
            % {"folios": _named(open_cases)}
        )
    if present := contacts_of(person).filter(wrapped_up_at__isnull=True).order_by("started_at").first():
        found.append(
            gettext(
                "A contact with them is not finished (%(channel)s, since %(day)s at %(hour)s): it must end first, or what is noted in it would stay."
            )
            % {
                "channel": channels.get(present.channel).label,
                "day": wording.day(present.started_at),
                "hour": wording.clock_time(present.started_at),
            }
        )
    return found + _duties(
        cases_to_erase(person, asked_in=asked_in)
        .exclude(state=CaseState.DRAFT)
        .exclude(pk__in=others.open()),
        now,
    )


def _duties(cases: QuerySet[Case], now: datetime) -> list[str]:
    rule = RetentionRule.objects.filter(is_duty=True, is_active=True).order_by("-days").first()
    if rule is None:
        return []
    term = timedelta(days=rule.days)
    latest = cases.filter(decided_at__gt=now - term).order_by("-decided_at").first()
    if latest is None or latest.decided_at is None:
        return []
    return [
        gettext("The case %(folio)s must be kept until %(day)s (%(rule)s): nothing can be erased before.")
        % {"folio": latest.folio, "day": wording.day(latest.decided_at + term), "rule": rule.title}
    ]


def _named(folios: list[str | None]) -> str:
    shown = ", ".join(str(folio) for folio in folios[:MOST_NAMED])
    return shown if len(folios) <= MOST_NAMED else f"{shown} …"
