"""The figures counted with plain loops over the source rows: no SQL of ours, no roll-up."""

from collections import Counter
from datetime import date, datetime
from functools import cache
from math import ceil, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from crm.models import Case, Enquiry, Interaction, SurveyAnswer
from metrics.models import Parameter, ParameterSet
from metrics.queries.promises import Promises


def main_matter(contact: Interaction) -> Any:
    """The procedure of a contact's first matter about one."""
    about = [one for one in contact.enquiries.all() if one.version_id]
    return min(about, key=lambda one: (one.opened_at, one.pk)).version.procedure if about else None


def fits(contact: Interaction, /, **wanted: str) -> bool:
    """Whether a contact's place and channel are those wanted."""
    place = {
        "channel": contact.channel,
        "office": contact.office.code if contact.office else "",
        "commune": contact.commune_id or "",
        "region": contact.commune.region_id if contact.commune else "",
    }
    return all(place[name] == value for name, value in wanted.items() if name in place)


def about(found: Any, /, **wanted: str) -> bool:
    """Whether a procedure is the one, and of the agency, wanted."""
    own = {"procedure": found.code if found else "", "agency": found.agency.code if found else ""}
    return all(own[name] == value for name, value in wanted.items() if name in own)


def contacts(**wanted: str) -> list[Interaction]:
    return [
        one
        for one in Interaction.objects.select_related("office", "commune").prefetch_related(
            "enquiries__version__procedure__agency"
        )
        if fits(one, **wanted) and about(main_matter(one), **wanted)
    ]


def enquiries(**wanted: str) -> list[Enquiry]:
    return [
        one
        for one in Enquiry.objects.select_related(
            "version__procedure__agency", "interaction__office", "interaction__commune"
        )
        if fits(one.interaction, **wanted) and about(one.version.procedure if one.version else None, **wanted)
    ]


def answers(**wanted: str) -> list[SurveyAnswer]:
    return [
        one
        for one in SurveyAnswer.objects.select_related(
            "invitation__procedure__agency",
            "invitation__interaction__office",
            "invitation__interaction__commune",
        )
        if fits(one.invitation.interaction, **wanted) and about(one.invitation.procedure, **wanted)
    ]


def cases(**wanted: str) -> list[Case]:
    return [
        one
        for one in Case.objects.exclude(state="draft")
        .select_related("source__office", "commune", "version__procedure__agency")
        .prefetch_related("stages")
        if _is_of(one, **wanted) and about(one.version.procedure, **wanted)
    ]


def _is_of(case: Case, /, **wanted: str) -> bool:
    place = {
        "channel": case.channel,
        "office": case.source.office.code if case.source.office else "",
        "commune": case.commune_id or "",
        "region": case.commune.region_id if case.commune else "",
    }
    return all(place[name] == value for name, value in wanted.items() if name in place)


def promises(day: str, now: datetime, start: date, end: date, **wanted: str) -> Promises:
    """Cases judged by one of their days: how many, how many kept it, how many are open."""
    found = [one for one in cases(**wanted) if _is_judged(one, day, _network_day(now))]
    found = [one for one in found if start <= getattr(one, day) <= end]
    kept = [one for one in found if one.decided_at and _network_day(one.decided_at) <= getattr(one, day)]
    return Promises(len(found), len(kept), sum(one.decided_at is None for one in found))


def _is_judged(case: Case, day: str, today: date) -> bool:
    own = {stage.state for stage in case.stages.all()}  # of one agency each
    if own & {"withdrawn", "lapsed"}:
        return False
    if case.decided_at:
        return True
    stands = case.state == "awaiting_citizen" and _network_day(case.state_since) <= getattr(case, day)
    return getattr(case, day) < today and (day == "receipt_promised_on" or not stands)


def _network_day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo("America/Santiago")).date()


def percentile(values: list[int], share: float) -> int | None:
    """The observed value at or above `share` of the rows."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def isn(grades: list[int]) -> tuple[float, float]:
    """Net index and its margin."""
    n = len(grades)
    high, low = sum(g >= 6 for g in grades) / n, sum(g <= 4 for g in grades) / n
    scores = [1 if g >= 6 else -1 if g <= 4 else 0 for g in grades]
    mean = sum(scores) / n
    variance = sum((score - mean) ** 2 for score in scores) / n
    return 100 * (high - low), 100 * 1.96 * sqrt(variance / n)


def area(contact: Interaction) -> str:
    return "rural" if contact.commune and contact.commune.is_rural else "urban"


def value(parameter_set: ParameterSet, name: str, contact: Interaction) -> Parameter:
    """The parameter for a contact: of its channel and area, or of its channel."""
    rows = {
        row.area: row for row in _of(parameter_set.pk) if (row.name, row.channel) == (name, contact.channel)
    }
    return rows.get(area(contact)) or rows[""]


@cache
def _of(set_id: Any) -> list[Parameter]:
    return list(Parameter.objects.filter(set=set_id))


def saved_by_contact(parameter_set: ParameterSet, contact: Interaction) -> float:
    hour = float(value(parameter_set, "value_of_time_clp_hour", contact).mean)
    minutes = float(value(parameter_set, "minutes_per_contact", contact).mean)
    return minutes / 60 * hour + float(value(parameter_set, "clp_per_contact", contact).mean)


def saved_by_matter(parameter_set: ParameterSet, contact: Interaction) -> float:
    p = {
        name: float(value(parameter_set, name, contact).mean)
        for name in (
            "trips_avoided", "travel_minutes", "value_of_time_clp_hour", "fare_clp", "wait_minutes_avoided",
            "access_fee_clp",
        )
    }  # fmt: skip
    trip = p["travel_minutes"] / 60 * p["value_of_time_clp_hour"] + p["fare_clp"]
    return (
        p["trips_avoided"] * trip
        + p["wait_minutes_avoided"] / 60 * p["value_of_time_clp_hour"]
        + p["access_fee_clp"]
    )


def endings(found: list[Interaction]) -> Counter[str]:
    return Counter(one.ending for one in found)
