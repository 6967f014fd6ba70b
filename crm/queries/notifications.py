"""Where a citizen is told of a case, and what became of each message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from common import phone, wording
from crm.models import Case, ContactPoint, MessagePolicy, MessageWish, Notification, Party, PartyRole, Person
from crm.models.notification import Failure, NotificationState, WishChannel, WishScope
from crm.models.person import ContactKind, blocked, surviving
from crm.queries.mandates import representatives_today
from crm.told import UNDOABLE, Told

CONFIRMED = 200
AT_ONCE = 500


def policy() -> MessagePolicy:
    """Return the house's rules for messages."""
    return MessagePolicy.objects.first() or MessagePolicy()


def points_for(case: Case, told: Told) -> list[ContactPoint]:
    """
    Return where a message about a case goes.

    It is for whose case it is, and who acts for them by a mandate (`_told_survivors`); not for whoever else is named in it. Only what was
    given in this very case, or confirmed, or named as the applicant's electronic domicile, is written to: a person's other addresses may
    belong to somebody else. Never where others may read, nor where nobody else may learn that we call.
    """
    wish = wish_for(case)
    if wish.scope == WishScope.NEEDED and not told.is_duty:
        return []
    applicant = applicant_of(case)
    known = _reachable(case, applicant)
    own = [one for one in known if _is_of(one, applicant)]
    others = [one for one in known if one not in own]
    chosen = _by_wish(own, wish, told) + _by_wish(others, wish, told)
    domicile = [one for one in own if one.is_domicile and one.kind == ContactKind.EMAIL and told.decides]
    return chosen + [one for one in domicile if one not in chosen]


def _by_wish(points: list[ContactPoint], wish: MessageWish, told: Told) -> list[ContactPoint]:
    """The applicant is reached for themselves, whatever is known of who acts for them: so each side is asked apart."""
    mails = [one for one in points if one.kind == ContactKind.EMAIL]
    texts = [one for one in points if one.kind == ContactKind.PHONE]
    return {
        WishChannel.BOTH: mails + texts,
        WishChannel.EMAIL: mails or (texts if told.is_duty else []),
        WishChannel.SMS: texts or (mails if told.is_duty else []),
    }.get(WishChannel(wish.channel), mails or texts)


def wish_for(case: Case) -> MessageWish:
    """Return what is wished in a case: said for it, else what its applicant says for all, else the house's default (not stored)."""
    if own := MessageWish.objects.filter(case=case).first():
        return own
    applicant = applicant_of(case)
    general = MessageWish.objects.of(applicant).order_by("-at").first() if applicant else None
    return general or MessageWish(case=case)


def applicant_of(case: Case) -> Person | None:
    """Return whoever applies, under the record that stands for them."""
    party = (
        Party.objects.filter(case=case, role=PartyRole.APPLICANT)
        .select_related("person__merged_into")
        .first()
    )
    return (party.person.merged_into or party.person) if party else None


def typed_mail(case: Case) -> str:
    """Return the e-mail that was typed in the answers of a case; empty where there is none."""
    return str((case.answers or {}).get("applicant_email") or "").strip().lower()


def points_with_typed_mail(case: Case) -> QuerySet[ContactPoint]:
    """Return what is known of the e-mail that was typed in a case, whoever is reached there."""
    return ContactPoint.objects.filter(kind=ContactKind.EMAIL, value=typed_mail(case), ended_at__isnull=True)


def is_typed_mail_shared(case: Case) -> bool:
    """Whether several people are reached at the e-mail that was typed in a case."""
    people = points_with_typed_mail(case).values_list("person__merged_into", "person")
    return len({merged or person for merged, person in people}) > 1


def is_domicile(point: ContactPoint, case: Case) -> bool:
    """Whether it is the applicant's own electronic domicile: what is sent to anybody else's begins no term of theirs."""
    return point.is_domicile and _is_of(point, applicant_of(case))


def _is_of(point: ContactPoint, applicant: Person | None) -> bool:
    return applicant is not None and point.person.survivor_id == applicant.pk


def is_told(person: Person, case: Case) -> bool:
    """Whether messages about a case are for a person, as things stand now."""
    return person.survivor_id in _told_survivors(case, applicant_of(case))


def _told_survivors(case: Case, applicant: Person | None) -> set[UUID]:
    """
    The surviving records of those whom messages about a case are for: whose own it is, and who acts in it for the applicant by a mandate
    that lets them ask how it goes and holds today.
    """
    told = set(case.parties.in_person().values_list(surviving("person"), flat=True))
    return told | (set(representatives_today(case, applicant)) if applicant else set())


def _reachable(case: Case, applicant: Person | None) -> list[ContactPoint]:
    answers = case.answers or {}
    mail = typed_mail(case)
    number = phone.normalise(str(answers.get("applicant_phone") or "")) or ""
    given = Q(kind=ContactKind.EMAIL, value=mail) | Q(kind=ContactKind.PHONE, value=number)
    told = _told_survivors(case, applicant)
    own = applicant.pk if applicant else None
    domicile = Q(is_domicile=True) & (Q(person=own) | Q(person__merged_into=own))
    rows = (
        ContactPoint.objects.filter(Q(person__in=told) | Q(person__merged_into__in=told))
        .filter(given | Q(level__gte=CONFIRMED) | domicile)
        .filter(is_safe=True, may_announce=True, ended_at__isnull=True, value__isnull=False)
        .exclude(blocked("person"))
        .select_related("person")
        .order_by("at", "pk")
    )

    def rank(one: ContactPoint) -> tuple[bool, bool, int, datetime]:
        return not _is_of(one, applicant), not one.is_domicile, -one.level, one.at

    found: dict[tuple[str, str], ContactPoint] = {}
    for one in sorted(rows, key=rank):
        if one.value and (one.kind == ContactKind.EMAIL or phone.takes_texts(one.value)):
            found.setdefault((one.kind, one.value), one)
    return list(found.values())


