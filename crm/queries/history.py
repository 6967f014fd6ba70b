"""All cases and contacts of a person, page by page, under whichever of their records they were written."""

from collections.abc import Iterable

from common import channels
from common.keyset import KeysetPage, keyset_page
from crm.models import Case, Interaction, Party, Person

PAGE = 50


def cases_of(person: Person, *, place: str = "", size: int = PAGE) -> KeysetPage:
    """A page of the filed cases in which a person has a part, the latest first; one query."""
    records = Person.objects.one_with(person).values("pk")
    in_them = Party.objects.filter(person__in=records).values("case")
    filed = Case.objects.submitted().filter(pk__in=in_them).select_related("version")
    return keyset_page(filed, "submitted_at", "id", place=place, size=size, latest_first=True)


def contacts_of(person: Person, *, place: str = "", size: int = PAGE) -> KeysetPage:
    """A page of the contacts that a person had, the latest first; one query."""
    records = Person.objects.one_with(person).values("pk")
    had = Interaction.objects.filter(person__in=records).select_related("office")
    page = keyset_page(had, "started_at", "id", place=place, size=size, latest_first=True)
    name_channels(page.rows)
    return page


def name_channels(contacts: Iterable[Interaction]) -> None:
    """Give each contact the words and the sign of its channel, as lists draw them."""
    for contact in contacts:
        channel = channels.get(contact.channel)
        contact.channel_label, contact.channel_glyph = channel.label, channel.glyph  # type: ignore[attr-defined]
