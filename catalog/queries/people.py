"""Who works on an agency's sheets."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, Role, User
from catalog.models import Procedure
from catalog.models.procedure import SHEET_ROLES


def workers_on(procedure: Procedure) -> QuerySet[User]:
    """Return whoever edits, reviews or publishes the sheets of a procedure's agency now, by name."""
    posts = Membership.objects.current().filter(
        Q(agency=procedure.agency_id, role__in=SHEET_ROLES) | Q(agency__isnull=True, role=Role.PUBLISHER)
    )
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk")


def has_worker(procedure: Procedure, *roles: Role) -> bool:
    """Whether anybody holds one of these roles for a procedure's agency: a version that waits for nobody waits for ever."""
    posts = Membership.objects.current().filter(
        Q(agency=procedure.agency_id) | Q(agency__isnull=True), role__in=roles
    )
    return posts.filter(user__is_active=True).exists()
