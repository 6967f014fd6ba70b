"""Agencies by the names under which people write them, and those of a sheet's stages that nobody knows."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import Agency


def agencies_listed() -> list[tuple[str, str]]:
    """Return code and name of every agency, by name."""
    return [(one.code, one.name) for one in Agency.objects.by_name()]


def agency_named(typed: str) -> str:
    """Return the code of the agency that has this code, acronym or name; empty where none or several have."""
    named = (
        Q(code__iexact=typed) | Q(acronym__iexact=typed) | Q(name_es__iexact=typed) | Q(name_en__iexact=typed)
    )
    found = list(Agency.objects.filter(named).order_by("pk")[:10])
    own = [one for one in found if one.code.casefold() == typed.casefold()] or found
    return own[0].code if len(own) == 1 else ""


def unknown_deciders(content: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (place, sentence) for each stage of an agency that nobody knows; an agency that stood there before may stay."""
    rows = content.get("stages") or []
    new = {row["agency"] for row in rows} - {row["agency"] for row in before.get("stages") or []}
    unknown = new - set(Agency.objects.filter(code__in=new).values_list("code", flat=True)) if new else set()
    return [
        (f"stages[{index}].agency", gettext("there is no agency “%(code)s”") % {"code": row["agency"][:60]})
        for index, row in enumerate(rows)
        if row["agency"] in unknown
    ]
