"""What an agency's program reads: lists of stages, a case in full, its thread. One statement each."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Role
from crm.models import Stage
from crm.queries.settled import settled_before
from events.models import Event

ROW = (
    "id", "state", "state_since", "order", "is_required", "due_on", "case_id", "assigned_to_id", "case__folio", "case__state",
    "case__revision", "case__submitted_at", "case__channel", "case__version__procedure__code", "case__version__number",
)  # fmt: skip


def listed_stages(
    actor: Actor, *, state: str = "", since: datetime | None = None, procedure: str = "", assigned: str = ""
) -> QuerySet[Any]:
    """
    Return the stages of the program's agency, in the order in which they changed last, as far as that order is settled: what changed after
    a change began that is being written is listed once that is written too.

    :param assigned: `yes`: to somebody; `no`: to nobody
    """
    rows: QuerySet[Any] = Stage.objects.of_agencies(actor)
    if settled := settled_before():
        rows = rows.filter(state_since__lt=settled)
    if state:
        rows = rows.filter(state=state)
    if since:
        rows = rows.filter(state_since__gte=since)
    if procedure:
        rows = rows.filter(procedure__code=procedure)
    if assigned:
        rows = rows.filter(assigned_to__isnull=assigned == "no")
    listed: QuerySet[Any] = rows.order_by("state_since", "id").values(*ROW)
    return listed


# One agency's part of a case, as JSON; the same wherever it is told.
_STAGES = """
(SELECT coalesce(json_agg(json_build_object(
    'id', s.id, 'agency', a.code, 'order', s."order", 'required', s.is_required, 'state', s.state, 'since', s.state_since,
    'due_on', s.due_on, 'assigned', s.assigned_to_id IS NOT NULL, 'decided_at', s.decided_at, 'reason', s.decision_reason
    ) ORDER BY s."order", s.id), '[]') FROM crm_stage s JOIN accounts_agency a ON a.id = s.agency_id WHERE s.case_id = c.id)
"""
# Whether a party's data are blocked at their request, and not by one that this agency decides: then it is not told who they are.
_CLOSED = """
(SELECT EXISTS (SELECT FROM crm_personblock b JOIN crm_person w ON w.id = b.person_id
    WHERE b.lifted_at IS NULL AND (b.until IS NULL OR b.until > clock_now())
      AND coalesce(w.merged_into_id, w.id) = coalesce(h.merged_into_id, h.id)
      AND NOT EXISTS (SELECT FROM crm_stage z WHERE z.case_id = b.case_id AND z.agency_id = %(agency)s)) AS is_so)
"""
# Where a paper stands on the day on which it must be good (`Document.state_on`, `crm.queries.requirements.day_of_judgement`).
_OVER = f"""
(d.expired_at IS NOT NULL OR coalesce(d.valid_until < (coalesce(c.decided_at, clock_now()) AT TIME ZONE '{settings.TIME_ZONE}')::date, false))
"""
# `RequestedPaper.objects.not_dropped`.
_NOT_DROPPED = """
(EXISTS (SELECT FROM crm_message n WHERE n.answers_id = r.question_id)
 OR EXISTS (SELECT FROM crm_message q JOIN crm_stage o ON o.id = q.stage_id
            WHERE q.id = r.question_id AND o.state = 'awaiting_citizen' AND q.at >= o.state_since)
 OR EXISTS (SELECT FROM crm_document d WHERE d.case_id = c.id AND d.requirement = r.requirement AND d.replaced_at IS NULL))
"""
# What the citizen wrote to this agency and nobody there has read (`crm.actions.read_messages`).
_UNREAD = """
EXISTS (SELECT FROM crm_message m LEFT JOIN crm_stage o ON o.id = m.stage_id WHERE m.case_id = c.id AND m.kind IN ('answer', 'message')
        AND m.read_at IS NULL AND m.redacted_at IS NULL AND (o.id IS NULL OR o.agency_id = %(agency)s))
