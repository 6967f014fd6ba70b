"""“May I get this?”: answered on the page itself. Nothing is asked of who answers, and nothing of it is kept."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from catalog.eligibility.asking import FactsForm, questions
from common.languages import keeps_typed
from portal.queries.may_i import answer_to
from portal.queries.procedure_page import can_apply_online
from portal.views.procedures import public_version, told_when_ended


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # nothing is done or kept by it, and a token would need a cookie
@sensitive_post_parameters()
@told_when_ended
@keeps_typed
def ask_eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask what the rules of a procedure need, and answer in words; what was typed stays on the page alone."""
    version = public_version(slug)
    rules = version.sheet.eligibility
    if rules is None:
        raise Http404
    form = FactsForm(questions(rules), request.POST if request.method == "POST" else None)
    context = {
        "version": version,
        "form": form,
        "answer": answer_to(rules, form.known()) if form.is_bound and form.is_valid() else None,
        "can_apply": can_apply_online(version),
        "csrf_token": "",  # none, also in the button to the other language: a token would set a cookie
    }
    return render(request, "portal/may_i.html", context, status=422 if form.errors else 200)
