"""Acting from a page that is not any more how things stand."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils.functional import Promise


def revision_looked_at(request: HttpRequest) -> str | None:
    """Return the revision of the page that somebody acts from, as their form or the address says; None where neither does."""
    return request.POST.get("revision", request.GET.get("revision"))


def say_it_changed(form: Form, revision: int, words: str | Promise) -> None:
    """
    Say on a form that was sent that what it is about was changed since it was looked at, whatever else is wrong with it, and let it go on
    under the present revision: only for a page that shows the whole of it anew.
    """
    if str(words) not in form.non_field_errors():
        form.add_error(None, str(words))
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["revision"] = str(revision)
    form.data = data
