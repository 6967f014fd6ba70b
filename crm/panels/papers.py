"""A paper handed out: the same in every room, to staff and to the citizen who holds the key, and always with a line in the log."""

from typing import TypeVar

from django.http import FileResponse
from django.http.response import HttpResponseBase

from accounts.actors import Actor
from common.errors import require
from crm import actions, files, permissions
from crm.models import Case, Document, Interaction, Mandate
from crm.queries.levels import level_in, level_of_key

Answer = TypeVar("Answer", bound=HttpResponseBase)


def hand_out(paper: Document, *, by: Actor) -> FileResponse | None:
    """
    Return a paper as a file to be kept: never shown inside our pages, never run, never cached by anybody; None when it is lost.

    A part of it can not be asked for: the whole file is the answer to a Range request too.

    :raises NotAllowed: it is not sure enough who asks, on this channel, to be told of the case
    """
    _require_told(paper.case, by=by)
    if not paper.sha256 or not paper.name:  # redacted
        return None
    given = _file(paper.sha256, name=paper.name, content_type=paper.content_type)
    if given is None:
        return None
    actions.log_access(
        "download",
        by=by,
        case_id=paper.case_id,
        shown=[paper.pk],
        interaction=Interaction.objects.present_of(by).first(),
        reason=paper.requirement,
    )
    return given


def _require_told(case: Case, *, by: Actor) -> None:
    """
    A paper tells what its case tells: whoever may not be told how it goes yet is handed out nothing of it; one's own draft is. The
    program of an agency that decides it, and staff who do not speak for the citizen, are not asked how sure we are of them.
    """
    if case.is_draft or by.is_system or (by.is_agency and permissions.is_of_agency(by, case)):
        return
    if by.is_staff and not permissions.can_speak_for_citizen(by, case):
        return
    present = Interaction.objects.present_of(by)
    levels = (
        [level_in(one, case, "status") for one in present] if by.is_staff else [level_of_key(case, "status")]
    )
    require(any(level.is_enough for level in levels), next((level.sentence for level in levels), ""))


def hand_out_evidence(mandate: Mandate, *, by: Actor) -> FileResponse | None:
    """Return what was seen of a mandate as a file, under the same precautions; None when there is none, or it is lost."""
    given = (
        _file(mandate.sha256, name=mandate.file_name, content_type=mandate.content_type)
        if mandate.has_file
        else None
    )
    if given is None:
        return None
    actions.log_access(
        "download",
        by=by,
        person_id=mandate.grantor_id,
        shown=[mandate.pk],
        interaction=Interaction.objects.present_of(by).first(),
        reason="mandate",
    )
    return given


def _file(sha256: str, *, name: str, content_type: str) -> FileResponse | None:
    try:
        content = files.path_of(sha256).open("rb")
    except OSError:
        return None
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Accept-Ranges"] = "none"
    return guarded(response)


def guarded(response: Answer) -> Answer:
    """Let an answer about a paper be kept by nobody on the way, and taken for nothing else than it says."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
