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
from crm.actions.duplicates import decide, pair_of, require_free, require_reason
from crm.models import Interaction, Merge, PairState, Party, Person, PersonIdentifier, Placement
from crm.models.person import HomeCommune
from events.record import record

SURE = 500  # a number read from a document, or from a register
TAKEN_OVER = ("name", "commune", "language")


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
    if pair.state == PairState.SUSPECTED:
        require_free(pair, by=by)
    now = clock.now()
    merge = Merge(
        survivor=survivor, merged=merged, at=now, by_id=by.signed_in_id, reason=reason.strip()[:300]
    )
    _take_over(merge, survivor, merged, [name for name in TAKEN_OVER if name in set(taken_over)])
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
    (`crm.queries.duplicates.to_place`).

    :raises NotAllowed: `by` does not resolve duplicates
    :raises DomainError: no reason was given, or it was taken back already
    """
    require(permissions.can_resolve_duplicates(by), _("Only supervisors take a merge back."))
    require_reason(reason)
    survivor, merged = _lock_both(merge.survivor_id, merge.merged_id)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise DomainError(_("This merge was taken back already. Nothing was changed."))
    now = clock.now()
    merge.undone_at, merge.undone_by_id, merge.undone_reason = now, by.user_id, reason.strip()[:300]
    _put_back(merge, survivor)
    merge.save()
    below = _below(merged.pk)
    Person.objects.filter(pk=merged.pk).update(merged_into=None)
    Person.objects.filter(pk__in=below).update(merged_into=merged)
    pair, _is_new = pair_of(survivor.pk, merged.pk, by=by)
    decide(pair, PairState.DISTINCT, by=by, reason=reason)
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


@transaction.atomic
def place(
    merge: Merge,
    *,
    by: Actor,
    person: Person,
    interaction: Interaction | None = None,
    party: Party | None = None,
) -> Placement:
    """
    Say whose a contact, or a part in a case, was that came while a merge stood; only now, and only this row, moves.

    :param person: one of the two of the merge
    :raises NotAllowed: `by` does not resolve duplicates
    :raises DomainError: the merge stands; somebody placed it already; it is not one that came meanwhile
    """
    require(permissions.can_resolve_duplicates(by), _("Only supervisors say whose a contact was."))
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    row = interaction or party
    if row is None or merge.undone_at is None:
        raise DomainError(_("Take the merge back first; then say whose each contact was."))
    if person.pk not in (merge.survivor_id, merge.merged_id):
        raise DomainError(_("Choose one of the two people."))
    known = Placement.objects.filter(merge=merge, interaction=interaction, party=party).first()
    if known is not None:
        if known.person_id == person.pk:
            return known
        raise DomainError(_("A colleague has said already whose this was. Nothing was changed."))
    if row.person_id != merge.survivor_id:
        raise DomainError(_("This is not one of the contacts that came meanwhile."))
    now = clock.now()
    if row.person_id != person.pk:
        row.person_id = person.pk
        row.save(update_fields=["person"])
    placement = Placement.objects.create(
        merge=merge, interaction=interaction, party=party, person=person, at=now, by_id=by.signed_in_id
    )
    record("person.contact_placed", person, by=by, at=now, merge=str(merge.pk))
    return placement


def _lock_both(one: UUID, other: UUID) -> tuple[Person, Person]:
    """Lock two records, always in the same order, so that two colleagues at once wait for each other and never for ever."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=(one, other)).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[one], found[other]


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


def _take_over(merge: Merge, survivor: Person, merged: Person, names: list[str]) -> None:
    merge.taken_over = names
    if "name" in names:
        merge.earlier_name, survivor.name = survivor.name, merged.name
    if "language" in names:
        merge.earlier_language, survivor.language = survivor.language, merged.language
    survivor.save(update_fields=["name", "language"])
    if "commune" in names:
        homes = dict(
            HomeCommune.objects.filter(person__in=(survivor, merged)).values_list("person", "commune")
        )
        merge.earlier_commune_id = homes.get(survivor.pk)
        if merged.pk in homes:
            HomeCommune.objects.update_or_create(person=survivor, defaults={"commune_id": homes[merged.pk]})


def _put_back(merge: Merge, survivor: Person) -> None:
    """Show again what the surviving record showed, unless somebody has learnt something newer since."""
    merged = merge.merged
    if "name" in merge.taken_over and survivor.name == merged.name:
        survivor.name = merge.earlier_name
    if "language" in merge.taken_over and survivor.language == merged.language:
        survivor.language = merge.earlier_language
    survivor.save(update_fields=["name", "language"])
    if "commune" in merge.taken_over:
        lives_with = HomeCommune.objects.filter(person=merged).values("commune")
        taken = HomeCommune.objects.filter(person=survivor, commune__in=lives_with)
        if merge.earlier_commune_id:
            taken.update(commune=merge.earlier_commune_id)
        else:
            taken.delete()


def _below(root: UUID) -> list[UUID]:
    """The records that stand under one by merges that were not undone, however deep."""
    found: list[UUID] = []
    level = [root]
    while level:
        level = list(Merge.objects.standing().filter(survivor__in=level).values_list("merged", flat=True))
        found += level
    return found
