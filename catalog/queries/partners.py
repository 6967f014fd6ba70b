"""Agreements as they are read: by those who keep them, and by everybody."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Prefetch, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from catalog.models import Accreditation, Act, Agreement, AgreementStage, DelegatedAct, DelegatedChannel
from catalog.sheets import in_language

SHORT = {
    DelegatedChannel.OFFICE: _("offices"),
    DelegatedChannel.MOBILE: _("mobile offices"),
    DelegatedChannel.PHONE: _("line 101"),
    DelegatedChannel.WEB: _("online"),
    DelegatedChannel.OUTSIDE: _("channels of others"),
}
STAGE_TONES = {AgreementStage.SIGNED: "waiting", AgreementStage.PILOT: "you", AgreementStage.LIVE: "granted"}
_FURTHER = {stage: place for place, stage in enumerate(AgreementStage)}


@dataclass(frozen=True)
class ActRow:
    """One act of an agreement, in words."""

    row: DelegatedAct
    act: str | Promise
    channel: str | Promise
    state: str  # now, ahead, over

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be done; None: until it is ended."""
        return last_day_of(self.row.during)


@dataclass(frozen=True)
class Done:
    """Acts that may be done at the same places; of every procedure of the agency, or `of_some` alone."""

    acts: list[str | Promise]
    places: list[str | Promise]
    of_some: bool


@dataclass(frozen=True)
class Partner:
    """An agency that takes part, as the public reads it."""

    agency: Agency
    since: date
    stage: str | Promise
    tone: str
    instrument: str
    places: int | None  # None: the whole network
    acts: list[Done]


def agreements(*, on: date, ended: bool = False) -> QuerySet[Agreement]:
    """Return the agreements that are in force on a day or to come, or those that are over, with what a line of theirs shows."""
    rows = Agreement.objects.filter(Q(during__endswith__lte=on) if ended else _lasting(on))
    return (
        rows.select_related("agency")
        .annotate(
            places=Count("offices", distinct=True),
            acts_now=Count(
                "delegated_acts__act", filter=Q(delegated_acts__during__contains=on), distinct=True
            ),
        )
        .order_by("agency__name_es", "signed_on")
    )


def _lasting(on: date) -> Q:
    """What does not end by a day: with a last day after it, or none."""
    return Q(during__upper_inf=True) | Q(during__endswith__gt=on)


def last_day_of(during: DateRange) -> date | None:
    """Return the last day of some days, that day included; None: they have no end."""
    return during.upper - timedelta(days=1) if during.upper else None


def acts_of(agreement: Agreement, *, on: date) -> list[ActRow]:
    """Return the acts of an agreement, those in force first."""
    rows = agreement.delegated_acts.select_related("procedure").order_by(
        "act", "channel", "procedure", "during"
    )
    found = [
        ActRow(row, Act(row.act).label, DelegatedChannel(row.channel).label, _state(row, on)) for row in rows
    ]
    return sorted(found, key=lambda one: ("now", "ahead", "over").index(one.state))


def _state(row: DelegatedAct, on: date) -> str:
    if row.during.lower > on:
        return "ahead"
    return "over" if row.during.upper is not None and row.during.upper <= on else "now"


def partners(*, on: date) -> list[Partner]:
    """
    Return the agencies that take part, by name, each with what its agreements that are furthest along let be done together: those in service
    before pilots, pilots before what is only signed or to come. Three queries.
    """
    in_force = DelegatedAct.objects.filter(during__contains=on).order_by("act", "channel")
    rows = (
        agreements(on=on)
        .filter(signed_on__lte=on)
        .annotate(
            office_ids=ArrayAgg("offices", distinct=True, filter=Q(offices__isnull=False), default=Value([]))
        )
        .prefetch_related(Prefetch("delegated_acts", in_force, to_attr="acts_in_force"))
    )
    by_agency: dict[int, list[Agreement]] = {}
    for row in rows:
        by_agency.setdefault(row.agency_id, []).append(row)
    all_days: dict[int, list[DateRange]] = {}
    for agency, during in Agreement.objects.filter(agency__in=by_agency).values_list("agency", "during"):
        all_days.setdefault(agency, []).append(during)
    found = [_partner(rows, on, all_days[agency]) for agency, rows in by_agency.items()]
    return sorted(found, key=lambda one: one.agency.name)


def _stage(row: Agreement, on: date) -> AgreementStage:
    """How far along it is on a day; before its first it is signed and no more."""
    return AgreementStage(row.stage) if on in row.during else AgreementStage.SIGNED


def _partner(rows: list[Agreement], on: date, all_days: list[DateRange]) -> Partner:
    """
    :param rows: the agreements of one agency, as they were signed
    :param all_days: of all it ever had
    """
    stage = max((_stage(row, on) for row in rows), key=_FURTHER.__getitem__)
    told = [row for row in rows if _stage(row, on) == stage]
    acts = [act for row in told for act in row.acts_in_force]  # type: ignore[attr-defined]  # prefetched
    offices = {office for row in told for office in row.office_ids}  # type: ignore[attr-defined]  # annotated
    return Partner(
        agency=told[0].agency,
        since=_without_gap(min(row.during.lower for row in told), all_days),
        stage=stage.label,
        tone=STAGE_TONES[stage],
        instrument="; ".join(dict.fromkeys(filter(None, (in_language(row.instrument) for row in told)))),
        places=None if any(row.all_offices for row in told) else len(offices),
        acts=[] if stage == AgreementStage.SIGNED else _done(acts),
    )


def _without_gap(since: date, all_days: list[DateRange]) -> date:
    """Return the first of the days that lead to a day without a day between on which nothing was agreed."""
    for days in sorted(all_days, key=lambda one: one.lower, reverse=True):
        if days.lower < since and (days.upper is None or days.upper >= since):
            since = days.lower
    return since


def _done(rows: list[DelegatedAct]) -> list[Done]:
    """Put the acts together that may be done at the same places; what is said of one procedure only where it is not said of all."""
    of_all: dict[str, set[str]] = {}
    of_some: dict[str, set[str]] = {}
    for row in rows:
        (of_all if row.procedure_id is None else of_some).setdefault(row.act, set()).add(row.channel)
    more = {act: where - of_all.get(act, set()) for act, where in of_some.items()}
    return [*_together(of_all, of_some=False), *_together(more, of_some=True)]


def _together(places: dict[str, set[str]], *, of_some: bool) -> list[Done]:
    found: dict[frozenset[str], list[str | Promise]] = {}
    for act in Act:
        if places.get(act):
            found.setdefault(frozenset(places[act]), []).append(act.label)
    return [
        Done(acts, [SHORT[channel] for channel in DelegatedChannel if channel in where], of_some)
        for where, acts in found.items()
    ]


def accreditations(*, on: date) -> QuerySet[Accreditation]:
    """Return the accreditations that hold on a day or later, by whose they are."""
    return (
        Accreditation.objects.filter(_lasting(on), withdrawn_at__isnull=True)
        .select_related("user", "agency", "given_by")
        .order_by("user__name", "agency__code", "act", "pk")
    )
