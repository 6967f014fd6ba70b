"""The administrators' room of deliveries: whose systems are told, what was given up, what is told differently."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from accounts.requests import ActorRequest
from accounts.rooms import room_required
from common import clock
from common.errors import DomainError, shown_on
from crm import actions
from crm import delivery_forms as forms
from crm.actions.deliveries import SentAgain
from crm.models import Delivery, Difference, Subscription
from crm.queries.deliveries import (
    dead_letters,
    given_up_of,
    open_differences,
    signing_secrets,
    subscription_lines,
)

SHOWN_ONCE = "signing_secret"  # session: [agency's code, secret]


@room_required("deliveries")
@require_safe
def show_deliveries(request: ActorRequest) -> HttpResponse:
    """Show every agency's system that is told, and the messages that were given up."""
    page = dead_letters(place=request.GET.get("place", ""))
    context = {
        "subscriptions": subscription_lines(),
        "dead": page.rows,
        "pages": page.links(request.GET),
        "now": clock.now(),
    }
    return render(request, "crm/deliveries.html", context)


@room_required("deliveries")
@require_http_methods(["GET", "HEAD", "POST"])
def new_subscription(request: ActorRequest) -> HttpResponse:
    """Say which agency's system is told; its page shows the secret next."""
    form = forms.NewSubscription(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            subscription = actions.subscribe(by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        code = subscription.agency.code
        request.session[SHOWN_ONCE] = [code, signing_secrets(subscription)[0]]
        return redirect("deliveries:subscription", code)
    return render(request, "crm/new_subscription.html", {"form": form}, status=422 if form.errors else 200)


@room_required("deliveries")
@require_http_methods(["GET", "HEAD", "POST"])
def change_subscription(request: ActorRequest, code: str) -> HttpResponse:
    """Show where an agency's system is told, or change it."""
    subscription = get_object_or_404(Subscription.objects.select_related("agency"), agency__code=code)
    form = forms.Subscription(
        request.POST if request.method == "POST" else None,
        initial={
            name: getattr(subscription, name) for name in ("url", "reconcile_url", "kinds", "is_active")
        },
    )
    if form.is_valid():
        with shown_on(form):
            actions.subscribe(subscription.agency, by=request.actor, **form.cleaned_data)
    if form.is_bound and not form.errors:
        messages.success(request, _("From the next message on this holds."))
        return redirect("deliveries:subscription", code)
    whose, secret = request.session.pop(SHOWN_ONCE, ("", ""))
    context = {
        "subscription": subscription,
        "form": form,
        "secret": secret if whose == code else "",
        "now": clock.now(),
        "runs": subscription.agency.reconciliations.order_by("-began_at")[:10],
    }
    return render(request, "crm/subscription.html", context, status=422 if form.errors else 200)


@room_required("deliveries")
@require_POST
def new_secret(request: ActorRequest, code: str) -> HttpResponse:
    """Begin a new signing secret, and show it once."""
    subscription = get_object_or_404(Subscription, agency__code=code)
    changed = actions.change_secret(subscription, by=request.actor)
    request.session[SHOWN_ONCE] = [code, signing_secrets(changed)[0]]
    return redirect("deliveries:subscription", code)


@room_required("deliveries")
@require_POST
def send_all(request: ActorRequest, code: str) -> HttpResponse:
    """Send all of an agency's given-up messages again."""
    agency = get_object_or_404(Agency, code=code)
    sent = actions.send_all_again(agency, by=request.actor)
    return _sent(request, sent, left=given_up_of(agency))


@room_required("deliveries")
@require_POST
def send_one(request: ActorRequest, delivery_id: UUID) -> HttpResponse:
    """Send one given-up message again."""
    delivery = get_object_or_404(Delivery, pk=delivery_id)
    return _sent(request, actions.send_again([delivery.pk], by=request.actor))


@room_required("deliveries")
@require_POST
def own_one(request: ActorRequest, delivery_id: UUID) -> HttpResponse:
    """Look after a given-up message."""
    actions.own_delivery(get_object_or_404(Delivery, pk=delivery_id), by=request.actor)
    messages.success(request, _("It is yours now."))
    return redirect("deliveries:list")


@room_required("deliveries")
@require_safe
def show_differences(request: ActorRequest) -> HttpResponse:
    """Show what agencies' lists and ours say differently."""
    page = open_differences(place=request.GET.get("place", ""))
    context = {
        "differences": page.rows,
        "pages": page.links(request.GET),
        "refusal": "",
        "refused": None,
        "note": "",
    }
    return render(request, "crm/differences.html", context)


@room_required("deliveries")
@require_POST
def resolve_difference(request: ActorRequest, difference_id: UUID) -> HttpResponse:
    """Tell the agency's system anew, or keep how the difference is explained."""
    difference = get_object_or_404(Difference.objects.visible_to(request.actor), pk=difference_id)
    how, note = request.POST.get("resolution", ""), request.POST.get("note", "")
    try:
        actions.resolve_difference(difference, by=request.actor, resolution=how, note=note)
    except DomainError as refusal:
        page = open_differences()
        context = {
            "differences": page.rows,
            "pages": page.links(request.GET),
            "refusal": str(refusal),
            "refused": difference.pk,
            "note": note,
        }
        return render(request, "crm/differences.html", context, status=422)
    messages.success(request, _("The difference is resolved."))
    return redirect("deliveries:differences")


def _sent(request: ActorRequest, sent: SentAgain, *, left: int = 0) -> HttpResponse:
    told = []
    if sent.again or not sent.anew:
        again = ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", sent.again)
        told.append(again % {"n": sent.again})
    if sent.anew:
        anew = ngettext(
            "%(n)s was overtaken by a later message: the system is told instead how the case stands now.",
            "%(n)s were overtaken by later messages: the system is told instead how their cases stand now.",
            sent.anew,
        )
        told.append(anew % {"n": sent.anew})
    if left:
        more = ngettext("%(n)s more is left: send again.", "%(n)s more are left: send again.", left)
        told.append(more % {"n": left})
    messages.success(request, " ".join(told))
    return redirect("deliveries:list")