"""
_WRITTEN = f"""
SELECT c.revision, json_build_object('folio', c.folio, 'state', c.state, 'revision', c.revision, 'stages', {_STAGES})::text
FROM crm_case c WHERE c.id = %s
"""  # noqa: S608  # nothing but ours
# OFFSET 0 keeps it from being made once for its digest and once more for itself.
_FULL = f"""
SELECT c.id, c.revision, d.digest, {_UNREAD}, CASE WHEN c.revision || '-' || d.digest <> ALL(%(known)s::text[]) THEN told.body END
FROM crm_case c JOIN catalog_procedureversion v ON v.id = c.version_id JOIN catalog_procedure p ON p.id = v.procedure_id,
LATERAL (SELECT json_build_object(
    'folio', c.folio, 'state', c.state, 'since', c.state_since, 'revision', c.revision,
    'procedure', json_build_object('code', p.code, 'version', v.number, 'title', json_build_object('es', v.title_es, 'en', v.title_en)),
    'channel', c.channel, 'language', c.language, 'answers', CASE WHEN NOT EXISTS (
        SELECT FROM crm_party t JOIN crm_person h ON h.id = t.person_id, LATERAL {_CLOSED} closed
        WHERE t.case_id = c.id AND t.role = 'applicant' AND closed.is_so) THEN c.answers::json
        ELSE (SELECT json_object_agg(key, value) FROM jsonb_each(c.answers) WHERE NOT starts_with(key, 'applicant_')) END,
     'submitted_at', c.submitted_at, 'decided_at', c.decided_at,
    'closed_at', c.closed_at, 'promised_on', c.promised_on, 'reopened', c.reopened_count, 'stages', {_STAGES},
    'parties', (SELECT coalesce(json_agg(json_build_object(
        'person', coalesce(h.merged_into_id, h.id), 'role', t.role, 'relation', t.relation, 'kind', h.kind, 'blocked', closed.is_so,
        'name', CASE WHEN NOT closed.is_so THEN h.name END,
        'numbers', (SELECT coalesce(json_agg(json_build_object('kind', i.kind, 'country', i.country, 'value', i.value) ORDER BY i.id), '[]')
                    FROM crm_personidentifier i WHERE i.person_id = h.id AND i.is_active AND NOT closed.is_so),
        'contacts', (SELECT coalesce(json_agg(json_build_object('kind', k.kind, 'value', k.value, 'safe', k.is_safe) ORDER BY k.id), '[]')
                     FROM crm_contactpoint k WHERE k.person_id = h.id AND k.ended_at IS NULL AND k.value IS NOT NULL AND NOT closed.is_so)
        ) ORDER BY t.id), '[]') FROM crm_party t JOIN crm_person h ON h.id = t.person_id, LATERAL {_CLOSED} closed
        WHERE t.case_id = c.id),
    'documents', (SELECT coalesce(json_agg(json_build_object(
        'id', d.id, 'requirement', d.requirement, 'name', d.name, 'content_type', d.content_type, 'size', d.size,
        'state', CASE WHEN {_OVER} AND d.state <> 'rejected' THEN 'expired' ELSE d.state END,
        'reason', d.reason, 'received_at', d.received_at, 'valid_until', d.valid_until, 'url', '/api/v1/cases/' || c.folio || '/documents/' || d.id
        ) ORDER BY d.received_at, d.id), '[]') FROM crm_document d WHERE d.case_id = c.id AND d.replaced_at IS NULL),
    'requested', (SELECT coalesce(json_agg(json_build_object(
        'requirement', r.requirement, 'words', r.words, 'question', r.question_id, 'at', r.at, 'answered', EXISTS (
            SELECT FROM crm_document d WHERE d.case_id = c.id AND d.requirement = r.requirement AND d.replaced_at IS NULL
              AND d.received_at > r.at AND d.state <> 'rejected' AND NOT {_OVER})
        ) ORDER BY r.at, r.id), '[]') FROM crm_requestedpaper r WHERE r.case_id = c.id AND {_NOT_DROPPED}),
    'messages', (SELECT coalesce(json_agg(json_build_object(
        'id', m.id, 'kind', m.kind, 'text', CASE WHEN m.withdrawn_at IS NULL THEN m.text END, 'at', m.at, 'stage', m.stage_id, 'answers', m.answers_id
        ) ORDER BY m.at, m.id), '[]') FROM crm_message m LEFT JOIN crm_stage o ON o.id = m.stage_id
        WHERE m.case_id = c.id AND (m.kind <> 'note' OR o.id IS NULL OR o.agency_id = %(agency)s))
    )::text AS body OFFSET 0) told, LATERAL (SELECT left(encode(sha256(convert_to(told.body, 'UTF8')), 'hex'), 20) AS digest OFFSET 0) d
