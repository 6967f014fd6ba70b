"""What is kept and for how long: the rules, what they would reach now, and a rule changed with a reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common.errors import shown_on
from crm import actions, forms
from crm.models import RetentionRule
from crm.queries.retention import rule_lines


@room_required("retention")
@require_safe
def show_rules(request: ActorRequest) -> HttpResponse:
    """Show every rule."""
    return render(request, "crm/retention.html", {"lines": rule_lines()})


@room_required("retention")
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: ActorRequest, code: str) -> HttpResponse:
    """Show a rule with its changes, or change it."""
    rule = get_object_or_404(RetentionRule, code=code)
    form = forms.RuleChange(
        request.POST if request.method == "POST" else None,
        initial={"days": rule.days, "is_active": rule.is_active},
    )
    if form.is_valid():
        with shown_on(form):
            actions.change_retention_rule(rule, by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        messages.success(request, _("The rule is changed; it is applied tonight."))
        return redirect("retention:rules")
    changes = rule.changes.select_related("by").order_by("-at")[:50]
    context = {"rule": rule, "form": form, "changes": changes}
    return render(request, "crm/retention_rule.html", context, status=422 if form.errors else 200)
