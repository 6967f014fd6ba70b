"""What we surely know of a person, as the facts that rules of eligibility speak of (`catalog.eligibility.facts`)."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from catalog.eligibility.facts import FACTS
from common import clock
from crm.models import Interaction, Person, PersonAttribute
from crm.models.interaction import SURE_ENOUGH
from crm.models.person import PersonKind
from crm.queries.blocks import block_of
from territory.queries.official import official_communes


def known_facts(interaction: Interaction) -> dict[str, Any]:
    """
    Return what is known of whoever is here: age and commune, each learnt at level 300 or more and still holding.

    Nothing where we are not sure who it is, where they speak for somebody else, or where their data are blocked: what is suggested from a
    file tells of it.
    """
    person = interaction.person
    if person is None or interaction.identity_level < SURE_ENOUGH or interaction.represented_id is not None:
        return {}
    if person.kind != PersonKind.HUMAN or block_of(person):
        return {}
    now = clock.now()
    told = _surest(person, now)
    facts: dict[str, Any] = {}
    age = _age(told.get("birth_date"), clock.local_date(now, settings.TIME_ZONE))
    if age is not None:
        facts["age"] = age
    if told.get("commune") in official_communes():
        facts |= {"lives_in_chile": True, "residence": told["commune"]}
    return facts


def _surest(person: Person, now: datetime) -> dict[str, str]:
    """Return the latest of what is surely known, by key."""
    rows = PersonAttribute.objects.of(person).filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        key__in=["birth_date", "commune"],
        level__gte=SURE_ENOUGH,
    )
    found = rows.order_by("at").values_list("key", "value")
    return {key: value for key, value in found if isinstance(value, str)}


def _age(born: str | None, today: date) -> int | None:
    try:
        day = date.fromisoformat(born or "")
    except ValueError:
        return None
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return age if 0 <= age <= FACTS["age"].high else None
