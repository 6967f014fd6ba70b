"""The sentences about cases: filed, decided, how fast, and whether what was promised and told came true."""

from math import floor

from django.utils.translation import gettext, ngettext

from common import wording
from metrics.queries.cases import Cases
from metrics.queries.filters import Filters
from metrics.queries.promises import Estimates, Promises
from metrics.sentences import NONE, Sentence, explained, percent, period_words, relative_change


def case_sentences(now: Cases, before: Cases, filters: Filters) -> list[Sentence]:
    """Filed, decided, and how fast."""
    period = period_words(filters)
    change, _tone = relative_change(now.submitted, before.submitted, filters)
    return [
        Sentence(
            wording.number(now.submitted),
            ngettext("application filed", "applications filed", now.submitted),
            change=change,
            period=period,
            href=explained("cases-submitted", filters),
        ),
        Sentence(
            wording.number(now.decided),
            ngettext("case decided", "cases decided", now.decided),
            period=period,
            href=explained("cases-decided", filters),
        ),
        Sentence(
            _days(now.median_days),
            gettext("from filing to decision, half of the cases"),
            period=period,
            note=gettext("9 in 10: less than %(high)s.") % {"high": _days_above(now.high_days)}
            if now.decided
            else "",
            href=explained("case-time", filters),
        ),
    ]


def promise_sentence(code: str, now: Promises, before: Promises, filters: Filters) -> Sentence:
    """
    Say how many promises were kept, and how many cases are late and still open.

    :param code: which promise: `promises-kept` or `receipts-kept`
    """
    labels = {
        "promises-kept": gettext("of cases were decided by the day promised"),
        "receipts-kept": gettext("of cases were decided by the day told on their receipt"),
    }
    change, tone = _points_change(now.share, before.share)
    return Sentence(
        percent(now.share),
        labels[code],
        change=change,
        change_tone=tone,
        period=period_words(filters),
        note=_promise_note(now),
        href=explained(code, filters),
    )


def _promise_note(now: Promises) -> str:
    if not now.judged:
        return ""
    note = gettext("%(kept)s of %(judged)s cases whose day is over.") % {
        "kept": wording.number(now.kept),
        "judged": wording.number(now.judged),
    }
    if now.late:
        still = ngettext("%(late)s is late and still open.", "%(late)s are late and still open.", now.late)
        note += " " + still % {"late": wording.number(now.late)}
    return note


def estimate_sentence(now: Estimates, filters: Filters) -> Sentence:
    """Say how true the estimates on the receipts were: half, and nine in ten, should have come out."""
    label = gettext("of cases were decided within the time told for half")
    if now.told_most:
        label = gettext(
            "of cases were decided within the time told for half; %(most)s within that told for nine in ten"
        ) % {"most": percent(now.most_share, 1).replace(" ", "\N{NO-BREAK SPACE}")}
    cases = ngettext(
        "%(n)s decided case whose receipt told an estimate.",
        "%(n)s decided cases whose receipt told an estimate.",
        now.cases,
    )
    return Sentence(
        percent(now.half_share, 1),
        label,
        period=period_words(filters),
        note=cases % {"n": wording.number(now.cases)} if now.cases else "",
        href=explained("estimates-true", filters),
    )


def _points_change(now: float | None, before: float | None) -> tuple[str, str]:
    """How a share moved against the period before, in words, and its tone."""
    if now is None or before is None:
        return "", ""
    gap = round(now - before, 1)
    words = gettext("%(gap)s points against the period before") % {
        "gap": ("+" if gap > 0 else "") + wording.number(gap, 1)
    }
    return words, "granted" if gap > 0 else "refused" if gap < 0 else ""


def _days(value: float | None) -> str:
    if value is None:
        return NONE
    if value < 1:
        return wording.nearest_minutes(round(value * 86_400))
    return gettext("%(days)s days") % {"days": wording.number(round(value, 1), 1)}


def _days_above(value: float | None) -> str:
    """The first tenth of a day that a span stays below: what follows “less than” must be true."""
    if value is None:
        return NONE
    if value < 1:
        return wording.minutes_above(round(value * 86_400))
    return gettext("%(days)s days") % {"days": wording.number((floor(value * 10) + 1) / 10, 1)}
