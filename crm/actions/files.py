"""Opening files of people and cases: always logged, with a reason where the present contact does not explain it."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from common import clock
from common.errors import DomainError, require
from common.ids import new_id
from crm import permissions
from crm.models import AccessLog, BreakGlass, Case, Interaction, InteractionCase, PartyRole, Person
from crm.queries.blocks import why_blocked
from crm.terms import NETWORK_ZONE
from events.record import record

_LOG = f"""
INSERT INTO {AccessLog._meta.db_table} (id, at, actor_kind, actor_id, act, reason, person_id, case_id, shown_ids, interaction_id)
VALUES (%s, coalesce(%s, clock_now()), %s, %s, %s, %s, %s, %s, %s::jsonb, %s)
"""  # noqa: S608  # a name of ours
OPEN_FOR = timedelta(minutes=30)
FEWEST_WORDS = 2


def log_access(
    act: str,
    *,
    by: Actor,
    person_id: UUID | None = None,
    case_id: UUID | None = None,
    reason: str = "",
    interaction: Interaction | None = None,
    shown: Iterable[UUID] = (),
    at: datetime | None = None,
) -> None:
    """
    Write one line of the access log: who read whose file, or which rows one list showed; `at` the moment, if it was read already.

    One statement: every read pays it.
    """
    row: list[Any] = [
        new_id(),
        at,
        by.kind,
        by.id,
        act,
        reason[:300],
        person_id,
        case_id,
        json.dumps([str(one) for one in shown]),
        interaction.pk if interaction else None,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LOG, row)


@transaction.atomic
def open_file(person: Person, *, by: Actor, reason: str, interaction: Interaction | None = None) -> Person:
    """
    Open a person's file, leaving a line in the log that the person can read.

    :raises DomainError: no reason was given, or the person's data are blocked and they are not being attended
    """
    is_attended = (
        interaction is not None or Person.objects.visible_to(by).filter(pk=person.survivor_id).exists()
    )
    sentence = "" if is_attended else why_blocked(person)
    if sentence:
        raise DomainError(sentence)
    if not reason.strip():
        raise DomainError(_("Write why you need to see this."), reason=_("Write why you need to see this."))
    log_access("open_person", by=by, person_id=person.pk, reason=reason, interaction=interaction)
    return person


@transaction.atomic
def break_glass(person: Person, *, by: Actor, reason: str) -> BreakGlass:
    """
    Open a file that no present contact explains, for half an hour; the citizen can read who did it and why.

    :raises NotAllowed: `by` serves nobody
    :raises DomainError: the reason says nothing, the record was merged or erased, or they opened as many today as a day allows
    """
    require(permissions.can_break_glass(by), _("Only staff who serve people open a file with a reason."))
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.redacted_at or person.merged_into_id:
        raise DomainError(_("This record stands for nobody any more. Look for the person again."))
    words = " ".join(reason.split())
    if sum(_is_word(word) for word in words.split()) < FEWEST_WORDS:
        short = _("Write in a few words why you need this file. The citizen can read it.")
        raise DomainError(short, reason=short)
    now = clock.now()
    _require_few_today(by, now)
    log_access("open_person", by=by, person_id=person.pk, reason=words)
    record("person.glass_broken", person, by=by, at=now)
    return BreakGlass.objects.create(
        user_id=by.signed_in_id, person=person, reason=words[:300], at=now, expires_at=now + OPEN_FOR
    )


def _is_word(text: str) -> bool:
    """Whether it may be a word: two letters that differ. Dots, figures and one key held down say nothing."""
    return len({letter for letter in text.casefold() if letter.isalpha()}) > 1


def _require_few_today(by: Actor, now: datetime) -> None:
    """Refuse one more file than a day allows; of two opened at once the second waits here, and is counted."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.signed_in_id)
    today = clock.local_date(now, NETWORK_ZONE)
    opened = BreakGlass.objects.opened_on(today).filter(user=by.signed_in_id).count()
    if opened >= settings.FILES_WITH_REASON_A_DAY:
        raise DomainError(
            _(
                "You opened %(count)s files with a reason today, as many as a day allows. Attend the person, or ask a colleague who does."
            )
            % {"count": opened}
        )


@transaction.atomic
def bring_case(interaction: Interaction, *, by: Actor, case: Case, reason: str = "") -> InteractionCase:
    """
    Bring a case into the present contact, found by its folio: from now on, and until the contact is finished, it is visible.

    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: the case is of somebody else than the person attended, and no reason was given; or of somebody whose
        data are blocked
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(
        permissions.is_attending(by, interaction), _("Only whoever attends a contact brings a case into it.")
    )
    if not case.blocks.exists():  # in the case of the request itself its person may be told how it goes
        for party in case.parties.select_related("person"):
            if sentence := why_blocked(party.person):
                raise DomainError(sentence)
    own = permissions.is_about_their_case(interaction, case)
    if not own and not reason.strip():
        raise DomainError(
            _("This case is not of the person you attend. Write why you need it; the citizen can read it."),
            reason=_("Write why you need this case; the citizen can read it."),
        )
    written = "" if own else reason.strip()[:300]
    brought, created = InteractionCase.objects.get_or_create(
        interaction=interaction, case=case, defaults={"reason": written}
    )
    if written and not created and not brought.reason:  # it was their own before
        brought.reason = written
        brought.save(update_fields=["reason"])
    log_access(
        "open_case",
        by=by,
        case_id=case.pk,
        person_id=case.parties.filter(role=PartyRole.APPLICANT).values_list("person", flat=True).first(),
        reason=reason,
        interaction=interaction,
    )
    return brought
