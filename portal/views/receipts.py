"""The confirmation of an application, on the screen and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common import links
from crm import keys
from crm.models import SurveyInvitation
from crm.panels.promises import estimate_of
from crm.queries.together import application_of
from portal.addresses import absolute
from portal.models import Draft
from portal.qr import qr_svg
from portal.queries.contacts import contact_of_filing
from portal.queries.progress import progress_of
from portal.views.drafts import for_holder
from portal.visitors import key_groups, key_of


@for_holder
def show_receipt(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the folio, the key, what happens next and by when: a page that can be photographed."""
    if draft.case.is_draft:
        return redirect("portal:draft", draft.code)
    return render(request, "portal/receipt.html", _receipt(request, draft))


@for_holder
def print_receipt(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show the same on one sheet of paper."""
    if draft.case.is_draft:
        return redirect("portal:draft", draft.code)
    return render(request, "portal/receipt_paper.html", _receipt(request, draft))


def _receipt(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    case, application = draft.case, application_of(draft.case)
    follow = f"{absolute('portal:follow')}?folio={case.folio}"
    return {
        "draft": draft,
        "case": case,
        "version": case.version,
        "application": application,
        "filed": [(one, progress_of(one), estimate_of(one)) for one in application.cases]
        if application.is_bundle
        else [],
        "key": key_groups(key_of(request, draft)),
        "progress": progress_of(case),
        "estimate": estimate_of(case),
        "follow": follow,
        "qr": qr_svg(follow),
        "survey_url": survey_url_of(contact_of_filing(case).pk),
    }


def survey_url_of(interaction_id: Any) -> str:
    """Return the address of a contact's survey while it is open, else nothing."""
    is_open = SurveyInvitation.objects.filter(interaction=interaction_id, answer__isnull=True).exists()
    return links.url("survey", keys.survey_token(interaction_id)) if is_open else ""
