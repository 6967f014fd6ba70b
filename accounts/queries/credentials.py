"""Credentials: the list for administrators, and the one a program shows."""

from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Credential, OutsideChannel
from accounts.permissions import can_manage_people
from common.channels import Channel
from common.keyset import KeysetPage, keyset_page

PAGE = 50
_entered: dict[str, OutsideChannel] = {}
_COLUMNS = ("id", "name", "agency_id", "channel_id", "scopes", "rate")
_SHOWN = f"""
SELECT {", ".join(_COLUMNS)} FROM {Credential._meta.db_table}
WHERE digest = %s AND revoked_at IS NULL AND starts_at <= clock_now() AND (ends_at IS NULL OR ends_at > clock_now())
"""  # noqa: S608  # names of ours


def credentials(actor: Actor) -> QuerySet[Credential]:
    """Return every credential; none for those who do not administer."""
    rows = Credential.objects.all() if can_manage_people(actor) else Credential.objects.none()
    return rows.select_related("agency", "channel", "made_by")


def credential_page(actor: Actor, *, place: str = "") -> KeysetPage:
    """Return a page of credentials, in the order in which they were issued."""
    return keyset_page(credentials(actor), "id", place=place, size=PAGE)


def shown_credential(digest: bytes) -> Credential | None:
    """Return the credential with this digest, if it is in force; a plain statement, because every request of a program pays it."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [digest])
        row = cursor.fetchone()
    return Credential(**dict(zip(_COLUMNS, row, strict=True))) if row else None


def outside_channel(code: str) -> Channel | None:
    """
    Return a channel outside this house as people read it, or None where there is none of this code.

    One that was entered is never changed, and a process reads it once; one that is not there is looked for each time: it may have been
    entered while the process ran.
    """
    found = _entered.get(code) or OutsideChannel.objects.filter(code=code).first()
    if found is None:
        return None
    _entered[code] = found
    return Channel(found.code, found.name, "agency")
