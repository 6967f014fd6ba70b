"""When text messages may ring: not by night, nor on Sundays and holidays, where the citizen lives."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.models import MessagePolicy
from territory.queries.calendar import is_rest_day


def next_allowed(at: datetime, *, zone: str, policy: MessagePolicy) -> datetime:
    """Return `at`, or the first moment after it at which a text message may be sent in a time zone."""
    local = at.astimezone(ZoneInfo(zone))
    if policy.rests_on_holidays and is_rest_day(local.date()):
        return next_allowed(_at(local, policy.quiet_until, days=1), zone=zone, policy=policy)
    if not _is_night(local.time(), policy):
        return at
    tomorrow = policy.quiet_from > policy.quiet_until and local.time() >= policy.quiet_from
    return next_allowed(_at(local, policy.quiet_until, days=int(tomorrow)), zone=zone, policy=policy)


def _is_night(moment: time, policy: MessagePolicy) -> bool:
    begin, end = policy.quiet_from, policy.quiet_until
    return begin <= moment < end if begin <= end else moment >= begin or moment < end


def _at(local: datetime, moment: time, *, days: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), moment, tzinfo=local.tzinfo)
