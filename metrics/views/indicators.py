"""
How is this computed? One page for every indicator: its meaning, its parameters, its total counted again, and
its rows.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import wording
from metrics import sentences, tables
from metrics.channels import channel_label
from metrics.explanations import Explained, explain_cases, spread_words
from metrics.forms import Narrowing, today
from metrics.models import IndicatorDefinition
from metrics.permissions import office_scope
from metrics.queries import contacts, coverage, infrastructure, recounts, satisfaction, savings
from metrics.queries import rows as behind
from metrics.queries.filters import Filters
from metrics.views.dashboard import chosen_set

PAGE = behind.PAGE


@room_required("figures")
@require_GET
def show_indicator(request: ActorRequest, code: str) -> HttpResponse:
    """Show an indicator's definition, figure, recount and one page of its rows."""
    definition = IndicatorDefinition.objects.filter(code=code).order_by("-version").first()
    if definition is None:
        raise Http404
    form = Narrowing(request.GET, today=today())
    filters = form.filters(office_scope(request.actor))
    after = request.GET.get("after", "")
    builders: dict[str, Callable[[Filters, str], dict[str, Any]]] = {
        "infrastructure": _infrastructure,
        "coverage": _coverage,
        "coverage-distance": _coverage,
        "agencies": _agencies,
    }
    build = builders.get(code)
    context = build(filters, after) if build else _counted(code, filters, after)
    context |= {"definition": definition, "form": form, "filters": filters, "back": filters.query()}
    context |= {
        "period": sentences.period_words(filters),
        "facts": _facts(definition, filters, form, context),
    }
    if following := context.pop("following", ""):
        context["next_url"] = f"?{filters.query(after=following)}"
    context["first_url"] = f"?{filters.query()}" if after else ""
    return render(request, "metrics/indicator.html", context)


def _facts(
    definition: IndicatorDefinition, filters: Filters, form: Narrowing, context: dict[str, Any]
) -> list[dict[str, str]]:
    """What decides the figure, as questions and answers."""
    used = [context["parameter_set"]] if "parameter_set" in context else context.get("sets", [])
    facts = [
        {"question": gettext("Definition"), "answer": f"{definition.code} v{definition.version}"},
        {"question": gettext("Formula"), "answer": definition.formula},
        {"question": gettext("What is counted"), "answer": definition.population},
        {"question": gettext("Period"), "answer": sentences.period_words(filters)},
        {"question": gettext("Filters"), "answer": _filter_words(filters, form)},
    ]
    if filters.scope is not None:
        facts.append(
            {"question": gettext("Whose rows"), "answer": gettext("Only those of the offices you supervise.")}
        )
    if used:
        facts.append(
            {
                "question": gettext("Parameters"),
                "answer": ", ".join(f"{one.title} v{one.version}" for one in used),
            }
        )
    return facts


def _filter_words(filters: Filters, form: Narrowing) -> str:
    named = []
    for name in ("channel", "region", "commune", "office", "agency", "procedure"):
        if value := getattr(filters, name):
            choices = dict(getattr(form.fields[name], "choices", ()))
            named.append(f"{form.fields[name].label}: {choices.get(value, value)}")
    return " · ".join(named) or gettext("None: the whole network.")


def _counted(code: str, filters: Filters, after: str) -> dict[str, Any]:
    """Indicators over contacts, matters, grades and cases."""
    sets = savings.Sets(chosen_set(filters))
    page = behind.rows_page(code, filters, after)
    columns = [name for name in behind.LISTINGS[code].columns if name not in {"rural", "region"}]
    if "rural" in behind.LISTINGS[code].columns:
        columns += ["area", "each"]
        _price_rows(code, page.rows, sets)
    explained = _explain(code, filters, sets)
    cells = _cells(code, filters, sets)
    return {
        "explained": explained,
        "priced": _priced_table(cells) if cells else None,
        "sets": list({one.parameter_set.pk: one.parameter_set for one in cells}.values()),
        "table": tables.table_of(page.rows, columns),
        "following": page.next,
    }


def _explain(code: str, filters: Filters, sets: savings.Sets) -> Explained:
    before = filters.before
    match code:
        case "contacts":
            now = contacts.contact_counts(filters)
            shown = sentences.contacts_sentences(
                now, contacts.contact_counts(before), contacts.contacts_by_channel(filters), filters
            )
            return Explained(shown, _contacts(now), _contacts(recounts.contacts(filters)))
        case "waiting":
            return _spread(code, filters, contacts.waits(filters), contacts.waits(before))
        case "service":
            return _spread(code, filters, contacts.service_times(filters), None)
        case "satisfaction" | "satisfied":
            grades = satisfaction.satisfaction(filters)
            both = sentences.satisfaction_sentences(grades, satisfaction.satisfaction(before), filters)
            shown = [both[0] if code == "satisfaction" else both[1]]
            return Explained(shown, _bands(grades), _bands(recounts.satisfaction(filters)))
        case "savings-contacts" | "savings-enquiries":
            first, second = (
                savings.savings_by_contacts(filters, sets),
                savings.savings_by_matters(filters, sets),
            )
            which = 0 if code == "savings-contacts" else 1
            shown = [sentences.savings_sentences(first, second, filters)[which]]
            return Explained(
                shown, _saved((first, second)[which]), _saved(behind.recount(code, filters, sets))
            )
    return explain_cases(code, filters)


