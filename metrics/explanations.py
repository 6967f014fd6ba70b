"""A figure beside its second count, both in the same words."""

from dataclasses import dataclass

from django.utils.translation import gettext

from common import wording
from metrics.case_sentences import case_sentences, estimate_sentence, promise_sentence
from metrics.queries import promise_recounts, recounts
from metrics.queries.cases import Cases, case_counts
from metrics.queries.contacts import Spread
from metrics.queries.filters import Filters
from metrics.queries.promises import DAYS, Estimates, Promises, estimate_counts, promise_counts
from metrics.sentences import NONE, Sentence

_PLACES = {"cases-submitted": 0, "cases-decided": 1, "case-time": 2}  # of their sentences


@dataclass(frozen=True)
class Explained:
    """A figure with its second count: `told` is what the screens say, `recounted` what the rows say."""

    shown: list[Sentence]
    told: str
    recounted: str

    @property
    def agrees(self) -> bool:
        return self.told == self.recounted


def explain_cases(code: str, filters: Filters) -> Explained:
    """
    Count an indicator over cases twice.

    :param code: `cases-submitted`, `cases-decided`, `case-time`, `promises-kept`, `receipts-kept` or
        `estimates-true`
    """
    if code in DAYS:
        return _promises(code, filters)
    if code == "estimates-true":
        told, again = estimate_counts(filters), promise_recounts.estimates(filters)
        return Explained([estimate_sentence(told, filters)], _estimate_words(told), _estimate_words(again))
    now, before = case_counts(filters), case_counts(filters.before)
    shown = case_sentences(now, before, filters)[_PLACES[code]]
    return Explained([shown], _case_words(code, now), _case_words(code, recounts.cases(filters)))


def _promises(code: str, filters: Filters) -> Explained:
    day = DAYS[code]
    now, before = promise_counts(filters, day), promise_counts(filters.before, day)
    return Explained(
        [promise_sentence(code, now, before, filters)],
        _promise_words(now),
        _promise_words(promise_recounts.promises(filters, day)),
    )


def spread_words(one: Spread) -> str:
    """How many were measured, the median and the 90th percentile, in seconds."""
    return gettext("%(n)s measured: median %(median)s s, 9 in 10 up to %(high)s s") % {
        "n": wording.number(one.n),
        "median": wording.number(one.median) or NONE,
        "high": wording.number(one.high) or NONE,
    }


def _case_words(code: str, one: Cases) -> str:
    if code == "case-time":
        return spread_words(Spread(one.decided, one.median, one.high))
    return wording.number(one.submitted if code == "cases-submitted" else one.decided)


def _promise_words(one: Promises) -> str:
    return gettext("%(kept)s kept of %(judged)s, %(late)s late and still open") % {
        "kept": wording.number(one.kept),
        "judged": wording.number(one.judged),
        "late": wording.number(one.late),
    }


def _estimate_words(one: Estimates) -> str:
    return gettext(
        "%(half)s of %(cases)s within the first time told, %(most)s of %(told)s within the second"
    ) % {
        "half": wording.number(one.within_half),
        "cases": wording.number(one.cases),
        "most": wording.number(one.within_most),
        "told": wording.number(one.told_most),
    }
