"""Agencies by the names under which people write them."""

from django.db.models import Q

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
