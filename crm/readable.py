"""
A person's export as a document to read: a tagged PDF (PDF/UA-1), in their language.

Values reach the page as data, never as markup, so that nothing anybody once wrote can change the document or read a file.
"""

import json
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from common import wording

TEMPLATE = Path(__file__).parent / "data" / "person_export.typ"
LONGEST = 2000  # letters of one value


def as_pdf(content: dict[str, Any]) -> bytes:
    """Return `crm.queries.holdings.holdings_of` as a PDF."""
    with translation.override(content["language"]):
        page = {
            "language": content["language"],
            "title": gettext("Everything Ventanilla holds about you"),
            "lead": gettext("As it was on %(day)s. The same data for machines come in the other file.")
            % {"day": _words(content["made_at"])},
            "nothing": gettext("Nothing."),
            "sections": [
                {"title": section["title"], "rows": [_pairs(row) for row in section["rows"]]}
                for section in content["sections"]
            ],
        }
    pdf: bytes = typst.compile(
        TEMPLATE.read_bytes(), sys_inputs={"page": json.dumps(page)}, format="pdf", pdf_standards=["ua-1"]
    )
    return pdf


def _pairs(row: dict[str, Any], before: str = "") -> list[list[str]]:
    """Every value of a row with what it is, those inside it too."""
    found: list[list[str]] = []
    for name, value in row.items():
        label = f"{before} · {label_of(name)}" if before else label_of(name)
        if isinstance(value, dict):
            found += _pairs(value, label)
        elif isinstance(value, list):
            found += [
                pair for number, one in enumerate(value, 1) for pair in _inner(one, f"{label} {number}")
            ]
        elif value not in (None, ""):
            found.append([label, _words(value)])
    return found


def _inner(one: Any, label: str) -> list[list[str]]:
    return _pairs(one, label) if isinstance(one, dict) else [[label, _words(one)]]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    text = str(value)
    moment = (
        parse_datetime(text)
        if isinstance(value, str) and len(text) in range(19, 40) and text[10:11] == "T"
        else None
    )
    if moment:
        return f"{wording.day(moment)}, {wording.clock_time(moment)}"
    return text[:LONGEST]


def label_of(name: str) -> str:
    """Return what a value of the export is, in words."""
    known = {
        "kind": gettext("Kind"),
        "value": gettext("Value"),
        "agency": gettext("Agency"),
        "in_use": gettext("In use"),
        "level": gettext("How sure (100 to 600)"),
        "learnt": gettext("How we learnt it"),
        "on": gettext("When"),
        "through": gettext("Through"),
        "what": gettext("What"),
        "expires": gettext("Holds until"),
        "ended": gettext("Ended"),
        "need": gettext("Need"),
        "detail": gettext("Detail"),
        "since": gettext("Since"),
        "until": gettext("Until"),
        "folio": gettext("Folio"),
        "procedure": gettext("Procedure"),
        "part": gettext("Your part"),
        "state": gettext("State"),
        "channel": gettext("Channel"),
        "filed": gettext("Filed"),
        "decided": gettext("Decided"),
        "answers": gettext("Answer"),
        "question": gettext("Question"),
        "answer": gettext("Answer"),
        "papers": gettext("Paper"),
        "name": gettext("Name"),
        "reason": gettext("Reason"),
        "received": gettext("Received"),
        "messages": gettext("Message"),
        "text": gettext("Text"),
        "internal_notes": gettext("Notes among staff (not handed out)"),
        "decisions": gettext("Decision"),
        "office": gettext("Office"),
        "began": gettext("Began"),
        "identity_level": gettext("How sure we were of who you are"),
        "matters": gettext("Matter"),
        "outcome": gettext("Outcome"),
        "grade": gettext("Grade"),
        "resolved": gettext("Resolved"),
        "comment": gettext("Comment"),
        "to": gettext("To"),
        "about": gettext("About"),
        "blocked_from": gettext("Blocked from"),
        "by": gettext("By"),
        "relation": gettext("Relation"),
        "given": gettext("Given names"),
        "surnames": gettext("Surnames"),
        "run": gettext("RUN"),
        "birth_date": gettext("Date of birth"),
        "number": gettext("Number"),
        "notes": gettext("Notes among staff (not handed out)"),
        "safe": gettext("Only you read or answer there"),
        "may_announce": gettext("Whoever answers may know that we call"),
        "language": gettext("Language"),
        "home_commune": gettext("Commune where you live"),
        "acts": gettext("Allows to"),
        "from": gettext("From"),
        "revoked": gettext("Revoked"),
        "registered": gettext("Registered"),
        "document": gettext("Document seen"),
        "revoked_because": gettext("Why it was revoked"),
    }
    return known.get(name, name)
