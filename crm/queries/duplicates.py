"""Pairs of records waiting to be looked at, and what came while a merge stood."""

from dataclasses import dataclass
from datetime import datetime

from common import clock
from common.keyset import KeysetPage, keyset_page
from crm.models import DuplicatePair, Interaction, Merge, Party

PAGE = 25
SHOWN = 50


@dataclass(frozen=True)
class Meanwhile:
    """What was written on the surviving record while a merge stood, and nobody has placed yet."""

    contacts: list[Interaction]
    parties: list[Party]

    def __bool__(self) -> bool:
        return bool(self.contacts or self.parties)


def waiting_pairs(*, place: str = "") -> KeysetPage:
    """Return a page of the pairs that nobody has decided, the oldest first."""
    pairs = DuplicatePair.objects.waiting().select_related(
        "first", "second", "rule", "reported_by", "taken_by"
    )
    return keyset_page(pairs, "found_at", "id", place=place, size=PAGE)


def to_place(merge: Merge) -> Meanwhile:
    """Return the contacts and parts in cases that came while a merge stood; at most `SHOWN` of each, the first first."""
    until: datetime = merge.undone_at or clock.now()
    contacts = Interaction.objects.filter(
        person=merge.survivor_id, started_at__gt=merge.at, started_at__lte=until
    )
    parties = Party.objects.filter(
        person=merge.survivor_id, case__submitted_at__gt=merge.at, case__submitted_at__lte=until
    )
    placed = merge.placements
    return Meanwhile(
        list(
            contacts.exclude(pk__in=placed.filter(interaction__isnull=False).values("interaction"))
            .select_related("office")
            .order_by("started_at")[:SHOWN]
        ),
        list(
            parties.exclude(pk__in=placed.filter(party__isnull=False).values("party"))
            .select_related("case__version")
            .order_by("case__submitted_at")[:SHOWN]
        ),
    )
