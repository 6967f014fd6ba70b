"""Applications opened by phone: the same form and the same filing as everywhere."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Act, ProcedureVersion
from common.errors import DomainError, require
from crm import keys, permissions
from crm.actions import begin_case, submit_case
from crm.actions.enquiries import drop_enquiry
from crm.models import Case, Enquiry, Interaction
from crm.queries.delegated import lacking_in


class NotByPhone(DomainError):
    """No agreement lets this be received by phone."""

    code = "not-by-phone"
    status = 409


@transaction.atomic
def begin_application(
    interaction: Interaction,
    *,
    by: Actor,
    version: ProcedureVersion,
    language: str,
    matter: Enquiry | None = None,
) -> Case:
    """
    Begin an application in a call; the matter it grew out of becomes it, and the one begun before is gone
    on with.

    Its key is kept by nobody: a key is not read out by phone. A claim code, or the identity itself, opens
    the case later.

    :raises NotAllowed: `by` does not attend this call
    :raises NotByPhone: no agreement lets it be received by phone, or by this agent
    """
    require(permissions.is_attending(by, interaction), _("Only whoever attends a call acts in it."))
    _require_by_phone(interaction, version, by)
    draft = Case.objects.filter(source=interaction, version=version, state="draft").first()
    if draft is not None:
        return draft
    if matter is not None and not matter.outcome and not matter.case_id:
        drop_enquiry(matter, by=by)
    return begin_case(version, by=by, interaction=interaction, key=keys.new_key(), language=language)


@transaction.atomic
def file_application(case: Case, *, by: Actor) -> Case:
    """
    File it; the folio is read out to the caller.

    :raises DomainError: an answer is missing or wrong
    :raises NotByPhone: no agreement lets it be received by phone any more, or by this agent
    :raises LevelTooLow: this needs a surer identity than a call gives
    """
    if case.is_draft:
        _require_by_phone(case.source, case.version, by)
    return submit_case(case, by=by)


def _require_by_phone(interaction: Interaction, version: ProcedureVersion, by: Actor) -> None:
    match lacking_in(interaction, version.pk, by.user_id):
        case Act.RECEIVE:
            raise NotByPhone(
                _("No agreement lets you receive this by phone: tell the caller where it can be done.")
            )
        case Act.VERIFY_IDENTITY:
            raise NotByPhone(
                _(
                    "Whoever applies for this must be known surely, and no agreement lets you verify by phone who they are: tell the caller "
                    "where it can be done."
                )
            )
