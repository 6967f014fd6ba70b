"""Bundles of procedures, made and published through the editors' own actions."""

import copy
from typing import Any

from accounts.actors import Actor
from accounts.models import Agency
from catalog import actions
from catalog.models import Bundle, LifeEvent, ProcedureVersion
from tests.factories.catalog import SHEET, publish, sheet

_OWN = {question["key"]: question for question in SHEET["form"]}
# Three of its questions are those of the first sheet; `reason` only has the same key.
BENEFIT_FORM: list[dict[str, Any]] = [
    {
        "key": "reason",
        "type": "choice",
        "question": {"es": "¿Por qué necesita el beneficio?", "en": "Why do you need the benefit?"},
        "options": [
            {"value": "income", "label": {"es": "Gano poco", "en": "I earn little"}},
            {"value": "illness", "label": {"es": "Estoy enfermo", "en": "I am ill"}},
        ],
    },
    {
        "key": "doctor",
        "type": "text",
        "question": {"es": "¿Quién es su médico?", "en": "Who is your doctor?"},
        "show_if": {"question": "reason", "is": "illness"},
    },
    _OWN["copies"],
    _OWN["proof"],
    _OWN["declaration"],
]


def benefit(**changes: Any) -> dict[str, Any]:
    """Return the sheet of a second procedure, of another agency, that asks for some of the same."""
    given: dict[str, Any] = {
        "code": "4000",
        "slug": "beneficio-de-ejemplo",
        "agency": "IPS",
        "title": {"es": "Beneficio de ejemplo", "en": "Example benefit"},
        "stages": [{"agency": "IPS", "order": 1, "required": True, "term_business_days": 20}],
        "form": copy.deepcopy(BENEFIT_FORM),
        "costs": [],
    }
    return sheet(**{**given, **changes})


def text(**changes: Any) -> actions.BundleText:
    """Return what a bundle says of itself."""
    given = {
        "title_es": "Nació un hijo",
        "title_en": "A child was born",
        "summary_es": "Todo en un formulario.",
        "summary_en": "All in one form.",
        "life_event": None,
    }
    return actions.BundleText(**{**given, **changes})


def make_bundle(versions: list[ProcedureVersion], *, code: str = "nace-un-hijo", **changes: Any) -> Bundle:
    """Return a draft of a bundle of these procedures."""
    procedures = [version.procedure for version in versions]
    return actions.make_bundle(by=Actor.system(), code=code, text=text(**changes), procedures=procedures)


def publish_bundle(versions: list[ProcedureVersion], *, code: str = "nace-un-hijo", **changes: Any) -> Bundle:
    """Return a published bundle of these procedures."""
    bundle = make_bundle(versions, code=code, **changes)
    return actions.publish_bundle(bundle, by=Actor.system(), revision=bundle.revision)


def life_event() -> LifeEvent:
    return LifeEvent.objects.create(
        code="have-a-child", title_es="Tener un hijo o una hija", title_en="Having a child"
    )


def two_procedures(agency: Agency, other_agency: Agency) -> list[ProcedureVersion]:
    """Publish the certificate of one agency and the benefit of another."""
    return [publish(sheet(), agency=agency), publish(benefit(), agency=other_agency)]
