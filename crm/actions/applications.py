"""An application: begun, filled in, filed. Every channel comes through these three."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog.models import Procedure, ProcedureVersion, Retirement
from catalog.queries.published import content_of, procedure_of, questionnaire_of
from catalog.questionnaires.checks import Judged, judged
from catalog.questionnaires.question import Question
from catalog.questionnaires.rules import BESIDE, BY_QUESTION
from catalog.sheets import Sheet, StageRow
from common import clock
from common.errors import DomainError, require
from common.rows import Changed, ChangedWhere, New, Part, write
from crm import folios, keys, permissions
from crm.actions.claims import claim_of
from crm.actions.enquiries import close_enquiry, open_enquiry
from crm.actions.interactions import end_interaction, end_locked, open_interaction
from crm.actions.levels import LevelTooLow
from crm.actions.parties import Sides, enter_parties
from crm.models import (
    Case,
    CaseState,
    Document,
    Enquiry,
    EnquiryOutcome,
    Interaction,
    Stage,
    StageState,
)
from crm.queries.durations import decision_time
from crm.queries.levels import takes_claim_code
from crm.queries.locked import locked_case_and_contact
from crm.terms import NETWORK_ZONE, begin_term, project
from events.record import gathered, record

MAX_ANSWERS_BYTES = 200_000
FILLED_BY_OTHER = _("This application is filled in by somebody else.")
INCOMPLETE = _("Some answers are missing or need to be mended before this can be filed.")
ENDED = _(
    "This procedure ended, so this can not be sent any more. Its page says why, and what to do instead."
)
_PAPERS = f"SELECT id, requirement FROM {Document._meta.db_table} WHERE case_id = %s"  # noqa: S608  # a name of ours
_HAS_ENDED = (
    f"SELECT EXISTS (SELECT FROM {Retirement._meta.db_table} WHERE procedure_id = %s AND ended_at IS NULL)"  # noqa: S608  # likewise
)
_AGENCIES = f"SELECT code, id FROM {Agency._meta.db_table} WHERE code = ANY(%s)"  # noqa: S608  # likewise


class ProcedureEnded(DomainError):
    """Nobody can ask for it any more."""

    code = "procedure-ended"
    status = 409


@transaction.atomic
def begin_case(
    version: ProcedureVersion, *, by: Actor, interaction: Interaction, key: str, language: str = "es"
) -> Case:
    """
    Begin an application in a contact; it is a draft until it is filed, and keeps the version it was begun under.

    :param key: the key that will open it (`crm.keys.new_key()`); only its hash is stored
    :raises NotAllowed: `by` does not attend this contact
    """
    require(
        permissions.can_add_matters(by, interaction),
        _("Only whoever attends a contact begins an application in it."),
    )
    now = clock.now()
    case = Case(
        version=version,
        secret_hash=keys.hashed(key),
        source=interaction,
        channel=interaction.channel,
        language=language,
        state_since=now,
        begun_at=now,
        is_synthetic=interaction.is_synthetic,
    )
    case.save(force_insert=True)
    Enquiry(interaction=interaction, version=version, case=case, kind="apply", opened_at=now).save(
        force_insert=True
    )
    record("case.begun", case, by=by, at=now, interaction=interaction, channel=interaction.channel)
    return case


@transaction.atomic
def fill_case(
    case: Case, *, by: Actor, answers: dict[str, Any], unless_given: dict[str, Any] | None = None
) -> Case:
    """
    Keep answers of a draft, by question key.

    :param unless_given: answers that are kept only to questions that have none yet
    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    case = lock_draft(case, by=by)
    return keep_answers(case, {**(unless_given or {}), **(case.answers or {}), **answers})


def lock_draft(case: Case, *, by: Actor) -> Case:
    """Return a draft as it is now, locked for whoever may fill it in: the first step of every action that does."""
    case = Case.objects.select_related("source").lock(case.pk)
    require(permissions.can_fill(by, case), FILLED_BY_OTHER)
    if not case.is_draft:
        raise DomainError(_("This application was already filed; its answers can not be changed any more."))
    if case.redacted_at is not None:
        raise DomainError(
            _("This application was not sent in time and is not kept any more. Begin it again.")
        )
    return case


def keep_answers(case: Case, answers: dict[str, Any]) -> Case:
    """Save all answers of a locked draft: the last step of every action that fills it in."""
    if len(str(answers)) > MAX_ANSWERS_BYTES:
        raise DomainError(_("These answers are too long altogether. Shorten them, please."))
    case.answers = answers
    case.save(update_fields=["answers"])
    return case


