"""What a person needs to be served well, and what asks for special care."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm.actions.contact_points import require_told, tell
from crm.models import Interaction, NeedKind, Person, PersonNeed


@transaction.atomic
def note_need(
    person: Person, *, by: Actor, interaction: Interaction, kind: str, detail: str = ""
) -> PersonNeed:
    """
    Note an adaptation or a reason for care; noted before, only its detail is changed.

    :param detail: which language, which arrangement: a few words
    :raises NotAllowed: `by` does not attend this person
    :raises DomainError: there is no such need; or, by phone, we are not sure enough of who asks
    """
    person = require_told(person, by=by, interaction=interaction)
    if kind not in NeedKind.values:
        raise DomainError(_("Choose what the person needs."), kind=_("Choose what the person needs."))
    need, _is_new = PersonNeed.objects.update_or_create(
        person=person,
        kind=kind,
        ended_at=None,
        defaults={"detail": detail.strip()[:80]},
        create_defaults={"detail": detail.strip()[:80], "interaction": interaction, "at": clock.now()},
    )
    tell(person, "need", by=by, interaction=interaction)
    return need


@transaction.atomic
def end_need(need: PersonNeed, *, by: Actor, interaction: Interaction) -> PersonNeed:
    """
    The person does not need it any more; ended before, nothing changes.

    :raises NotAllowed: `by` does not attend this person
    """
    person = require_told(need.person, by=by, interaction=interaction)
    need = PersonNeed.objects.select_for_update(of=("self",)).get(pk=need.pk)
    if need.ended_at is None:
        need.ended_at = clock.now()
        need.save(update_fields=["ended_at"])
        tell(person, "need", by=by, interaction=interaction)
    return need
