"""Refusals: every rule that says no raises one of these, and the person reads its sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a sentence for the person; `code` names it for machines (RFC 9457 problem type)."""

    code = "refused"
    status = 422

    def __init__(self, message: str | Promise = "", **fields: str | Promise) -> None:
        """`fields` maps a form field to the sentence to show beside it."""
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError, PermissionDenied):
    """Who asks may not do this."""

    code = "not-allowed"
    status = 403


class IllegalMove(DomainError):
    """The thing is not in a state from which this can be done."""

    code = "illegal-move"
    status = 409

    def __init__(self, old: object, new: object) -> None:
        super().__init__(
            _("This can not be done now: it is “%(old)s”.") % {"old": getattr(old, "label", old)}
        )
        self.old, self.new = old, new


class StaleVersion(DomainError):
    """Somebody else saved first."""

    code = "stale"
    status = 409


class AlreadyDone(DomainError):
    """The same request was carried out before with other content."""

    code = "already-done"
    status = 409


class TooManyAttempts(DomainError):
    """A guessable thing was tried too often."""

    code = "too-many-attempts"
    status = 429


def require(allowed: bool, reason: str | Promise) -> None:
    """Raise `NotAllowed` with `reason` unless `allowed`."""
    if not allowed:
        raise NotAllowed(reason)


@contextmanager
def shown_on(form: Form) -> Iterator[None]:
    """Turn a refusal into errors on the form the person is looking at; a missing permission stays a 403."""
    try:
        yield
    except NotAllowed:
        raise
    except DomainError as error:
        known = {name: text for name, text in error.fields.items() if name in form.fields}
        for name, text in known.items():
            form.add_error(name, str(text))
        if not known:
            form.add_error(None, str(error))
