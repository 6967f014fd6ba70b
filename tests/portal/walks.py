"""Filling in an application through its pages, as a citizen does."""

from typing import Any

from django.test import Client

from catalog.models import ProcedureVersion
from crm.panels.applications import questionnaire
from portal.models import Draft
from portal.queries.drafts import draft_by_code
from tests.factories.crm import pdf
from tests.factories.territory import CommuneFactory

TYPED: dict[str, dict[str, Any]] = {
    "applicant_name": {"applicant_name__given": "Amina", "applicant_name__surnames": "Rojas Soto"},
    "applicant_run": {"applicant_run": "12.345.678-5"},
    "applicant_email": {"applicant_email": "amina@test.invalid"},
    "applicant_phone": {"applicant_phone": "9 8765 4321"},
    "applicant_commune": {"applicant_commune": "13101"},
    "reason": {"reason": "work"},
    "lost_on": {"lost_on_day": "3", "lost_on_month": "2", "lost_on_year": "2026"},
    "copies": {"copies": "2"},
    "delivery": {"delivery": "no"},
    "declaration": {"declaration": "on"},
}


def begin(client: Client, version: ProcedureVersion) -> Draft:
    """Press “start”; return the draft that was begun."""
    CommuneFactory()
    response = client.post(f"/es/tramites/{version.procedure.slug}/solicitar/")
    assert response.status_code == 302, response.content
    return reload(Draft(code=response.url.rstrip("/").rpartition("/")[2]))


def reload(draft: Draft) -> Draft:
    """Return the draft as it is now."""
    found = draft_by_code(draft.code)
    assert found is not None
    return found


def typed(key: str) -> dict[str, Any]:
    """Return what is sent for a question, a new file each time."""
    return {"proof": pdf()} if key == "proof" else dict(TYPED[key])


def question(draft: Draft, key: str) -> str:
    """Return the address of a question."""
    return f"/es/solicitudes/{draft.code}/pregunta/{key}/"


def page(draft: Draft, name: str) -> str:
    """Return the address of one of the draft's other pages (revisar, guardada, comprobante)."""
    return f"/es/solicitudes/{draft.code}/{name}/"


def fill(client: Client, draft: Draft, *, until: str = "") -> Draft:
    """Answer question after question, until the check or the question named."""
    for _ in range(40):
        draft = reload(draft)
        following = questionnaire(draft.case).first_open(draft.case.answers or {})
        if following is None or following.key == until:
            return draft
        response = client.post(question(draft, following.key), typed(following.key))
        assert response.status_code == 302, (following.key, response.content)
    raise AssertionError("the questions never end")


def key_in(client: Client, draft: Draft) -> str:
    """Return the draft's key as this browser keeps it."""
    return client.cookies[f"key_{draft.code}"].value
