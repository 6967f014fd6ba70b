"""Who looked at a person's file, in words the person understands: a role and a place, never a name."""

from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from crm.models import AccessLog, Case, Person

ACTS: dict[str, str | Promise] = {
    "open_person": _("Opened the file"),
    "open_case": _("Opened a case"),
    "open_with_key": _("Opened a case with its key"),
    "redeem_claim_code": _("Opened a case with a code"),
    "download": _("Downloaded a paper"),
    "search": _("Found in a search"),
    "list": _("Shown in a list"),
}
MOST = 5000


def readings_of(person: Person) -> list[dict[str, Any]]:
    """Return each reading of the person's file and cases, in order; at most five thousand, the latest ones."""
    people = list(Person.objects.one_with(person).values_list("pk", flat=True))
    cases = list(Case.objects.with_party(person).values_list("pk", "folio"))
    folios = dict(cases)
    found = AccessLog.objects.filter(Q(person_id__in=people) | Q(case_id__in=folios)).order_by("-at")[:MOST]
    rows = list(found)[::-1]
    posts = _posts({row.actor_id for row in rows if row.actor_id})
    return [
        {
            "what": str(ACTS.get(row.act, row.act)),
            "folio": folios.get(row.case_id) if row.case_id else None,
            "on": row.at.isoformat(),
            "by": _who(row, posts),
            "reason": row.reason or None,
        }
        for row in rows
    ]


def _posts(users: set[Any]) -> dict[Any, list[Membership]]:
    found: dict[Any, list[Membership]] = {}
    for post in Membership.objects.filter(user__in=users).select_related("office", "agency"):
        found.setdefault(post.user_id, []).append(post)
    return found


def _who(row: AccessLog, posts: dict[Any, list[Membership]]) -> str:
    if row.actor_kind in {"holder", "visitor", "citizen"}:
        return gettext("Whoever held the key")
    held = [
        post
        for post in posts.get(row.actor_id, [])
        if post.starts_at <= row.at and (post.ends_at is None or post.ends_at > row.at)
    ]
    words = [
        f"{post.get_role_display()}, {place.name}"
        if (place := post.office or post.agency)
        else str(post.get_role_display())
        for post in held
    ]
    return "; ".join(words) or (
        gettext("Staff") if row.actor_kind == "staff" else gettext("Ventanilla itself")
    )
