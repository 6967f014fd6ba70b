"""Credentials: the list for administrators, and the one a program shows."""

from typing import Any

from django.db.models import F, QuerySet

from accounts.actors import Actor
from accounts.models import Credential, OutsideChannel
from accounts.permissions import can_manage_people
from common.channels import Channel
from common.keyset import KeysetPage, keyset_page

PAGE = 50


def credentials(actor: Actor) -> QuerySet[Credential]:
    """Return every credential; none for those who do not administer."""
    rows = Credential.objects.all() if can_manage_people(actor) else Credential.objects.none()
    return rows.select_related("agency", "channel", "made_by")


def credential_page(actor: Actor, *, place: str = "") -> KeysetPage:
    """Return a page of credentials, in the order in which they were issued."""
    return keyset_page(credentials(actor), "id", place=place, size=PAGE)


def shown_credential(digest: bytes) -> Credential | None:
    """Return the credential with this digest, if it is in force: one query for every request of a program."""
    rows: Any = Credential.objects.valid().filter(digest=digest)
    return next(iter(rows.annotate(agency_code=F("agency__code"))), None)


def outside_channel(code: str) -> Channel | None:
    """Return a channel outside this house as people read it, or None where there is none of this code."""
    found = OutsideChannel.objects.filter(code=code).first()
    return Channel(found.code, found.name, "agency") if found else None