def _spread(code: str, filters: Filters, now: contacts.Spread, before: contacts.Spread | None) -> Explained:
    """The roll-up says how many were measured, the database the median; the ordered rows say both again."""
    label = (
        gettext("waited until attended, half of the people")
        if code == "waiting"
        else gettext("being attended, half of the people")
    )
    told = contacts.Spread(recounts.measured(code, filters), now.median, now.high)
    return Explained(
        [sentences.spread_sentence(code, label, now, before, filters)],
        spread_words(told),
        spread_words(recounts.spread(code, filters)),
    )


def _contacts(one: contacts.Contacts | recounts.Contacts) -> str:
    return gettext("%(n)s contacts, %(left)s left unserved, %(matters)s matters, %(resolved)s resolved") % {
        "n": wording.number(one.contacts),
        "left": wording.number(one.left),
        "matters": wording.number(one.enquiries),
        "resolved": wording.number(one.resolved),
    }


def _saved(one: savings.Savings) -> str:
    return gettext("%(n)s counted: %(money)s, give or take %(margin)s") % {
        "n": wording.number(one.count),
        "money": wording.money(round(one.clp)),
        "margin": wording.money(round(one.margin)),
    }


def _bands(grades: satisfaction.Satisfaction) -> str:
    return gettext(
        "%(n)s answers of %(invited)s invitations: %(high)s of 6–7, %(middle)s of 5, %(low)s of 1–4"
    ) % {
        "n": wording.number(grades.n),
        "invited": wording.number(grades.invited),
        "high": wording.number(grades.high),
        "middle": wording.number(grades.middle),
        "low": wording.number(grades.low),
    }


def _cells(code: str, filters: Filters, sets: savings.Sets) -> list[savings.PricedCell]:
    if code == "savings-contacts":
        return savings.savings_by_contacts(filters, sets).cells
    return savings.savings_by_matters(filters, sets).cells if code == "savings-enquiries" else []


def _priced_table(cells: list[savings.PricedCell]) -> tables.Table:
    """
    The sum of a savings figure: how many of each kind, and what one saves; regions apart where they have
    values of their own.
    """
    heads = [
        gettext("Year"),
        gettext("Channel"),
        gettext("Area"),
        gettext("Parameters"),
        gettext("How many"),
        gettext("Minutes each"),
        gettext("Pesos each, time included"),
        gettext("Together"),
    ]
    areas = {"urban": gettext("urban"), "rural": gettext("rural"), "": gettext("not known")}
    kinds: dict[tuple[Any, ...], list[savings.PricedCell]] = {}
    for one in cells:
        kinds.setdefault(
            (one.cell.year, one.cell.channel, one.cell.area, one.parameter_set, one.each), []
        ).append(one)
    rows: list[list[tuple[Any, bool]]] = [
        [
            (year, False),
            (channel_label(channel), False),
            (areas[area], False),
            (f"{parameter_set.title} v{parameter_set.version}", False),
            (wording.number(sum(one.cell.count for one in same)), True),
            (wording.number(round(same[0].minutes, 1), 1), True),
            (wording.money(each), True),
            (wording.money(sum(one.clp for one in same)), True),
        ]
        for (year, channel, area, parameter_set, each), same in kinds.items()
    ]
    return tables.Table([(head, place >= 4) for place, head in enumerate(heads)], rows)


def _price_rows(code: str, rows: list[dict[str, Any]], sets: savings.Sets) -> None:
    """What each row adds to the total."""
    for row in rows:
        area = "" if row["rural"] is None else "rural" if row["rural"] else "urban"
        cell = savings.Cell(row["day"].year, row["channel"], area, row["region"] or "", 1)
        names, one = (
            (savings.CONTACT_NAMES, savings.by_contact)
            if code == "savings-contacts"
            else (savings.MATTER_NAMES, savings.by_matter)
        )
        row["each"] = savings.price([cell], sets, names, one).clp


