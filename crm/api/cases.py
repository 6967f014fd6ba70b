"""What an agency's program reads: its work list, a case in full, its thread, its papers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from accounts.models import Scope
from catalog.api import filters
from catalog.api.documented import CURSOR, PAGE_SIZE
from catalog.api.paging import page_size
from crm import actions, files, folios, serializers
from crm.actions.requests import Answer
from crm.api import pages, rows
from crm.api.described import reads
from crm.api.door import Door, Refusal, known_etags, sent, unchanged
from crm.events import TOLD_TO_AGENCIES
from crm.models import Case, Document, StageState
from crm.panels.papers import hand_out
from crm.queries import agency_api as queries

TIMELINE = "thread"
WORK = "work"


class Cases(Door):
    """The agency's work."""

    scope = Scope.READ
    known = ("state", "changed_since", "procedure", "assigned", "cursor", "page_size")

    @reads(
        "agency_cases_list",
        _("The agency's parts of cases, in the order in which they came to their state"),
        serializers.WorkPage,
        ("state", StageState.values, _("Only those in this state.")),
        (
            "changed_since",
            OpenApiTypes.STR,
            _("Only those that came to their state at or after this instant."),
        ),
        ("procedure", OpenApiTypes.STR, _("A procedure's code.")),
        ("assigned", ("yes", "no"), _("Only those that an officer has, or that nobody has.")),
        (CURSOR[0], OpenApiTypes.STR, CURSOR[1]),
        (PAGE_SIZE[0], OpenApiTypes.INT, PAGE_SIZE[1]),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """List parts of cases; the log keeps which cases were shown."""
        size, asked = page_size(request), request._request
        stages = queries.listed_stages(
            self.actor,
            state=filters.choice(request, "state", tuple(StageState.values)),
            since=_since(request),
            procedure=filters.code(request, "procedure"),
            assigned=filters.choice(request, "assigned", ("yes", "no")),
        )
        found: list[Any] = list(pages.beyond(stages, pages.after(asked, WORK))[: size + 1])
        following = None
        if len(found) > size:
            last = found[size - 1]
            keys = [last["state_since"].isoformat(), str(last["id"])]
            following = pages.next_address(asked, WORK, keys)
        shown = found[:size]
        actions.log_access("list", by=self.actor, shown=[row["case_id"] for row in shown])
        return rows.page([rows.work_row(row) for row in shown], following)


def _since(request: Request) -> datetime | None:
    return filters.moment(request, "changed_since")


class OneCase(Door):
    """One case."""

    scope = Scope.READ

    @reads("agency_case_read", _("One case in full"), serializers.CaseInFull, unless_known=True)
    def get(self, request: Request, folio: str) -> HttpResponseBase:
        """
        Show a case; reading it leaves a line in the log that the citizen can read, and what they wrote to the agency is read with it.
        """
        found = queries.case_in_full(self.actor, canonical(folio), known=known_etags(request._request))
        if found is None:
            raise Http404
        actions.log_access("open_case", by=self.actor, case_id=found.id)
        etag = rows.etag(found.revision, found.digest)
        if found.body is None:
            return unchanged(etag)
        if found.has_unread and request.method == "GET":  # HEAD shows nobody anything
            actions.read_messages(Case(pk=found.id), by=self.actor)
        return sent(Answer(200, found.body, etag))


class Thread(Door):
    """What happened in a case."""

    scope = Scope.READ
    known = ("cursor", "page_size")

    @reads(
        "agency_case_timeline",
        _("What happened in a case, in order"),
        serializers.ThreadPage,
        (CURSOR[0], OpenApiTypes.STR, CURSOR[1]),
        (PAGE_SIZE[0], OpenApiTypes.INT, PAGE_SIZE[1]),
    )
    def get(self, request: Request, folio: str) -> HttpResponseBase:
        """List the events of a case that agencies are told of: codes and ids."""
        case, size, asked = seen_case(self, folio), page_size(request), request._request
        after = pages.after(asked, TIMELINE)
        found = queries.thread_of(
            case.pk, kinds=TOLD_TO_AGENCIES, after=int(after[0]) if after else 0, most=size + 1
        )
        following = (
            pages.next_address(asked, TIMELINE, [found[size - 1]["seq"]]) if len(found) > size else None
        )
        actions.log_access("open_case", by=self.actor, case_id=case.pk)
        return rows.page([rows.thread_row(row) for row in found[:size]], following)


class Paper(Door):
    """One paper of a case."""

    scope = Scope.PAPERS

    @reads(
        "agency_document_read",
        _("A paper of a case, as a file"),
        OpenApiTypes.BINARY,
        kinds=tuple(files.ENDINGS),
    )
    def get(self, request: Request, folio: str, paper: UUID) -> HttpResponseBase:
        """Hand out a paper; the log keeps which."""
        case = seen_case(self, folio)
        found = Document.objects.filter(case=case, pk=paper).first()
        if found is None:
            raise Http404
        given: HttpResponseBase | None = hand_out(found, by=self.actor)
        if given is None:
            raise Refusal(410, "gone", gettext("This file is not kept any more."))
        return given


def canonical(folio: str) -> str:
    """Return a folio in its one form; whatever is none is nothing here."""
    found = folios.normalise(folio)
    if found is None:
        raise Http404
    return found


def seen_case(door: Door, folio: str) -> Case:
    """Return a case the program may see."""
    case = (
        Case.objects.visible_to(door.actor)
        .filter(folio=canonical(folio))
        .only("id", "folio", "state")
        .first()
    )
    if case is None:
        raise Http404
    return case
