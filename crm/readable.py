"""
A person's export as a document to read: a tagged PDF (PDF/UA-1), in their language.

Values reach the page as data, never as markup, so that nothing anybody once wrote can change the document or read a file.
"""

import json
import re
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext, pgettext

from common import channels, phone, run, wording
from crm.told import TOLD
from events.registry import kind_of
from territory.queries.communes import commune_names

TEMPLATE = Path(__file__).parent / "data" / "person_export.typ"
LONGEST = 2000  # letters of one value
PHONE = re.compile(r"\+\d{8,15}")
RUN = re.compile(r"\d{1,8}-[\dkK]")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
            found.append([label, _worded(name, value, row)])
    return found


def _inner(one: Any, label: str) -> list[list[str]]:
    return _pairs(one, label) if isinstance(one, dict) else [[label, _words(one)]]


def _worded(name: str, value: Any, row: dict[str, Any]) -> str:
    """A value in words: the codes that machines read in the other file are said here as everywhere else."""
    if name in {"channel", "through"}:
        return str(channels.get(value).label)
    if name == "what":
        return attribute_words().get(value, _words(value))
    if name == "about":
        return notice_words().get(value, _words(value))
    if name == "value" and row.get("what") == "commune":
        return commune_names([str(value)]).get(str(value), str(value))
    return _words(value)


def attribute_words() -> dict[str, str]:
    """What can be known of a person, by its key."""
    return {"name": gettext("Name"), "birth_date": gettext("Date of birth"), "commune": gettext("Commune")}


def notice_words() -> dict[str, str]:
    """What was told in each notice, by its template."""
    return {
        told.template: str(kind_of(kind).citizen_label or kind_of(kind).staff_label)
        for kind, told in TOLD.items()
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    text = str(value)
    if PHONE.fullmatch(text):
        return phone.pretty(text)
    if RUN.fullmatch(text):
        return run.pretty(text)
    if DAY.fullmatch(text) and (day := parse_date(text)):
        return wording.day(day)
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
        "answers": pgettext("in a person's export", "Question"),
        "question": pgettext("in a person's export", "Asked"),
        "answer": pgettext("in a person's export", "Answer"),
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
        "to": pgettext("in a person's export", "Sent to"),
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
