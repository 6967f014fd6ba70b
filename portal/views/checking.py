"""The last look at an application before it is sent."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from common.errors import DomainError, NotAllowed
from crm.models.case import FILLED_IN_BY
from crm.panels.applications import application_rows
from crm.queries.together import Application, application_of
from portal import actions
from portal.models import Draft
from portal.queries.drafts import said_of
from portal.views.drafts import for_holder
from portal.views.questions import changes_of
from portal.visitors import key_of, remember_key, visitor_of


@for_holder
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show every answer to be checked, and send the application."""
    if not draft.case.is_draft:
        return redirect("portal:receipt", draft.code)
    application = application_of(draft.case)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            actions.file_application(draft, by=visitor_of(request))
        except NotAllowed:
            raise
        except DomainError as refusal:
            error = refusal
        else:
            response = redirect("portal:receipt", draft.code)
            if key := key_of(request, draft):
                remember_key(response, draft, key, lasting=timedelta(hours=2))
            return response
    elif application.form.first_open(application.answers):
        return redirect("portal:draft", draft.code)
    context = {
        "draft": draft,
        "application": application,
        "rows": _rows(draft, application),
        "error": error,
        "wrong": _wrong(draft, error),
        "changes": changes_of(application),
    }
    return render(request, "portal/check.html", context, status=422 if error else 200)


def _rows(draft: Draft, application: Application) -> list[dict[str, Any]]:
    given = application.answers.get(FILLED_IN_BY)
    filled_in_by = {
        "question": gettext("You apply for somebody else. Who are you?"),
        "answer": said_of(given or {}),
        "href": reverse("portal:for-whom", args=[draft.code]),
    }
    return [filled_in_by] * bool(given) + [
        {
            **row,
            "answer": _marked(row),
            "href": reverse("portal:question", args=[draft.code, row["key"]]) + "?from=check",
        }
        for row in application_rows(application)
    ]


def _marked(row: dict[str, Any]) -> str:
    """An answer as it is read before sending; one that we filled in says so, and of a bundle's, who alone gets it."""
    marks = [gettext("From what we know; change it if it is wrong.")] if row["is_known"] else []
    if row["given_to"]:
        marks.append(gettext("Only for: %(titles)s") % {"titles": "; ".join(row["given_to"])})
    return "\n".join([row["answer"], *marks])


def _wrong(draft: Draft, error: DomainError | None) -> list[tuple[str, str]]:
    """The answers that stop the application, each with the page where it is mended."""
    wanted = error.fields if error else {}
    return [
        (reverse("portal:question", args=[draft.code, key]) + "?from=check", str(sentence))
        for key, sentence in wanted.items()
    ]
