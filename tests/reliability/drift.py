"""
Every published figure equals a count from source rows, for each day, office and channel, also after late events (33).

A country with three time zones' worth of contacts and cases of every fate; the outbox tells metrics of them; then what comes late comes:
grades given days afterwards, calls that had been attended after all, contacts dated days ago, decisions on old cases. Before they are told
the comparison must find them missing, or it compares nothing; afterwards the difference must be nought again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

from django.db.models import Sum

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from crm import actions
from crm.actions.late_reports import attend_late
from crm.models import Case, Interaction, SurveyInvitation
from events import outbox
from metrics import tasks
from metrics.models import MEASURES, IndicatorDefinition
from metrics.queries import contacts, rows, savings
from metrics.queries.cases import case_counts
from metrics.queries.checks import differences
from metrics.queries.datasets import CHANNELS, DATASETS, FEW
from metrics.queries.filters import Filters
from metrics.queries.promises import estimate_counts, promise_counts
from metrics.queries.satisfaction import satisfaction
from metrics.reference import load_definitions, load_parameters
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import metrics as made
from tests.factories import promises
from tests.factories import territory as places
from tests.reliability import Outcome
from tests.reliability.drift_counts import (
    ALL,
    Figures,
    Slice,
    by_region,
    by_region_and_agency,
    observed,
    recounted,
)

SYSTEM = Actor.system()
# From noon to past midnight in Santiago, over the night in which its clocks go back; Easter Island is two hours behind.
FIRST = datetime.fromisoformat("2026-03-28T15:00:00+00:00")
NOW = promises.at(45)
LATE = timedelta(days=8)  # after the last contact, while its survey is open still

# Of the indicators and files, which are not counted again here, and why.
NOT_RECOUNTED = {
    "infrastructure": "of agreements and offices on a day, not of what happens; recounted from the reference files in test_seed_figures",
    "coverage": "of offices and censuses on a day; recounted from the reference files in test_seed_figures",
    "coverage-distance": "likewise",
    "agencies": "of agreements on a day; likewise",
    "evolucion-sucursales": "the file of coverage",
    "numero-comunas": "the file of coverage",
    "instituciones-convenio": "the file of agencies",
}
# What of a slice shows each indicator.
SHOWN_BY = {
    "contacts": ("contacts", "served", "abandoned", "no_show", "missed"),
    "waiting": ("waits_n", "waits_median", "waits_high"),
    "service": ("services_n", "services_median", "services_high"),
    "satisfaction": ("grades_low", "grades_middle", "grades_high"),
    "satisfied": ("surveys", "grades_high"),
    "savings-contacts": ("priced_contacts",),
    "savings-enquiries": ("priced_enquiries",),
    "cases-submitted": ("submitted",),
    "cases-decided": ("decided",),
    "case-time": ("took_median", "took_high"),
    "promises-kept": ("promises_judged", "promises_kept", "promises_late"),
    "receipts-kept": ("receipts_judged", "receipts_kept", "receipts_late"),
    "estimates-true": ("estimated", "within_half", "told_most", "within_most"),
}
ADDITIVE = (
    *MEASURES,
    *("submitted", "decided", "estimated", "within_half", "told_most", "within_most"),
    *(f"{one}_{what}" for one in ("promises", "receipts") for what in ("judged", "kept", "late")),
)


@dataclass
class Country:
    """Where everything happens, and what has happened."""

    offices: list[Any]
    communes: list[Any]
    versions: list[Any]
    contacts: list[Interaction] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @classmethod
    def make(cls) -> "Country":
        coast: Any = places.RegionFactory(code="05", name="Valparaíso", short_name="Valparaíso", position=6)
        province = places.ProvinceFactory(code="051", region=coast, name="Valparaíso")
        santiago = places.CommuneFactory()
        petorca = places.CommuneFactory(code="05404", province=province, name="Petorca", is_rural=True)
        island = places.CommuneFactory(
            code="05201", province=province, name="Isla de Pascua", time_zone="Pacific/Easter"
        )
        agencies = [people.AgencyFactory(code=code) for code in ("SRCEI", "IPS")]
        versions = [
            sheets.publish(sheets.sheet(), agency=agencies[0]),
            sheets.publish(sheets.sheet(code="4040", slug="otro-tramite", agency="IPS"), agency=agencies[1]),
        ]
        offices = [
            places.OfficeFactory(code=f"OF-{one.code}-1", name=f"Ventanilla {one.name}", commune=one)
            for one in (santiago, petorca, island)
        ]
        offices.append(places.OfficeFactory(code="OM-05-1", name="Móvil", kind="mobile", commune=petorca))
        load_definitions()
        load_parameters()
        return cls(offices, [santiago, petorca, island], versions)

    def live(self, contacts: int, cases: int) -> None:
        """Let so many contacts and cases happen."""
        self.contacts = made.history(
            contacts,
            offices=self.offices,
            versions=self.versions,
            communes=self.communes,
            days=max(6, contacts // 30),
            first=FIRST,
            spread=14 * 3600,
        )
        self.cases = promises.history(cases, self.versions, offices=self.offices[:3])

    def come_late(self, times: int) -> set[date]:
        """Let each kind of late event happen so many times; return the days that they are about."""
        then = max(one.started_at for one in self.contacts) + LATE
        days = set()
        with clock.frozen(then):
            unanswered = SurveyInvitation.objects.filter(answer=None, expires_at__gt=then)
            for invitation in unanswered.order_by("made_at", "pk")[:times]:
                actions.answer_survey(invitation, by=Actor.visitor(), grade=2)
                days.add(invitation.interaction.business_date)
            agent = Actor.staff(people.staff("Bruno Salas", Role.AGENT))
            missed = Interaction.objects.filter(channel="phone", attended_at=None, ended_at__isnull=False)
            for call in missed.order_by("started_at", "pk")[:times]:
                attend_late(call, by=agent)
                days.add(call.business_date)
        for number in range(times):
            about = ((self.versions[0], "informed"),)
            old = made.contact(
                at=FIRST + timedelta(days=number), office=self.offices[number % 4], matters=about, grade=7
            )
            days.add(old.business_date)
        waiting = [one for one in self.cases if one.state == "in_review" and one.decided_at is None]
        for case in waiting[:times]:
            promises.decide(case, promises.at(20))
            days |= {date(2026, 11, 20), case.promised_on}
        return days


def hand_over() -> int:
    """Let the outbox hand over what happened, and metrics do at once what its worker would."""
    handed = 0
    with mock.patch.object(tasks.note_changes, "delay", lambda **given: tasks.note_changes(**given)):
        while many := outbox.deliver_pending():
            handed += many
    return handed


def published(at: Slice, sets: savings.Sets) -> Figures:
    """What the screens tell of a slice, by the functions that they ask."""
    day, channel, office = at
    filters = Filters(
        day, day, channel="" if channel == ALL else channel, office="" if office == ALL else office
    )
    told: Figures = filters.roll_ups().aggregate(**{one: Sum(one, default=0) for one in MEASURES})
    told |= asdict(contacts.contact_counts(filters))
    for name, spread in (("waits", contacts.waits(filters)), ("services", contacts.service_times(filters))):
        told |= {f"{name}_{one}": value for one, value in asdict(spread).items()}
    grades = satisfaction(filters)
    told |= {"grades_low": grades.low, "grades_middle": grades.middle, "grades_high": grades.high}
    told |= {"surveys": grades.n, "invitations": grades.invited}
    cases = case_counts(filters)
    told |= {"submitted": cases.submitted, "decided": cases.decided}
    told |= {"took_median": cases.median, "took_high": cases.high}
    for name, promise in (("promises", "promised_on"), ("receipts", "receipt_promised_on")):
        told |= {f"{name}_{one}": n for one, n in asdict(promise_counts(filters, promise)).items()}
    estimates = asdict(estimate_counts(filters))
    told |= {"estimated" if name == "cases" else name: n for name, n in estimates.items()}
    by_contacts, by_matters = (
        savings.savings_by_contacts(filters, sets),
        savings.savings_by_matters(filters, sets),
    )
    told["priced_contacts"] = by_contacts.count + by_contacts.unpriced
    told["priced_enquiries"] = by_matters.count + by_matters.unpriced
    for name, saved in (("savings-contacts", by_contacts), ("savings-enquiries", by_matters)):
        told[name] = (round(saved.clp, 4), round(rows.recount(name, filters, sets).clp, 4))
    return told


def expected(found: Figures) -> Figures:
    """The same from the recount of a slice; what has no row there is nought."""
    wanted: Figures = {name: found.get(name, 0) for name in (*ADDITIVE,)}
    for name in ("waits", "services"):
        values = found.get(name) or []
        wanted |= {f"{name}_n": len(values), f"{name}_median": observed(values, 5)}
        wanted[f"{name}_high"] = observed(values, 9)
    took = found.get("took") or []
    wanted |= {"took_median": observed(took, 5), "took_high": observed(took, 9)}
    return wanted | {"priced_contacts": wanted["served"], "priced_enquiries": wanted["resolved"]}


@dataclass
class Compared:
    """How much was compared, and what differs."""

    slices: int = 0
    figures: int = 0
    wrong: list[str] = field(default_factory=list)


def compare(days: set[date] | None = None) -> Compared:
    """
    Compare every slice of these days, or of all, that has a row, and the sums of its parts with the nation.

    What would be told of a slice without any row is in the nation of its day too, which is always compared.
    """
    found, sets, result = recounted(clock.now()), savings.Sets(), Compared()
    of_offices = {channel for _day, channel, office in found if office not in {ALL, ""}} - {ALL}
    for day in sorted({one[0] for one in found} if days is None else days):
        slices = {one for one in found if one[0] == day and one[2] != ""} | {(day, ALL, ALL)}
        told = {at: published(at, sets) for at in slices}
        for at in sorted(slices):
            wanted = expected(found.get(at, {}))
            result.slices += 1
            result.figures += len(wanted)
            differ = [(name, told[at][name], value) for name, value in wanted.items()]
            differ += [
                (f"the peso of {name}", *told[at][name]) for name in ("savings-contacts", "savings-enquiries")
            ]
            result.wrong += [
                f"{' '.join(map(str, at))}: {name} is {is_told!r}, its rows say {value!r}"
                for name, is_told, value in differ
                if is_told != value
            ]
        whole, parts = (
            told[day, ALL, ALL],
            [
                figures
                for (_day, channel, office), figures in told.items()
                if (office != ALL and channel == ALL) or (office == ALL and channel not in {ALL, *of_offices})
            ],
        )
        result.wrong += [
            f"{day}: {name} of all offices and lines is {total}, of the nation {whole[name]}"
            for name in ADDITIVE
            if (total := sum(one[name] for one in parts)) != whole[name]
        ]
    return result


def compare_files(today: date) -> Compared:
    """Compare the cells of the open statistics with the recount, month by month; a cell of few people is told by none."""
    result = Compared()
    for code, wanted in _files(recounted(clock.now()), today).items():
        told = {tuple(row[key] for key in wanted.keys_): row for row in DATASETS[code].rows(today)}
        for key in sorted(told.keys() | {key for key, cells in wanted.items() if any(cells.values())}):
            for name, value in wanted.get(key, {}).items():
                cell = told.get(key, {}).get(name, "no row")
                result.figures += 1
                if cell is None and (wanted.may_hide or not value):
                    continue
                if cell != value or (isinstance(value, int) and 0 < value < FEW):
                    result.wrong.append(f"{code} {key}: {name} is {cell!r}, its rows say {value!r}")
    return result


class Cells(dict[tuple[Any, ...], Figures]):
    """What a file should tell: by the columns of its key, its cells."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        self.keys_, self.may_hide = keys, True


