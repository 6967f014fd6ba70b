"""An application: begun, filled in, filed. Every channel comes through these three."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog.models import ProcedureVersion
from catalog.questionnaires.forms import faults
from catalog.questionnaires.question import Questionnaire
from common import clock
from common.errors import DomainError, require
from crm import folios, keys, permissions
from crm.actions.interactions import NETWORK_ZONE
from crm.actions.people import enter_person
from crm.models import (
    Case,
    CaseState,
    Enquiry,
    EnquiryOutcome,
    Interaction,
    Party,
    PartyRole,
    Person,
    Stage,
    StageState,
)
from crm.models.person import PersonKind
from events.record import record
from territory.queries.calendar import add_business_days

DEFAULT_TERM = 20  # business days where a sheet states no term (Ley 19.880, art. 24: twenty days to decide)
MAX_ANSWERS_BYTES = 200_000


class LevelTooLow(DomainError):
    """The act needs to know more surely who the person is."""

    code = "identity-level"
    status = 403


@transaction.atomic
def begin_case(
    version: ProcedureVersion, *, by: Actor, interaction: Interaction, key: str, language: str = "es"
) -> Case:
    """
    Begin an application in a contact; it is a draft until it is filed, and keeps the version it was begun under.

    :param key: the key that will open it (`crm.keys.new_key()`); only its hash is stored
    """
    if by.is_staff:
        require(
            permissions.is_attending(by, interaction),
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
def fill_case(case: Case, *, by: Actor, answers: dict[str, Any]) -> Case:
    """
    Keep answers of a draft, by question key.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    case = Case.objects.select_related("source").lock(case.pk)
    require(permissions.can_fill(by, case), _("This application is filled in by somebody else."))
    if not case.is_draft:
        raise DomainError(_("This application was already filed; its answers can not be changed any more."))
    case.answers = {**(case.answers or {}), **answers}
    if len(str(case.answers)) > MAX_ANSWERS_BYTES:
        raise DomainError(_("These answers are too long altogether. Shorten them, please."))
    case.save(update_fields=["answers"])
    return case


@transaction.atomic
def submit_case(case: Case, *, by: Actor) -> Case:
    """
    File an application: the folio is assigned here, whatever any agency's system is doing. Filing again returns the same case.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: an answer is missing or wrong; `fields` names the questions
    :raises LevelTooLow: this act on this channel needs a surer identity
    """
    case = Case.objects.select_related("version__procedure", "source").lock(case.pk)
    require(permissions.can_fill(by, case), _("This application is filled in by somebody else."))
    if not case.is_draft:
        return case
    _require_complete(case)
    _require_level(case)
    now = clock.now()
    today = clock.local_date(now, NETWORK_ZONE)
    answers = case.answers or {}
    person = _applicant(case, answers, by=by, now=now)
    _add_parties(case, person, answers, by=by, now=now)
    stages = _make_stages(case, today, now)
    case.folio = folios.next_folio(today.year)
    case.move_to(CaseState.SUBMITTED, at=now)
    case.commune_id = answers.get("applicant_commune")
    case.promised_on = max(
        (stage.due_on for stage in stages if stage.is_required and stage.due_on), default=None
    )
    case.revision += 1
    case.save(
        update_fields=["folio", "state", "state_since", "submitted_at", "commune", "promised_on", "revision"]
    )
    Enquiry.objects.filter(case=case, interaction=case.source, kind="apply").update(
        outcome=EnquiryOutcome.CASE_OPENED, is_resolved=True, closed_at=now
    )
    if case.source.person_id is None:
        level = max(case.source.identity_level, 100)
        Interaction.objects.filter(pk=case.source_id).update(
            person=person, identity_level=level, commune=case.source.commune_id or case.commune_id
        )
    actor = by.for_person(person.pk) if by.is_staff else by
    record(
        "case.submitted",
        case,
        by=actor,
        at=now,
        interaction=case.source,
        channel=case.channel,
        folio=case.folio,
    )
    return case


