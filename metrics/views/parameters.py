"""
The savings parameters: see, compare, make a new version, change a value with its source and reason, approve
as a second person.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import wording
from common.errors import DomainError, NotAllowed, require, shown_on
from metrics import actions, permissions
from metrics.forms import ChangedValue, Reason
from metrics.models import InvestmentClass, Parameter, ParameterSet
from metrics.queries.parameters import compared_values, grouped_values, shown_value


@room_required("figures")
@require_GET
def list_sets(request: ActorRequest) -> HttpResponse:
    """List every version of every set, with the years it prices."""
    sets = ParameterSet.objects.select_related("created_by", "approved_by").order_by(
        "-valid_from", "code", "-version"
    )
    return render(request, "metrics/parameters.html", {"sets": sets})


@room_required("figures")
@require_GET
def show_set(request: ActorRequest, code: str, version: int) -> HttpResponse:
    """Show a set's values, beside another version's when asked."""
    return render(request, "metrics/parameter_set.html", _context(request, _set(code, version), Reason()))


def _context(request: ActorRequest, one: ParameterSet, form: Reason) -> dict[str, Any]:
    others = ParameterSet.objects.exclude(pk=one.pk).order_by("code", "-version")
    wanted = request.GET.get("with", "")
    other = next((row for row in others if str(row) == wanted.replace("~", " v")), None)
    return {
        "set": one,
        "facts": _facts(one),
        "values": compared_values(one, other) if other else grouped_values(one),
        "others": [(f"{row.code}~{row.version}", row) for row in others],
        "other": other,
        "changes": one.changes.select_related("by").order_by("-at")[:100],
        "form": form,
        "can_edit": permissions.can_edit_parameters(request.actor),
        "can_approve": one.is_draft and permissions.can_approve(request.actor, one),
    }


def _facts(one: ParameterSet) -> list[dict[str, str]]:
    until = one.valid_to.isoformat() if one.valid_to else _("until further notice")
    facts = [
        {"question": _("Prices the days"), "answer": f"{one.valid_from.isoformat()} – {until}"},
        {"question": _("Prices of"), "answer": str(one.price_year)},
        {
            "question": _("Population"),
            "answer": _("Estimate of 2015") if one.population == "population_2015" else _("Census of 2024"),
        },
        {
            "question": _("Exchange rate"),
            "answer": f"{wording.number(one.clp_per_usd, 2)} CLP/US$ "
            f"({one.get_exchange_kind_display()}). {one.exchange_source}",
        },
    ]
    if one.based_on:
        facts.append({"question": _("Made from"), "answer": f"{one.based_on.title} v{one.based_on.version}"})
    if one.reason:
        facts.append({"question": _("Why"), "answer": one.reason})
    if one.created_by:
        facts.append({"question": _("Begun by"), "answer": str(one.created_by)})
    if one.approved_by:
        facts.append({"question": _("Approved by"), "answer": str(one.approved_by)})
    return facts


def _set(code: str, version: int) -> ParameterSet:
    found = ParameterSet.objects.select_related("created_by", "approved_by", "based_on")
    return get_object_or_404(found, code=code, version=version)


@room_required("figures")
@require_POST
def draft_set(request: ActorRequest, code: str, version: int) -> HttpResponse:
    """Begin the next version."""
    one, form = _set(code, version), Reason(request.POST)
    if form.is_valid():
        with shown_on(form):
            draft = actions.draft_set(one, by=request.actor, reason=form.cleaned_data["reason"])
            messages.success(
                request,
                _("Version %(version)s was begun. Change its values, then ask a second person to approve it.")
                % {"version": draft.version},
            )
            return redirect("metrics:parameter-set", draft.code, draft.version)
    return render(request, "metrics/parameter_set.html", _context(request, one, form), status=422)


@room_required("figures")
@require_POST
def approve_set(request: ActorRequest, code: str, version: int) -> HttpResponse:
    """Approve a draft as the second person."""
    one = _set(code, version)
    revision = request.POST.get("revision", "")
    try:
        actions.approve_set(
            one, by=request.actor, revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0
        )
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("This version is approved: figures are computed with it from now on."))
    return redirect("metrics:parameter-set", code, version)


@room_required("figures")
@require_http_methods(["GET", "POST"])
def change_parameter(request: ActorRequest, code: str, version: int, pk: int) -> HttpResponse:
    """Change a value of a draft."""
    one = _set(code, version)
    return _change(
        request, one, get_object_or_404(Parameter, set=one, pk=pk), "mean", actions.change_parameter
    )


@room_required("figures")
@require_http_methods(["GET", "POST"])
def change_class(request: ActorRequest, code: str, version: int, class_code: str) -> HttpResponse:
    """Change the investment of a class of a draft."""
    one = _set(code, version)
    return _change(
        request,
        one,
        get_object_or_404(InvestmentClass, set=one, code=class_code),
        "clp",
        actions.change_class,
    )


def _change(
    request: ActorRequest, one: ParameterSet, row: Any, number: str, act: Callable[..., Any]
) -> HttpResponse:
    require(
        permissions.can_edit_parameters(request.actor),
        _("Only analysts and administrators change parameters."),
    )
    form = (
        ChangedValue(request.POST)
        if request.method == "POST"
        else ChangedValue(initial=_initial(one, row, number))
    )
    if form.is_valid():
        given = dict(form.cleaned_data)
        values = {
            number: given.pop("number"),
            **{
                name: given[name]
                for name in ("standard_error", "n", "kind", "as_of", "source_es", "source_en")
            },
        }
        with shown_on(form):
            act(row, by=request.actor, values=values, reason=given["reason"], revision=given["revision"])
            messages.success(
                request,
                _("The value was changed: it is now %(value)s, with a standard error of %(error)s.")
                % {"value": _read(values[number]), "error": _read(values["standard_error"])},
            )
            return redirect(
                f"{reverse('metrics:parameter-set', args=[one.code, one.version])}#{number}-{row.pk}"
            )
    status = 422 if form.errors else 200
    return render(
        request, "metrics/value.html", {"set": one, "shown": shown_value(row), "form": form}, status=status
    )


def _initial(one: ParameterSet, row: Any, number: str) -> dict[str, Any]:
    names = ("n", "kind", "as_of", "source_es", "source_en")
    return {
        "number": _tidy(getattr(row, number)),
        "standard_error": _tidy(row.standard_error),
        "revision": one.revision,
        **{name: getattr(row, name) for name in names},
    }


def _read(value: Decimal) -> str:
    places = len(_tidy(value).partition(",")[2])
    return wording.number(value, places)


def _tidy(value: Any) -> str:
    """The number as it is typed in Chile; three decimals get a fourth, not to look like thousands."""
    whole, _point, fraction = f"{value:f}".partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) == 3:
        fraction += "0"
    return f"{whole},{fraction}" if fraction else whole
