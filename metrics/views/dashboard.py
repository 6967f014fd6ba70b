"""
The ministry's dashboard: are people served sooner, better, cheaper than before; where not; can the figure be
trusted?
"""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock, wording
from common.pages import render_page
from metrics import breakdowns, maps, sentences
from metrics.case_sentences import case_sentences, estimate_sentence, promise_sentence
from metrics.channels import channel_label
from metrics.forms import Narrowing, today
from metrics.models import ParameterSet
from metrics.permissions import can_edit_parameters, office_scope
from metrics.queries import cases, contacts, coverage, infrastructure, promises, satisfaction, savings
from metrics.queries.filters import Filters

SEED_SET = "calibrated-2014"


@room_required("figures")
@require_GET
def show_dashboard(request: ActorRequest) -> HttpResponse:
    """
    Show every figure over the filters in the address; htmx fetches the sentences alone when something
    changed.
    """
    form = Narrowing(request.GET, today=today())
    filters = form.filters(office_scope(request.actor))
    only_figures = bool(request.htmx) and not request.htmx.history_restore_request
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "counted_at": clock.now(),
        "may_settle": can_edit_parameters(request.actor),
        **_figures(filters),
    }
    context |= {"period": sentences.period_words(filters), "periods": _periods(filters)}
    if not only_figures:
        context |= _charts(filters, context, request.GET.get("by", ""))
    return render_page(request, "metrics/dashboard.html", context, fragment="figures")


def _figures(filters: Filters) -> dict[str, Any]:
    """The sentences, group by group."""
    before = filters.before
    now, sets = contacts.contact_counts(filters), savings.Sets(chosen_set(filters))
    by_channel = contacts.contacts_by_channel(filters)
    by_contacts, by_matters = (
        savings.savings_by_contacts(filters, sets),
        savings.savings_by_matters(filters, sets),
    )
    communes = coverage.coverage_rows(filters)
    waits = sentences.spread_sentence(
        "waiting",
        gettext("waited until attended, half of the people"),
        contacts.waits(filters),
        contacts.waits(before),
        filters,
    )
    service = sentences.spread_sentence(
        "service",
        gettext("being attended, half of the people"),
        contacts.service_times(filters),
        None,
        filters,
    )
    counted = sentences.contacts_sentences(now, contacts.contact_counts(before), by_channel, filters)
    return {
        "counts": now,
        "by_channel": by_channel,
        "communes": communes,
        "served": [*counted, waits, service],
        "satisfied": sentences.satisfaction_sentences(
            satisfaction.satisfaction(filters), satisfaction.satisfaction(before), filters
        ),
        "saved": sentences.savings_sentences(by_contacts, by_matters, filters),
        "difference": sentences.difference_words(by_contacts, by_matters),
        "infrastructure": [
            sentences.infrastructure_sentence(one, filters) for one in _infrastructure(filters, sets)
        ],
        "covered": [
            *sentences.coverage_sentences(communes, filters),
            sentences.agencies_sentence(len(coverage.agencies_on(filters.end)), filters),
        ],
        "decided": _decided(filters),
    }


def _decided(filters: Filters) -> list[sentences.Sentence]:
    """How fast cases were decided, and whether what was promised and told came true."""
    before = filters.before
    promised = [
        promise_sentence(
            code, promises.promise_counts(filters, day), promises.promise_counts(before, day), filters
        )
        for code, day in promises.DAYS.items()
    ]
    return [
        *case_sentences(cases.case_counts(filters), cases.case_counts(before), filters),
        *promised,
        estimate_sentence(promises.estimate_counts(filters), filters),
    ]


def _periods(filters: Filters) -> list[tuple[str, str, bool]]:
    """
    Usual periods that end today, keeping the other filters: words, query, whether it is the present one.
    """
    last = today()
    choices = [
        (gettext("Today"), last),
        (gettext("7 days"), last - timedelta(days=6)),
        (gettext("30 days"), last - timedelta(days=29)),
        (gettext("6 months"), last - timedelta(days=181)),
        (gettext("This year"), last.replace(month=1, day=1)),
    ]
    return [
        (words, filters.but(start=start, end=last).query(), (filters.start, filters.end) == (start, last))
        for words, start in choices
    ]


