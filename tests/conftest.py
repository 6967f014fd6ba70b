"""People and clients as fixtures; things are made by the factories."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.http import FileResponse
from django.test import Client, TransactionTestCase
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Role, User
from tests import databases
from tests.browser import chromium, new_page  # noqa: F401  # fixtures
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import territory as places

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's own thread


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Make this worker's database under two roles; see tests/databases.py."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        name = databases.make(worker)
    yield
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture(autouse=True, scope="session")
def _owner_empties() -> Iterator[None]:
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: databases.empty()  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()
    translation.deactivate()  # the language of the page that the test before asked for last
    from territory.queries import calendar, communes

    calendar.forget()
    communes.forget()


@pytest.fixture(autouse=True)
def _files_put_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the files handed out that a test did not read: a server does it at the end of each answer, the test client does not."""
    handed: list[FileResponse] = []
    answer = BaseHandler.get_response

    def remember(self: BaseHandler, request: Any) -> Any:
        response = answer(self, request)
        if isinstance(response, FileResponse):
            handed.append(response)
        return response

    monkeypatch.setattr(BaseHandler, "get_response", remember)
    yield
    for response in handed:
        for close in response._resource_closers:
            close()


@pytest.fixture
def office(db: None) -> Any:
    return places.OfficeFactory(code="OF-13101-1", name="Ventanilla Santiago Centro")


@pytest.fixture
def other_office(db: None) -> Any:
    return places.OfficeFactory(code="OF-05101-1", name="Ventanilla Valparaíso")


@pytest.fixture
def agency(db: None) -> Any:
    return people.AgencyFactory(code="SRCEI", name_es="Servicio de Registro Civil e Identificación")


@pytest.fixture
def other_agency(db: None) -> Any:
    return people.AgencyFactory(code="IPS", name_es="Instituto de Previsión Social")


@pytest.fixture
def clerk(office: Any) -> User:
    return people.staff("Clara Fuentes", Role.CLERK, office=office)


@pytest.fixture
def second_clerk(office: Any) -> User:
    return people.staff("Diego Rojas", Role.CLERK, office=office)


@pytest.fixture
def other_clerk(other_office: Any) -> User:
    return people.staff("Pedro Lillo", Role.CLERK, office=other_office)


@pytest.fixture
def host(office: Any) -> User:
    return people.staff("Hugo Paredes", Role.HOST, office=office)


@pytest.fixture
def agent(db: None) -> User:
    return people.staff("Bruno Salas", Role.AGENT)


@pytest.fixture
def second_agent(db: None) -> User:
    return people.staff("Beatriz Lagos", Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return people.staff("Sofía Araya", Role.SUPERVISOR)


@pytest.fixture
def office_supervisor(office: Any) -> User:
    return people.staff("Silvia Mella", Role.SUPERVISOR, office=office)


@pytest.fixture
def officer(agency: Any) -> User:
    return people.staff("Olga Vidal", Role.OFFICER, agency=agency)


@pytest.fixture
def other_officer(other_agency: Any) -> User:
    return people.staff("Óscar Núñez", Role.OFFICER, agency=other_agency)


@pytest.fixture
def editor(agency: Any) -> User:
    return people.staff("Elena Pizarro", Role.EDITOR, agency=agency)


@pytest.fixture
def second_editor(agency: Any) -> User:
    return people.staff("Esteban Mora", Role.EDITOR, agency=agency)


@pytest.fixture
def reviewer(agency: Any) -> User:
    return people.staff("Rita Godoy", Role.REVIEWER, agency=agency)


@pytest.fixture
def publisher(db: None) -> User:
    return people.staff("Pablo Ibarra", Role.PUBLISHER)


@pytest.fixture
def analyst(db: None) -> User:
    return people.staff("Ana Valdés", Role.ANALYST)


@pytest.fixture
def administrator(db: None) -> User:
    return people.staff("Adela Marín", Role.ADMINISTRATOR)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody with a sign-in and no membership."""
    return people.UserFactory(name="Dina Soto", email="dina@test.invalid")


@pytest.fixture
def actor_of() -> Callable[[User], Actor]:
    return Actor.staff


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client(enforce_csrf_checks=False)
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def procedure_version(agency: Any) -> Any:
    """A published procedure with a form: six questions, a condition, a file."""
    return sheets.publish(sheets.sheet(), agency=agency)


@pytest.fixture
def submitted_case(procedure_version: Any) -> Any:
    """A case filed on the web by Amina, with its key as `case.key`."""
    from tests.factories import crm

    return crm.filed_case(procedure_version)


@pytest.fixture
def in_english() -> Iterator[None]:
    """Refusals are compared in their source language."""
    with translation.override("en"):
        yield
