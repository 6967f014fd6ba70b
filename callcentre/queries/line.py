"""The line's menu and hours: is it open now, and when does that change?"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from callcentre.models import Line, LineHours, MenuOption
from callcentre.queries.hours import LOOK_AHEAD, Opening, Stretch, opening, week_in_words
from territory.models import Holiday

NUMBER = "101"


@dataclass(frozen=True)
class Option:
    """A menu option with the hours that count for it."""

    option: MenuOption
    hours: frozenset[Stretch]
    has_own_hours: bool
    opening: Opening
    children: list["Option"] = field(default_factory=list)

    @property
    def week(self) -> list[tuple[str, str]]:
        return week_in_words(self.hours)

    @property
    def keys(self) -> list[str]:
        return self.option.path.split(".")


@dataclass(frozen=True)
class Menu:
    """The whole line, as its page shows it."""

    line: Line
    hours: frozenset[Stretch]
    opening: Opening
    options: list[Option]


def line_menu(at: datetime, number: str = NUMBER) -> Menu | None:
    """Return the line with its menu at an instant; None while it is not loaded."""
    line = Line.objects.filter(number=number).first()
    if line is None:
        return None
    hours: dict[int | None, set[Stretch]] = {}
    for row in LineHours.objects.filter(line=line):
        hours.setdefault(row.option_id, set()).add((row.weekday, row.opens, row.closes))
    children: dict[int | None, list[MenuOption]] = {}
    for option in line.options.select_related("agency").order_by("position"):
        children.setdefault(option.parent_id, []).append(option)
    days_off = _days_off(at.astimezone(ZoneInfo(line.time_zone)).date())

    def branch(parent: int | None, inherited: frozenset[Stretch]) -> list[Option]:
        return [
            Option(
                option,
                own := frozenset(hours.get(option.pk, ())) or inherited,
                option.pk in hours,
                opening(own, line.time_zone, at, days_off),
                branch(option.pk, own),
            )
            for option in children.get(parent, [])
        ]

    whole = frozenset(hours.get(None, ()))
    return Menu(line, whole, opening(whole, line.time_zone, at, days_off), branch(None, whole))


def option_at(path: str, number: str = NUMBER) -> MenuOption | None:
    """
    Return the option reached by these keys, or the nearest one above it: a key pressed in vain tells
    something too.
    """
    keys = [key for key in path.split(".") if key]
    paths = [".".join(keys[:length]) for length in range(len(keys), 0, -1)]
    found = {option.path: option for option in MenuOption.objects.filter(line__number=number, path__in=paths)}
    return next((found[one] for one in paths if one in found), None)


def is_open_at(at: datetime, *, option: MenuOption | None = None, number: str = NUMBER) -> bool:
    """
    Whether the line (or one of its options) answers at an instant; a line without known hours always does.
    """
    line = Line.objects.filter(number=number).first()
    if line is None:
        return True
    hours: frozenset[Stretch] = frozenset()
    while option is not None and not hours:
        hours = _stretches(line, option)
        option = option.parent
    hours = hours or _stretches(line, None)
    days_off = _days_off(at.astimezone(ZoneInfo(line.time_zone)).date())
    return opening(hours, line.time_zone, at, days_off).is_open if hours else True


def _stretches(line: Line, option: MenuOption | None) -> frozenset[Stretch]:
    return frozenset(
        LineHours.objects.filter(line=line, option=option).values_list("weekday", "opens", "closes")
    )


def _days_off(today: date) -> set[date]:
    span = (today - timedelta(days=1), today + timedelta(days=LOOK_AHEAD))
    return set(Holiday.objects.filter(day__range=span, is_business_day=False).values_list("day", flat=True))
