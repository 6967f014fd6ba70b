"""The same figures place by place: bars of contacts, with waits and satisfaction in the table."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import wording
from metrics.channels import channel_label
from metrics.queries.contacts import Spread, waits_by
from metrics.queries.filters import Filters
from metrics.queries.satisfaction import Satisfaction
from metrics.sentences import NONE, percent

SHOWN = 12
NOBODY = Spread(0, None, None)


@dataclass(frozen=True)
class Dimension:
    """
    A way to break figures down: the roll-up's path to its code and name, and the filter that a bar sets.
    """

    code: str
    label: Any
    key: str
    name: str
    of_contact: str  # the same code on the contact itself


DIMENSIONS = {
    one.code: one
    for one in (
        Dimension("channel", _("Channel"), "channel", "channel", "channel"),
        Dimension("region", _("Region"), "region", "region__short_name", "commune__region"),
        Dimension("commune", _("Commune"), "commune", "commune__name", "commune"),
        Dimension("office", _("Office"), "office__code", "office__name", "office__code"),
        Dimension("agency", _("Agency"), "agency__code", "agency__name_es", "main_agency"),
        Dimension("procedure", _("Procedure"), "procedure__code", "procedure__slug", "main_procedure"),
    )
}
_SUMS = (
    "contacts",
    "served",
    "enquiries",
    "resolved",
    "grades_low",
    "grades_middle",
    "grades_high",
)


@dataclass(frozen=True)
class Part:
    """One value of the dimension with its figures in words."""

    code: str
    name: str
    contacts: int
    resolved: str
    wait: str
    high: str
    isn: str
    answers: int
    query: str


def parts_of(filters: Filters, by: str) -> list[Part]:
    """Return the parts, the most contacts first; two queries."""
    dimension = DIMENSIONS[by]
    rows = (
        filters.roll_ups()
        .values(code=_f(dimension.key), name=_f(dimension.name))
        .annotate(**{f"n_{one}": Sum(one) for one in _SUMS})
        .order_by("-n_contacts", "code")
    )
    waits = waits_by(filters, dimension.of_contact)
    return [_part(row, waits.get(row["code"], NOBODY), dimension, filters) for row in rows]


def _f(path: str) -> Any:
    from django.db.models import F

    return F(path)


def _part(row: dict[str, Any], waits: Spread, dimension: Dimension, filters: Filters) -> Part:
    grades = Satisfaction(row["n_grades_low"], row["n_grades_middle"], row["n_grades_high"])
    code = row["code"] or ""
    name = channel_label(code) if dimension.code == "channel" else row["name"]
    return Part(
        code=code,
        name=name or gettext("Not known"),
        contacts=row["n_contacts"],
        resolved=percent(100 * row["n_resolved"] / row["n_enquiries"]) if row["n_enquiries"] else NONE,
        wait=wording.nearest_minutes(waits.median) or NONE,
        high=wording.minutes_above(waits.high) or NONE,
        isn=_isn(grades),
        answers=grades.n,
        query=filters.but(**{dimension.code: code}).query() if code else "",
    )


def _isn(grades: Satisfaction) -> str:
    if grades.isn is None:
        return NONE
    if grades.isn_margin is None:
        return gettext("Too few answers for a margin.")
    return f"{wording.number(round(grades.isn), 0)} ± {wording.number(round(grades.isn_margin))}"


def bars_of(parts: list[Part]) -> list[dict[str, Any]]:
    """The longest bars, each a link that narrows to it; the rest together."""
    shown = [
        {"label": part.name, "value": part.contacts, "href": f"?{part.query}" if part.query else ""}
        for part in parts[:SHOWN]
    ]
    if rest := parts[SHOWN:]:
        shown.append(
            {
                "label": gettext("%(n)s others") % {"n": len(rest)},
                "value": sum(part.contacts for part in rest),
            }
        )
    return shown
