"""Whoever else works in the demo: clerks of some thirty offices, agents, officers of every agency with cases. Nobody signs in as them."""

from datetime import datetime

from django.db import transaction

from accounts.models import Agency, Membership, Role, User
from catalog.models import ProcedureVersion
from config.demo.people import citizen
from territory.models import Office

AGENTS = 3
PER_REGION = 2  # offices with a history, besides the mobile ones and the cast's
FIRST = 9_000  # so that nobody who works here is a citizen of the history


@transaction.atomic
def load_staff(since: datetime) -> None:
    """Make them unless they are there, and let everybody of the demo have worked here since before the history."""
    number = FIRST
    for number, office in enumerate(_offices(), start=FIRST):
        _worker(number, Role.CLERK, office=office)
    for _index in range(AGENTS):
        number += 1
        _worker(number, Role.AGENT)
    for agency in _agencies():
        number += 1
        _worker(number, Role.OFFICER, agency=agency)
    Membership.objects.filter(user__is_demo=True, starts_at__gt=since).update(starts_at=since)


def _offices() -> list[Office]:
    """The largest offices of each region, the mobile ones, and the cast's."""
    chosen: dict[str, Office] = {}
    counts: dict[str, int] = {}
    for office in Office.objects.select_related("commune").order_by("-desks", "code"):
        region = office.commune.region_id
        staffed = Membership.objects.filter(office=office, role=Role.CLERK, user__is_demo=True).exclude(
            user__email__startswith="equipo"
        )
        if (office.is_mobile and not staffed.exists()) or (
            not office.is_mobile and counts.get(region, 0) < PER_REGION
        ):
            chosen[office.code] = office
            counts[region] = counts.get(region, 0) + (not office.is_mobile)
    return [chosen[code] for code in sorted(chosen)]


def _agencies() -> list[Agency]:
    owners = ProcedureVersion.objects.published().filter(has_form=True).values("procedure__agency")
    return list(Agency.objects.filter(pk__in=owners).order_by("code"))


def _worker(number: int, role: Role, office: Office | None = None, agency: Agency | None = None) -> None:
    email = f"equipo{number}@demo.invalid"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=citizen(number, "13101").name, is_demo=True)
    Membership.objects.get_or_create(user=user, role=role, office=office, agency=agency, ends_at=None)