def _files(found: dict[Slice, Figures], today: date) -> dict[str, Cells]:
    months, years = Cells("periodo", "mes"), Cells("periodo")
    visits, regions = Cells("periodo", "mes"), Cells("periodo", "mes", "region")
    agencies = Cells("periodo", "mes", "region", "institucion")
    grades = Cells("periodo", "mes", "canal")
    kept = {"promises": Cells("periodo", "mes"), "receipts": Cells("periodo", "mes")}
    estimates, waited = Cells("periodo", "mes"), Cells("periodo", "mes")
    waits: dict[tuple[int, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (day, channel, office), figures in found.items():
        month = (day.year, day.month)
        if office != ALL:
            continue
        if channel == ALL:
            for name, cells in kept.items():
                if (judged := figures.get(f"{name}_judged", 0)) and day < today:
                    _add(cells, month, casos=judged, en_plazo=figures[f"{name}_kept"])
                    _add(cells, month, fuera_de_plazo=judged - figures[f"{name}_kept"])
            if figures.get("estimated"):
                _add(estimates, month, casos=figures["estimated"])
            continue
        if not figures.get("contacts"):
            continue
        told = CHANNELS.get(channel, channel)
        if channel in CHANNELS:
            for cells, key in ((months, month), (years, (day.year,))):
                _add(cells, key, **dict.fromkeys(CHANNELS.values(), 0))
                _add(cells, key, **{told: figures["contacts"]})
        if channel == "web":
            _add(visits, month, cantidad=figures["contacts"])
        if figures["invitations"]:
            _add(grades, (*month, told), encuestas=figures["surveys"])
        kind = {"office": "presencial", "mobile": "presencial", "phone": "callcenter"}.get(channel, "")
        waits[month][kind] += figures["waits"] or []
    for month, kinds in waits.items():
        waited[month] = {kind: _clock(sorted(kinds[kind])) for kind in ("presencial", "callcenter")}
    for key, n in by_region().items():
        regions[key] = {"cantidad": n}
    for key, n in by_region_and_agency().items():
        agencies[key] = {"atenciones": n}
    waited.may_hide = False
    return {
        "num-atenciones": years,
        "atenciones-mes": months,
        "visitas-sitio": visits,
        "presencial-region": regions,
        "instituciones-region": agencies,
        "tiempo-espera": waited,
        "satisfaccion": grades,
        "plazos-cumplidos": kept["promises"],
        "plazos-comprobante": kept["receipts"],
        "estimaciones": estimates,
    }


def _add(cells: Cells, key: tuple[Any, ...], **counts: int) -> None:
    one = cells.setdefault(key, {})
    for name, n in counts.items():
        one[name] = one.get(name, 0) + n


def _clock(waits: list[int]) -> str | None:
    median = observed(waits, 5)
    if median is None or len(waits) < FEW:
        return None
    return f"{median // 3600:02d}:{median // 60 % 60:02d}:{median % 60:02d}"


def not_recounted() -> list[str]:
    """Published figures that are neither counted again here nor named with a reason."""
    codes = set(IndicatorDefinition.objects.values_list("code", flat=True))
    files = set(_files({}, date.max))
    names = expected({})
    return [
        *(
            f"the indicator {one} is not counted again"
            for one in codes - SHOWN_BY.keys() - NOT_RECOUNTED.keys()
        ),
        *(f"the file {one} is not counted again" for one in DATASETS.keys() - files - NOT_RECOUNTED.keys()),
        *(f"{one} is counted by nobody" for shown in SHOWN_BY.values() for one in shown if one not in names),
    ]


def check(*, contacts: int, cases: int, late: int) -> Outcome:
    """Let so many contacts and cases happen, then so many late events of each of four kinds."""
    outcome = Outcome("published figures and their rows (33)")
    with _quiet():
        country = Country.make()
        country.live(contacts, cases)
        events = hand_over()
    with clock.frozen(NOW):
        first = compare()
        outcome.wrong += [*not_recounted(), *first.wrong, *_nightly(), *_unlike(cases)]
    with _quiet():
        days = country.come_late(late)
    with clock.frozen(NOW):
        missing = compare(days)
    if len(missing.wrong) < late * 2:
        outcome.wrong.append(
            f"{late} late events of each kind untold, and only {len(missing.wrong)} differences"
        )
    with _quiet():
        events += hand_over()
    with clock.frozen(NOW):
        last = compare()
        files = compare_files(NOW.date())
        outcome.wrong += [*last.wrong, *files.wrong, *_nightly()]
    outcome.figures = {
        "contacts": Interaction.objects.count(),
        "cases": Case.objects.count(),
        "events": events,
        "slices": last.slices,
        "figures compared": first.figures + last.figures + files.figures,
        "late events": late * 4,
        "days opened again": len(days),
        "differences before they were told": len(missing.wrong),
        "wrong": len(outcome.wrong),
    }
    return outcome


def _nightly() -> Iterator[str]:
    """What the product's own proof of every night finds."""
    yield from (f"the nightly proof finds {one}" for one in differences())


def _unlike(cases: int) -> Iterator[str]:
    """A history in which a kind of figure is nought everywhere would prove nothing of it."""
    found = recounted(clock.now())
    whole = [
        expected(figures)
        for (_day, channel, office), figures in found.items()
        if (channel, office) == (ALL, ALL)
    ]
    if cases:
        yield from (
            f"{name} is nought on every day"
            for name in ADDITIVE
            if name not in {"case_updated", "status_told"} and not any(one[name] for one in whole)
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Tasks of others are started for a broker that nobody reads here; nothing of it is said."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
