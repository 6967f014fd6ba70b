"""Who works with whom, and who answers for whom."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import Absence, Membership, Role, User

DECIDING = (Role.OFFICER, Role.CHIEF)


def colleagues_of(user: User) -> QuerySet[User]:
    """
    Return those who hold a post today where this person holds one and do the same work: of the same office, on the line, or in the same
    agency, where officers and their chiefs decide and whoever else has the same post.
    """
    posts = Membership.objects.current().filter(user=user).values_list("agency", "office", "role")
    return _with_posts(_beside(posts)).exclude(pk=user.pk)


def people_under(actor: Actor) -> QuerySet[User]:
    """
    Return those for whom somebody answers: a supervisor for whom their office has, or for the line's agents where they have none; a chief
    for the officers of their agency. Administrators: all.
    """
    if actor.has_role(Role.ADMINISTRATOR):
        return _with_posts(Q())
    wanted = Q(pk__in=[])
    for post in actor.posts:
        if post.role == Role.SUPERVISOR:
            wanted |= Q(office=post.office_id) if post.office_id else Q(role=Role.AGENT)
        elif post.role == Role.CHIEF:
            wanted |= Q(role=Role.OFFICER, agency=post.agency_id)
    return _with_posts(wanted).exclude(pk=actor.signed_in_id)


def absences_shown_to(actor: Actor) -> QuerySet[Absence]:
    """Return the absences of today and to come: one's own, those one covers, and of those one answers for."""
    seen = Q(user=actor.user_id) | Q(deputy=actor.user_id) | Q(user__in=people_under(actor).values("pk"))
    rows = Absence.objects.not_over().filter(seen).select_related("user", "deputy")
    return rows.order_by("first_day", "pk")


def absences_covered_by(actor: Actor) -> QuerySet[Absence]:
    """
    Return the absences of today in which the actor stands in for a colleague, also through deputies who are away themselves: where a chain
    leads into another house, or the deputy left for one, it ends.
    """
    beside = _beside((post.agency_id, post.office_id, post.role) for post in actor.posts)
    colleagues = Membership.objects.current().filter(beside).values("user")
    return Absence.objects.covered_by(actor.user_id).filter(user__in=colleagues)


def chiefs_covered_by(actor: Actor) -> QuerySet[Membership]:
    """Return the posts of chiefs who are away today and in whose place the actor stands."""
    away = absences_covered_by(actor).values("user")
    return Membership.objects.current().filter(role=Role.CHIEF, user__in=away)


def _beside(posts: Iterable[tuple[int | None, int | None, str]]) -> Q:
    beside = Q(pk__in=[])
    for agency, office, role in posts:
        if agency:
            beside |= Q(agency=agency, role__in=DECIDING if role in DECIDING else [role])
        elif office:
            beside |= Q(office=office)
        elif role in (Role.AGENT, Role.SUPERVISOR):
            beside |= Q(role__in=[Role.AGENT, Role.SUPERVISOR], office__isnull=True)
        else:
            beside |= Q(role=role)
    return beside


def _with_posts(wanted: Q) -> QuerySet[User]:
    posts = Membership.objects.current().filter(wanted)
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk")
