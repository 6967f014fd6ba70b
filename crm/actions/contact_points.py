"""How a person is reached, and how they wish to be: told by the person, in a contact, with who may answer in mind."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import channels, clock, phone
from common.errors import DomainError, require
from crm import permissions
from crm.models import ContactPoint, Interaction, Person, Process
from crm.models.person import LANGUAGES, ContactKind
from events.record import record

DECLARED = 100
SURE_ENOUGH = 300  # by phone: who changes what we hold must have answered the questions
UNSURE_BY_PHONE = _(
    "By phone the file is changed only for whoever answered the two questions. Write what they need as a note of this call, so that whoever "
    "serves them next reads it; at any office, with the identity card, it is put into the file."
)


@transaction.atomic
def add_contact_point(
    person: Person,
    *,
    by: Actor,
    interaction: Interaction,
    kind: str,
    value: str,
    is_safe: bool = True,
    may_announce: bool = True,
) -> ContactPoint:
    """
    Add a phone or an address of mail; what is there already is only changed. Others may have the same one: it joins nobody.

    :param is_safe: False: somebody who must not know may answer or read there; nothing is sent to it
    :param may_announce: False: whoever calls says who they are to nobody but this person
    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: it is no telephone number or address; or we are not sure enough of who asks
    """
    person = require_told(person, by=by, interaction=interaction)
    value = _tidy(kind, value)
    now = clock.now()
    point, _is_new = ContactPoint.objects.update_or_create(
        person=person,
        kind=kind,
        value=value,
        defaults={"is_safe": is_safe, "may_announce": may_announce, "ended_at": None},
        create_defaults={
            "level": DECLARED,  # of a phone we know what the person says, however sure we are of the person
            "process": Process.DECLARED,
            "interaction": interaction,
            "at": now,
            "is_safe": is_safe,
            "may_announce": may_announce,
        },
    )
    tell(person, "contact_point", by=by, interaction=interaction)
    return point


@transaction.atomic
def end_contact_point(point: ContactPoint, *, by: Actor, interaction: Interaction) -> ContactPoint:
    """
    The person is not reached there any more; ended before, nothing changes.

    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: we are not sure enough of who asks
    """
    person = require_told(point.person, by=by, interaction=interaction)
    point = ContactPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
    if point.ended_at is None:
        point.ended_at = clock.now()
        point.save(update_fields=["ended_at"])
        tell(person, "contact_point", by=by, interaction=interaction)
    return point


@transaction.atomic
def prefer(person: Person, *, by: Actor, interaction: Interaction, channel: str, language: str) -> Person:
    """
    Note by which channel, and in which language, a person wishes to be served.

    :param channel: a registered channel's code; empty: no wish
    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: there is no such channel or language
    """
    person = require_told(person, by=by, interaction=interaction)
    if channel and channel not in {one.code for one in channels.known()}:
        raise DomainError(_("Choose one of the channels."), channel=_("Choose one of the channels."))
    if language not in LANGUAGES:
        raise DomainError(_("Choose one of the languages."), language=_("Choose one of the languages."))
    person.channel, person.language = channel, language
    person.save(update_fields=["channel", "language"])
    tell(person, "preference", by=by, interaction=interaction)
    return person


def require_told(person: Person, *, by: Actor, interaction: Interaction) -> Person:
    """Lock the record of the person before us and refuse anybody else; by phone, also whoever we are not sure enough of."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    require(
        permissions.is_attending(by, interaction) and permissions.can_correct(by, person),
        _("Only whoever has the person before them changes their file."),
    )
    if interaction.channel == "phone" and interaction.identity_level < SURE_ENOUGH:
        raise DomainError(UNSURE_BY_PHONE)
    return person


def _tidy(kind: str, value: str) -> str:
    if kind == ContactKind.PHONE:
        number = phone.normalise(value)
        if number is None:
            wrong = _(
                "This is no telephone number. Write it with its area or country code, like 9 8765 4321."
            )
            raise DomainError(wrong, value=wrong)
        return number
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        wrong = _("This is no e-mail address. Write it like name@example.cl.")
        raise DomainError(wrong, value=wrong) from None
    return address


def tell(person: Person, what: str, *, by: Actor, interaction: Interaction) -> None:
    """Write that something was told about a person; what, stands in the rows."""
    record(
        "person.told",
        person,
        by=by,
        at=clock.now(),
        interaction=interaction,
        channel=interaction.channel,
        what=what,
    )
