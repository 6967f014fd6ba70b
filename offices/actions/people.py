"""With whom is this visit: found or entered, as they say or because the clerk saw their document."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import DomainError, require
from crm import actions as crm
from crm import reasons
from crm.files import StoredFile
from crm.models import Mandate, Person
from crm.models.person import PersonKind
from crm.permissions import is_attending
from crm.queries.people import number_of
from offices.models import Visit

DECLARED, DOCUMENT_SEEN = 100, 500


@transaction.atomic
def identify_here(visit: Visit, *, by: Actor, person: Person, document_seen: bool) -> Visit:
    """
    Say with whom the visit is, and open their file for it; a document seen makes RUN and name sure.

    :raises NotAllowed: `by` does not attend this visit
    """
    level = DOCUMENT_SEEN if document_seen else DECLARED
    interaction = crm.identify_person(visit.interaction, by=by, person=person, level=level)
    number = number_of(person)
    if document_seen and number and number.value:
        crm.know_person(by=by, name=person.name or "", run=number.value, level=level, interaction=interaction)
    crm.open_file(person, by=by, reason=reasons.AT_DESK, interaction=interaction)
    visit.interaction = interaction
    return visit


@transaction.atomic
def enter_person_here(
    visit: Visit,
    *,
    by: Actor,
    name: str,
    run: str | None,
    phone: str = "",
    email: str = "",
    document_seen: bool = False,
) -> Visit:
    """
    Enter a person we do not know yet (or know by this RUN already) and say that the visit is with them.

    :param run: canonical RUN, already checked; people without one are entered by name
    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: no name was written
    """
    if not name.strip():
        raise DomainError(_("Write the person's name."), name=_("Write the person's name."))
    level = DOCUMENT_SEEN if document_seen else DECLARED
    require(is_attending(by, visit.interaction), _("Only whoever attends a visit enters people in it."))
    person = crm.know_person(
        by=by,
        name=name.strip(),
        run=run,
        level=level,
        phone=phone,
        email=email,
        interaction=visit.interaction,
    )
    return identify_here(visit, by=by, person=person, document_seen=document_seen)


@transaction.atomic
def enter_represented_here(
    visit: Visit, *, by: Actor, name: str, run: str | None, kind: str = PersonKind.HUMAN
) -> Person:
    """
    Enter somebody for whom whoever is here speaks, as they say; a RUN that is known names its one person.

    :raises NotAllowed: `by` does not attend this visit
    """
    require(is_attending(by, visit.interaction), _("Only whoever attends a visit enters people in it."))
    return crm.know_person(by=by, name=name.strip(), run=run, kind=kind, interaction=visit.interaction)


@transaction.atomic
def register_mandate_here(
    visit: Visit, *, by: Actor, grantor: Person, agent: Person, file: StoredFile | None = None, **told: Any
) -> Mandate:
    """
    Register a mandate shown at the desk; whoever is here then speaks for the other at once, where the mandate is for that.

    :param told: what `crm.register_mandate` asks for
    :raises NotAllowed: `by` does not attend this visit
    :raises DomainError: the card of whoever is here was not seen; what is written does not fit together
    """
    interaction = visit.interaction
    mandate = crm.register_mandate(
        by=by, grantor=grantor, agent=agent, file=file, interaction=interaction, **told
    )
    here = interaction.person
    if here is not None and here.survivor_id != grantor.survivor_id:
        visit.interaction = crm.represent(interaction, by=by, represented=grantor, mandate=mandate)
    return mandate