WHERE c.folio = %(folio)s AND c.state <> 'draft'
  AND EXISTS (SELECT FROM crm_stage o WHERE o.case_id = c.id AND o.agency_id = %(agency)s)
"""  # noqa: S608  # likewise

_OWN = """
SELECT s.id, s.case_id, s.agency_id, s."order", s.state FROM crm_stage s JOIN crm_case c ON c.id = s.case_id
WHERE c.folio = %s AND s.agency_id = ANY(%s) ORDER BY s."order", s.id
"""


@dataclass(frozen=True)
class CaseTold:
    """A case in full, as JSON; `digest` is of all that, and `body` is None where it was named as known."""

    id: UUID
    revision: int
    digest: str
    has_unread: bool
    body: str | None


def case_in_full(actor: Actor, folio: str, *, known: Iterable[tuple[int, str]] = ()) -> CaseTold | None:
    """
    Return a case of the program's agency, with all that hangs on it but the thread; None when there is none.

    :param known: revisions and digests of what whoever asks has already. A revision alone does not tell: whom it is about may have moved,
        merged, or had their data blocked, and papers run out, without any act on the case

    One statement, and the JSON is made where the rows are: built in Python it cost ten times the rows themselves. Whom it lets see what is
    the rule of `Case.objects.visible_to` for an agency's program, and of the notes those of its own agency; a test holds the two together.
    """
    agencies = actor.agency_ids(Role.OFFICER)
    if not agencies:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _FULL,
            {
                "folio": folio,
                "agency": agencies[0],
                "known": [f"{revision}-{digest}" for revision, digest in known],
            },
        )
        found = cursor.fetchone()
    return CaseTold(*found) if found else None


def case_written(case_id: UUID) -> tuple[int, str]:
    """Return revision and JSON of what a write on a case answers."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [case_id])
        found: tuple[int, str] = cursor.fetchone()
    return found


def thread_of(case_id: UUID, *, kinds: Iterable[str], after: int, most: int) -> list[dict[str, Any]]:
    """Return what happened of these kinds in a case after the event with this number, in order; codes and ids only."""
    events = Event.objects.filter(
        subject_kind="case", subject_id=case_id, kind__in=list(kinds), seq__gt=after
    )
    rows: QuerySet[Any, Any] = events.order_by("seq").values(
        "id", "seq", "at", "kind", "actor_kind", "channel", "data"
    )
    return list(rows[:most])


def own_stages(actor: Actor, folio: str) -> list[Stage]:
    """
    The program's agency's parts of the case with this folio: their ids, order and state, which is all that an act needs before it locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [folio, actor.agency_ids(Role.OFFICER)])
        rows = cursor.fetchall()
    return [
        Stage(pk=pk, case_id=case, agency_id=agency, order=order, state=state)
        for pk, case, agency, order, state in rows
    ]


def state_hash(folio: str, stages: Iterable[tuple[int, str]]) -> str:
    """
    Return what both sides compare: SHA-256 of the folio and the order and state of each of the agency's parts.

    :param stages: `(order, state)` of one agency's parts
    """
    parts = ",".join(f"{order}:{state}" for order, state in sorted(stages))
    return hashlib.sha256(f"{folio}|{parts}".encode()).hexdigest()
