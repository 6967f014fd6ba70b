"""
Two records are one person: by a pointer, so that no row moves and the way back is short.

`Person.merged_into` always points at the record that stands for all; the merges form the tree from which it is worked out anew when one
of them is undone. Both acts touch the records, never their contacts and cases: they cost the same at ten contacts and at ten thousand.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.appearances import EARLIER, put_back, take_over
from crm.actions.duplicates import decide, pair_of, require_free, require_reason
from crm.actions.exports import withdraw_exports
from crm.models import Case, Merge, PairState, Person, PersonExport, PersonIdentifier
from crm.queries.duplicates import found_two
from events.record import record

SURE = 500  # a number read from a document, or from a register


@transaction.atomic
def merge_people(
    survivor: Person, merged: Person, *, by: Actor, reason: str, taken_over: Iterable[str] = ()
) -> Merge:
    """
    Let one record stand for both. Merging again what is merged already returns that merge.

    :param taken_over: what the surviving record shows of the other one from now on (`name`, `commune`, `language`)
    :raises NotAllowed: `by` does not resolve duplicates
    :raises TakenByColleague: somebody else looks into this pair
    :raises DomainError: no reason; one record twice; two kinds; two sure numbers; found to be two people; one of them stands for
        nobody any more
    """
    require(
        permissions.can_resolve_duplicates(by),
        _("Only supervisors say whether two records are of one person."),
    )
    require_reason(reason)
    if survivor.pk == merged.pk:
        raise DomainError(_("This is one record. Choose two."))
    survivor, merged = _lock_both(survivor.pk, merged.pk)
    if merged.merged_into_id == survivor.pk:
        return Merge.objects.standing().get(merged=merged, survivor=survivor)
    _require_mergeable(survivor, merged)
    pair, _is_new = pair_of(survivor.pk, merged.pk, by=by)
    if pair.state == PairState.DISTINCT:
        raise DomainError(
            _("It was found before that these are two people. Let them be looked at again first.")
        )
    if found_two(survivor, merged):
        raise DomainError(
            _(
                "It was found before that a record of one and a record of the other are of two people. Take back the merge that is wrong first."
            )
        )
    if pair.state == PairState.SUSPECTED:
        require_free(pair, by=by)
    now = clock.now()
    merge = Merge(
        survivor=survivor, merged=merged, at=now, by_id=by.signed_in_id, reason=reason.strip()[:300]
    )
    take_over(merge, [key for key in EARLIER if key in set(taken_over)])
    merge.save(force_insert=True)
    Person.objects.filter(Q(pk=merged.pk) | Q(merged_into=merged)).update(merged_into=survivor)
    decide(pair, PairState.MERGED, by=by, reason=reason)
    record(
        "person.merged",
        survivor,
        by=by,
        at=now,
        merge=str(merge.pk),
        old=str(merged.pk),
        new=str(survivor.pk),
    )
    return merge


@transaction.atomic
def unmerge_people(merge: Merge, *, by: Actor, reason: str) -> Merge:
    """
    Take a merge back: the record stands for its person again, and the pair is remembered as two people.

    Contacts and parts in cases written on the surviving record meanwhile are listed for a person to place
    (`crm.queries.duplicates.to_place`). Exports made while it stood held the data of both: they are withdrawn.

    :raises NotAllowed: `by` does not resolve duplicates
    :raises DomainError: no reason was given, or it was taken back already
    """
    require(permissions.can_resolve_duplicates(by), _("Only supervisors take a merge back."))
    require_reason(reason)
    _lock_cases_of_exports(merge)
    survivor, merged = _lock_both(merge.survivor_id, merge.merged_id)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise DomainError(_("This merge was taken back already. Nothing was changed."))
    now = clock.now()
    merge.undone_at, merge.undone_by_id, merge.undone_reason = now, by.user_id, reason.strip()[:300]
    put_back(merge)
    merge.save()
    records = list(Person.objects.one_with(survivor).values_list("pk", flat=True))
    below = _below(merged.pk)
    Person.objects.filter(pk=merged.pk).update(merged_into=None)
    Person.objects.filter(pk__in=below).update(merged_into=merged)
    pair, _is_new = pair_of(survivor.pk, merged.pk, by=by)
    decide(pair, PairState.DISTINCT, by=by, reason=reason)
    exports = PersonExport.objects.filter(person__in=records)
    withdraw_exports(exports.filter(Q(made_at__isnull=True) | Q(made_at__gte=merge.at)), by=by, at=now)
    record(
        "person.unmerged",
        merged,
        by=by,
        at=now,
        merge=str(merge.pk),
        old=str(survivor.pk),
        new=str(merged.pk),
    )
    return merge


def _lock_both(one: UUID, other: UUID) -> tuple[Person, Person]:
    """Lock two records, always in the same order, so that two colleagues at once wait for each other and never for ever."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=(one, other)).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[one], found[other]


def _lock_cases_of_exports(merge: Merge) -> None:
    """Lock the cases whose exports will be withdrawn before the people are: whoever makes or asks for one locks in this order."""
    people = Person.objects.records_of([merge.survivor, merge.merged]).values("pk")
    since = Q(made_at__isnull=True) | Q(made_at__gte=merge.at)
    exports = PersonExport.objects.filter(since, person__in=people).values("case")
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=exports).order_by("pk"))


def _require_mergeable(survivor: Person, merged: Person) -> None:
    if survivor.merged_into_id or merged.merged_into_id:
        raise DomainError(
            _("One of these records was merged into another one meanwhile. Look at them again.")
        )
    if survivor.redacted_at or merged.redacted_at:
        raise DomainError(_("One of these records was erased: nothing can be said of it any more."))
    if survivor.kind != merged.kind:
        raise DomainError(_("A person and an organisation are never one."))
    numbers = PersonIdentifier.objects.filter(
        person__in=Person.objects.records_of([survivor, merged]).values("pk")
    )
    sure = numbers.filter(kind="run", is_active=True, level__gte=SURE).values_list("value", flat=True)
    if len(set(sure)) > 1:
        raise DomainError(
            _(
                "Both have a RUN that was read from a document, and they differ: two people. If one was misread, correct it first."
            )
        )


def _below(root: UUID) -> list[UUID]:
    """The records that stand under one by merges that were not undone, however deep."""
    found: list[UUID] = []
    level = [root]
    while level:
        level = list(Merge.objects.standing().filter(survivor__in=level).values_list("merged", flat=True))
        found += level
    return found