@transaction.atomic
def submit_case(case: Case, *, by: Actor, ends_contact: bool = False, claim_code: str = "") -> Case:
    """
    File an application: the folio is assigned here, whatever any agency's system is doing. Filing again returns the same case.

    One of a bundle is filed with the others (`submit_together`).

    :param ends_contact: the contact it was begun in is over with it; one that ended by itself meanwhile stays so, and coming
        back to file is another one
    :param claim_code: opens the case by web once, told by whoever files to the person, where `takes_claim_code`
    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: an answer is missing or wrong; `fields` names the questions. Or a code is to be told, and it was filed already;
        or it is one of a bundle
    :raises ProcedureEnded: it was taken off the public pages meanwhile
    :raises LevelTooLow: this act on this channel needs a surer identity
    :raises MandateRefused: somebody speaks for another, by a mandate that does not allow it
    """
    return file_case(case, by=by, ends_contact=ends_contact, claim_code=claim_code)


def file_case(
    case: Case, *, by: Actor, ends_contact: bool, claim_code: str = "", is_together: bool = False
) -> Case:
    """
    Do what `submit_case` says, as a step of it or of an action that files several.

    :param is_together: the others of its bundle are filed in the same transaction
    """
    case, now = locked_case_and_contact(case.pk, contact_too=ends_contact)
    require(permissions.can_fill(by, case), FILLED_BY_OTHER)
    if case.bundle_id is not None and not is_together:
        raise DomainError(_("This was begun together with other applications: all are sent at once."))
    if not case.is_draft:
        if claim_code:
            raise DomainError(_("This application was filed already."))
        return case
    sheet = Sheet(content_of(case.version_id))
    _require_not_ended(case)
    given = _judged(case)
    if wrong := _wrong(case, given):
        raise DomainError(INCOMPLETE, **wrong)
    _require_level(case, sheet)
    answered = _keep_stored(case, given, now)
    case.commune_id = (case.answers or {}).get("applicant_commune")
    sheet = sheet.for_whom(case.answers or {}, case.commune_id)
    with gathered():
        sides, parties = enter_parties(case, sheet, by=by, at=now)
        stages = _made_stages(case, sheet, now)
        learnt = _learn_sides(case, sides)
        changed = _filed(case, stages, now)
        code = claim_of(case, claim_code, at=now) if claim_code and takes_claim_code(case) else None
        parts: list[Part] = [
            New(parties),
            New(stages),
            Changed(case, [*changed, *answered]),
            _case_opened(case, now),
        ]
        if learnt and not (ends_contact and case.source.ended_at is None):
            parts.append(Changed(case.source, learnt))
        write(*parts, New([code] if code else []))
        actor = by.for_person(sides.applicant.pk) if by.is_staff else by
        record(
            "case.submitted",
            case,
            by=actor,
            at=now,
            interaction=case.source,
            channel=case.channel,
            folio=case.folio,
            moved=[[str(stage.pk), "", str(stage.state)] for stage in stages],
            **{"from": CaseState.DRAFT.value, "to": CaseState.SUBMITTED.value},
        )
        if code:
            contact = case.source
            record(
                "case.claim_code_issued", case, by=by, at=now, interaction=contact, channel=contact.channel
            )
    if ends_contact:
        _end_contact(case, by=by, at=now)
    return case


def _keep_stored(case: Case, given: Judged, at: datetime) -> list[str]:
    """
    Keep of a case, in memory, the answers to what is asked, as they are stored, and put the papers of the others aside: agencies read what
    they ask. Return what changed.
    """
    before = case.answers or {}
    keys_asked = {question.key for question in given.asked}
    files = {one.requirement for one in questionnaire_of(case.version_id).questions if one.kind == "file"}
    if unasked := files - {one.requirement for one in given.asked}:
        case.documents.current().filter(requirement__in=unasked).update(replaced_at=at)
    kept = given.answers | {name: before[name] for name in BESIDE if before.get(name)}
    known = before.get(BY_QUESTION)
    if isinstance(known, dict):
        kept[BY_QUESTION] = {key: value for key, value in known.items() if key in keys_asked}
    if kept == before:
        return []
    case.answers = kept
    return ["answers"]


def _filed(case: Case, stages: list[Stage], at: datetime) -> tuple[str, ...]:
    """File a case in memory, by whom its contact is with; return what changed of it, its commune among it."""
    case.folio = folios.next_folio(clock.local_date(at, NETWORK_ZONE).year)
    case.move_to(CaseState.SUBMITTED, at=at)
    case.filed_by, case.filed_level = case.source.person, case.source.identity_level
    promised = _promise(case, stages)
    case.revision += 1
    changed = (
        "folio",
        "state",
        "state_since",
        "submitted_at",
        "filed_by",
        "filed_level",
        "commune",
        "revision",
    )
    return (*changed, *promised)


def _case_opened(case: Case, at: datetime) -> ChangedWhere:
    """The matter under which it was begun came out so."""
    asked = {"case": case, "interaction": case.source, "kind": "apply"}
    return ChangedWhere(
        Enquiry, asked, {"outcome": EnquiryOutcome.CASE_OPENED, "is_resolved": True, "closed_at": at}
    )


