"""Merges that concern an agency: of people with a part in its cases."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Role
from crm.models import Merge, Party, Stage
from crm.models.duplicate import MergeQuerySet
from crm.queries.blocks import closed_to, closed_words

SHOWN = 100


def merges_of_agencies(actor: Actor) -> list[Merge]:
    """
    Return the merges of people with a part in a case of the actor's agencies, and those taken back, the latest first.

    Each carries `folios`: the cases of these agencies that were filed under either record; and `names`, of the old record and the new, for
    whoever's data are not blocked.
    """
    agencies = actor.agency_ids(Role.OFFICER)
    found = list(_concerned(agencies).select_related("survivor", "merged").order_by("-at")[:SHOWN])
    people = {pk for merge in found for pk in (merge.survivor_id, merge.merged_id)}
    parts = _parts(agencies).filter(person__in=people).select_related("case")
    folios: dict[object, list[str]] = {}
    for part in parts.order_by("-case__submitted_at"):
        folios.setdefault(part.person_id, []).append(part.case.folio or "")
    closed = closed_to(actor, [one for merge in found for one in (merge.survivor, merge.merged)])
    for merge in found:
        hidden = {merge.survivor.survivor_id, merge.merged.survivor_id} & closed
        names = [one.name or "" for one in (merge.merged, merge.survivor)]
        merge.names = [closed_words()] * 2 if hidden else names  # type: ignore[attr-defined]
        both = [*folios.get(merge.survivor_id, []), *folios.get(merge.merged_id, [])]
        merge.folios = list(dict.fromkeys(both))  # type: ignore[attr-defined]
    return found


def _parts(agencies: list[int]) -> QuerySet[Party]:
    own = Stage.objects.filter(case=OuterRef("case"), agency__in=agencies)
    return Party.objects.filter(Exists(own)).exclude(case__state="draft")


def _concerned(agencies: list[int]) -> MergeQuerySet:
    parts = _parts(agencies)
    return Merge.objects.filter(
        Q(Exists(parts.filter(person=OuterRef("survivor"))))
        | Q(Exists(parts.filter(person=OuterRef("merged"))))
    )
