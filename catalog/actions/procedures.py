"""Procedures that join the catalogue."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Agency
from catalog import permissions, shape
from catalog.actions.versions import begin_version, edit_version
from catalog.models import Procedure, ProcedureVersion
from common import clock
from common.errors import DomainError, require
from events.record import record

NOT_AN_ADMINISTRATOR = _("Only an administrator adds a procedure.")


@transaction.atomic
def create_procedure(
    code: str, *, by: Actor, slug: str, agency: Agency | None, content: dict[str, Any]
) -> ProcedureVersion:
    """
    Add a procedure, and begin its first draft; nothing of it is public before it went through the chain.

    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: its number or its name in addresses is another's already, or can be nobody's
    :raises SheetInvalid: the text breaks a rule
    """
    require(permissions.can_add_procedures(by), NOT_AN_ADMINISTRATOR)
    if agency is None:
        missing = _("Choose the agency to which it belongs.")
        raise DomainError(missing, agency=missing)
    _require_free(code, slug)
    now = clock.now()
    try:
        with transaction.atomic():
            procedure = Procedure.objects.create(code=code, slug=slug, agency=agency)
    except IntegrityError:
        raise DomainError(_("Somebody added it at the same moment. Look for it in the catalogue.")) from None
    record("procedure.added", procedure, by=by, at=now)
    draft = begin_version(procedure, by=by)
    return edit_version(draft, by=by, content=content, revision=draft.revision)


def _require_free(code: str, slug: str) -> None:
    faults = {}
    if not shape.CODE.fullmatch(code):
        faults["code"] = _("Write letters, numbers, - and _, at most 20 of them.")
    elif Procedure.objects.filter(code=code).exists():
        faults["code"] = _("Another procedure has this number.")
    if not shape.SLUG.fullmatch(slug):
        faults["slug"] = _("Write lower case letters, numbers and dashes, at most 150 of them.")
    elif Procedure.objects.filter(slug=slug).exists():
        faults["slug"] = _("Another procedure has this name in addresses.")
    if faults:
        raise DomainError(next(iter(faults.values())), **faults)
