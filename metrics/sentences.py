"""
Figures as sentences: what `{% figure %}` draws, from the numbers the queries return. Nothing is counted here.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from common import wording
from metrics.models import ParameterSet
from metrics.queries.contacts import Contacts, Spread
from metrics.queries.coverage import CoveredCommune, covered, near, on_rounds
from metrics.queries.filters import Filters
from metrics.queries.infrastructure import InfrastructureSavings
from metrics.queries.satisfaction import Satisfaction
from metrics.queries.savings import Savings

NONE = "–"


@dataclass(frozen=True)
class Sentence:
    """One figure: the number, what it is, and how it came about."""

    number: str
    label: str
    margin: str = ""
    period: str = ""
    change: str = ""
    change_tone: str = ""
    note: str = ""
    href: str = ""
    spark: list[float | None] | None = field(default=None)


def explained(code: str, filters: Filters) -> str:
    """The address that says how an indicator is computed over these filters."""
    return f"{reverse('metrics:indicator', args=[code])}?{filters.query()}"


def period_words(filters: Filters) -> str:
    """The period in words, with the year."""
    start, end = _written(filters.start), _written(filters.end)
    return (
        start
        if filters.start == filters.end
        else gettext("%(start)s to %(end)s") % {"start": start, "end": end}
    )


def _written(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day.year < 1000 else date_format(day, "j M Y").lower()


def percent(value: float | None, places: int = 0) -> str:
    """`63 %`, or a dash."""
    return NONE if value is None else f"{wording.number(round(value, places), places)} %"


def _points(value: float | None) -> str:
    return NONE if value is None else wording.number(round(value, 1), 1)


def millions(value: float | Decimal, unit: str = "$") -> str:
    """Money as people say it: `$1,2 millones`, `$ 830.000`."""
    number = float(value)
    if abs(number) >= 999_500:
        places = 0 if abs(number) >= 1e8 else 1
        return f"{unit}{wording.number(round(number / 1e6, places), places)} " + gettext("million")
    return f"{unit}{wording.number(round(number, -3 if number >= 100_000 else 0))}"


def contacts_sentences(
    now: Contacts, before: Contacts, by_channel: dict[str, int], filters: Filters
) -> list[Sentence]:
    """How many came, and how many left unserved."""
    change, _tone = relative_change(now.contacts, before.contacts, filters)
    left = percent(100 * now.left / now.contacts) if now.contacts else NONE
    return [
        Sentence(
            wording.number(now.contacts),
            ngettext("contact through all channels", "contacts through all channels", now.contacts)
            if not filters.channel
            else ngettext("contact through this channel", "contacts through this channel", now.contacts),
            change=change,
            period=period_words(filters),
            href=explained("contacts", filters),
            note=gettext(
                "%(left)s left without being served; %(matters)s matters were raised, "
                "%(resolved)s of them resolved."
            )
            % {
                "left": left,
                "matters": wording.number(now.enquiries),
                "resolved": wording.number(now.resolved),
            },
        )
    ]


def spread_sentence(code: str, label: str, now: Spread, before: Spread | None, filters: Filters) -> Sentence:
    """A median, with the 90th percentile beside it."""
    change, tone = "", ""
    if before and before.median is not None and now.median is not None:
        gap = now.median - before.median
        if abs(gap) >= 60:
            words = (
                gettext("%(span)s more than in the period before")
                if gap > 0
                else gettext("%(span)s less than in the period before")
            )
            change, tone = (
                words % {"span": wording.nearest_minutes(abs(gap))},
                "refused" if gap > 0 else "granted",
            )
        else:
            change = gettext("As in the period before")
    return Sentence(
        NONE if now.median is None else wording.nearest_minutes(now.median),
        label,
        change=change,
        change_tone=tone,
        period=period_words(filters),
        note=gettext("9 in 10: less than %(high)s. %(n)s contacts measured.")
        % {"high": wording.minutes_above(now.high), "n": wording.number(now.n)}
        if now.n
        else gettext("Nobody was attended in this period."),
        href=explained(code, filters),
    )


def satisfaction_sentences(now: Satisfaction, before: Satisfaction, filters: Filters) -> list[Sentence]:
    """The net index and the national share, each with its sampling error."""
    period = period_words(filters)
    asked = gettext("%(n)s answers of %(invited)s invitations.") % {
        "n": wording.number(now.n),
        "invited": wording.number(now.invited),
    }
    if now.n and not now.has_margin:
        asked += " " + gettext("Too few answers for a margin.")
    elif now.n and now.is_small:
        asked += " " + gettext("So few answers say little.")
    change, tone = "", ""
    if now.isn is not None and before.isn is not None:
        gap = round(now.isn - before.isn, 1)
        doubts = now.isn_margin, before.isn_margin
        sure = None not in doubts and abs(gap) > sum((one or 0) ** 2 for one in doubts) ** 0.5
        sign = "+" if gap > 0 else ""
        change = gettext("%(gap)s points against the period before") % {"gap": sign + wording.number(gap, 1)}
        if None in doubts:
            change += gettext(" (too few answers to be sure)")
        elif not sure:
            change += gettext(" (within the margin)")
        tone = ("granted" if gap > 0 else "refused") if sure else ""
    return [
        Sentence(
            _points(now.isn),
            gettext("net satisfaction (ISN): share of 6–7 minus share of 1–4"),
            margin=_points(now.isn_margin) if now.has_margin else "",
            change=change,
            change_tone=tone,
            period=period,
            note=asked,
            href=explained("satisfaction", filters),
        ),
        Sentence(
            percent(now.share),
            gettext("gave a 6 or a 7, the national measure of satisfaction"),
            margin=percent(now.share_margin, 1) if now.has_margin else "",
            period=period,
            note=_share_note(now),
            href=explained("satisfied", filters),
        ),
    ]


def _share_note(now: Satisfaction) -> str:
    if now.has_margin:
        return gettext("Margin: sampling error at 95 %, 1.96 × √(p(1−p)/n).")
    if not now.n:
        return ""
    answers = ngettext("%(n)s answer.", "%(n)s answers.", now.n) % {"n": wording.number(now.n)}
    return f"{answers} {gettext('Too few answers for a margin.')}"


def savings_sentences(contacts: Savings, matters: Savings, filters: Filters) -> list[Sentence]:
    """Both figures of what citizens saved, side by side."""
    return [
        _savings(
            contacts,
            "savings-contacts",
            gettext("saved by citizens: contacts × survey parameters, the case study's method"),
            gettext("%(n)s served contacts; %(hours)s hours and %(money)s out of pocket.")
            % {
                "n": wording.number(contacts.count),
                "hours": wording.number(round(contacts.hours)),
                "money": millions(contacts.out_of_pocket),
            },
            filters,
        ),
        _savings(
            matters,
            "savings-enquiries",
            gettext("saved by citizens: only matters that were resolved, the stricter method"),
            gettext("%(n)s resolved matters; %(hours)s hours and %(money)s in fares and fees.")
            % {
                "n": wording.number(matters.count),
                "hours": wording.number(round(matters.hours)),
                "money": millions(matters.out_of_pocket),
            },
            filters,
        ),
    ]


def _savings(one: Savings, code: str, label: str, note: str, filters: Filters) -> Sentence:
    return Sentence(
        millions(one.clp),
        label,
        margin=millions(one.margin) if one.count else "",
        period=f"{period_words(filters)} · {sets_words(one.sets)}" if one.sets else period_words(filters),
        note=note,
        href=explained(code, filters),
    )


def sets_words(sets: list[ParameterSet]) -> str:
    """Which parameters a figure was computed with."""
    return gettext("parameters: %(sets)s") % {
        "sets": ", ".join(f"{one.title} v{one.version}" for one in sets)
    }


def difference_words(contacts: Savings, matters: Savings) -> str:
    """Why the two figures differ, with their own numbers."""
    if not contacts.count and not matters.count:
        return gettext("Both figures are zero: nobody was served in this period.")
    gap = contacts.clp - matters.clp
    words = (
        gettext("The stricter figure is %(gap)s lower.")
        if gap >= 0
        else gettext("The stricter figure is %(gap)s higher.")
    ) % {"gap": millions(abs(gap))}
    words += " " + gettext(
        "The first gives every one of the %(contacts)s served contacts a saving, "
        "whether it led anywhere or not. The second asks of each of the "
        "%(matters)s resolved matters which trips, fares, waits and fees it avoided; "
        "one contact may resolve several, or none."
    ) % {"contacts": wording.number(contacts.count), "matters": wording.number(matters.count)}
    if left := max(contacts.unpriced, matters.unpriced):
        words += " " + gettext("%(n)s came through channels without parameters and save nothing.") % {
            "n": wording.number(left)
        }
    return words


def infrastructure_sentence(one: InfrastructureSavings, filters: Filters) -> Sentence:
    """The offices that agencies did not have to open."""
    name = f"{one.parameter_set.title} v{one.parameter_set.version}"
    target = one.parameter_set.target_usd
    note = gettext("%(pairs)s pairs of %(agencies)s agencies and %(communes)s communes.") % {
        "pairs": wording.number(len(one.rows)),
        "agencies": one.agencies,
        "communes": one.communes,
    }
    if target:
        note += " " + gettext(
            "The investment of each class is calibrated to the %(target)s that were published: "
            "this proves the arithmetic."
        ) % {"target": millions(target, "US$")}
    return Sentence(
        millions(one.usd, "US$"),
        gettext("of investment in offices that agencies did not need"),
        margin=millions(one.margin_usd, "US$"),
        period=gettext("on %(day)s · parameters: %(set)s") % {"day": _written(one.day), "set": name},
        note=note,
        href=explained(
            "infrastructure",
            filters.but(end=one.day, start=min(filters.start, one.day), set_id=one.parameter_set.pk),
        ),
    )


def coverage_sentences(rows: list[CoveredCommune], filters: Filters) -> list[Sentence]:
    """How many have an office in their commune, near it, or a round."""
    then, now = covered(rows, "population_2015"), covered(rows, "population_2024")
    close = near(rows, "population_2024", filters.kilometres)
    rounds = on_rounds(rows, "population_2024")
    offices = sum(row.offices for row in rows)
    communes = sum(row.is_covered for row in rows)
    network = gettext("%(offices)s fixed offices in %(communes)s of %(all)s communes.") % {
        "offices": offices,
        "communes": communes,
        "all": len(rows),
    }
    day = gettext("on %(day)s") % {"day": _written(filters.end)}
    return [
        Sentence(
            percent(then.share),
            gettext("of the people of 2015, %(people)s, have an office in their commune")
            % {"people": _people(then.people)},
            period=day,
            note=network,
            href=explained("coverage", filters),
        ),
        Sentence(
            percent(now.share, 1),
            gettext("by the census of 2024: %(people)s people") % {"people": _people(now.people)},
            period=day,
            note=gettext("Mobile rounds reach %(people)s more, in communes without an office.")
            % {"people": _people(rounds.people)},
            href=explained("coverage", filters),
        ),
        Sentence(
            percent(close.share, 1),
            gettext("live in a commune whose seat is within %(km)s km of an office")
            % {"km": filters.kilometres},
            period=day,
            note=gettext("%(people)s people by the census of 2024, as the crow flies.")
            % {"people": _people(close.people)},
            href=explained("coverage-distance", filters),
        ),
    ]


def _people(count: int) -> str:
    if count >= 999_500:
        return wording.number(round(count / 1e6, 1), 1) + " " + gettext("million")
    return wording.number(count)


def agencies_sentence(count: int, filters: Filters) -> Sentence:
    return Sentence(
        wording.number(count),
        ngettext(
            "agency takes part under an agreement in force",
            "agencies take part under agreements in force",
            count,
        ),
        period=gettext("on %(day)s") % {"day": _written(filters.end)},
        href=explained("agencies", filters),
    )


def relative_change(now: int, before: int, filters: Filters) -> tuple[str, str]:
    """How a count moved against the period before, in words, and its tone; empty where nothing was before."""
    if not before:
        return "", ""
    share = round(100 * (now - before) / before)
    sign = "+" if share > 0 else ""
    words = ngettext(
        "%(share)s against the day before", "%(share)s against the %(days)s days before", filters.days
    )
    return words % {"share": f"{sign}{wording.number(share)} %", "days": filters.days}, ""
