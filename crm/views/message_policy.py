"""The house's rules for messages to citizens, and how many are on their way."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import shown_on
from crm import actions, message_forms
from crm.models import MessagePolicyChange
from crm.queries.notifications import message_counts, policy


@room_required("messages")
@require_http_methods(["GET", "HEAD", "POST"])
def change_policy(request: ActorRequest) -> HttpResponse:
    """Show the rules with their changes, or change them."""
    rules = policy()
    initial = {name: getattr(rules, name) for name in message_forms.Policy.base_fields if name != "reason"}
    form = message_forms.Policy(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with shown_on(form):
            actions.change_message_policy(by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        messages.success(request, _("The rules are changed; they hold for what is sent from now on."))
        return redirect("messages:policy")
    context = {
        "form": form,
        "counts": message_counts(clock.now()),
        "changes": MessagePolicyChange.objects.select_related("by").order_by("-at")[:50],
    }
    return render(request, "crm/message_policy.html", context, status=422 if form.errors else 200)
