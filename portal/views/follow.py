"""Opening a case with its folio and key, and forgetting it again on a shared computer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.held import HELD_CASES
from common.languages import keeps_typed
from common.origins import address_of
from crm import actions as crm
from crm import keys
from crm.models import Case
from portal.forms import Follow
from portal.visitors import COOKIE, hold_all, visitor_of

VISITS = "visits"  # session: the contact of each case's present visit
NEW_KEYS = "new_keys"  # session: keys made for claim codes, shown until they are forgotten here


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for folio and key; whichever of them is wrong, the answer is the same."""
    if request.method != "POST":
        return render(
            request,
            "portal/follow.html",
            {"form": Follow(initial={"folio": request.GET.get("folio", "")[:20]})},
        )
    form = Follow(request.POST)
    status = 422
    if form.is_valid():
        try:
            case = _opened(request, **form.cleaned_data)
        except crm.TooManyGuesses as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            if case:
                hold_all(request, case)
                return redirect("portal:case", case.folio)
            form.add_error(
                None,
                gettext("This folio and this key do not belong together. Check both against your receipt."),
            )
    return render(request, "portal/follow.html", {"form": form}, status=status)


def _opened(request: HttpRequest, folio: str, key: str) -> Case | None:
    """Open a case with its key, or with the claim code a clerk or an agent gave; that one leaves a key to be shown."""
    by, address = visitor_of(request), address_of(request)
    if not keys.looks_like_claim_code(key):
        return crm.open_with_key(folio, key, by=by, address=address)
    redeemed = crm.redeem_claim_code(folio, key, by=by, address=address)
    if redeemed is None:
        return None
    case, new_key = redeemed
    request.session[NEW_KEYS] = {**request.session.get(NEW_KEYS, {}), str(case.pk): new_key}
    return case


@login_not_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Forget, in this browser, every case and draft it was shown the key of."""
    for name in (HELD_CASES, VISITS, NEW_KEYS):
        request.session.pop(name, None)
    rotate_token(request)  # a page of before, found by going back, begins or sends nothing any more
    response = redirect("portal:forgotten")
    for name in request.COOKIES:
        if name.startswith(COOKIE):
            response.delete_cookie(name)
    return response


@login_not_required
@require_http_methods(["GET", "HEAD"])
def show_forgotten(request: HttpRequest) -> HttpResponse:
    """Say that nothing is remembered here any more."""
    return render(request, "portal/forgotten.html")
