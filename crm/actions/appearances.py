"""
What a record shows of its person: name, commune, language. The record that stands for a merged one shows what is learnt of either, and
each merge keeps what was shown before, to be put back when it is taken back.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from crm.models import Merge, Person
from crm.models.person import HomeCommune

EARLIER = {"name": "earlier_name", "commune": "earlier_commune_id", "language": "earlier_language"}


def show(record: Person, key: str, value: str) -> None:
    """
    Show something on the record it was learnt of, and on those that stand for it.

    :param key: name, commune or language; nothing else is shown
    """
    if key not in EARLIER:
        return
    _set(record.pk, key, value)
    for merge in _standing_above(record.pk) if record.merged_into_id else ():
        if key not in merge.taken_over:
            _keep_earlier(merge, key)
            merge.save(update_fields=["taken_over", EARLIER[key].removesuffix("_id")])
        _set(merge.survivor_id, key, value)


def shown(record: UUID, key: str) -> str | None:
    """Return what a record shows."""
    if key == "commune":
        return HomeCommune.objects.filter(person=record).values_list("commune", flat=True).first()
    found: str | None = Person.objects.values_list(key, flat=True).get(pk=record)
    return found


def take_over(merge: Merge, keys: Iterable[str]) -> None:
    """Let the surviving record of a merge not saved yet show what the other one shows."""
    for key in keys:
        _keep_earlier(merge, key)
        if value := shown(merge.merged_id, key):
            _set(merge.survivor_id, key, value)


def put_back(merge: Merge) -> None:
    """
    Show again what the surviving record showed, and whichever stands for it in turn, unless somebody has learnt something newer since.
    """
    for key in merge.taken_over:
        value, earlier = shown(merge.merged_id, key), getattr(merge, EARLIER[key])
        if shown(merge.survivor_id, key) != value:
            continue
        _set(merge.survivor_id, key, earlier)
        for above in _standing_above(merge.survivor_id):
            if key not in above.taken_over or shown(above.survivor_id, key) != value:
                break
            _set(above.survivor_id, key, earlier)


def _keep_earlier(merge: Merge, key: str) -> None:
    earlier = shown(merge.survivor_id, key)
    setattr(merge, EARLIER[key], earlier if key == "commune" else earlier or "")
    merge.taken_over = [*merge.taken_over, key]


def _set(record: UUID, key: str, value: str | None) -> None:
    if key != "commune":
        Person.objects.filter(pk=record).update(**{key: value})
    elif value:
        HomeCommune.objects.update_or_create(person_id=record, defaults={"commune_id": value})
    else:
        HomeCommune.objects.filter(person=record).delete()


def _standing_above(record: UUID) -> Iterator[Merge]:
    """The merges that stand, from a record up to the one that stands for all."""
    while merge := Merge.objects.standing().filter(merged=record).first():
        yield merge
        record = merge.survivor_id
