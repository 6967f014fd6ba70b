"""Credentials of programs: issued and told once, revoked."""

import hashlib
import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import journal, permissions
from accounts.actors import Actor
from accounts.models import Agency, Credential, OutsideChannel, Scope
from accounts.models.credential import OF_AGENCY, RATE
from common import channels, clock
from common.errors import DomainError, require
from common.ids import new_secret

PREFIX = "vt_"  # so that a secret left somewhere is known for what it is
MOST_A_MINUTE = 60_000
_CODE = re.compile(r"[a-z][a-z0-9-]{2,19}")


def credential_digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def issue_credential(
    *,
    by: Actor,
    name: str,
    scopes: Collection[str],
    agency: Agency | None = None,
    channel: OutsideChannel | None = None,
    rate: int = RATE,
    last_day: date | None = None,
) -> tuple[Credential, str]:
    """
    Issue a credential and return it with its secret, which is told this once and kept nowhere.

    What works or decides reads too.

    :param rate: requests a minute
    :param last_day: in Santiago; None, until it is revoked
    :raises NotAllowed: `by` is no administrator
    :raises DomainError: nobody is named, no scope is given, or a scope lacks the agency or the channel it is for
    """
    require(permissions.can_manage_people(by), _("Only administrators issue credentials."))
    name, wanted = " ".join(name.split())[:120], _wanted(scopes)
    _require_whole(name, wanted, agency, channel, rate)
    now = clock.now()
    ends_at = _end_of(last_day) if last_day else None
    if ends_at is not None and ends_at <= now:
        past = _("The last day must lie ahead.")
        raise DomainError(past, last_day=past)
    secret = PREFIX + new_secret()
    credential = Credential(
        name=name,
        agency=agency,
        channel=channel,
        scopes=sorted(wanted),
        digest=credential_digest(secret),
        rate=rate,
        starts_at=now,
        ends_at=ends_at,
        made_by_id=by.user_id,
        made_at=now,
    )
    credential.save(force_insert=True)
    journal.note(
        "credential.issued",
        credential,
        by=by,
        at=now,
        agency=agency.code if agency else "",
        scopes=credential.scopes,
        **({"of_channel": channel.code} if channel else {}),
    )
    return credential, secret


@transaction.atomic
def revoke_credential(credential: Credential, *, by: Actor) -> Credential:
    """
    Revoke a credential: it opens nothing from the next request on. A second time changes nothing.

    :raises NotAllowed: `by` is no administrator
    """
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    require(permissions.can_manage_people(by), _("Only administrators revoke credentials."))
    if credential.revoked_at is None:
        credential.revoked_at = clock.now()
        credential.save(update_fields=["revoked_at"])
        journal.note("credential.revoked", credential, by=by, at=credential.revoked_at)
    return credential


@transaction.atomic
def add_channel(*, by: Actor, code: str, name_es: str, name_en: str = "") -> OutsideChannel:
    """
    Enter a channel outside this house; entered again, it is the one that is there.

    :param code: what stands on the contacts that come through it
    :raises NotAllowed: `by` is no administrator
    :raises DomainError: the code is none, or is one of our own; the channel has no name
    """
    require(permissions.can_manage_people(by), _("Only administrators enter channels."))
    if not _CODE.fullmatch(code):
        wrong = _("Write a code of 3 to 20 small letters, digits and dashes, like kiosk-nunoa.")
        raise DomainError(wrong, channel_code=wrong)
    if code in {"agency", *(one.code for one in channels.known())}:
        ours = _("This is a channel of our own. Choose another code.")
        raise DomainError(ours, channel_code=ours)
    if there := OutsideChannel.objects.filter(code=code).first():
        return there
    if not name_es.strip():
        missing = _("Write how people call this channel.")
        raise DomainError(missing, channel_name=missing)
    channel = OutsideChannel(code=code, name_es=name_es.strip()[:80], name_en=name_en.strip()[:80])
    channel.save(force_insert=True)
    return channel


def _wanted(scopes: Collection[str]) -> set[str]:
    wanted = set(scopes)
    return wanted | ({str(Scope.READ)} if wanted & OF_AGENCY else set())


def _require_whole(
    name: str, scopes: set[str], agency: Agency | None, channel: OutsideChannel | None, rate: int
) -> None:
    wrong: dict[str, object] = {}
    if not name:
        wrong["name"] = _("Write which program will use it.")
    if not scopes or not scopes <= set(Scope.values):
        wrong["scopes"] = _("Choose what it may do.")
    if scopes & OF_AGENCY and agency is None:
        wrong["agency"] = _("Choose the agency whose cases it reads or decides.")
    if Scope.INTAKE in scopes and channel is None:
        wrong["channel_code"] = _("Write the channel through which its contacts come.")
    if not 1 <= rate <= MOST_A_MINUTE:
        wrong["rate"] = _("Write how many requests a minute, 1 to 60,000.")
    if wrong:
        raise DomainError(next(iter(wrong.values())), **wrong)  # type: ignore[arg-type]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
