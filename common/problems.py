"""Refusals of the API as problem details (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from common.errors import DomainError

CONTENT_TYPE = "application/problem+json"
TITLES = {
    "fault": _("Something broke on our side"),
    "illegal-move": _("This can not be done now"),
    "invalid": _("Some values are not accepted"),
    "key-missing": _("An Idempotency-Key is needed"),
    "key-used": _("This Idempotency-Key was used for something else"),
    "method-not-allowed": _("Method not allowed"),
    "not-acceptable": _("No such form of answer"),
    "not-allowed": _("Not allowed"),
    "not-found": _("Not found"),
    "no-credential": _("A credential is needed"),
    "no-scope": _("This credential is not for that"),
    "parse-error": _("This can not be read"),
    "precondition-missing": _("If-Match is needed"),
    "refused": _("Refused"),
    "stale": _("It was changed meanwhile"),
    "too-large": _("Too large"),
    "too-many-requests": _("Too many requests"),
    "unreadable": _("This can not be read"),
    "unsupported-media-type": _("This kind of content is not read here"),
}


def is_for_machines(request: HttpRequest) -> bool:
    """Whether whoever asks is a program: everything under /api/ answers in JSON, its refusals too."""
    return request.path_info.startswith("/api/")


def problem(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    """Return a problem document; `code` is the last part of its type."""
    return JsonResponse(problem_body(status, code, detail, **more), status=status, content_type=CONTENT_TYPE)


def problem_body(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return what a problem document says."""
    return {
        "type": f"about:blank#{code}",
        "title": str(TITLES.get(code) or code.replace("-", " ").capitalize()),
        "status": status,
        "detail": detail,
        **more,
    }


def refusal_body(refusal: DomainError, *, status: int | None = None) -> dict[str, Any]:
    """Return what a refusal of ours says, with the fields it is about."""
    errors = {name: [str(sentence)] for name, sentence in refusal.fields.items()}
    more = {"errors": errors} if errors else {}
    return problem_body(status or refusal.status, refusal.code, str(refusal), **more)


def as_problem_details(error: Exception, context: dict[str, Any]) -> HttpResponse | Response | None:
    """Answer for DRF: our refusals and its own in the same form; anything else stays a server error."""
    match error:
        case DomainError():
            return JsonResponse(refusal_body(error), status=error.status, content_type=CONTENT_TYPE)
        case Http404() | exceptions.NotFound():
            return problem(404, "not-found", gettext("There is nothing at this address."))
        case PermissionDenied():
            return problem(403, "not-allowed", gettext("This credential may not do this."))
        case exceptions.ValidationError():
            return problem(400, "invalid", _refused(error.detail), errors=error.detail)
        case exceptions.Throttled():
            response = problem(429, "too-many-requests", gettext("Please ask again later."))
            response.headers["Retry-After"] = str(int(error.wait or 60))  # type: ignore[attr-defined]  # the stubs lack it
            return response
        case exceptions.APIException():
            return problem(error.status_code, error.default_code.replace("_", "-"), str(error.detail))
    return None


def _refused(errors: Any) -> str:
    """Name the values that are not accepted."""
    if not isinstance(errors, dict):
        return gettext("Some values are not accepted.")
    return gettext("Not accepted: %(names)s.") % {"names": ", ".join(errors)}
