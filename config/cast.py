"""
The demo cast: named people in every role, used in the demo, in screenshots and in the tests. Their one password is printed at start-up.

Only `DEMO=1` and tests may make them.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import Agency, Membership, Role, User
from territory.models import Office

PASSWORD = "ventanilla-demo-101"  # noqa: S105  # the demo's, printed for everyone who starts it


@dataclass(frozen=True)
class CastMember:
    """A person of the demo: where they work and what they do."""

    name: str
    email: str
    role: Role
    office: str = ""
    agency: str = ""


CAST = (
    CastMember("Clara Fuentes", "clara@demo.invalid", Role.CLERK, office="OF-13101-1"),
    CastMember("Diego Rojas", "diego@demo.invalid", Role.CLERK, office="OF-13101-1"),
    CastMember("Hugo Paredes", "hugo@demo.invalid", Role.HOST, office="OF-13101-1"),
    CastMember("Marta Coñoepán", "marta@demo.invalid", Role.CLERK, office="MO-09-1"),
    CastMember("Bruno Salas", "bruno@demo.invalid", Role.AGENT),
    CastMember("Beatriz Lagos", "beatriz@demo.invalid", Role.AGENT),
    CastMember("Sofía Araya", "sofia@demo.invalid", Role.SUPERVISOR),
    CastMember("Silvia Mella", "silvia@demo.invalid", Role.SUPERVISOR, office="OF-13101-1"),
    CastMember("Óscar Núñez", "oscar@demo.invalid", Role.OFFICER, agency="IPS"),
    CastMember("Olga Vidal", "olga@demo.invalid", Role.OFFICER, agency="SRCEI"),
    CastMember("Ofelia Rivas", "ofelia@demo.invalid", Role.CHIEF, agency="SRCEI"),
    CastMember("Omar Tapia", "omar@demo.invalid", Role.OFFICER, agency="SERCOTEC"),
    CastMember("Sara Quiñones", "sara@demo.invalid", Role.OFFICER, agency="SAG"),
    CastMember("Samuel Ortiz", "samuel@demo.invalid", Role.OFFICER, agency="SEREMI-SALUD"),
    CastMember("Alicia Bahamonde", "alicia@demo.invalid", Role.OFFICER, agency="ADUANA"),
    CastMember("Elena Pizarro", "elena@demo.invalid", Role.EDITOR, agency="SRCEI"),
    CastMember("Esteban Mora", "esteban@demo.invalid", Role.EDITOR, agency="SRCEI"),
    CastMember("Rita Godoy", "rita@demo.invalid", Role.REVIEWER, agency="SRCEI"),
    CastMember("Pablo Ibarra", "pablo@demo.invalid", Role.PUBLISHER),
    CastMember("Ana Valdés", "ana@demo.invalid", Role.ANALYST),
    CastMember("Aldo Reyes", "aldo@demo.invalid", Role.ANALYST),
    CastMember("Adela Marín", "adela@demo.invalid", Role.ADMINISTRATOR),
)
# Amina, the citizen of the walk, has no sign-in: citizens need none. Dina, the stranger, has one that opens nothing.
STRANGER = ("Dina Soto", "dina@demo.invalid")


@transaction.atomic
def load_cast() -> list[User]:
    """
    Make the cast, or bring it back to what it should be.

    :raises RuntimeError: outside the demo and tests
    """
    if not (settings.DEMO or settings.TESTING):
        raise RuntimeError("The demo's cast exists only with DEMO=1.")
    users = [_make(member) for member in CAST]
    _user(*STRANGER)
    return users


def _make(member: CastMember) -> User:
    user = _user(member.name, member.email)
    office = Office.objects.get(code=member.office) if member.office else None
    agency = Agency.objects.get(code=member.agency) if member.agency else None
    Membership.objects.get_or_create(user=user, role=member.role, office=office, agency=agency, ends_at=None)
    return user


def _user(name: str, email: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, is_demo=True)
    return user
