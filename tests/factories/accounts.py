"""Agencies and people who sign in."""

from datetime import UTC, datetime
from typing import Any

import factory

from accounts.models import Agency, Membership, Role, User

PASSWORD = "a-long-test-password"


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agency
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"AG{n}")
    acronym = factory.SelfAttribute("code")
    name_es = factory.Sequence(lambda n: f"Servicio {n}")
    name_en = factory.SelfAttribute("name_es")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@test.invalid")
    name = "Una Persona"
    password = factory.django.Password(PASSWORD)


def staff(name: str, role: Role, **place: Any) -> User:
    """Return a person with one membership, long since in force."""
    first, _, last = name.lower().partition(" ")
    user = UserFactory(name=name, email=f"{first}.{last}@test.invalid".replace(" ", ""))
    Membership.objects.get_or_create(
        user=user, role=role, ends_at=None, defaults={"starts_at": datetime(2020, 1, 1, tzinfo=UTC), **place}
    )
    return user
