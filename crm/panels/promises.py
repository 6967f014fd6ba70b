"""What a receipt says of the time a decision takes: the day of the law, and how long it really takes."""

from dataclasses import dataclass
from datetime import date, timedelta

from common import clock
from crm.models import Case
from crm.terms import DAY, NETWORK_ZONE


@dataclass(frozen=True)
class Estimate:
    """By when half of such cases are decided and by when nine of ten (None: not known), from so many cases."""

    half_on: date
    most_on: date | None
    cases: int


def estimate_of(case: Case) -> Estimate | None:
    """
    Return what the case's receipt estimated, later by the whole days it has waited for the citizen since; None where too little was known
    when it was filed, or once it is decided.
    """
    if case.submitted_at is None or case.half_days is None or case.estimated_from is None or not case.is_open:
        return None
    filed = clock.local_date(case.submitted_at, NETWORK_ZONE)
    began = filed + timedelta(days=case.stopped_seconds // DAY)
    most = case.most_days
    return Estimate(
        began + timedelta(days=case.half_days),
        None if most is None else began + timedelta(days=most),
        case.estimated_from,
    )
