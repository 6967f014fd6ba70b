"""Loading the reference data again: what people published stays."""

import io

import pytest
from django.core.management import call_command

from catalog import actions
from catalog.queries.published import published_version
from config.reference import sheets as reference
from tests.factories import catalog as sheets
from tests.factories.accounts import AgencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def file_of(monkeypatch):
    """Let the reference files be the one sheet given."""
    return lambda data: monkeypatch.setattr(reference, "read_sheets", lambda: [data])


def reload() -> str:
    out = io.StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue()


def test_what_people_published_stays_when_the_reference_data_is_loaded_again(
    file_of, procedure_version, editor, reviewer, publisher, actor_of
):
    draft = actions.begin_version(procedure_version.procedure, by=actor_of(editor))
    content = {**draft.content, "costs": [{"amount": 4100, "currency": "CLP"}]}
    draft = actions.edit_version(draft, by=actor_of(editor), content=content, revision=1)
    actions.send_to_review(draft, by=actor_of(editor))
    actions.review_version(draft, by=actor_of(reviewer), revision=2)
    actions.publish_version(draft, by=actor_of(publisher), revision=2)
    file_of(sheets.sheet())

    assert "created 0, changed 0, same 0, edited here 1" in reload()

    assert published_version("certificado-de-ejemplo").sheet.costs[0].amount == 4100


def test_what_nobody_edited_is_renewed_when_the_reference_data_is_loaded_again(file_of):
    sheets.publish(sheets.sheet(), agency=AgencyFactory(code="SRCEI"))
    file_of(sheets.sheet(costs=[{"amount": 4000}]))

    assert "changed 1, same 0, edited here 0" in reload()

    assert published_version("certificado-de-ejemplo").sheet.costs[0].amount == 4000
