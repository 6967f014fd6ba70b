"""Who has a part in an application, when it is filed: whose it is, who speaks for them and by what mandate, who lives with them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from accounts.actors import Actor
from catalog.queries.published import questionnaire_of
from catalog.sheets import Sheet
from common.errors import DomainError
from common.run import normalise
from crm.actions.mandates import MandateRefused, hold_mandates
from crm.actions.people import enter_number, enter_person, hold_records
from crm.models import Case, Interaction, Mandate, MandateAct, Party, PartyRole, Person, PersonIdentifier
from crm.models.case import FILLED_IN_BY
from crm.models.interaction import SURE_ENOUGH
from crm.models.person import PersonKind

RUN_KEYS = {"organisation": "applicant_organisation_rut"}


@dataclass(frozen=True)
class Sides:
    """Whose application it is; who was there to file it, where that is known; who stands for them, and by what mandate."""

    applicant: Person
    speaker: Person | None
    representative: Person | None = None
    mandate: Mandate | None = None

    @property
    def are_two(self) -> bool:
        return self.representative is not None


class SomebodyElse(DomainError):
    """The act asks to be sure of one person, and it was another who showed who they are."""

    code = "identity-of-another"
    status = 403


def enter_parties(case: Case, sheet: Sheet, *, by: Actor, at: datetime) -> tuple[Sides, list[Party]]:
    """
    Enter everybody who has a part in a case, as people; return the sides and the parts, which whoever files it writes with the case.

    :raises DomainError: the answers are of somebody else than the contact speaks for
    :raises MandateRefused: the contact speaks for another, by a mandate that does not allow to apply for this
    :raises SomebodyElse: it is filed only by whom it is for, or by a mandate of theirs
    """
    sides = _sides(case, sheet, by=by, at=at)
    _require_surely_theirs(case, sheet, sides)
    parties = [Party(case=case, person=sides.applicant, role=PartyRole.APPLICANT)]
    seen = {sides.applicant.pk}
    if sides.representative:
        given = (case.answers or {}).get(FILLED_IN_BY)
        relation = given.get("relation", "") if isinstance(given, dict) else ""
        parties.append(
            Party(
                case=case,
                person=sides.representative,
                role=PartyRole.REPRESENTATIVE,
                mandate=sides.mandate,
                relation=str(relation)[:20],
            )
        )
        seen |= {sides.representative.pk} if sheet.applicant == "organisation" else set()
    for member, relation in _members(case, by=by, at=at):
        if member.pk not in seen:
            parties.append(Party(case=case, person=member, role=PartyRole.MEMBER, relation=relation))
        seen.add(member.pk)
    return sides, parties


def _sides(case: Case, sheet: Sheet, *, by: Actor, at: datetime) -> Sides:
    contact = case.source
    if contact.represented is not None:
        applicant = _represented(case, contact.represented, sheet, by=by, at=at)
        mandate = contact.mandate
        stands_for = contact.person
        if mandate and mandate.agent.kind == PersonKind.ORGANISATION:
            stands_for = mandate.agent  # the organisation's mandate; who came is the contact's person
        return Sides(applicant, contact.person, stands_for, mandate)
    person = _applicant(case, by=by, at=at)
    if sheet.applicant == "organisation":
        return Sides(_organisation(case, by=by, at=at), person, person)
    declared = _declared(case, by=by, at=at) or contact.person
    if declared is None or declared.survivor_id == person.survivor_id:
        return Sides(person, person)
    return Sides(person, declared, declared)


def _require_surely_theirs(case: Case, sheet: Sheet, sides: Sides) -> None:
    """
    Refuse an application of one person in which another's card was seen, where the sheet asks to be sure of who files it: it is theirs, or
    filed by a mandate that was asked about already. A right over one's data always is so.
    """
    contact = case.source
    is_strict = sheet.right or sheet.level(case.channel, "submit") >= SURE_ENOUGH
    if not is_strict or sides.mandate is not None:
        return
    here = contact.person
    if contact.represented_id is None and here and here.survivor_id == sides.applicant.survivor_id:
        return
    raise SomebodyElse(
        gettext(
            "This is filed with the identity card of the person it is for, and here it is not theirs that was seen. They come themselves; or "
            "whoever is here shows a mandate to apply for them. Nothing was filed; the answers are kept."
        )
    )


def _represented(case: Case, person: Person, sheet: Sheet, *, by: Actor, at: datetime) -> Person:
    """Whoever the contact speaks for, provided that the answers are theirs and that a mandate, if one is used, allows it."""
    hold_mandates(by)
    contact, answers = case.source, case.answers or {}
    if contact.mandate_id and not _allows(contact, case):
        raise MandateRefused(
            gettext(
                "The mandate does not allow to apply for this, or is not in force any more. Nothing was filed; the answers are kept."
            )
        )
    key = RUN_KEYS.get(sheet.applicant, "applicant_run")
    given = answers.get(key)
    theirs = set(
        PersonIdentifier.objects.of(person).filter(kind="run", is_active=True).values_list("value", flat=True)
    )
    is_kind = (person.kind == PersonKind.ORGANISATION) == (sheet.applicant == "organisation")
    if (
        given
        and not theirs
        and is_kind
        and enter_number(person, given, level=100, interaction=contact, at=at)
    ):
        theirs = {given}
    if not is_kind or (given and given not in theirs):
        wrong = gettext(
            "This is not the number of the person they speak for: %(name)s. Correct it, or say for whom they speak."
        ) % {"name": person.name or ""}
        raise DomainError(wrong, **{key: wrong})
    if given and sheet.applicant != "organisation":
        _enter(case, by=by, at=at, level=100)
    return person


def _allows(contact: Interaction, case: Case) -> bool:
    here = Interaction.objects.filter(pk=contact.pk)
    return here.spoken_for(MandateAct.SUBMIT, case.version.procedure_id).exists()


def _applicant(case: Case, *, by: Actor, at: datetime) -> Person:
    contact, run = case.source, (case.answers or {}).get("applicant_run")
    if contact.person is not None and not run and hold_records(contact.person):
        return contact.person
    level = max(contact.identity_level, 100)
    if (
        contact.person is not None
        and not PersonIdentifier.objects.of(contact.person).filter(value=run).exists()
    ):
        level = 100  # somebody else's number: what we know of whoever is here says nothing of them
    return _enter(case, by=by, at=at, level=level)


def _enter(case: Case, *, by: Actor, at: datetime, level: int) -> Person:
    answers = case.answers or {}
    name = answers.get("applicant_name") or {}
    return enter_person(
        by=by,
        at=at,
        name=f"{name.get('given', '')} {name.get('surnames', '')}".strip(),
        run=answers.get("applicant_run") or None,
        level=level,
        email=answers.get("applicant_email") or "",
        phone=answers.get("applicant_phone") or "",
        commune_code=answers.get("applicant_commune"),
        interaction=case.source,
        synthetic=case.is_synthetic,
    )


def _organisation(case: Case, *, by: Actor, at: datetime) -> Person:
    answers = case.answers or {}
    return enter_person(
        by=by,
        at=at,
        name=answers.get("applicant_organisation_name") or "",
        run=answers.get("applicant_organisation_rut") or None,
        kind=PersonKind.ORGANISATION,
        interaction=case.source,
        synthetic=case.is_synthetic,
    )


def _declared(case: Case, *, by: Actor, at: datetime) -> Person | None:
    """Whoever says that they fill this in for the applicant: entered as they say, without a mandate."""
    given = (case.answers or {}).get(FILLED_IN_BY)
    if not isinstance(given, dict) or not given.get("name"):
        return None
    return enter_person(
        by=by,
        at=at,
        name=str(given["name"]),
        run=normalise(str(given.get("run") or "")),
        interaction=case.source,
        synthetic=case.is_synthetic,
    )


def _members(case: Case, *, by: Actor, at: datetime) -> list[tuple[Person, str]]:
    answers = case.answers or {}
    questions = [q for q in questionnaire_of(case.version_id).asked(answers) if q.kind == "people"]
    return [
        (
            enter_person(
                by=by,
                at=at,
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
