"""Who is on a citizen's page: a visitor or a case's holder, whoever is signed in to staff rooms beside it."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor
from accounts.held import held_in, is_shown
from accounts.middleware import hold_case
from crm import keys
from crm.models import Case
from crm.queries.keys import key_print, opened_alike
from portal.models import Draft

KEPT_FOR = timedelta(days=30)  # how long a draft and the cookie with its key last
COOKIE = "key_"


def visitor_of(request: HttpRequest) -> Actor:
    """Return the citizen of this browser session; a staff sign-in gives no rights here."""
    return Actor.visitor(held_in(request.session))


def language_of(request: HttpRequest) -> str:
    """Return the two letters of the page's language."""
    return str(getattr(request, "LANGUAGE_CODE", "es"))[:2]


def remember_key(response: HttpResponse, draft: Draft, key: str, *, lasting: timedelta = KEPT_FOR) -> None:
    """Keep a draft's key in this browser, out of reach of scripts, so that a lost session loses nothing."""
    response.set_cookie(
        COOKIE + draft.code,
        key,
        max_age=lasting,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        path="/",
    )


def key_of(request: HttpRequest, draft: Draft) -> str:
    """Return the draft's key if this browser keeps it and it is the right one, else nothing."""
    key = request.COOKIES.get(COOKIE + draft.code, "")
    return key if key and keys.opens(key, draft.case.secret_hash) else ""


def key_groups(key: str) -> list[str]:
    """Return a key as the groups it is shown in, none for no key."""
    return keys.pretty(key).split("-") if key else []


def is_held(request: HttpRequest, case: Case) -> bool:
    """Whether this session has shown the case's present key."""
    return is_shown(request.session, case.pk, key_print(case.secret_hash))


def admit(request: HttpRequest, draft: Draft, typed_key: str = "") -> bool:
    """Let a draft's holder in: by the session, by the key this browser keeps, or by a key just typed."""
    shown = key_of(request, draft) or (typed_key and keys.opens(typed_key, draft.case.secret_hash))
    if not (shown or is_held(request, draft.case)):
        return False
    hold_all(request, draft.case)
    return True


def hold_all(request: HttpRequest, case: Case) -> None:
    """Remember that the key of a case was shown, which is also that of those it was applied for with."""
    for one in opened_alike(case):
        if not is_held(request, one):
            hold_case(request, one.pk)
