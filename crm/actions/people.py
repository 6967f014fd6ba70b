"""Entering what we learn about a person, with how sure we are."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from common import clock
from crm.models import ContactPoint, Interaction, Person, PersonAttribute, PersonIdentifier
from crm.models.person import HomeCommune, PersonKind
from events.record import record


@transaction.atomic
def know_person(
    *,
    by: Actor,
    name: str,
    run: str | None = None,
    kind: str = PersonKind.HUMAN,
    level: int = 100,
    email: str = "",
    phone: str = "",
    commune_code: str | None = None,
    birth_date: str | None = None,
    interaction: Interaction | None = None,
    synthetic: bool = False,
) -> Person:
    """
    Return the one person with this RUN, or a new one; what was told is added with its level and source.

    A weaker statement never overwrites a surer one: it is kept beside it. Without a RUN a new person is made: equal names,
    phones or mails join nobody.

    :param run: canonical RUN (`12345678-5`), already checked
    """
    return enter_person(
        by=by,
        at=clock.now(),
        name=name,
        run=run,
        kind=kind,
        level=level,
        email=email,
        phone=phone,
        commune_code=commune_code,
        birth_date=birth_date,
        interaction=interaction,
        synthetic=synthetic,
    )


def enter_person(
    *,
    by: Actor,
    at: datetime,
    name: str,
    run: str | None = None,
    kind: str = PersonKind.HUMAN,
    level: int = 100,
    email: str = "",
    phone: str = "",
    commune_code: str | None = None,
    birth_date: str | None = None,
    interaction: Interaction | None = None,
    synthetic: bool = False,
) -> Person:
    """Do what `know_person` says, as a step of an action that has its transaction and has read the clock."""
    person = _by_run(run) if run else None
    if person is None:
        new = Person(name=name[:250], kind=kind, created_at=at, is_synthetic=synthetic)
        person = _create(new, run=run, level=level, interaction=interaction, by=by)
    elif name and level > 100 and level > _level_of(person, "name"):
        person.name = name[:250]
        person.save(update_fields=["name"])
    _add_attributes(
        person, {"name": name, "birth_date": birth_date, "commune": commune_code}, level, interaction, at
    )
    _add_contact_points(person, email, phone, level, interaction, at)
    if run and level > 100:
        PersonIdentifier.objects.filter(person=person, value=run, level__lt=level).update(level=level)
    if commune_code:
        HomeCommune.objects.bulk_create(
            [HomeCommune(person=person, commune_id=commune_code)],
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["commune"],
        )
    return person


def _by_run(run: str) -> Person | None:
    found = (
        PersonIdentifier.objects.filter(kind="run", country="CL", value=run, is_active=True)
        .select_related("person")
        .first()
    )
    return found.person if found else None


def _create(
    person: Person, *, run: str | None, level: int, interaction: Interaction | None, by: Actor
) -> Person:
    at = person.created_at
    if run:
        try:
            with transaction.atomic():
                person.save(force_insert=True)
                PersonIdentifier.objects.create(
                    person=person, value=run, level=level, interaction=interaction, at=at
                )
        except IntegrityError:  # another contact entered the same RUN a moment ago
            found = _by_run(run)
            if found is None:
                raise
            return found
    else:
        person.save(force_insert=True)
    record(
        "person.known",
        person,
        by=by,
        at=at,
        interaction=interaction,
        channel=interaction.channel if interaction else "",
    )
    return person


def _level_of(person: Person, key: str) -> int:
    found = person.attributes.filter(key=key).order_by("-level").values_list("level", flat=True).first()
    return found or 0


def _add_attributes(
    person: Person, values: dict[str, Any], level: int, interaction: Interaction | None, at: datetime
) -> None:
    PersonAttribute.objects.bulk_create(
        PersonAttribute(person=person, key=key, value=value, level=level, interaction=interaction, at=at)
        for key, value in values.items()
        if value
    )


def _add_contact_points(
    person: Person, email: str, phone: str, level: int, interaction: Interaction | None, at: datetime
) -> None:
    points = [("email", email.strip().lower()), ("phone", phone)]
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(person=person, kind=kind, value=value, level=level, interaction=interaction, at=at)
            for kind, value in points
            if value
        ],
        ignore_conflicts=True,
    )
