"""
Everything held about one person, under every record of theirs, without anybody else's data (docs/person-export.md).

What a member of staff is called, what colleagues noted for each other, and what an applicant wrote of other people is left out: the
person reads the role and place of whoever acted, and how many such notes there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from catalog.questionnaires.forms import shown
from catalog.questionnaires.question import Question, Questionnaire
from common import clock
from crm import held
from crm.models import (
    BreakGlass,
    Case,
    ContactPoint,
    Mandate,
    MandateAct,
    Merge,
    MessageKind,
    Notification,
    Party,
    PartyRole,
    Person,
    PersonAttribute,
    PersonBlock,
    PersonIdentifier,
    PersonNeed,
    SurveyAnswer,
)
from crm.models.person import LANGUAGES
from crm.queries.erasures import contacts_of
from events.models import Event
from territory.queries.communes import commune_names

SCHEMA = "ventanilla/person-export/1"
MERGING = ("person.merged", "person.unmerged")
Row = dict[str, Any]


@contextmanager
def one_moment() -> Iterator[None]:
    """
    Read everything as it was at one moment: a repeatable-read transaction that writes nothing. Within a transaction that has begun,
    that one's own view holds.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def holdings_of(person: Person) -> Row:
    """Return what is held about a person, in their language, as plain values."""
    with one_moment(), translation.override(person.language):
        return {
            "schema": SCHEMA,
            "made_at": clock.now().isoformat(),
            "language": person.language,
            "sections": [
                {"code": section.code, "title": str(section.title), "rows": section.gather(person)}
                for section in held.sections()
            ],
        }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _learnt(row: Any) -> Row:
    """How surely something is known, how it was learnt, and in which contact."""
    contact = row.interaction
    return {
        "level": row.level,
        "learnt": str(row.get_process_display()),
        "on": _at(row.at),
        "through": contact.channel if contact else None,
    }


def numbers(person: Person) -> list[Row]:
    """RUN and other numbers."""
    rows = PersonIdentifier.objects.of(person).select_related("interaction", "agency").order_by("at", "pk")
    return [
        {
            "kind": str(row.get_kind_display()),
            "value": row.value,
            "agency": row.agency.name if row.agency else None,
            "in_use": row.is_active,
            **_learnt(row),
        }
        for row in rows
    ]


def attributes(person: Person) -> list[Row]:
    """What was learnt, each value that was ever held."""
    rows = PersonAttribute.objects.of(person).select_related("interaction").order_by("key", "at", "pk")
    return [
        {"what": row.key, "value": row.value, "expires": _at(row.expires_at), **_learnt(row)} for row in rows
    ]


def contact_points(person: Person) -> list[Row]:
    """Phones and addresses, and what the person asked us to mind before using each."""
    rows = ContactPoint.objects.of(person).select_related("interaction").order_by("at", "pk")
    return [
        {
            "kind": str(row.get_kind_display()),
            "value": row.value,
            "ended": _at(row.ended_at),
            "safe": row.is_safe,
            "may_announce": row.may_announce,
            **_learnt(row),
        }
        for row in rows
    ]


def wishes(person: Person) -> list[Row]:
    """How the person wishes to be served, and where we take them to live."""
    records = Person.objects.one_with(person).select_related("home__commune").order_by("created_at")
    return [
        {
            "language": str(LANGUAGES.get(row.language, row.language)),
            "channel": row.channel or None,
            "home_commune": row.home.commune.name if hasattr(row, "home") else None,
        }
        for row in records
    ]


def mandates(person: Person) -> list[Row]:
    """Mandates the person gave, with to whom; and those they hold, without whoever gave them: their data are theirs."""
    records = list(Person.objects.one_with(person).values_list("pk", flat=True))
    rows = Mandate.objects.filter(Q(grantor__in=records) | Q(agent__in=records)).select_related(
        "agent__merged_into"
    )
    return [_mandate(row, is_given=row.grantor_id in records) for row in rows.order_by("at", "pk")]


