"""The agency API against its own description: whatever it is sent, it answers as the OpenAPI document says, and never breaks (40)."""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks

from catalog.api.document import openapi
from config.wsgi import application
from tests.crm.programs import kiosk, program_of
from tests.factories import crm
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db
HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = int(
    os.environ.get("AGENCY_API_EXAMPLES", "5")
)  # of each address; AGENCY_API_EXAMPLES looks longer
GUARDED = [
    (path, method)
    for path, methods in openapi()["paths"].items()
    for method, operation in methods.items()
    if operation.get("security")
]


@pytest.fixture
def there(procedure_version, submitted_case):
    """What exists: named in half of the tries, so that they come further than 404."""
    CommuneFactory()
    program, outside = program_of(procedure_version.procedure.agency, rate=60_000), kiosk(rate=60_000)
    contact = outside.post("contacts", {}).json()["id"]
    case = outside.post(f"contacts/{contact}/cases", {"procedure": "3430"}).json()["id"]
    matter = outside.post(f"contacts/{contact}/enquiries", {"kind": "inform"}).json()["id"]
    known = {
        "folio": submitted_case.folio,
        "paper": str(submitted_case.documents.get().pk),
        "contact": contact,
        "case": case,
        "matter": matter,
    }
    return known, program, outside


@pytest.fixture
def described(there):
    """The document, and the site behind it on the connection of the test: a request's end closes it no more than with Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in signals:
        signal.connect(close_old_connections)


# The description's own client does not close the files it is handed out.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("path", "method"), GUARDED)
def test_every_address_answers_as_it_is_described(described, there, path, method):
    known, program, outside = there
    operation = described[path][method.upper()]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def answers(case, is_known):
        if is_known and case.path_parameters:
            case.path_parameters = {
                name: known.get(name, value) for name, value in case.path_parameters.items()
            }
        asker = outside if "/contacts" in path else program
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {asker.secret}"}
        case.call_and_validate(checks=HELD)

    answers()


@pytest.mark.parametrize(("path", "method"), GUARDED)
def test_no_address_answers_without_a_credential(client, there, path, method):
    known, _program, _outside = there
    address = path.format(**known)

    assert getattr(client, method)(address, headers={"Idempotency-Key": "a"}).status_code == 401


def test_the_description_is_openapi_3_1_and_names_the_credential():
    document = openapi()

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["credential"] == {"type": "http", "scheme": "bearer"}
    assert len(GUARDED) == 24
    assert crm.AMINA["applicant_run"] not in str(document)
