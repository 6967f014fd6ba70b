"""Who looked at a person's file or at a case, in plain words: the same lines for the citizen, for staff, and in the copy of one's data."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from accounts.actors import ActorKind
from accounts.models import Credential, Membership, Role
from common import channels
from common.keyset import KeysetPage, keyset_page
from crm.models import AccessLog, Case, Interaction, PartyRole, Person
from crm.reasons import in_words

SHOWN = 50
MOST = 5000  # of an export
MOST_CASES = 200  # of an export, the latest ones
KEY = (
    ActorKind.HOLDER,
    ActorKind.VISITOR,
    ActorKind.CITIZEN,
)  # the citizen, or whoever has their key: they read it too


@dataclass(frozen=True)
class Reading:
    """One reading: when, by whom in which capacity, of what, and why."""

    at: datetime
    who: str
    what: str
    why: str
    name: str  # of the member of staff; only staff read it


def readings_of_case(case: Case, *, is_whole: bool, place: str = "") -> KeysetPage:
    """
    Return a page of who looked at a case, the latest first; never anything of another case.

    :param is_whole: also who looked at its applicant's file, and at which office: where whoever asks is surely the applicant
    """
    about = Q(case_id=case.pk) | _showed([case.pk])
    if is_whole:
        applicants = Person.objects.filter(parties__case=case, parties__role=PartyRole.APPLICANT)
        people = Person.objects.records_of(applicants).values_list("pk", flat=True)
        about |= _about_people(people) & Q(case_id=None)
    return _readings(AccessLog.objects.filter(about), place=place, with_places=is_whole)


def readings_of_person(person: Person, *, place: str = "") -> KeysetPage:
    """Return a page of who looked at a person's file, or was shown them in a list, the latest first."""
    records = Person.objects.one_with(person).values_list("pk", flat=True)
    return _readings(AccessLog.objects.filter(_about_people(records)), place=place)


def readings_of(person: Person) -> list[dict[str, Any]]:
    """
    Return each reading of the person's file and of the cases they applied for, in lists too, for their export, in order; at most five
    thousand, the latest ones.
    """
    records = Person.objects.one_with(person).values_list("pk", flat=True)
    folios = dict(
        Case.objects.applied_for_by(person).order_by("-begun_at").values_list("pk", "folio")[:MOST_CASES]
    )
    about = _about_people(records) | Q(case_id__in=folios) | _showed(folios)
    lines = list(AccessLog.objects.filter(about).order_by("-at")[:MOST])[::-1]
    posts = _posts(line.actor_id for line in lines)
    programs = _programs(lines)
    return [
        {
            "what": _what(line.act),
            "folio": folios.get(line.case_id) if line.case_id else None,
            "on": line.at.isoformat(),
            "by": programs.get(line.actor_id) or _capacity(line, posts),
            "reason": in_words(line.reason) or None,
        }
        for line in lines
    ]


def _about_people(records: Iterable[UUID]) -> Q:
    """Lines of a person under each of their records: opened, or shown in a list."""
    known = list(records)
    return Q(person_id__in=known) | _showed(known)


def _showed(ids: Iterable[UUID]) -> Q:
    """Lines of lists, searches and comparisons that showed one of these; each is looked up in the index of what was shown."""
    shown = Q(pk__in=[])
    for one in ids:
        shown |= Q(shown_ids__contains=[str(one)])
    return shown


def _readings(rows: Any, *, place: str, with_places: bool = True) -> KeysetPage:
    page = keyset_page(
        rows.exclude(actor_kind=ActorKind.SYSTEM), "at", "id", place=place, size=SHOWN, latest_first=True
    )
    lines: list[AccessLog] = page.rows
    contacts = _contacts(line.interaction_id for line in lines)
    posts = _posts(line.actor_id for line in lines)
    programs = _programs(lines)
    shown = [
        Reading(
            at=line.at,
            who=programs.get(line.actor_id) or _who(line, contacts, posts, with_places=with_places),
            what=_what(line.act),
            why=in_words(line.reason),
            name=posts[line.actor_id][0].user.name if line.actor_id in posts else "",
        )
        for line in lines
    ]
    return replace(page, rows=shown)


