"""The people who sign in, with their posts."""

from datetime import datetime

from django.db.models import F, Func, Prefetch, Q, QuerySet, TextField, Value

from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import can_manage_people
from common.keyset import KeysetPage, keyset_page

PAGE = 50


def people(actor: Actor) -> QuerySet[User]:
    """
    Return everybody with a sign-in and their posts, the present ones first; nobody for those who do not
    administer.
    """
    posts = Membership.objects.select_related("office", "agency").order_by(
        F("ends_at").desc(nulls_first=True), "starts_at"
    )
    everyone = User.objects.all() if can_manage_people(actor) else User.objects.none()
    return everyone.prefetch_related(Prefetch("memberships", posts, to_attr="posts"))


def people_page(actor: Actor, *, place: str = "") -> KeysetPage:
    """Return a page of everybody by name; a place in the list holds an id and nobody's name."""
    rows = people(actor).annotate(sort_name=Func(F("name"), function="sort_key", output_field=TextField()))
    return keyset_page(rows, "sort_name", "id", place=place, size=PAGE, by_id=True)


def find_staff(actor: Actor, text: str) -> list[User]:
    """
    Return those whose name or address contains `text`, accents and case forgiven; at most a page of them.
    """
    words = " ".join(text.split())[:120]
    folded = Func(Value(words), function="fold", output_field=TextField())
    rows = people(actor).alias(folded=Func(F("name"), function="fold", output_field=TextField()))
    named = rows.filter(Q(folded__contains=folded) | Q(email__contains=words.lower()))
    return list(named.order_by(Func(F("name"), function="sort_key"), "pk")[:PAGE])


def is_in_force(post: Membership, at: datetime) -> bool:
    """Whether a post counts at a moment."""
    return post.starts_at <= at and (post.ends_at is None or post.ends_at > at)
