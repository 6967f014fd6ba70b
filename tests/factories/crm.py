"""People and cases, made through the same actions as everywhere."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from crm import actions, files, keys
from crm.models import Case, Interaction
from tests.factories.territory import CommuneFactory

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
AMINA = {
    "applicant_name": {"given": "Amina", "surnames": "Rojas Soto"},
    "applicant_run": "12345678-5",
    "applicant_email": "amina@test.invalid",
    "applicant_phone": "+56987654321",
    "applicant_commune": "13101",
}
ANSWERS = {"reason": "work", "copies": 2, "delivery": False, "declaration": True}


def pdf_of(text: str) -> bytes:
    """Return a small PDF with other bytes than any of another text."""
    return PDF.replace(b"<<>>", f"<</Title({text})>>".encode(), 1)


def pdf(name: str = "comprobante.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """Return a small PDF as a browser uploads it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def web_contact() -> Interaction:
    """Return a contact on the web."""
    return actions.open_interaction("web", by=Actor.visitor())


def draft_case(version: ProcedureVersion, *, contact: Interaction | None = None, **answers: Any) -> Case:
    """
    Return a filled-in draft; its key is `case.key`, its holder `case.holder`.

    :param contact: the contact it is begun in; one on the web where none is given
    """
    CommuneFactory()
    key = keys.new_key()
    by = Actor.system() if contact else Actor.visitor()
    case = actions.begin_case(version, by=by, interaction=contact or web_contact(), key=key)
    holder = Actor.visitor(frozenset({case.pk}))
    given = {**AMINA, **ANSWERS, **answers}
    if version.has_form:
        paper = actions.add_document(case, by=holder, file=files.store(pdf()), requirement="proof")
        given["proof"] = {"document": str(paper.pk), "name": paper.name}
    case = actions.fill_case(case, by=holder, answers=given)
    case.key, case.holder = key, holder  # type: ignore[attr-defined]
    return case


def filed_case(
    version: ProcedureVersion, *, identity_level: int = 0, contact: Interaction | None = None, **answers: Any
) -> Case:
    """
    Return a case that its applicant filed, on the web where no other contact is given.

    :param identity_level: how surely whoever files it is known as its applicant
    """
    draft = draft_case(version, contact=contact, **answers)
    if identity_level:
        run = draft.answers["applicant_run"]
        person = actions.know_person(by=Actor.system(), name="", run=run, level=identity_level)
        actions.identify_person(draft.source, by=Actor.system(), person=person, level=identity_level)
    case = actions.submit_case(draft, by=draft.holder)  # type: ignore[attr-defined]
    actions.end_interaction(case.source, by=Actor.system() if contact else draft.holder)  # type: ignore[attr-defined]
    case.key, case.holder = draft.key, draft.holder  # type: ignore[attr-defined]
    return case
