"""The contacts of a case on the web."""

from crm.models import Case, Enquiry, Interaction


def contact_of_filing(case: Case) -> Interaction:
    """Return the contact in which a case was filed: the one whose survey its confirmation offers."""
    enquiry = (
        Enquiry.objects.filter(case=case, kind="apply", interaction__channel="web")
        .select_related("interaction")
        .order_by("-opened_at")
        .first()
    )
    return enquiry.interaction if enquiry else case.source
