"""
Pairs of records that may be of one person: reported, looked into by one colleague at a time, found to be one person or two.

Nothing here runs by itself: a rule only suspects (`crm.queries.duplicates`); people decide, and what they decide can be undone.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.models import DuplicatePair, DuplicateRule, PairState, Person
from crm.queries.blocks import why_blocked
from crm.queries.duplicates import found_two, suspicions_of
from events.models import Event
from events.record import once, record

TAKEN_FOR = timedelta(minutes=15)


class TakenByColleague(DomainError):
    """Somebody else looks into this pair right now."""

    code = "taken"
    status = 409


@transaction.atomic
def suspect_pair(
    one: Person, other: Person, *, by: Actor, rule: DuplicateRule | None = None
) -> DuplicatePair | None:
    """
    Note that two records may be of one person; once for a pair, and never again after somebody found that they are two people.

    :returns: the pair, waiting to be looked at; None if it was decided before, or both are one record already
    :raises NotAllowed: a person who neither attends people nor decides cases reports it
    """
    require(permissions.can_report_duplicates(by), _("Only staff who serve people report this."))
    if one.survivor_id == other.survivor_id or found_two(one, other):
        return None
    now = clock.now()
    pair, is_new = pair_of(one.survivor_id, other.survivor_id, by=by, rule=rule)
    if is_new:
        record("duplicate_pair.suspected", pair, by=by, at=now, rule=rule.code if rule else "")
    return pair if pair.state == PairState.SUSPECTED else None


@transaction.atomic
def suspect_known(event_id: UUID, *, by: Actor) -> int:
    """
    Suspect whatever the rules suspect of the person an event says is known now; a second time does nothing.

    :returns: how many pairs wait to be looked at because of it
    """
    event = Event.objects.get(pk=event_id)
    if not once(event_id, "crm.suspect"):
        return 0
    person = Person.objects.standing().filter(pk=event.subject_id).first()
    if person is None:
        return 0
    found = sorted(
        suspicions_of(person), key=lambda one: sorted((person.pk, one[0].pk))
    )  # all lock pairs in one order
    pairs = [suspect_pair(person, other, by=by, rule=rule) for other, rule in found]
    return sum(pair is not None for pair in pairs)


@transaction.atomic
def take_pair(pair: DuplicatePair, *, by: Actor) -> DuplicatePair:
    """
    Look into a pair: for a quarter of an hour nobody else decides it.

    :raises NotAllowed: `by` does not resolve duplicates
    :raises TakenByColleague: somebody else looks into it
    :raises DomainError: it was decided already
    """
    pair = DuplicatePair.objects.lock(pair.pk)
    require_free(pair, by=by)
    pair.taken_by_id, pair.taken_until = by.user_id, clock.now() + TAKEN_FOR
    pair.save(update_fields=["taken_by", "taken_until"])
    return pair


@transaction.atomic
def leave_pair(pair: DuplicatePair, *, by: Actor) -> DuplicatePair:
    """Leave a pair to others; whoever does not look into it changes nothing."""
    pair = DuplicatePair.objects.lock(pair.pk)
    if pair.taken_by_id is not None and pair.taken_by_id == by.user_id:
        pair.taken_by_id = pair.taken_until = None
        pair.save(update_fields=["taken_by", "taken_until"])
    return pair


@transaction.atomic
def find_distinct(pair: DuplicatePair, *, by: Actor, reason: str) -> DuplicatePair:
    """
    Remember that two records are of two people: the pair is not suspected again.

    :raises NotAllowed: `by` does not resolve duplicates
    :raises TakenByColleague: somebody else looks into it
    :raises DomainError: no reason was given, it was decided already, or both stand as one person
    """
    _hold(pair.first, pair.second)
    pair = DuplicatePair.objects.lock(pair.pk)
    require_free(pair, by=by)
    require_reason(reason)
    if pair.first.survivor_id == pair.second.survivor_id:
        raise DomainError(_("These two stand as one person. If they are two, take that merge back first."))
    decide(pair, PairState.DISTINCT, by=by, reason=reason)
    record("duplicate_pair.distinct", pair, by=by, at=pair.decided_at or clock.now())
    return pair


def _hold(*people: Person) -> None:
    """Keep records from being merged until the end of the transaction: a merge locks them in the same order, before it locks the pair."""
    records = {pk for person in people for pk in (person.pk, person.survivor_id)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM crm_person WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(records)])


def require_free(pair: DuplicatePair, *, by: Actor) -> None:
    """Refuse unless `by` may decide this locked pair now."""
    require(
        permissions.can_resolve_duplicates(by),
        _("Only supervisors say whether two records are of one person."),
    )
    if sentence := why_blocked(pair.first) or why_blocked(pair.second):
        raise DomainError(sentence)
    if pair.state != PairState.SUSPECTED:
        raise DomainError(_("A colleague has decided this already. Nothing was changed."))
    if pair.taken_by_id not in (None, by.user_id) and pair.taken_until and pair.taken_until > clock.now():
        raise TakenByColleague(
            _("A colleague is looking into these two records right now. Nothing was changed.")
        )


def require_reason(reason: str) -> None:
    """Refuse a decision nobody could understand later."""
    if not reason.strip():
        raise DomainError(
            _("Write how you know."), reason=_("Write how you know: a colleague may read it years from now.")
        )


def decide(pair: DuplicatePair, state: PairState, *, by: Actor, reason: str) -> None:
    """Write what was found of a locked pair."""
    pair.state, pair.decided_at, pair.decided_by_id = state, clock.now(), by.user_id
    pair.reason, pair.taken_by_id, pair.taken_until = reason.strip()[:300], None, None
    pair.save()


def pair_of(
    one: UUID, other: UUID, *, by: Actor, rule: DuplicateRule | None = None
) -> tuple[DuplicatePair, bool]:
    """Return the locked pair of two records, and whether it is new: one row for a pair, whoever comes first."""
    first, second = sorted((one, other))
    made = DuplicatePair(
        first_id=first,
        second_id=second,
        rule=rule,
        reported_by_id=None if by.is_system else by.user_id,
        found_at=clock.now(),
    )
    DuplicatePair.objects.bulk_create([made], ignore_conflicts=True)
    pair = DuplicatePair.objects.select_for_update(of=("self",)).get(first=first, second=second)
    return pair, pair.pk == made.pk