def _require_complete(case: Case) -> None:
    questions = Questionnaire(case.version.content).asked(case.answers or {})
    wrong = faults(questions, case.answers or {})
    if wrong:
        raise DomainError(
            gettext("Some answers are missing or need to be mended before this can be filed."), **wrong
        )


def _require_level(case: Case) -> None:
    needed = case.version.sheet.level(case.channel, "submit")
    if needed > max(100, case.source.identity_level):
        raise LevelTooLow(
            gettext(
                "This procedure asks us to be surer of who you are. Bring your identity card to an office: "
                "there it can be filed at once, with everything you wrote here."
            )
        )


def _applicant(case: Case, answers: dict[str, Any], *, by: Actor, now: datetime) -> Person:
    level = max(case.source.identity_level, 100)
    name = answers.get("applicant_name") or {}
    if case.source.person is not None and not answers.get("applicant_run"):
        return case.source.person
    return enter_person(
        by=by,
        at=now,
        name=f"{name.get('given', '')} {name.get('surnames', '')}".strip(),
        run=answers.get("applicant_run") or None,
        level=level,
        email=answers.get("applicant_email") or "",
        phone=answers.get("applicant_phone") or "",
        commune_code=answers.get("applicant_commune"),
        interaction=case.source,
        synthetic=case.is_synthetic,
    )


def _add_parties(case: Case, person: Person, answers: dict[str, Any], *, by: Actor, now: datetime) -> None:
    parties = []
    if case.version.sheet.applicant == "organisation":
        organisation = enter_person(
            by=by,
            at=now,
            name=answers.get("applicant_organisation_name") or "",
            run=answers.get("applicant_organisation_rut") or None,
            kind=PersonKind.ORGANISATION,
            interaction=case.source,
            synthetic=case.is_synthetic,
        )
        parties = [Party(case=case, person=organisation, role=PartyRole.APPLICANT)]
        parties.append(Party(case=case, person=person, role=PartyRole.REPRESENTATIVE))
    else:
        parties = [Party(case=case, person=person, role=PartyRole.APPLICANT)]
    seen = {person.pk}
    for member, relation in _members(case, answers, by=by, now=now):
        if member.pk not in seen:
            parties.append(Party(case=case, person=member, role=PartyRole.MEMBER, relation=relation))
        seen.add(member.pk)
    Party.objects.bulk_create(parties)


def _members(case: Case, answers: dict[str, Any], *, by: Actor, now: datetime) -> list[tuple[Person, str]]:
    questions = [q for q in Questionnaire(case.version.content).asked(answers) if q.kind == "people"]
    return [
        (
            enter_person(
                by=by,
                at=now,
                name=f"{one.get('given', '')} {one.get('surnames', '')}".strip(),
                run=one.get("run") or None,
                birth_date=one.get("birth_date"),
                interaction=case.source,
                synthetic=case.is_synthetic,
            ),
            str(one.get("relation", "")),
        )
        for question in questions
        for one in answers.get(question.key) or []
    ]


def _make_stages(case: Case, today: date, now: datetime) -> list[Stage]:
    rows = case.version.sheet.stages
    agencies = {
        agency.code: agency for agency in Agency.objects.filter(code__in=[row.agency for row in rows])
    }
    first = min((row.order for row in rows), default=1)
    stages = [
        Stage(
            case=case,
            agency=agencies.get(row.agency) or case.version.procedure.agency,
            order=row.order,
            is_required=row.required,
            state=StageState.RECEIVED if row.order == first else StageState.WAITING,
            state_since=now,
            term_business_days=row.term_business_days,
            due_on=add_business_days(today, _term(row.term_business_days)),
        )
        for row in rows
    ]
    if not stages:
        stages = [
            Stage(
                case=case,
                agency=case.version.procedure.agency,
                state_since=now,
                term_business_days=case.version.sheet.term_business_days,
                due_on=add_business_days(today, _term(case.version.sheet.term_business_days)),
            )
        ]
    return Stage.objects.bulk_create(stages)


def _term(stated: int | None) -> int:
    return DEFAULT_TERM if stated is None else stated