def _mandate(mandate: Mandate, *, is_given: bool) -> Row:
    row: Row = {
        "part": gettext("given") if is_given else gettext("held"),
        "kind": str(mandate.get_kind_display()),
        "acts": [str(MandateAct(act).label) for act in mandate.acts],
        "from": str(mandate.starts_on),
        "until": str(mandate.ends_on) if mandate.ends_on else None,
        "revoked": _at(mandate.revoked_at),
        "registered": _at(mandate.at),
    }
    if not is_given:
        return row
    agent = mandate.agent.merged_into or mandate.agent
    return row | {
        "to": agent.name,
        "document": mandate.evidence,
        "revoked_because": mandate.revoked_reason or None,
    }


def opened_with_reason(person: Person) -> list[Row]:
    """Each time somebody who did not have the person before them opened their file with a reason, and until when it stood open."""
    records = Person.objects.one_with(person).values("pk")
    rows = BreakGlass.objects.filter(person__in=records).order_by("at", "pk")
    return [{"on": _at(row.at), "until": _at(row.expires_at), "reason": row.reason} for row in rows]


def needs(person: Person) -> list[Row]:
    """What is needed to serve the person well."""
    rows = PersonNeed.objects.of(person).order_by("at", "pk")
    return [
        {
            "need": str(row.get_kind_display()),
            "detail": row.detail,
            "since": _at(row.at),
            "until": _at(row.ended_at),
        }
        for row in rows
    ]


def cases(person: Person) -> list[Row]:
    """
    Cases in which the person has a part: all of those they applied for; of somebody else's, whether they signed for them or are named in
    it, only that it was filed, and their own entry.
    """
    parts = (
        Party.objects.of(person)
        .select_related("case__version__procedure__agency", "case__commune")
        .prefetch_related("case__stages__agency", "case__documents", "case__messages")
        .order_by("case__submitted_at", "pk")
    )
    numbers_of = set(PersonIdentifier.objects.of(person).values_list("value", flat=True)) - {None}
    return [_case(part, numbers_of) for part in parts]


def _case(part: Party, numbers_of: set[str | None]) -> Row:
    case = part.case
    row: Row = {
        "folio": case.folio,
        "procedure": case.version.title,
        "agency": case.version.procedure.agency.name,
        "part": str(part.get_role_display()),
        "filed": _at(case.submitted_at),
    }
    if part.role != PartyRole.APPLICANT:
        return row | {"answers": _named_by_others(case, numbers_of)}
    messages = [one for one in case.messages.all() if one.kind != MessageKind.NOTE]
    return row | {
        "state": str(case.get_state_display()),
        "channel": case.channel,
        "decided": _at(case.decided_at),
        "answers": _answers(case, numbers_of),
        "papers": [
            {
                "name": one.name,
                "state": str(one.get_state_display()),
                "reason": one.reason,
                "received": _at(one.received_at),
            }
            for one in case.documents.all()
        ],
        "messages": [
            {"kind": str(one.get_kind_display()), "text": one.text, "on": _at(one.at)} for one in messages
        ],
        "internal_notes": sum(one.kind == MessageKind.NOTE for one in case.messages.all()),
        "decisions": [
            {
                "agency": one.agency.name,
                "state": str(one.get_state_display()),
                "on": _at(one.decided_at),
                "reason": one.decision_reason,
            }
            for one in case.stages.all()
        ],
    }


def _answers(case: Case, numbers_of: set[str | None]) -> list[Row]:
    answers = case.answers or {}
    asked = Questionnaire(case.version.content).asked(answers) if answers else []
    communes = commune_names([str(answers.get(q.key)) for q in asked if q.kind == "commune"])
    return [
        {"question": q.label, "answer": _people(q, answers, numbers_of)}
        if q.kind == "people"
        else {"question": q.label, "answer": str(shown(q, answers.get(q.key), communes))}
        for q in asked
    ]


