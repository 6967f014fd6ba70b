"""A mandate used in a case, revoked by an officer who decides it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common.errors import shown_on
from crm import actions
from crm.mandate_forms import Revocation
from crm.models import Mandate
from crm.views.case import find_case, list_query, render_case


@room_required("agency")
@require_POST
def revoke_mandate(request: ActorRequest, folio: str, mandate_id: UUID) -> HttpResponse:
    """End a mandate, with a reason both can read."""
    case = find_case(request, folio)
    mandates = Mandate.objects.visible_to(request.actor).filter(parties__case=case)
    mandate = get_object_or_404(mandates.distinct(), pk=mandate_id)
    form = Revocation(request.POST, auto_id=f"revoke-{mandate.pk}-%s")
    if form.is_valid():
        with shown_on(form):
            actions.revoke_mandate(mandate, by=request.actor, reason=form.cleaned_data["reason"])
    if form.errors:
        return render_case(request, case, revocation=form, revoked=mandate.pk, status=422)
    messages.success(request, _("The mandate is revoked: from now on nothing is done by it."))
    return redirect(reverse("crm:case", args=[case.folio]) + list_query(request))
