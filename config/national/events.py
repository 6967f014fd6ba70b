"""The events of a batch, in the order of time; of one instant, in the order in which an action records them."""

# kind, subject kind, subject, actor kind, actor, contact, channel, data
_WEB = "w.contact, 'web'"
_VISIT = "w.visit, 'web'"
_AGENCY = "NULL::uuid, 'agency'"


def _stage(before: str, after: str) -> str:
    return f"'moved', jsonb_build_array(jsonb_build_array(w.stage, {before}, {after}))"


def _moved(before: str, after: str, more: str = "", stage: str = "") -> str:
    moves = _stage(stage or before, after)
    return f"jsonb_build_object('stage', w.stage, 'agency', a.code, {moves}, 'from', {before}, 'to', {after}{more})"


_FILED = f"jsonb_build_object('folio', w.folio, {_stage(repr(''), repr('received'))}, 'from', 'draft', 'to', 'submitted')"
_CLOSED = "jsonb_build_object('moved', '[]'::jsonb, 'from', w.decision, 'to', 'closed')"


_CASE_EVENTS = (
    ("w.begun_at", 1, "'interaction.opened', 'interaction', w.contact, 'visitor', NULL", _WEB, "'{}'", "true"),
    ("w.begun_at", 2, "'case.begun', 'case', w.id, 'visitor', NULL", _WEB, "'{}'", "true"),
    ("w.filed_at", 5, "'case.submitted', 'case', w.id, 'holder', NULL", _WEB, _FILED, "true"),
    ("w.filed_at", 6, "'interaction.ended', 'interaction', w.contact, 'holder', NULL", _WEB, "'{\"ending\": \"served\"}'", "true"),
    ("w.graded_at", 1, "'survey.answered', 'survey', w.survey, 'visitor', NULL", _WEB, "'{}'", "w.graded_at IS NOT NULL"),
    (
        "w.taken_at", 1, "'case.taken', 'case', w.id, 'staff', w.officer", _AGENCY,
        _moved("'submitted'", "'in_review'", stage="'received'"), "w.taken_at IS NOT NULL",
    ),
    (
        "w.asked_at", 1, "'case.asked', 'case', w.id, 'staff', w.officer", _AGENCY,
        _moved("'in_review'", "'awaiting_citizen'", ", 'message', w.question"), "w.asked_at IS NOT NULL",
    ),
    ("w.answered_at", 1, "'interaction.opened', 'interaction', w.visit, 'holder', NULL", _VISIT, "'{}'", "w.answered_at IS NOT NULL"),
    ("w.answered_at", 2, "'enquiry.opened', 'enquiry', w.follow, 'holder', NULL", _VISIT, "'{}'", "w.answered_at IS NOT NULL"),
    (
        "w.answered_at", 3, "'enquiry.closed', 'enquiry', w.follow, 'holder', NULL", _VISIT, "'{\"outcome\": \"status_told\"}'",
        "w.answered_at IS NOT NULL",
    ),
    ("w.answered_at", 4, "'case.status_told', 'case', w.id, 'holder', NULL", _VISIT, "'{}'", "w.answered_at IS NOT NULL"),
    (
        "w.answered_at", 5, "'interaction.ended', 'interaction', w.visit, 'holder', NULL", _VISIT, "'{\"ending\": \"served\"}'",
        "w.answered_at IS NOT NULL",
    ),
    (
        "w.answered_at", 6, "'case.answered', 'case', w.id, 'holder', NULL", _VISIT,
        _moved("'awaiting_citizen'", "'in_review'", ", 'message', w.reply"), "w.answered_at IS NOT NULL",
    ),
    ("w.answered_at", 7, "'enquiry.opened', 'enquiry', w.answer, 'holder', NULL", _VISIT, "'{}'", "w.answered_at IS NOT NULL"),
    (
        "w.answered_at", 8, "'enquiry.closed', 'enquiry', w.answer, 'holder', NULL", _VISIT, "'{\"outcome\": \"case_updated\"}'",
        "w.answered_at IS NOT NULL",
    ),
    (
        "w.decided_at", 1, "'case.' || w.decision, 'case', w.id, 'staff', w.officer", _AGENCY, _moved("'in_review'", "w.decision"),
        "w.decided_at IS NOT NULL",
    ),
    ("w.closed_at", 1, "'case.closed', 'case', w.id, 'system', NULL", _AGENCY, _CLOSED, "w.closed_at IS NOT NULL"),
)  # fmt: skip
_HERE = "w.contact, o.kind"
_QUEUE = "jsonb_build_object('office', w.office, 'desk', w.desk)"
_LEFT = "CASE w.ending WHEN 'abandoned' THEN 'visitor' ELSE 'staff' END, CASE w.ending WHEN 'abandoned' THEN NULL ELSE w.clerk END"
_VISIT_EVENTS = (
    ("w.taken_at", 1, "'interaction.opened', 'interaction', w.contact, 'staff', w.clerk", _HERE, "'{}'", "true"),
    (
        "w.taken_at", 6, "'interaction.identified', 'interaction', w.contact, 'staff', w.clerk", _HERE,
        "jsonb_build_object('person', p.id, 'level', 100)", "p.id IS NOT NULL",
    ),
    (
        "w.taken_at", 7, "'ticket.taken', 'ticket', w.ticket, 'staff', w.clerk", _HERE,
        "jsonb_build_object('office', w.office, 'desk', NULL)", "true",
    ),
    ("w.called_at", 1, "'ticket.called', 'ticket', w.ticket, 'staff', w.clerk", _HERE, _QUEUE, "w.called_at IS NOT NULL"),
    ("w.serving_at", 1, "'ticket.serving', 'ticket', w.ticket, 'staff', w.clerk", _HERE, _QUEUE, "w.serving_at IS NOT NULL"),
    ("w.serving_at", 2, "'interaction.attended', 'interaction', w.contact, 'staff', w.clerk", _HERE, "'{}'", "w.serving_at IS NOT NULL"),
    ("w.settled_at", 1, "'enquiry.opened', 'enquiry', w.enquiry, 'staff', w.clerk", _HERE, "'{}'", "w.settled_at IS NOT NULL"),
    (
        "w.settled_at", 2, "'enquiry.closed', 'enquiry', w.enquiry, 'staff', w.clerk", _HERE,
        "jsonb_build_object('outcome', w.outcome)", "w.settled_at IS NOT NULL",
    ),
    (
        "w.ended_at", 1, f"'ticket.' || CASE w.ending WHEN 'served' THEN 'finished' ELSE w.ending END, 'ticket', w.ticket, {_LEFT}", _HERE,
        "jsonb_build_object('office', w.office, 'desk', CASE WHEN w.called_at IS NOT NULL THEN w.desk END)", "true",
    ),
    (
        "w.ended_at", 2, f"'interaction.ended', 'interaction', w.contact, {_LEFT}", _HERE,
        "jsonb_build_object('ending', w.ending)", "true",
    ),
    ("w.graded_at", 1, "'survey.answered', 'survey', w.survey, 'visitor', NULL", _HERE, "'{}'", "w.graded_at IS NOT NULL"),
)  # fmt: skip


