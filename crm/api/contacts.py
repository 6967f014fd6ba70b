"""Channels outside this house: a contact opened, who it is with, its matters, an application filed, its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes

from accounts.actors import Actor
from accounts.models import Scope
from catalog.models import ProcedureVersion
from common import run as runs
from common.errors import DomainError, NotAllowed
from crm import actions, keys, serializers
from crm.actions.requests import Answer
from crm.api import rows
from crm.api.acts import paper_told, require_asked_for, requirement_in, stored_file
from crm.api.described import FOR_REQUIREMENT, writes
from crm.api.door import CLAIM_MARK, Door, Refusal, json_in, key_of, keyed, written
from crm.models import Case, Enquiry, Interaction
from crm.models.case import FILLED_IN_BY, FROM_KNOWN
from crm.queries.delegated import lacking_in
from crm.queries.levels import takes_claim_code
from territory.models import Commune

DECLARED = 100  # how sure we are of whoever stands at another's kiosk
MARK = CLAIM_MARK.strip('"')
NOT_RECEIVED = _("No agreement lets this be received in your channel.")


class Contacts(Door):
    """Begin a contact."""

    scope = Scope.INTAKE

    @writes(
        "outside_contact_begin",
        _("Begin a contact in a channel outside this house"),
        serializers.ContactBegun,
        serializers.ContactTold,
        status=201,
    )
    @keyed
    def post(self, request: HttpRequest) -> Callable[[], Answer]:
        given = json_in(request, serializers.ContactBegun)

        def act() -> Answer:
            commune = Commune.objects.filter(code=given["commune"]).first() if given["commune"] else None
            if given["commune"] and commune is None:
                raise _unknown("commune", gettext("There is no commune with this code."))
            contact = actions.open_interaction(
                self.actor.channel,
                by=self.actor,
                commune=commune,
                reason=given["reason"],
                language=given["language"],
            )
            return contact_told(contact, status=201)

        return act


class Whom(Door):
    """Say whom a contact is with."""

    scope = Scope.INTAKE

    @writes(
        "outside_contact_person",
        _("Say whom the contact is with, as they say themselves"),
        serializers.PersonTold,
        serializers.ContactTold,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.PersonTold)
        run = runs.normalise(given["run"])
        if run is None:
            raise _unknown("run", gettext("This is no RUN: check its digits, the last one too."))

        @transaction.atomic
        def act() -> Answer:
            present = own_contact(self.actor, contact)
            person = actions.know_person(
                by=self.actor, name=given["name"], run=run, level=DECLARED, interaction=present
            )
            return contact_told(
                actions.identify_person(present, by=self.actor, person=person, level=DECLARED)
            )

        return act


class Matters(Door):
    """Raise a matter."""

    scope = Scope.INTAKE

    @writes(
        "outside_matter_begin",
        _("Raise a matter in a contact"),
        serializers.MatterBegun,
        serializers.MatterTold,
        status=201,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.MatterBegun)

        def act() -> Answer:
            version = published(given["procedure"]) if given["procedure"] else None
            present = own_contact(self.actor, contact)
            matter = actions.open_enquiry(present, by=self.actor, kind=given["kind"], version=version)
            return matter_told(matter, status=201)

        return act


class MatterEnd(Door):
    """Give a matter its outcome."""

    scope = Scope.INTAKE

    @writes(
        "outside_matter_close",
        _("Say how a matter came out"),
        serializers.MatterClosed,
        serializers.MatterTold,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID, matter: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.MatterClosed)

        def act() -> Answer:
            found = Enquiry.objects.filter(pk=matter, interaction=own_contact(self.actor, contact)).first()
            if found is None:
                raise Http404
            return matter_told(actions.close_enquiry(found, by=self.actor, outcome=given["outcome"]))

        return act


class Applications(Door):
    """Begin an application."""

    scope = Scope.INTAKE

    @writes(
        "outside_case_begin",
        _("Begin an application in a contact"),
        serializers.CaseBegun,
        serializers.DraftTold,
        status=201,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.CaseBegun)

        def act() -> Answer:
            version = published(given["procedure"])
            if not version.sheet.is_taken_outside:
                raise _unknown("procedure", gettext("One can not apply for this procedure here."))
            here = own_contact(self.actor, contact)
            if lacking_in(here, version.pk, None):
                raise _unknown("procedure", gettext(NOT_RECEIVED))
            case = actions.begin_case(
                version,
                by=self.actor,
                interaction=here,
                key=keys.new_key(),  # nobody is told it: the claim code opens the case
                language=given.get("language", here.language),
            )
            return draft_told(case, status=201)

        return act


def _require_sayable(answers: dict[str, Any]) -> None:
    """
    Refuse beside the answers what a program can not say: that a person agreed to be filled in from what is known, or nonsense of who fills
    in, which would be left out of the case without a word.

    :raises DomainError: at `answers`
    """
    filler = answers.get(FILLED_IN_BY)
    is_named = filler is None or (
        isinstance(filler, dict) and all(isinstance(one, str) for one in filler.values())
    )
    if FROM_KNOWN in answers or not is_named:
        sentence = gettext(
            "Leave out “from_known”; “filled_in_by” holds a name, a run and a relation, all texts."
        )
        raise _unknown("answers", sentence)
    if filler and not filler.get("name", "").strip():
        named = gettext("Send the name of whoever fills this in for another, or leave out “filled_in_by”.")
        raise _unknown("answers", f"/answers/{FILLED_IN_BY}/name: {named}")
    run = (filler or {}).get("run", "").strip()
    if run and runs.normalise(run) is None:
        wrong = gettext("This is no RUN: check its digits, the last one too.")
        raise _unknown("answers", f"/answers/{FILLED_IN_BY}/run: {wrong}")


class Answers(Door):
    """Keep answers of an application."""

    scope = Scope.INTAKE

    @writes(
        "outside_case_fill",
        _("Keep answers of an application"),
        serializers.CaseFilled,
        serializers.DraftTold,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID, case: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.CaseFilled)

        def act() -> Answer:
            draft = own_draft(self.actor, contact, case)
            _require_sayable(given["answers"])
            kept = actions.fill_case(draft, by=self.actor, answers=given["answers"])
            return draft_told(kept)

        return act


class DraftPapers(Door):
    """Attach a paper to an application."""

    scope = Scope.INTAKE
    known = ("requirement",)

    @writes(
        "outside_case_attach",
        _("Attach a paper to an application"),
        {"application/octet-stream": OpenApiTypes.BINARY},
        serializers.Paper,
        status=201,
        parameters=(FOR_REQUIREMENT,),
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID, case: UUID) -> Callable[[], Answer]:
        requirement = requirement_in(request)
        stored = stored_file(request)

        def act() -> Answer:
            draft = own_draft(self.actor, contact, case)
            require_asked_for(draft, requirement)
            given = actions.add_document(
                draft, by=self.actor, file=stored, requirement=requirement, interaction=draft.source
            )
            return paper_told(given)

        return act


class Submit(Door):
    """File an application."""

    scope = Scope.INTAKE

    @writes(
        "outside_case_submit",
        _("File an application; its claim code is told once"),
        serializers.Nothing,
        serializers.CaseFiled,
        status=201,
    )
    @keyed
    def post(self, request: HttpRequest, contact: UUID, case: UUID) -> Callable[[], Answer]:
        json_in(request, serializers.Nothing)
        code = keys.claim_code_of_press(key_of(request), who=self.actor.id)

        def act() -> Answer:
            filed = filed_draft(self.actor, contact, case, code)
            content = {
                "id": str(filed.pk),
                "folio": filed.folio,
                "state": filed.state,
                "revision": filed.revision,
                "promised_on": rows.day(filed.promised_on),
                "claim_code": MARK if takes_claim_code(filed) else None,
            }
            return Answer(201, written(content), rows.etag(filed.revision))

        return act


class ContactEnd(Door):
    """End a contact."""

    scope = Scope.INTAKE

    @writes("outside_contact_end", _("End a contact"), serializers.ContactEnded, serializers.ContactTold)
    @keyed
    def post(self, request: HttpRequest, contact: UUID) -> Callable[[], Answer]:
        given = json_in(request, serializers.ContactEnded)

        def act() -> Answer:
            present = Interaction.objects.through(self.actor).filter(pk=contact).first()
            if present is None:
                raise Http404
            return contact_told(actions.end_interaction(present, by=self.actor, ending=given["ending"]))

        return act


def own_contact(actor: Actor, contact: UUID) -> Interaction:
    """
    Return a contact of the program's own channel that goes on.

    :raises Refusal: 410, it is over
    """
    found = Interaction.objects.visible_to(actor).filter(pk=contact).first()
    if found is None:
        raise _absent(actor, contact)
    return found


def _absent(actor: Actor, contact: UUID) -> Refusal | Http404:
    """Why nothing is found in a contact: it is over, or nothing is there that is theirs."""
    if Interaction.objects.through(actor).filter(pk=contact, wrapped_up_at__isnull=False).exists():
        return Refusal(410, "contact-over", gettext("This contact is over. Begin another one."))
    return Http404()


def own_draft(actor: Actor, contact: UUID, case: UUID) -> Case:
    """
    Return an application begun in a contact of the program's own channel that goes on.

    :raises Refusal: 410, it is over
    """
    source = Interaction.objects.visible_to(actor).filter(pk=contact)
    found = Case.objects.visible_to(actor).filter(pk=case, source__in=source).select_related("source").first()
    if found is None:
        raise _absent(actor, contact)
    return found


def filed_draft(actor: Actor, contact: UUID, case: UUID, code: str) -> Case:
    """
    File an application begun in a contact of the program's own channel; whose it is is asked under the action's own lock, once.

    :raises Refusal: 410, the contact is over
    :raises Http404: it is none of theirs; nothing is done then
    :raises DomainError: no agreement lets it be received there any more; nothing is done then
    """
    try:
        filed = actions.submit_case(Case(pk=case), by=actor, claim_code=code)
    except (Case.DoesNotExist, NotAllowed):
        raise _absent(actor, contact) from None
    if filed.source_id != contact:
        raise Http404
    if lacking_in(filed.source, filed.version_id, None, at=filed.submitted_at):
        raise DomainError(gettext(NOT_RECEIVED))
    return filed


def published(code: str) -> ProcedureVersion:
    """Return what is published of a procedure, by its code."""
    found = ProcedureVersion.objects.published().filter(procedure__code=code).first()
    if found is None:
        raise _unknown("procedure", gettext("No published procedure has this code."))
    return found


def _unknown(field: str, sentence: str) -> DomainError:
    return DomainError(sentence, **{field: sentence})


def contact_told(contact: Interaction, *, status: int = 200) -> Answer:
    """What a contact is to the program: not with whom it is, which it knows."""
    content: dict[str, Any] = {
        "id": str(contact.pk),
        "channel": contact.channel,
        "started_at": rows.instant(contact.started_at),
        "ended_at": rows.instant(contact.ended_at),
        "identity_level": contact.identity_level,
    }
    return Answer(status, written(content))


def matter_told(matter: Enquiry, *, status: int = 200) -> Answer:
    """What a matter is to the program."""
    return Answer(status, written({"id": str(matter.pk), "kind": matter.kind, "outcome": matter.outcome}))


def draft_told(case: Case, *, status: int = 200) -> Answer:
    """Which questions of an application have an answer: the answers themselves the program knows."""
    content = {
        "id": str(case.pk),
        "procedure": case.version.procedure.code,
        "version": case.version.number,
        "answered": sorted(case.answers or {}),
    }
    return Answer(status, written(content))