def _people(question: Question, answers: Row, numbers_of: set[str | None]) -> list[Row]:
    """Of others only what they are to the applicant."""
    relations = dict(question.relations)
    return [
        _own_entry(one)
        if one.get("run") in numbers_of
        else {"relation": str(relations.get(one.get("relation", ""), ""))}
        for one in answers.get(question.key) or []
    ]


def _named_by_others(case: Case, numbers_of: set[str | None]) -> list[Row]:
    """What somebody else's application says of this person: their own entry, found by their number."""
    answers = case.answers or {}
    lists = (
        [q for q in Questionnaire(case.version.content).questions if q.kind == "people"] if answers else []
    )
    return [
        {"question": q.label, "answer": [_own_entry(one)]}
        for q in lists
        for one in answers.get(q.key) or []
        if one.get("run") in numbers_of
    ]


def _own_entry(one: Row) -> Row:
    return {
        name: one.get(name)
        for name in ("given", "surnames", "run", "birth_date", "relation")
        if one.get(name)
    }


def contacts(person: Person) -> list[Row]:
    """Each time the person was attended: where, when, for what; not by whom."""
    rows = (
        contacts_of(person)
        .select_related("office")
        .prefetch_related("enquiries__version")
        .order_by("started_at")
    )
    return [
        {
            "channel": row.channel,
            "office": row.office.name if row.office else None,
            "began": _at(row.started_at),
            "ended": _at(row.ended_at),
            "identity_level": row.identity_level,
            "matters": [
                {
                    "kind": str(one.get_kind_display()),
                    "procedure": one.version.title if one.version else None,
                    "outcome": str(one.get_outcome_display()),
                }
                for one in row.enquiries.all()
            ],
        }
        for row in rows
    ]


def surveys(person: Person) -> list[Row]:
    """Grades and comments."""
    rows = SurveyAnswer.objects.filter(invitation__interaction__in=contacts_of(person)).order_by("at")
    return [
        {"grade": row.grade, "resolved": row.resolved, "comment": row.comment, "on": _at(row.at)}
        for row in rows
    ]


def notifications(person: Person) -> list[Row]:
    """What was sent to the person."""
    points = ContactPoint.objects.of(person).values("pk")
    rows = (
        Notification.objects.filter(contact_point__in=points)
        .select_related("contact_point", "case")
        .order_by("at")
    )
    return [
        {
            "to": row.contact_point.value if row.contact_point else None,
            "folio": row.case.folio if row.case else None,
            "about": row.template,
            "state": str(row.get_state_display()),
            "on": _at(row.sent_at or row.at),
        }
        for row in rows
    ]


def redactions(person: Person) -> list[Row]:
    """What was erased already, and when data were blocked."""
    mine = Case.objects.with_party(person).filter(redacted_at__isnull=False).order_by("redacted_at")
    erased = [{"what": case.folio, "on": _at(case.redacted_at)} for case in mine]
    blocks = PersonBlock.objects.of(person).order_by("at")
    return [
        *erased,
        *({"blocked_from": _at(one.at), "until": _at(one.lifted_at or one.until)} for one in blocks),
    ]


def happened(person: Person) -> list[Row]:
    """What was done with the record itself: entered, merged, corrected, blocked."""
    from events.registry import kind_of

    ids = list(Person.objects.one_with(person).values_list("pk", flat=True))
    rows = Event.objects.filter(subject_kind="person", subject_id__in=ids).exclude(kind__in=MERGING)
    told = [(row.at, row.kind, row.channel) for row in rows.order_by("seq")]
    for merge in Merge.objects.filter(
        Q(survivor__in=ids) | Q(merged__in=ids)
    ):  # told of both records, and of its undoing
        told.append((merge.at, "person.merged", ""))
        if merge.undone_at:
            told.append((merge.undone_at, "person.unmerged", ""))
    told.sort(key=lambda one: one[0])
    return [
        {"what": str(kind_of(kind).staff_label), "on": _at(at), "channel": channel or None}
        for at, kind, channel in told
    ]
