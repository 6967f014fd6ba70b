"""What an agency's program does in a case: through the same actions as its officers' screens."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.serializers import Serializer

from accounts.actors import Actor
from accounts.models import Scope
from common.errors import DomainError
from crm import actions, files, serializers
from crm.actions.requests import Answer
from crm.api import rows
from crm.api.cases import canonical, seen_case
from crm.api.described import FOR_REQUIREMENT, writes
from crm.api.door import Door, Refusal, body_of, json_in, keyed, revision_in, written
from crm.models import Case, Document, Stage
from crm.models.stage import OPEN
from crm.queries import agency_api as queries
from crm.queries.requirements import takes_paper_for

Deed = Callable[..., Any]


class StageAct(Door):
    """An act on the agency's part of a case: `takes` is what is sent, `deed` carries it out."""

    scope = Scope.WORK
    takes: ClassVar[type[Serializer[Any]]] = serializers.OfStage
    needs_match: ClassVar[bool] = True

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> Any:
        """Carry the act out through its action."""
        raise NotImplementedError

    def prepared(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        """Read the request, and return what is to be done."""
        given = json_in(request, self.takes)
        revision = revision_in(request, needed=self.needs_match)
        wanted = given.pop("stage", None)

        def act() -> Answer:
            stage = own_stage(self.actor, canonical(folio), wanted)
            self.deed(stage, by=self.actor, revision=revision, **given)
            return rows.case_written(stage.case_id)

        return act


def own_stage(actor: Actor, folio: str, wanted: UUID | None) -> Stage:
    """
    Return the part that is meant: the one named, the agency's only one, or its only open one.

    :raises Http404: the agency has no part in this case
    :raises DomainError: it has several
    """
    stages = queries.own_stages(actor, folio)
    if wanted is not None:
        stages = [stage for stage in stages if stage.pk == wanted]
    if not stages:
        raise Http404
    if len(stages) > 1:
        stages = [stage for stage in stages if stage.state in OPEN] or stages
    if len(stages) > 1:
        sentence = gettext("Your agency has several parts in this case: name the one you mean.")
        raise DomainError(sentence, stage=sentence)
    return stages[0]


class Take(StageAct):
    """Take the agency's part."""

    @writes(
        "agency_case_take",
        _("Take the agency's part and begin its review"),
        serializers.OfStage,
        serializers.Written,
        match=True,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.take_stage(stage, by=by, revision=revision)


class Ask(StageAct):
    """Ask the citizen; the clock stops."""

    takes = serializers.Asked

    @writes(
        "agency_case_ask",
        _("Ask the citizen for something; the clock stops"),
        serializers.Asked,
        serializers.Written,
        match=True,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.ask_citizen(stage, by=by, revision=revision, **given)


class Lapse(StageAct):
    """End the agency's part: the citizen did not answer in time."""

    scope = Scope.DECIDE
    takes = serializers.Reasoned

    @writes(
        "agency_case_lapse",
        _("End the agency's part: the citizen did not answer in time"),
        serializers.Reasoned,
        serializers.Written,
        match=True,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.lapse_stage(stage, by=by, reason=given["reason"], revision=revision)


class Decide(StageAct):
    """Grant, deny or refer."""

    scope = Scope.DECIDE
    takes = serializers.Decided

    @writes(
        "agency_case_decide",
        _("Grant, deny or refer the agency's part"),
        serializers.Decided,
        serializers.Written,
        match=True,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.decide_stage(
            stage, by=by, decision=given["decision"], reason=given["reason"], revision=revision
        )


class Reopen(StageAct):
    """Open a closed case again."""

    scope = Scope.DECIDE
    takes = serializers.Reasoned

    @writes(
        "agency_case_reopen",
        _("Open the agency's part of a closed case again"),
        serializers.Reasoned,
        serializers.Written,
        match=True,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.reopen_stage(stage, by=by, reason=given["reason"], revision=revision)


class Close(StageAct):
    """Close a decided case."""

    scope = Scope.DECIDE

    @writes(
        "agency_case_close", _("Close a decided case"), serializers.OfStage, serializers.Written, match=True
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.close_case(Case(pk=stage.case_id), by=by, revision=revision)


class Note(StageAct):
    """Write an internal note."""

    takes = serializers.Noted
    needs_match = False

    @writes(
        "agency_case_note", _("Write an internal note"), serializers.Noted, serializers.Written, match=False
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.note_case(Case(pk=stage.case_id), by=by, text=given["text"], stage=stage, revision=revision)


class Tell(StageAct):
    """Tell the citizen how far it has come."""

    takes = serializers.Noted
    needs_match = False

    @writes(
        "agency_case_status",
        _("Tell the citizen how far it has come"),
        serializers.Noted,
        serializers.Written,
        match=False,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        return self.prepared(request, folio)

    def deed(self, stage: Stage, *, by: Actor, revision: int | None, **given: Any) -> None:
        actions.tell_citizen(stage, by=by, text=given["text"], revision=revision)


class Attach(Door):
    """A paper for a case: the body is the file itself, its name stands in Content-Disposition."""

    scope = Scope.WORK
    known = ("requirement",)

    @writes(
        "agency_document_attach",
        _("Attach a paper to a case"),
        {"application/octet-stream": OpenApiTypes.BINARY},
        serializers.Paper,
        status=201,
        match=False,
        parameters=(FOR_REQUIREMENT,),
    )
    @keyed
    def post(self, request: HttpRequest, folio: str) -> Callable[[], Answer]:
        requirement, revision = requirement_in(request), revision_in(request, needed=False)
        stored = stored_file(request)

        def act() -> Answer:
            case = seen_case(self, folio)
            require_asked_for(case, requirement)
            paper = actions.add_document(
                case, by=self.actor, file=stored, requirement=requirement, revision=revision
            )
            return paper_told(paper)

        return act


class Judge(Door):
    """Accept a paper, or refuse it."""

    scope = Scope.WORK

    @writes(
        "agency_document_judge",
        _("Accept a paper, or refuse it with a reason"),
        serializers.Judged,
        serializers.Written,
        match=False,
    )
    @keyed
    def post(self, request: HttpRequest, folio: str, paper: UUID) -> Callable[[], Answer]:
        given, revision = json_in(request, serializers.Judged), revision_in(request, needed=False)

        def act() -> Answer:
            case = seen_case(self, folio)
            found = Document.objects.filter(case=case, pk=paper).first()
            if found is None:
                raise Http404
            actions.judge_document(found, by=self.actor, revision=revision, **given)
            return rows.case_written(case.pk)

        return act


def stored_file(request: HttpRequest) -> files.StoredFile:
    """
    Check the file that was sent and put it into the store; without a row it is swept away again.

    :raises Refusal: it is too large
    :raises FileRefused: it is empty, of another kind, or not clean
    """
    content = body_of(request, most=settings.UPLOAD_MAX_BYTES)
    return files.store(SimpleUploadedFile(_name_in(request) or "documento", content))


def _name_in(request: HttpRequest) -> str:
    """The name of a file that is sent; none where it is written in an alphabet that nobody knows, or names a folder alone."""
    try:
        _kind, given = parse_header_parameters(request.headers.get("Content-Disposition", ""))
    except (LookupError, ValueError):
        return ""
    return str(given.get("filename", "")).replace("\\", "/").rpartition("/")[2].strip(" .")


def requirement_in(request: HttpRequest) -> str:
    """Return the code of what a paper is for; empty for any other paper."""
    requirement = request.GET.get("requirement", "")
    if len(requirement) > 60 or (not requirement.replace("-", "").replace("_", "").isalnum() and requirement):
        wrong = gettext("This is no code: letters, digits, - and _ only.")
        raise Refusal(400, "invalid", wrong, requirement=wrong)
    return requirement


def require_asked_for(case: Case, requirement: str) -> None:
    """
    Refuse a paper under a code for which nobody asks; it needs none.

    :raises DomainError: it names the field
    """
    if requirement and not takes_paper_for(case, requirement):
        sentence = gettext("Nobody asks for a paper under this code. Use one of the sheet's, or none.")
        raise DomainError(sentence, requirement=sentence)


def paper_told(paper: Document) -> Answer:
    """What giving a paper answers."""
    content = {"id": str(paper.pk), "requirement": paper.requirement, "sha256": paper.sha256}
    return Answer(201, written(content))