def _contacts(ids: Iterable[UUID | None]) -> dict[UUID, Interaction]:
    wanted = {one for one in ids if one}
    return Interaction.objects.select_related("office").in_bulk(wanted) if wanted else {}


def _programs(lines: Iterable[AccessLog]) -> dict[UUID | None, str]:
    """Whose system each program is: its agency's, or that of the channel it serves."""
    wanted = {line.actor_id for line in lines if line.actor_kind == ActorKind.AGENCY and line.actor_id}
    if not wanted:
        return {}
    rows = Credential.objects.filter(pk__in=wanted).select_related("agency", "channel")
    return {
        one.pk: gettext("The system of %(agency)s") % {"agency": (one.agency or one.channel).name}  # type: ignore[union-attr]
        for one in rows
    }


def _posts(ids: Iterable[UUID | None]) -> dict[UUID | None, list[Membership]]:
    """The posts of each member of staff, past ones too."""
    found: dict[UUID | None, list[Membership]] = {}
    wanted = {one for one in ids if one}
    if wanted:
        rows = Membership.objects.filter(user__in=wanted).select_related("user", "office", "agency")
        for post in rows.order_by("starts_at", "pk"):
            found.setdefault(post.user_id, []).append(post)
    return found


def _held(line: AccessLog, posts: dict[UUID | None, list[Membership]]) -> list[Membership]:
    """The posts by which they looked: those they held at that moment."""
    return [
        post
        for post in posts.get(line.actor_id, [])
        if post.starts_at <= line.at and (post.ends_at is None or post.ends_at > line.at)
    ]


def _who(
    line: AccessLog,
    contacts: dict[UUID, Interaction],
    posts: dict[UUID | None, list[Membership]],
    *,
    with_places: bool,
) -> str:
    """Say who looked; `with_places` also at which office: where somebody was served is told to nobody but them."""
    if line.actor_kind in KEY:
        return gettext("Whoever held the key")
    contact = contacts.get(line.interaction_id) if line.interaction_id else None
    if contact is not None and contact.office is not None:
        if not with_places:
            return gettext("Staff at an office")
        return gettext("Staff at %(office)s") % {"office": contact.office.name}
    if contact is not None:
        return gettext("Staff: %(channel)s") % {"channel": channels.get(contact.channel).label}
    post = next(iter(_held(line, posts)[::-1]), None)
    if post is None:
        return gettext("Staff")
    if post.role == Role.OFFICER and post.agency is not None:
        return gettext("An officer of %(agency)s") % {"agency": post.agency.name}
    if post.office is not None:
        return (
            gettext("Staff at %(office)s") % {"office": post.office.name}
            if with_places
            else gettext("Staff at an office")
        )
    return str(Role(post.role).label)


def _capacity(line: AccessLog, posts: dict[UUID | None, list[Membership]]) -> str:
    """Role and place, never a name; the citizen's own readings too."""
    if line.actor_kind in KEY:
        return gettext("Whoever held the key")
    words = [
        f"{post.get_role_display()}, {place.name}"
        if (place := post.office or post.agency)
        else str(post.get_role_display())
        for post in _held(line, posts)
    ]
    return "; ".join(words) or (
        gettext("Staff") if line.actor_kind == "staff" else gettext("Ventanilla itself")
    )


def _what(act: str) -> str:
    words = {
        "open_person": gettext("opened your file"),
        "open_case": gettext("looked at your case"),
        "open_with_key": gettext("opened your case with its key"),
        "redeem_claim_code": gettext("opened your case with a code"),
        "download": gettext("opened a paper"),
        "search": gettext("saw your name in a search"),
        "list": gettext("saw your name or your case in a list"),
        "ask": gettext("began to open your file and was asked why"),
        "readings": gettext("saw who had looked at your file, and what was changed in it"),
        "claim_code": gettext("gave a code that opens your case"),
        "ringing": gettext("saw your name when your number called"),
        "compare": gettext("compared your record with another one"),
    }
    return words.get(act, gettext("looked at your data"))
