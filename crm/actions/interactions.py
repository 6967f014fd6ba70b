"""A contact: opened when it arrives, attended, ended, wrapped up."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.surveys import make_invitation
from crm.models import Enquiry, Interaction, Person
from crm.models.interaction import Ending
from crm.terms import NETWORK_ZONE
from events.record import record
from territory.models import Commune, Office


@transaction.atomic
def open_interaction(
    channel: str,
    *,
    by: Actor,
    office: Office | None = None,
    commune: Commune | None = None,
    person: Person | None = None,
    represented: Person | None = None,
    reason: str = "",
    language: str = "es",
    synthetic: bool = False,
) -> Interaction:
    """
    Begin a contact: a page begun, a ticket taken, a call arriving. Nobody needs to be known.

    :param channel: a registered channel's code
    :param represented: for whom `person` speaks, as the case says whose contact it is
    :param reason: a short code: the key pressed, the matter told at reception
    """
    now = clock.now()
    zone = office.commune.time_zone if office else NETWORK_ZONE
    interaction = Interaction(
        channel=channel,
        started_at=now,
        business_date=clock.local_date(now, zone),
        office=office,
        commune=commune or (office.commune if office else None),
        person=person,
        represented=represented,
        reason=reason[:40],
        language=language,
        is_synthetic=synthetic,
    )
    interaction.save(force_insert=True)
    record("interaction.opened", interaction, by=by, at=now, interaction=interaction, channel=channel)
    return interaction


@transaction.atomic
def attend_interaction(interaction: Interaction, *, by: Actor) -> Interaction:
    """
    A clerk or agent begins to serve; the wait ends.

    :raises NotAllowed: `by` does not work at this place
    :raises DomainError: somebody else attends it, or it is over
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(permissions.can_attend(by, interaction), _("This contact belongs to another place."))
    if interaction.ended_at is not None:
        raise DomainError(_("This contact is already over."))
    if interaction.attended_at is not None:
        if interaction.agent_id == by.user_id:
            return interaction
        raise DomainError(_("A colleague is attending this contact."))
    now = clock.now()
    interaction.attended_at = now
    interaction.agent_id = by.user_id
    interaction.waited_seconds = max(0, int((now - interaction.started_at).total_seconds()))
    interaction.save(update_fields=["attended_at", "agent", "waited_seconds"])
    record(
        "interaction.attended",
        interaction,
        by=by,
        at=now,
        interaction=interaction,
        channel=interaction.channel,
    )
    return interaction


@transaction.atomic
def identify_person(interaction: Interaction, *, by: Actor, person: Person | None, level: int) -> Interaction:
    """
    Say whom the contact is with and how sure we are (100 declared, 300 knowledge questions, 500 document seen, 600 e-ID).

    Somebody else than before speaks for nobody yet.

    :raises NotAllowed: `by` neither attends this contact nor, while nobody does, receives it at its place
    """
    interaction = Interaction.objects.lock(interaction.pk)
    receives = interaction.agent_id is None and level <= 100 and permissions.can_attend(by, interaction)
    require(
        receives or permissions.is_attending(by, interaction),
        _("Only whoever attends a contact says with whom it is."),
    )
    now = clock.now()
    if not _is_same(interaction.person, person):
        interaction.represented = interaction.mandate = (
            None  # somebody else is here: nobody has said for whom
        )
    interaction.person = person
    interaction.identity_level = level if person else 0
    interaction.save(update_fields=["person", "identity_level", "represented", "mandate"])
    data = {"person": str(person.pk) if person else None, "level": level}
    record(
        "interaction.identified",
        interaction,
        by=by,
        at=now,
        interaction=interaction,
        channel=interaction.channel,
        **data,
    )
    return interaction


def _is_same(before: Person | None, now: Person | None) -> bool:
    return before is not None and now is not None and before.survivor_id == now.survivor_id


@transaction.atomic
def end_interaction(
    interaction: Interaction, *, by: Actor, ending: str = Ending.SERVED, wrap_up: bool = True
) -> Interaction:
    """
    End a contact: a second time changes nothing. With `wrap_up` the work on it is over too.

    A served contact invites to the survey; enquiries nobody gave an outcome end as not resolved at wrap-up.
    """
    interaction = Interaction.objects.lock(interaction.pk)
    if interaction.ended_at is None:
        end_locked(interaction, by=by, at=clock.now(), ending=ending, wrap_up=wrap_up)
    elif wrap_up and interaction.wrapped_up_at is None:
        _wrap_up(interaction, by=by)
    return interaction


def end_locked(
    interaction: Interaction, *, by: Actor, at: datetime, ending: str = Ending.SERVED, wrap_up: bool = True
) -> None:
    """Do what `end_interaction` says, as a step of an action that holds the lock and has read the clock."""
    interaction.ended_at = at
    interaction.ending = ending
    if interaction.attended_at is not None:
        interaction.served_seconds = max(0, int((at - interaction.attended_at).total_seconds()))
    else:
        interaction.waited_seconds = max(0, int((at - interaction.started_at).total_seconds()))
    if wrap_up:
        _finish(interaction, at=at)
    interaction.save()
    if ending == Ending.SERVED:
        make_invitation(interaction, at=at)
    record(
        "interaction.ended",
        interaction,
        by=by,
        at=at,
        interaction=interaction,
        channel=interaction.channel,
        ending=ending,
    )


@transaction.atomic
def wrap_up_interaction(interaction: Interaction, *, by: Actor) -> Interaction:
    """
    Finish the work on an ended contact.

    :raises DomainError: the contact is still going on
    """
    interaction = Interaction.objects.lock(interaction.pk)
    require(permissions.is_attending(by, interaction), _("Only whoever attended a contact can finish it."))
    if interaction.ended_at is None:
        raise DomainError(_("The contact is still going on: end it first."))
    if interaction.wrapped_up_at is None:
        _wrap_up(interaction, by=by)
    return interaction


def _wrap_up(interaction: Interaction, *, by: Actor) -> None:
    now = clock.now()
    _finish(interaction, at=now)
    interaction.save(update_fields=["wrapped_up_at"])
    record(
        "interaction.wrapped_up",
        interaction,
        by=by,
        at=now,
        interaction=interaction,
        channel=interaction.channel,
    )


def _finish(interaction: Interaction, *, at: datetime) -> None:
    interaction.wrapped_up_at = at
    Enquiry.objects.filter(interaction=interaction, outcome="").update(outcome="not_resolved", closed_at=at)
