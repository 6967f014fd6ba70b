"""Procedures, made and published through the editors' own action."""

import copy
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import Actor
from accounts.models import Agency
from catalog import actions
from catalog.models import Act, Agreement, DelegatedAct, Procedure, ProcedureVersion
from catalog.queries.published import current_version

SHEET: dict[str, Any] = {
    "code": "3430",
    "slug": "certificado-de-ejemplo",
    "agency": "SRCEI",
    "completeness": "full",
    "applicant": "person",
    "title": {"es": "Certificado de ejemplo", "en": "Example certificate"},
    "summary": {"es": "Un certificado para las pruebas.", "en": "A certificate for the tests."},
    "keywords": {"es": ["certificado", "papel"], "en": ["certificate", "paper"]},
    "audience": ["people"],
    "life_events": ["get-my-papers"],
    "themes": ["identity"],
    "popularity": 50,
    "sections": {
        "purpose": {"es": "Sirve para probar.", "en": "It is for testing."},
        "who_may": {"es": "Cualquier persona.", "en": "Anyone."},
        "validity": {"es": "60 días.", "en": "60 days."},
    },
    "requirements": [
        {"code": "id-card", "label": {"es": "Cédula de identidad", "en": "Identity card"}},
        {"code": "proof", "label": {"es": "Comprobante", "en": "Proof"}, "upload": True},
    ],
    "costs": [{"amount": 3820, "currency": "CLP", "condition": {"es": "Primera vez", "en": "First time"}}],
    "term": {"business_days": 10, "text": {"es": "10 días hábiles", "en": "10 business days"}},
    "legal_basis": [
        {"title": {"es": "Ley de ejemplo", "en": "Example law"}, "url": "https://example.org/ley"}
    ],
    "channels": {
        "online": {
            "mode": "complete",
            "minutes": 10,
            "text": {"es": "Llene el formulario.", "en": "Fill in the form."},
        },
        "office": {
            "mode": "complete",
            "minutes": 30,
            "text": {"es": "Vaya a una oficina.", "en": "Go to an office."},
        },
        "phone": {"mode": "start", "minutes": 8, "text": {"es": "Llame al 101.", "en": "Call 101."}},
    },
    "stages": [{"agency": "SRCEI", "order": 1, "required": True, "term_business_days": 10}],
    "form": [
        {
            "key": "reason",
            "type": "choice",
            "question": {"es": "¿Por qué lo pide?", "en": "Why do you ask for it?"},
            "options": [
                {"value": "work", "label": {"es": "Por trabajo", "en": "For work"}},
                {"value": "lost", "label": {"es": "Lo perdí", "en": "I lost it"}},
            ],
        },
        {
            "key": "lost_on",
            "type": "date",
            "past": True,
            "question": {"es": "¿Cuándo lo perdió?", "en": "When did you lose it?"},
            "show_if": {"question": "reason", "is": "lost"},
        },
        {
            "key": "copies",
            "type": "number",
            "minimum": 1,
            "maximum": 5,
            "question": {"es": "¿Cuántas copias?", "en": "How many?"},
        },
        {
            "key": "delivery",
            "type": "yes_no",
            "question": {"es": "¿Lo enviamos por correo?", "en": "Shall we mail it?"},
        },
        {
            "key": "address",
            "type": "address",
            "question": {"es": "¿A qué dirección?", "en": "To which address?"},
            "show_if": {"question": "delivery", "is": True},
        },
        {
            "key": "proof",
            "type": "file",
            "requirement": "proof",
            "question": {"es": "Adjunte el comprobante", "en": "Attach the proof"},
        },
        {
            "key": "declaration",
            "type": "declaration",
            "question": {"es": "Declaración", "en": "Declaration"},
            "statement": {"es": "Declaro que es verdad.", "en": "I declare it is true."},
        },
    ],
    "sources": [{"url": "https://example.org", "read_on": "2026-11-24", "facts": "all"}],
    "questions_for_agency": [],
}


def agreement_without_offices(agency: Agency) -> Agreement:
    """Return an agreement that lets everything be received by phone and in channels of others, and nothing at offices."""
    since = DateRange(date(2019, 1, 1), None)
    made = Agreement.objects.create(
        agency=agency, signed_on=date(2019, 1, 1), during=since, is_synthetic=True
    )
    DelegatedAct.objects.bulk_create(
        DelegatedAct(agreement=made, act=act, channel=channel, during=since)
        for act in (Act.INFORM, Act.RECEIVE)
        for channel in ("phone", "outside")
    )
    return made


def sheet(**changes: Any) -> dict[str, Any]:
    """Return a sheet like a reference file's, with changes on top."""
    return {**copy.deepcopy(SHEET), **changes}


def publish(data: dict[str, Any], *, agency: Agency, agreed: bool = True) -> ProcedureVersion:
    """Publish a sheet and return its version; where its agency has no agreement, one comes with it unless it is not `agreed`."""
    if agreed and not agency.agreements.filter(signed_on=date(2019, 1, 1)).exists():
        agreement_without_offices(agency)
    actions.put_sheet(agency, data, by=Actor.system())
    version = current_version(Procedure.objects.get(code=data["code"]))
    assert version is not None
    return version