def _select(source: str, at: str, place: int, what: str, where: str, data: str, when: str) -> str:
    return f"SELECT {at}, {place}, {what}, {where}, ({data})::jsonb FROM {source} WHERE {when}"  # noqa: S608  # constants


_CASES = "work_case w JOIN accounts_agency a ON a.id = w.agency"
_VISITS = (
    "work_visit w JOIN territory_office o ON o.id = w.office LEFT JOIN work_person p ON p.number = w.person"
)
_KNOWN = "SELECT at, 4, 'person.known', 'person', id, actor, actor_id, contact, channel, '{}'::jsonb FROM work_first"
_ALL = "\nUNION ALL\n".join(
    [
        _KNOWN,
        *(_select(_CASES, *row) for row in _CASE_EVENTS),
        *(_select(_VISITS, *row) for row in _VISIT_EVENTS),
    ]
)
# What staff do in a contact they do for whoever it is with, from the moment that is known.
EVENTS = f"""
INSERT INTO events_event
    (id, at, kind, subject_kind, subject_id, actor_kind, actor_id, on_behalf_of, interaction_id, channel, data, delivered_at)
SELECT uuidv7(), at, happened.kind, subject_kind, subject_id, actor_kind, actor_id,
    CASE WHEN actor_kind = 'staff' AND happened.kind NOT IN ('interaction.opened', 'person.known') THEN i.person_id END,
    contact, happened.channel, data, at
FROM ({_ALL})
     AS happened (at, place, kind, subject_kind, subject_id, actor_kind, actor_id, contact, channel, data)
     LEFT JOIN crm_interaction i ON i.id = happened.contact
ORDER BY at, coalesce(contact, subject_id), place
"""  # noqa: S608  # built from the constants of this module