def chosen_set(filters: Filters) -> ParameterSet | None:
    """The parameter set a run was asked with, or None for each year's own."""
    return ParameterSet.objects.filter(pk=filters.set_id).first() if filters.set_id else None


def _infrastructure(filters: Filters, sets: savings.Sets) -> list[infrastructure.InfrastructureSavings]:
    """
    The savings at the period's end by its year's set; and, without another choice, the figure of the case
    study on its own day.
    """
    runs: list[tuple[ParameterSet, date]] = []
    seed = None if filters.set_id else next((one for one in sets.all if one.code == SEED_SET), None)
    if seed:
        runs.append((seed, seed.as_of))
    if present := sets.of_year(filters.end.year):
        runs.append((present, filters.end))
    return [infrastructure.infrastructure_savings(one, day, filters) for one, day in dict.fromkeys(runs)]


def _charts(filters: Filters, known: dict[str, Any], by: str) -> dict[str, Any]:
    """What is drawn below the sentences."""
    by = by if by in breakdowns.DIMENSIONS else "region"
    parts = breakdowns.parts_of(filters, by)
    steps, series = contacts.contacts_over_time(filters)
    channel_waits = contacts.waits_by(filters, "channel")
    return {
        "by": by,
        "dimensions": [
            (one.code, one.label, filters.query(by=one.code)) for one in breakdowns.DIMENSIONS.values()
        ],
        "parts": parts[:400],
        "part_bars": breakdowns.bars_of(parts),
        "channel_bars": [
            {"label": channel_label(code), "value": n, "href": f"?{filters.but(channel=code).query()}"}
            for code, n in known["by_channel"].items()
        ],
        "channel_title": _channel_title(known["by_channel"]),
        "over_time": [
            {"name": channel_label(code), "values": values} for code, values in list(series.items())[:4]
        ],
        "steps": [wording.short_day(step, today=step) for step in steps],
        "wait_bars": [
            {
                "label": channel_label(code),
                "value": spread.median or 0,
                "text": wording.nearest_minutes(spread.median),
                "mark": spread.high,
                "mark_text": wording.minutes_above(spread.high),
            }
            for code, spread in channel_waits.items()
        ],
        "region_bars": _region_bars(known["communes"]),
    }


def _channel_title(by_channel: dict[str, int]) -> str:
    if not by_channel:
        return ""
    first, n = next(iter(by_channel.items()))
    share = sentences.percent(100 * n / sum(by_channel.values()))
    return gettext("%(share)s of contacts came through: %(channel)s") % {
        "share": share,
        "channel": channel_label(first),
    }


def _region_bars(communes: list[coverage.CoveredCommune]) -> list[dict[str, Any]]:
    bars = []
    for _code, name, rows in coverage.by_region(communes):
        then, now = coverage.covered(rows, "population_2015"), coverage.covered(rows, "population_2024")
        bars.append(
            {
                "label": name,
                "value": now.share or 0,
                "text": sentences.percent(now.share),
                "mark": then.share or 0,
                "mark_text": sentences.percent(then.share),
            }
        )
    return bars


@room_required("figures")
@require_GET
def show_map(request: ActorRequest) -> HttpResponse:
    """
    Draw the communes of a region (or of the country, in three parts), told apart by what the network offers
    there.
    """
    form = Narrowing(request.GET, today=today())
    filters = form.filters(office_scope(request.actor))
    communes = coverage.coverage_rows(filters.but(commune=""))
    drawn = maps.draw(communes)
    return render_page(
        request,
        "metrics/map.html",
        {
            "form": form,
            "filters": filters,
            "parts": drawn,
            "communes": communes,
            "period": sentences.period_words(filters),
        },
    )
