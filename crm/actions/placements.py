"""What came while a merge stood is given to whom it was, one contact and one part in a case at a time, with all that hangs on it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, require
from crm import permissions
from crm.actions.appearances import show, shown
from crm.actions.exports import withdraw_exports
from crm.models import (
    ContactPoint,
    Interaction,
    Mandate,
    Merge,
    Party,
    PartyRole,
    Person,
    PersonAttribute,
    PersonBlock,
    PersonIdentifier,
    PersonNeed,
    Placement,
)
from crm.queries.duplicates import contacts_meanwhile, parts_meanwhile
from crm.queries.people import surest
from events.record import record


@transaction.atomic
def place(
    merge: Merge,
    *,
    by: Actor,
    person: Person,
    interaction: Interaction | None = None,
    party: Party | None = None,
) -> Placement:
    """
    Say whose a contact, or a part in a case, was that came while a merge stood; only now, and only this row and what hangs on it, moves:
    what was told in the contact, or what was done in the case about its applicant.

    :param person: one of the two of the merge
    :raises NotAllowed: `by` does not resolve duplicates
    :raises DomainError: the merge stands; somebody placed it already; it is not one that came meanwhile; the other has this part already
    """
    require(permissions.can_resolve_duplicates(by), _("Only supervisors say whose a contact was."))
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    row = interaction or party
    if row is None or merge.undone_at is None:
        raise DomainError(_("Take the merge back first; then say whose each contact was."))
    if person.pk not in (merge.survivor_id, merge.merged_id):
        raise DomainError(_("Choose one of the two people."))
    known = Placement.objects.filter(merge=merge, interaction=interaction, party=party).first()
    if known is not None:
        if known.person_id == person.pk:
            return known
        raise DomainError(_("A colleague has said already whose this was. Nothing was changed."))
    meanwhile: Any = contacts_meanwhile(merge) if interaction else parts_meanwhile(merge)
    row = meanwhile.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if row is None:
        raise DomainError(_("This is not one of the contacts that came meanwhile."))
    now = clock.now()
    if person.pk == merge.merged_id:  # else it stays where it was written
        _move(row, person, by=by, at=now)
    placement = Placement.objects.create(
        merge=merge, interaction=interaction, party=party, person=person, at=now, by_id=by.signed_in_id
    )
    record("person.contact_placed", person, by=by, at=now, merge=str(merge.pk))
    return placement


def _move(row: Any, person: Person, *, by: Actor, at: datetime) -> None:
    before = row.person
    if isinstance(row, Party):
        if Party.objects.filter(case=row.case_id, person=person, role=row.role).exists():
            raise DomainError(
                _(
                    "They have this part in this case already, under their own record: leave this one where it is."
                )
            )
        if row.role == PartyRole.APPLICANT:
            _move_deeds(row, before, person, by=by, at=at)
    else:
        _move_told(row, before, person, at=at)
    row.person = person
    row.save(update_fields=["person"])


def _move_told(contact: Interaction, before: Person, person: Person, *, at: datetime) -> None:
    """What was told in a contact goes with it; what the other record knows already is not kept twice."""
    told = {"interaction": contact, "person": before}
    PersonIdentifier.objects.filter(**told).update(person=person)
    for point in ContactPoint.objects.filter(**told):
        _move_once(point, person, kind=point.kind, value=point.value)
    for need in PersonNeed.objects.filter(**told):
        _move_once(need, person, kind=need.kind, ended_at=need.ended_at)
    Mandate.objects.filter(interaction=contact, grantor=before).exclude(agent=person).update(grantor=person)
    Mandate.objects.filter(interaction=contact, agent=before).exclude(grantor=person).update(agent=person)
    _move_attributes(PersonAttribute.objects.filter(**told), before, person, at=at)


def _move_once(row: Any, person: Person, **same: Any) -> None:
    if type(row).objects.filter(person=person, **same).exists():
        row.delete()
    else:
        type(row).objects.filter(pk=row.pk).update(person=person)


def _move_deeds(part: Party, before: Person, person: Person, *, by: Actor, at: datetime) -> None:
    """What was done about the applicant in a case of a right goes with it: the block, what was corrected; an export held the other's."""
    PersonBlock.objects.filter(case=part.case_id, person=before).update(person=person)
    corrected = PersonAttribute.objects.filter(evidence__case=part.case_id, person=before)
    _move_attributes(corrected, before, person, at=at)
    withdraw_exports(part.case.exports.all(), by=by, at=at)


def _move_attributes(rows: Any, before: Person, person: Person, *, at: datetime) -> None:
    """Move what is known, and let both records show what is known of them surely from then on."""
    for row in list(rows):
        PersonAttribute.objects.filter(pk=row.pk).update(person=person)
        left, learnt = surest(before, row.key, at=at), surest(person, row.key, at=at)
        if left is not None and _shows(before, row):
            show(before, row.key, str(left.value))
        if learnt is not None and learnt.pk == row.pk and (row.key == "commune" or row.level_at(at) > 100):
            show(person, row.key, str(learnt.value))


def _shows(record: Person, row: PersonAttribute) -> bool:
    """Whether a record shows what an attribute says."""
    return row.key in {"name", "commune"} and shown(record.pk, row.key) == row.value
