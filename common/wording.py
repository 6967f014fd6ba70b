"""Numbers, money, dates and spans of time as people write them, in the language of the page."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

# Day and month names come from the framework's own translations; the order of words is each language's.
_DAY = {"es": r"l j \d\e F", "en": "l j F"}
_DAY_AND_YEAR = {"es": r"l j \d\e F \d\e Y", "en": "l j F Y"}
_SHORT_DAY = {"es": "j M", "en": "j M"}
_SHORT_DAY_AND_YEAR = {"es": "j M Y", "en": "j M Y"}


def _language() -> str:
    return "es" if (get_language() or "es").startswith("es") else "en"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def money(amount: object) -> str:
    """Return pesos as written in Chile, in either language: `3820` → `$3.820`."""
    if amount is None or amount == "":
        return ""
    try:
        whole = Decimal(str(amount)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return str(amount)
    sign = "−" if whole < 0 else ""
    return f"{sign}${abs(whole):,}".replace(",", ".")


def day(value: date | datetime | None, today: date | None = None) -> str:
    """Return `martes 24 de noviembre` or `Tuesday 24 November`, with the year when it is not this one."""
    if not value:
        return ""
    local = _local(value)
    formats = _DAY if local.year == (today or timezone.localdate()).year else _DAY_AND_YEAR
    return date_format(local, formats[_language()])


def short_day(value: date | datetime | None, today: date | None = None) -> str:
    """Return `24 nov`: for dense rows, where `day` does not fit."""
    if not value:
        return ""
    local = _local(value)
    formats = _SHORT_DAY if local.year == (today or timezone.localdate()).year else _SHORT_DAY_AND_YEAR
    return (
        date_format(local, formats[_language()]).lower()
        if _language() == "es"
        else date_format(local, formats["en"])
    )


def clock_time(value: datetime | None) -> str:
    """Return the hour on the wall of the current time zone: `09:05`."""
    return date_format(_local(value), "H:i") if value else ""


def minutes(seconds: object) -> str:
    """Return the whole minutes that have passed: `740` → `12 min`, `5700` → `1 h 35 min`."""
    total = _seconds(seconds)
    if total is None:
        return ""
    return gettext("less than 1 min") if total < 60 else _hours_and_minutes(int(total) // 60)


def nearest_minutes(seconds: object) -> str:
    """Return a measured span to the nearest minute: `100` → `2 min`."""
    total = _seconds(seconds)
    if total is None:
        return ""
    return gettext("less than 1 min") if total < 60 else _hours_and_minutes(int(total + 30) // 60)


def minutes_above(seconds: object) -> str:
    """Return the first whole minute a span stays below, to stand after “less than”: `68` → `2 min`."""
    total = _seconds(seconds)
    return "" if total is None else _hours_and_minutes(int(total) // 60 + 1)


def _seconds(span: object) -> Decimal | None:
    if span is None or span == "":
        return None
    return Decimal(str(span.total_seconds() if isinstance(span, timedelta) else span))


def _hours_and_minutes(total: int) -> str:
    hours, left = divmod(total, 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": left}
    if not left:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": left}


def age(value: date | datetime | None, now: datetime | None = None) -> str:
    """Return how long ago in the one unit that matters: `just now`, `5 min ago`, `3 h ago`, `2 days ago`."""
    if not value:
        return ""
    now = now or timezone.now()
    if not isinstance(value, datetime):
        return _days_ago((timezone.localdate(now) - value).days)
    seconds = max(0, int((now - value).total_seconds()))
    if seconds < 60:
        return gettext("just now")
    if seconds < 3600:
        return gettext("%(minutes)d min ago") % {"minutes": seconds // 60}
    if seconds < 24 * 3600:
        return gettext("%(hours)d h ago") % {"hours": seconds // 3600}
    return _days_ago(seconds // 86400)


def _days_ago(days: int) -> str:
    if days <= 0:
        return gettext("today")
    if days < 60:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    if days < 730:
        months = days // 30
        return ngettext("%(months)d month ago", "%(months)d months ago", months) % {"months": months}
    years = days // 365
    return ngettext("%(years)d year ago", "%(years)d years ago", years) % {"years": years}


def number(value: object, places: int = 0) -> str:
    """Return a number with the separators of the language: `17.380.000` and `2,1` in Spanish."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):,.{places}f}".replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if _language() == "es" else text
