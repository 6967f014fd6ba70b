"""Cases of a person's right over their data: of which right, of whom, and whether what it asks for was done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.queries.published import content_of
from catalog.sheets import Sheet
from crm.models import Case, PartyRole, Person, PersonAttribute, PersonBlock, PersonExport, RedactionLog
from crm.queries.levels import was_filed_surely

UNMET: dict[str, str | Promise] = {
    "access": _("Prepare the export first: granting access hands over what it holds."),
    "portability": _("Prepare the export first: granting portability hands over what it holds."),
    "suppression": _("Erase the person's data first, or deny it and say what must stay and why."),
    "blocking": _("Block the person's data first, or deny it and say why."),
    "rectification": _("Correct what is wrong first, or deny it and say why."),
}
NOT_SURE = _(
    "Whoever filed this did not show that they are this person. Nothing is done with anybody's data for it: deny it, and say that with "
    "their identity card it is filed at any office."
)


def right_of(case: Case) -> str:
    """Return the right a case is about (`catalog.sheets.RIGHTS`), empty for any other case."""
    return Sheet(content_of(case.version_id)).right


def person_of(case: Case) -> Person | None:
    """Return whose data a case of a right is about: its applicant, by the record that stands for them."""
    own = record_of(case)
    return (own.merged_into or own) if own else None


def record_of(case: Case) -> Person | None:
    """
    Return the applicant's own record in a case: what is done about them is written on it, and stays theirs when a merge is taken back.
    """
    part = case.parties.filter(role=PartyRole.APPLICANT).select_related("person__merged_into").first()
    return part.person if part else None


def unmet(case: Case) -> str | Promise | None:
    """Return the sentence that says what must be done before a case of a right is granted; None when it was, or for other cases."""
    right = right_of(case)
    if right == "opposition":
        return None if was_filed_surely(case) else NOT_SURE
    done = {
        "access": PersonExport.objects.filter(made_at__isnull=False, expired_at__isnull=True),
        "portability": PersonExport.objects.filter(made_at__isnull=False, expired_at__isnull=True),
        "suppression": RedactionLog.objects.all(),
        "blocking": PersonBlock.objects.all(),
    }
    if right == "rectification":
        return None if PersonAttribute.objects.filter(evidence__case=case).exists() else UNMET[right]
    if right not in done:
        return None
    return None if done[right].filter(case=case).exists() else UNMET[right]