def _infrastructure(filters: Filters, after: str) -> dict[str, Any]:
    """Every agency × commune pair with its class."""
    sets = savings.Sets(chosen_set(filters))
    parameter_set = sets.of_year(filters.end.year)
    if parameter_set is None:
        raise Http404
    found = infrastructure.infrastructure_savings(parameter_set, filters.end, filters)
    again = recounts.infrastructure_usd(parameter_set, filters.end, filters)
    keyed = [(f"{row.pair.agency}~{row.pair.commune}", row) for row in found.rows]
    page, following = _page(keyed, after)
    heads = [
        gettext("Agency"),
        gettext("Commune"),
        gettext("Region"),
        gettext("Since"),
        gettext("Class"),
        gettext("People"),
        gettext("Investment"),
    ]
    cells = [
        [
            (row.pair.acronym or row.pair.agency_name, False),
            (row.pair.commune_name, False),
            (row.pair.region_name, False),
            (row.pair.since.isoformat(), False),
            (row.investment.label, False),
            (wording.number(row.people), True),
            (wording.money(row.clp), True),
        ]
        for row in page
    ]
    return {
        "explained": Explained(
            [sentences.infrastructure_sentence(found, filters)],
            f"US${wording.number(round(found.usd))}",
            f"US${wording.number(round(again))}",
        ),
        "parameter_set": parameter_set,
        "classes": parameter_set.investment_classes.order_by("population_from"),
        "by_class": _by_class(found),
        "table": tables.Table([(head, place > 4) for place, head in enumerate(heads)], cells),
        "following": following,
    }


def _by_class(found: infrastructure.InfrastructureSavings) -> list[dict[str, Any]]:
    counted: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        one = counted.setdefault(
            row.investment.code,
            {"label": row.investment.label, "clp": row.clp, "pairs": 0, "kind": row.investment},
        )
        one["pairs"] += 1
    return [{**one, "total": one["clp"] * one["pairs"]} for one in counted.values()]


def _coverage(filters: Filters, after: str) -> dict[str, Any]:
    """Every commune with its offices and distance."""
    found = coverage.coverage_rows(filters)
    told = recounts.Reach(
        offices=sum(row.offices for row in found),
        communes=sum(row.is_covered for row in found),
        people_2015=coverage.covered(found, "population_2015").people,
        people_2024=coverage.covered(found, "population_2024").people,
        on_rounds=coverage.on_rounds(found, "population_2024").people,
        near=coverage.near(found, "population_2024", filters.kilometres).people,
    )
    page, following = _page([(f"{row.region_position:02d}~{row.code}", row) for row in found], after)
    heads = [
        gettext("Commune"),
        gettext("Region"),
        gettext("People, 2015"),
        gettext("People, 2024"),
        gettext("Offices"),
        gettext("Nearest office"),
        gettext("Mobile round"),
    ]
    cells = [
        [
            (row.name, False),
            (row.region_name, False),
            (wording.number(row.population_2015), True),
            (wording.number(row.population_2024), True),
            (wording.number(row.offices), True),
            ("–" if row.kilometres is None else f"{wording.number(round(row.kilometres, 1), 1)} km", True),
            (gettext("yes") if row.has_round else "–", False),
        ]
        for row in page
    ]
    return {
        "explained": Explained(
            sentences.coverage_sentences(found, filters), _reach(told), _reach(recounts.reach(filters))
        ),
        "table": tables.Table([(head, 2 <= place <= 5) for place, head in enumerate(heads)], cells),
        "following": following,
    }


def _reach(one: recounts.Reach) -> str:
    return gettext(
        "%(offices)s offices in %(communes)s communes; people: %(then)s in 2015, %(now)s in 2024, "
        "%(rounds)s on rounds, %(near)s near"
    ) % {
        "offices": wording.number(one.offices),
        "communes": wording.number(one.communes),
        "then": wording.number(one.people_2015),
        "now": wording.number(one.people_2024),
        "rounds": wording.number(one.on_rounds),
        "near": wording.number(one.near),
    }


def _agencies(filters: Filters, after: str) -> dict[str, Any]:
    """The agencies that take part."""
    found = coverage.agencies_on(filters.end)
    cells = [[(one.code, False), (one.name, False)] for one in found]
    return {
        "explained": Explained(
            [sentences.agencies_sentence(len(found), filters)],
            wording.number(len(found)),
            wording.number(recounts.agencies(filters.end)),
        ),
        "table": tables.Table([(gettext("Code"), False), (gettext("Agency"), False)], cells),
    }


def _page(keyed: list[tuple[str, Any]], after: str) -> tuple[list[Any], str]:
    """One page of rows already at hand, from the row after `after` on; an unknown cursor starts anew."""
    start = next((place + 1 for place, (key, _row) in enumerate(keyed) if key == after), 0)
    shown = keyed[start : start + PAGE]
    more = len(keyed) > start + PAGE
    return [row for _key, row in shown], shown[-1][0] if more else ""
