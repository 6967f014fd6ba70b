"""
What administrators do with people, posts and credentials, as events.

Events stand above accounts, so `events` hands its recorder down at start-up (`keep_with`) and accounts
never imports it.
"""

from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor

KINDS = {
    "user.created": _("A person was given a sign-in"),
    "user.disabled": _("A sign-in was ended"),
    "user.enabled": _("A sign-in was opened again"),
    "user.password_reset": _("A password was taken back"),
    "user.password_set": _("A password was chosen"),
    "post.given": _("A post was given"),
    "post.ended": _("A post was ended"),
    "credential.issued": _("A credential was issued"),
    "credential.revoked": _("A credential was revoked"),
    "absence.entered": _("An absence was entered"),
    "absence.ended": _("An absence was ended"),
}


class Recorder(Protocol):
    """What writes an event (`events.record.record`)."""

    def __call__(
        self, kind: str, subject: models.Model, *, by: Actor, at: datetime, **data: Any
    ) -> object: ...


_recorder: Recorder | None = None


def keep_with(recorder: Recorder) -> None:
    """Say who writes the events; called from the `ready()` of the app that keeps them."""
    global _recorder
    _recorder = recorder


def note(kind: str, subject: models.Model, *, by: Actor, at: datetime, **data: Any) -> None:
    """
    Write an event about a person's sign-in or a program's, in the transaction of the act.

    :raises RuntimeError: nobody keeps events
    """
    if _recorder is None:
        raise RuntimeError("No app keeps events.")
    _recorder(kind, subject, by=by, at=at, **data)
