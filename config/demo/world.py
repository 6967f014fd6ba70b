"""What the plan needs to know of the reference data, read once: places and hours, procedures, who works where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Role, User
from callcentre.models import MenuOption
from catalog.models import Act, Agreement, AgreementStage, ProcedureVersion
from territory.models import Commune, Office
from territory.queries.calendar import add_business_days, is_business_day

SANTIAGO = "America/Santiago"
TOGETHER = "910010"  # permits to import food: two agencies side by side, then customs


@dataclass(frozen=True)
class Opening:
    """A stretch in which a place is open on some day; a mobile office says where it stands."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Place:
    """An office of the network."""

    id: int
    code: str
    kind: str
    zone: str
    region: str
    hours: dict[int, Opening]
    stops: tuple[tuple[int, int, Opening], ...]  # week of the month, weekday

    @property
    def half(self) -> int:
        """Which half of the country it serves: 1 is that of line 101."""
        return int(self.kind == "mobile")

    def opening_on(self, day: date) -> Opening | None:
        """Return the first stretch of a day, or None when the place is closed then."""
        if not is_business_day(day):
            return None
        if self.kind == "office":
            return self.hours.get(day.isoweekday())
        week = (day.day - 1) // 7 + 1
        return next(
            (opening for w, weekday, opening in self.stops if (w, weekday) == (week, day.isoweekday())), None
        )


@dataclass(frozen=True)
class Topic:
    """A procedure: how often it is asked for, who decides it, and at which kinds of place it may be received."""

    code: str
    version: UUID
    agency: str
    popularity: int
    has_form: bool
    received_at: frozenset[str]
    title: str


@dataclass(frozen=True)
class World:
    """The demo's stage before anything happens."""

    places: tuple[Place, ...]
    topics: tuple[Topic, ...]
    together: Topic | None  # one that several agencies decide side by side
    communes: tuple[tuple[str, str, int], ...]  # code, region, population
    menu: dict[str, tuple[str, ...]]  # agency: the keys of line 101 that lead to it
    clerks: dict[str, tuple[str, ...]]
    officers: dict[str, tuple[str, ...]]
    agents: tuple[str, ...]

    def topic(self, code: str) -> Topic:
        return next(one for one in self.topics if one.code == code)


def read_world() -> World:
    """Read what the plan needs; in a fixed order, so that the same data makes the same plan."""
    return World(
        places=tuple(_places()),
        topics=tuple(_topics()),
        together=_together(),
        communes=tuple(Commune.objects.order_by("code").values_list("code", "region_id", "population_2024")),
        menu=_menu(),
        clerks=_workers(Role.CLERK, "office__code"),
        officers=_workers(Role.OFFICER, "agency__code"),
        agents=tuple(
            User.objects.filter(is_demo=True, memberships__role=Role.AGENT)
            .order_by("email")
            .values_list("email", flat=True)
        ),
    )


def _places() -> Iterator[Place]:
    offices = Office.objects.select_related("commune").prefetch_related("hours", "stops").order_by("code")
    for office in offices:
        hours: dict[int, Opening] = {}
        for row in sorted(office.hours.all(), key=lambda row: row.opens):
            hours.setdefault(row.weekday, Opening(row.opens, row.closes))
        stops = sorted((row.week_of_month, row.weekday, row.opens, row.closes) for row in office.stops.all())
        yield Place(
            id=office.pk,
            code=office.code,
            kind=office.kind,
            zone=office.commune.time_zone,
            region=office.commune.region_id,
            hours=hours,
            stops=tuple((week, weekday, Opening(opens, closes)) for week, weekday, opens, closes in stops),
        )


def _published() -> QuerySet[ProcedureVersion]:
    versions = ProcedureVersion.objects.published().filter(procedure__is_synthetic=False)
    return versions.select_related("procedure__agency").order_by("procedure__code")


def _together() -> Topic | None:
    version = _published().filter(procedure__code=TOGETHER).first()
    return _topic(version, frozenset()) if version else None


def _topics() -> Iterator[Topic]:
    received = _received_everywhere()
    for version in _published():
        procedure = version.procedure
        deciding = [(row.agency, row.addressed_by) for row in version.sheet.stages]
        if version.sheet.right or deciding not in ([], [(procedure.agency.code, "")]):
            continue  # the demo's people go to one agency, the procedure's own, and none asks for their rights
        yield _topic(version, received.get(procedure.agency_id, frozenset()))


def _topic(version: ProcedureVersion, received_at: frozenset[str]) -> Topic:
    procedure = version.procedure
    return Topic(
        code=procedure.code,
        version=version.pk,
        agency=procedure.agency.code,
        popularity=procedure.popularity,
        has_form=version.has_form,
        received_at=received_at,
        title=version.title_es,
    )


def _received_everywhere() -> dict[int, frozenset[str]]:
    """The kinds of place at which an agency's applications are received under an agreement for all offices."""
    agreements = Agreement.objects.filter(
        all_offices=True, delegated_acts__act=Act.RECEIVE, delegated_acts__procedure=None
    )
    kinds: dict[int, set[str]] = {}
    for agency, channel in agreements.exclude(stage=AgreementStage.SIGNED).values_list(
        "agency", "delegated_acts__channel"
    ):
        kinds.setdefault(agency, set()).add(channel)
    return {agency: frozenset(found) for agency, found in kinds.items()}


def _menu() -> dict[str, tuple[str, ...]]:
    keys: dict[str, list[str]] = {}
    for path, agency in MenuOption.objects.order_by("path").values_list("path", "agency__code"):
        keys.setdefault(agency or "", []).append(path)
    return {agency: tuple(paths) for agency, paths in keys.items()}


def _workers(role: Role, place: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    rows = User.objects.filter(is_demo=True, memberships__role=role).order_by("email")
    for code, email in rows.values_list(f"memberships__{place}", "email"):
        found.setdefault(code, []).append(email)
    return {code: tuple(emails) for code, emails in found.items()}


def moment(day: date, minute: float, zone: str = SANTIAGO) -> datetime:
    """Return the instant so many minutes after midnight of a place's day."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    whole = midnight + timedelta(
        seconds=round(minute * 60)
    )  # wall time: opening hours are read off a clock on the wall
    return whole.astimezone(ZoneInfo("UTC"))


def minutes(at: time) -> int:
    """Return how many minutes after midnight a time of day is."""
    return at.hour * 60 + at.minute


__all__ = [
    "SANTIAGO",
    "Opening",
    "Place",
    "Topic",
    "World",
    "add_business_days",
    "minutes",
    "moment",
    "read_world",
]
