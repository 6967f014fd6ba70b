"""
Who may open which address. Every route is either listed as public here, or guarded by a room, or open to whoever signs in (listed too).

A new route without an entry fails; every route is tried as a stranger, as nobody, and as every role.
"""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts import rooms
from accounts.models import Role
from tests.factories import accounts as people
from tests.factories.territory import OfficeFactory
from tests.test_house_rules import routes

# Anybody may open these, signed in or not. Each guards what it shows by itself where it shows anything of a person.
PUBLIC = {
    "account_login",
    "accounts:choose-password",
    "accounts:password-link",
    "accounts:sign-in",
    "callcentre-api:telephony",
    "callcentre-public:line-101",
    "catalog-api:agencies",
    "catalog-api:communes",
    "catalog-api:docs",
    "catalog-api:ficha",
    "catalog-api:legacy-agencies",
    "catalog-api:legacy-agency",
    "catalog-api:legacy-agency-fichas",
    "catalog-api:legacy-categories",
    "catalog-api:legacy-ficha",
    "catalog-api:legacy-fichas",
    "catalog-api:legacy-office",
    "catalog-api:legacy-offices",
    "catalog-api:legacy-suggest",
    "catalog-api:life-events",
    "catalog-api:list-agencies",
    "catalog-api:list-agency",
    "catalog-api:list-agency-fichas",
    "catalog-api:list-categories",
    "catalog-api:list-ficha",
    "catalog-api:list-fichas",
    "catalog-api:list-office",
    "catalog-api:list-offices",
    "catalog-api:list-suggest",
    "catalog-api:office",
    "catalog-api:offices",
    "catalog-api:openapi",
    "catalog-api:procedure",
    "catalog-api:procedures",
    "catalog-api:themes",
    "catalog-public:developers",
    "demo:cast",
    "demo:post",
    "health",
    "language",
    "metrics-api:dataset",
    "metrics-api:datasets",
    "metrics-public:dataset",
    "metrics-public:statistics",
    "offices-public:display",
    "offices-public:ticket",
    "offices-public:ticket-come",
    "offices-public:ticket-leave",
    "papers:paper",
    "patterns",
    "portal-machine:sitemap",
    "portal:about",
    "portal:accessibility",
    "portal:add-paper",
    "portal:agency",
    "portal:all",
    "portal:answer",
    "portal:apply",
    "portal:case",
    "portal:check",
    "portal:checklist",
    "portal:draft",
    "portal:follow",
    "portal:forget",
    "portal:forgotten",
    "portal:home",
    "portal:left",
    "portal:life-event",
    "portal:mistake",
    "portal:paper",
    "portal:places",
    "portal:privacy",
    "portal:procedure",
    "portal:question",
    "portal:receipt",
    "portal:receipt-paper",
    "portal:resume",
    "portal:search",
    "portal:survey",
    "portal:thanks",
    "portal:theme",
    "portal:vote",
    "portal:waits",
    "portal:withdraw",
    "robots",
}
# Whoever has signed in may open these.
SIGNED_IN = {"accounts:password", "accounts:rooms", "accounts:sign-out", "accounts:start"}

SAMPLES = {
    "UUIDConverter": uuid.UUID(int=7),
    "IntConverter": 7,
    "SlugConverter": "no-such-thing",
    "StringConverter": "no-such-thing",
    "PathConverter": "no-such-thing",
}


def guarded() -> Iterator[tuple[str, URLPattern, str]]:
    for name, pattern in routes():
        room = getattr(pattern.callback, "room", None)
        if room:
            yield name, pattern, room


def is_public(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "login_required", True) is False


def address(name: str, pattern: URLPattern) -> str:
    converters = pattern.pattern.converters
    return reverse(name, kwargs={key: SAMPLES[type(one).__name__] for key, one in converters.items()})


def someone(role: Role) -> Client:
    place = {}
    if role in {Role.CLERK, Role.HOST}:
        place = {"office": OfficeFactory(code="OF-13101-1")}
    if role in {Role.OFFICER, Role.EDITOR}:
        place = {"agency": people.AgencyFactory(code="SRCEI")}
    client = Client()
    client.force_login(people.staff(f"Rol {role.value}", role, **place))
    return client


def test_every_public_address_is_listed_and_every_listed_one_is_public():
    assert {name for name, pattern in routes() if is_public(pattern)} == PUBLIC


def test_every_other_address_is_in_a_room_or_listed_for_whoever_signs_in():
    names = {
        name
        for name, pattern in routes()
        if not is_public(pattern) and not getattr(pattern.callback, "room", None)
    }

    assert names == SIGNED_IN


def test_no_staff_address_opens_for_nobody_or_for_a_stranger(db, stranger):
    nobody, signed_in = Client(), Client()
    signed_in.force_login(stranger)

    for name, pattern, _room in guarded():
        url = address(name, pattern)
        for method in ("get", "post"):
            assert getattr(nobody, method)(url).status_code == 302, f"nobody {method} {name}"
            assert getattr(signed_in, method)(url).status_code in {403, 405}, f"stranger {method} {name}"


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_rooms_only(db, role):
    client = someone(role)

    for name, pattern, room in guarded():
        status = client.get(address(name, pattern)).status_code
        if role in rooms.get(room).roles:
            assert status in {200, 301, 302, 400, 403, 404, 405, 409, 422}, f"{role} {name} {status}"
        else:
            assert status in {403, 405}, f"{role} {name} {status}"
