"""Files opened with a reason, by whom, and how many that day."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, Count, F
from django.db.models.functions import Cast, Extract, TruncDate

from accounts.actors import Actor
from common import clock
from common.keyset import KeysetPage, keyset_page
from crm.models import BreakGlass

PAGE = 30
BACK = timedelta(days=92)


@dataclass(frozen=True)
class OpenedFile:
    """One file that was opened; `that_day`: how many the same colleague opened that day."""

    glass: BreakGlass
    that_day: int

    @property
    def is_many(self) -> bool:
        return self.that_day * 2 > settings.FILES_WITH_REASON_A_DAY


def files_opened(actor: Actor, *, place: str = "", size: int = PAGE) -> tuple[list[OpenedFile], KeysetPage]:
    """Return a page of what the staff under a supervisor opened in three months, the latest first; as many queries however many they are."""
    rows = BreakGlass.objects.of_staff_under(actor).filter(at__gte=clock.now() - BACK)
    ago = Cast(Extract(F("at"), "epoch") * -1_000_000, BigIntegerField())
    rows = rows.select_related("user", "person__merged_into").annotate(ago=ago)
    page = keyset_page(rows, "ago", "id", place=place, size=size)
    return _with_counts(page.rows), page


def _with_counts(found: list[BreakGlass]) -> list[OpenedFile]:
    if not found:
        return []
    zone = ZoneInfo(settings.TIME_ZONE)
    days = [clock.local_date(one.at, settings.TIME_ZONE) for one in found]
    counted = (
        BreakGlass.objects.filter(user__in={one.user_id for one in found})
        .annotate(day=TruncDate("at", tzinfo=zone))
        .filter(day__in=set(days))
        .values_list("user", "day")
        .annotate(files=Count("pk"))
    )
    files = {(user, day): count for user, day, count in counted}
    return [OpenedFile(one, files[one.user_id, day]) for one, day in zip(found, days, strict=True)]