def is_shared(point: ContactPoint, case: Case) -> bool:
    """Whether somebody whom the case's messages are not for is reached there too: then one says of nothing but that there is a message."""
    told = _told_survivors(case, applicant_of(case))
    others = ContactPoint.objects.filter(kind=point.kind, value=point.value, ended_at__isnull=True)
    return others.exclude(Q(person__in=told) | Q(person__merged_into__in=told)).exists()


def zone_of(case: Case) -> str:
    """Return the time zone where the citizen of a case lives, the network's where that is not known."""
    return case.commune.time_zone if case.commune else settings.TIME_ZONE


def due_notifications(now: datetime, *, most: int = AT_ONCE) -> list[UUID]:
    """Return messages about which something is to be done now, the longest due first: to send, to try again, to ask whether it arrived."""
    due = Notification.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    return list(due.values_list("pk", flat=True)[:most])


@dataclass(frozen=True)
class MessageCount:
    """How many messages stand so, or failed for one reason."""

    label: str
    count: int


def message_counts(now: datetime) -> list[MessageCount]:
    """Return the messages of seven days by where they stand; those that failed by why."""
    rows = (
        Notification.objects.filter(at__gt=now - timedelta(days=7))
        .order_by()
        .values_list("state", "failure")
        .annotate(count=Count("pk"))
    )
    return [
        MessageCount(
            f"{NotificationState(state).label}: {Failure(failure).label}"
            if failure
            else str(NotificationState(state).label),
            count,
        )
        for state, failure, count in sorted(rows)
    ]


def effect_of(case: Case) -> Notification | None:
    """
    Return the message from which the effect of what a case was decided to be is counted; None while it is not decided, or where none is.
    """
    if case.decided_at is None:
        return None
    told = case.notifications.filter(effective_on__isnull=False, at__gte=case.decided_at)
    return told.order_by("-sent_at").first()


def told_of(event_ids: Iterable[UUID], *, staff: bool) -> dict[UUID, tuple[str, ...]]:
    """Return, for events, what became of the messages that told of them, in words; one query."""
    ids = list(event_ids)
    rows = (
        Notification.objects.filter(event_id__in=ids).select_related("contact_point", "case__commune")
        if ids
        else []
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.is_text, one.pk)):
        found[row.event_id] = (*found.get(row.event_id, ()), _sentence(row, staff=staff))
    return found


def _sentence(row: Notification, *, staff: bool) -> str:
    said = _for_staff(row) if staff else _for_citizen(row)
    if row.effective_on:
        said += " " + gettext("It takes effect on %(day)s.") % {"day": wording.day(row.effective_on)}
    return said


def _for_staff(row: Notification) -> str:
    way = gettext("Text message to %(place)s") if row.is_text else gettext("E-mail to %(place)s")
    moment = row.delivered_at or row.sent_at or row.next_try_at
    told = {
        "way": way % {"place": _masked(row.contact_point)},
        "when": f"{wording.short_day(moment)} {wording.clock_time(moment)}" if moment else "",
        "why": str(row.get_failure_display()),
        "tries": row.attempts,
    }
    if row.state == NotificationState.PENDING:
        if row.attempts:
            return gettext("%(way)s: tried %(tries)d times, again %(when)s.") % told
        return gettext("%(way)s: to be sent %(when)s.") % told
    if row.failure == Failure.OVERTAKEN:
        return gettext("%(way)s was not sent: %(why)s.") % told
    if row.state == NotificationState.FAILED:
        return gettext("%(way)s could not be sent: %(why)s.") % told
    if row.state == NotificationState.DELIVERED:
        return gettext("%(way)s: delivered %(when)s.") % told
    return gettext("%(way)s: sent %(when)s.") % told


def _for_citizen(row: Notification) -> str:
    if row.state == NotificationState.PENDING:
        when = {"day": wording.day(row.next_try_at), "time": wording.clock_time(row.next_try_at)}
        if row.is_text:
            return gettext("A text message about this will be sent on %(day)s from %(time)s.") % when
        if row.template in UNDOABLE and not row.attempts:
            return gettext("An e-mail about this will be sent on %(day)s from %(time)s.") % when
        return gettext("An e-mail about this is on its way.")
    if row.failure == Failure.OVERTAKEN:
        return gettext("We sent you no message about this: by then it was no longer so.")
    if row.state == NotificationState.FAILED:
        return gettext("We could not reach you with a message about this.")
    if row.is_text:
        return gettext("We sent you a text message about this.")
    return gettext("We sent you an e-mail about this.")


def _masked(point: ContactPoint | None) -> str:
    """Enough of an address to tell it from another, and no more."""
    if point is None:
        return gettext("the address typed in the application")
    value = point.value or ""
    if not value:
        return gettext("an address that was erased")
    if point.kind == ContactKind.PHONE:
        return f"…{value[-4:]}"
    name, _at, host = value.partition("@")
    return f"{name[:1]}…@{host}"
