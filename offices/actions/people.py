"""With whom is this visit: found or entered, as they say or because the clerk saw their document."""

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common.errors import DomainError, require
from crm import actions as crm
from crm.models import Person
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
    crm.open_file(person, by=by, reason=gettext("Present at the desk"), interaction=interaction)
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