def _learn_sides(case: Case, sides: Sides) -> list[str]:
    """
    Say on the contact with whom it was and for whom, in memory, where that is not known; return what changed.

    In one that somebody attends, they alone say for whom a person speaks: it is what opens files.
    """
    contact = case.source
    changed: list[str] = []
    if contact.person_id is None and contact.represented_id is None:
        contact.person = sides.speaker
        contact.identity_level = max(contact.identity_level, 100)
        contact.commune_id = contact.commune_id or case.commune_id
        changed = ["person", "identity_level", "commune"]
    if contact.agent_id is None and contact.represented_id is None and sides.are_two:
        contact.represented = sides.applicant
        changed.append("represented")
    return changed


def _end_contact(case: Case, *, by: Actor, at: datetime) -> None:
    if case.source.ended_at is None:
        end_locked(case.source, by=by, at=at)
        return
    again = open_interaction(
        case.channel,
        by=by,
        person=case.source.person,
        represented=case.source.represented,
        commune=case.commune,
        reason="apply",
        language=case.language,
    )
    enquiry = open_enquiry(again, by=by, kind="apply", case=case)
    close_enquiry(enquiry, by=by, outcome=EnquiryOutcome.CASE_UPDATED)
    end_interaction(again, by=by)


def _require_not_ended(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HAS_ENDED, [procedure_of(case.version_id)])
        if cursor.fetchone()[0]:
            raise ProcedureEnded(ENDED)


def not_yet_right(case: Case) -> dict[str, str]:
    """Return what is missing or wrong in the answers of a draft: a sentence for each question."""
    return _wrong(case, _judged(case))


def _judged(case: Case) -> Judged:
    return judged(questionnaire_of(case.version_id), case.answers or {})


def _wrong(case: Case, given: Judged) -> dict[str, str]:
    return {**given.faults, **_papers_not_here(case, given.asked)}


def _papers_not_here(case: Case, questions: list[Question]) -> dict[str, str]:
    """
    Say at each question for a file whose answer names none that was given in this very application for it: answers come as they are from
    programs too.
    """
    answers = case.answers or {}
    asked = [question for question in questions if question.kind == "file" and answers.get(question.key)]
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PAPERS, [case.pk])
        own = {(str(pk), code) for pk, code in cursor.fetchall()}
    sentence = gettext("This file is not among the papers of this application. Attach it here, please.")
    return {
        question.key: sentence
        for question in asked
        if (_paper_named(answers[question.key]), question.requirement) not in own
    }


def _paper_named(answer: Any) -> str:
    is_one = isinstance(answer, dict) and isinstance(answer.get("name"), str)
    return str(answer.get("document")).lower() if is_one else ""


def _require_level(case: Case, sheet: Sheet) -> None:
    needed = sheet.level(case.channel, "submit")
    if needed > max(100, case.source.identity_level):
        raise LevelTooLow(
            gettext(
                "This procedure asks us to be surer of who you are. Bring your identity card to an office: "
                "there it can be filed at once, with everything you wrote here."
            )
        )


def _made_stages(case: Case, sheet: Sheet, now: datetime) -> list[Stage]:
    """Return the parts of the agencies that decide a case, as they begin; not written yet."""
    today = clock.local_date(now, NETWORK_ZONE)
    rows = sheet.stages or [StageRow("", 1, True, sheet.term_business_days, sheet.term_calendar_days)]
    chosen = {row: str((case.answers or {}).get(row.addressed_by) or "") for row in rows if row.addressed_by}
    codes = {row.agency for row in rows} | set(chosen.values())
    with connection.cursor() as cursor:
        cursor.execute(_AGENCIES, [sorted(codes - {""})])
        agencies: dict[str, int] = dict(cursor.fetchall())
    deciding = {row: agencies.get(chosen.get(row, "")) or agencies.get(row.agency) for row in rows}
    own = 0 if all(deciding.values()) else _own_agency(case)
    first = min(row.order for row in rows)
    stages = [
        Stage(
            case=case,
            agency_id=deciding[row] or own,
            order=row.order,
            is_required=row.required,
            state=StageState.RECEIVED if row.order == first else StageState.WAITING,
            state_since=now,
            term_business_days=row.term_business_days,
            term_calendar_days=row.term_calendar_days,
        )
        for row in rows
    ]
    for stage in stages:
        if stage.order == first:
            begin_term(stage, today)
    project(stages, today)
    return stages


def _own_agency(case: Case) -> int:
    """The agency that the procedure belongs to: it decides what names no other."""
    procedure = procedure_of(case.version_id)
    agency_id: int = Procedure.objects.values_list("agency_id", flat=True).get(pk=procedure)
    return agency_id


def _promise(case: Case, stages: list[Stage]) -> list[str]:
    """Say on the case, in memory, what its receipt promises: the day of the law, and how long such cases really take; return what changed."""
    days = [stage.due_on for stage in stages if stage.is_required and stage.due_on]
    case.promised_on = case.receipt_promised_on = max(days, default=None)
    if estimate := decision_time(procedure_of(case.version_id)):
        case.half_days, case.most_days = estimate.half_days, estimate.most_days
        case.estimated_from = estimate.cases
    return ["promised_on", "receipt_promised_on", "half_days", "most_days", "estimated_from"]
