"""The numbers that name a person: each names one person while it is active."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from common import clock, run
from common.errors import DomainError
from crm.actions.contact_points import require_told, tell
from crm.levels import process_of
from crm.models import Interaction, Person, PersonIdentifier
from crm.models.person import IdentifierKind

SEEN = 500


class NumberTaken(DomainError):
    """The number is another person's; `person` is theirs, to be looked at as a possible duplicate."""

    code = "number-taken"
    status = 409

    def __init__(self, person: Person) -> None:
        said = _("Another record has this number already. If both are one person, say so below.")
        super().__init__(said, value=said)
        self.person = person


@transaction.atomic
def add_identifier(
    person: Person,
    *,
    by: Actor,
    interaction: Interaction,
    kind: str,
    value: str,
    country: str = "CL",
    agency: Agency | None = None,
    document_seen: bool = False,
) -> PersonIdentifier:
    """
    Give a person one more number: a RUN they got, a passport, a provisional number, the number they have at an agency.

    :param country: ISO 3166-1 alpha-2, the passport's
    :param document_seen: the clerk had the document before them (level 500); else it is what the person says
    :raises NotAllowed: `by` does not attend this person
    :raises NumberTaken: it is another person's
    :raises DomainError: it is no such number; or, by phone, we are not sure enough of who asks
    """
    person = require_told(person, by=by, interaction=interaction)
    value = canonical(kind, value)
    if kind == IdentifierKind.AGENCY and agency is None:
        raise DomainError(_("Choose the agency."), agency=_("Choose the agency whose number this is."))
    if kind == IdentifierKind.PASSPORT and not re.fullmatch("[A-Z]{2}", country):
        raise DomainError(_("Choose the country."), country=_("Choose the country of the passport."))
    level = SEEN if document_seen and interaction.channel != "phone" else 100
    fields: dict[str, Any] = {
        "kind": kind,
        "country": country if kind == IdentifierKind.PASSPORT else "CL",
        "agency": agency if kind == IdentifierKind.AGENCY else None,
        "value": value,
        "is_active": True,
    }
    taken = PersonIdentifier.objects.select_related("person").filter(**fields).first()
    if taken is None:
        taken = _enter(person, fields, level, interaction=interaction)
    if taken.person.survivor_id != person.survivor_id:
        raise NumberTaken(taken.person)
    if level > taken.level:
        taken.level, taken.process = level, process_of(level)
        taken.save(update_fields=["level", "process"])
    tell(person, "identifier", by=by, interaction=interaction)
    return taken


def _enter(
    person: Person, fields: dict[str, Any], level: int, *, interaction: Interaction
) -> PersonIdentifier:
    """Enter a new number, or return the one that somebody entered at this very moment."""
    try:
        with transaction.atomic():
            return PersonIdentifier.objects.create(
                person=person,
                level=level,
                process=process_of(level),
                interaction=interaction,
                at=clock.now(),
                **fields,
            )
    except IntegrityError:
        return PersonIdentifier.objects.select_related("person").get(**fields)


def canonical(kind: str, value: str) -> str:
    """
    Return a number in its one form.

    :raises DomainError: it is no such number
    """
    if kind not in IdentifierKind.values:
        raise DomainError(_("Choose the kind of number."), kind=_("Choose the kind of number."))
    plain = "".join(value.split())
    if kind == IdentifierKind.RUN:
        found = run.normalise(value)
        if found is None:
            wrong = _("Check the RUN: its last digit does not belong to it.")
            raise DomainError(wrong, value=wrong)
        return found
    tidy = plain.upper().replace(".", "").replace("-", "") if kind != IdentifierKind.AGENCY else plain.upper()
    if not re.fullmatch(r"[A-Z0-9./-]{4,40}", tidy):
        wrong = _("Write the number as it stands on the document: letters and digits, at least four.")
        raise DomainError(wrong, value=wrong)
    return tidy
