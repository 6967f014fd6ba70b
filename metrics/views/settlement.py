"""What agencies owe for a month, and its file."""

import re
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common.csv_files import csv_answer
from common.errors import require
from metrics.forms import today
from metrics.permissions import can_edit_parameters
from metrics.queries.settlement import Settlement, settlements

FIRST_YEAR = 2010
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@room_required("figures")
@require_safe
def show_settlement(request: ActorRequest) -> HttpResponse:
    """Show what each agency owes for a month, from the rows of that month; as a file where it is asked for."""
    require(can_edit_parameters(request.actor), _("Settlements are read by analysts and administrators."))
    month = _month(request.GET.get("month", ""))
    rows = settlements(month)
    if request.GET.get("file") == "csv":
        return _file(month, rows)
    context = {
        "month": month,
        "rows": rows,
        "total": sum(row.amount for row in rows),
        "before": _shifted(month, -1) if month.year > FIRST_YEAR else None,
        "after": _shifted(month, 1) if month < today().replace(day=1) else None,
    }
    return render(request, "metrics/settlement.html", context)


def _month(asked: str) -> date:
    """The first day of the month asked for; of the last whole month where none, or none that makes sense, is."""
    found = _MONTH.fullmatch(asked)
    last = _shifted(today().replace(day=1), -1)
    if not found or not 1 <= int(found[2]) <= 12:
        return last
    month = date(max(int(found[1]), FIRST_YEAR), int(found[2]), 1)
    return min(month, today().replace(day=1))


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _file(month: date, rows: list[Settlement]) -> HttpResponse:
    header = ("mes", "institucion", "nombre", "acto", "canal", "precio_clp", "veces", "monto_clp")
    lines = (
        (f"{month:%Y-%m}", row.code, row.name, line.act, line.channel, line.price, line.times, line.amount)
        for row in rows
        for line in row.lines
    )
    return csv_answer(f"liquidacion-{month:%Y-%m}", header, lines)
