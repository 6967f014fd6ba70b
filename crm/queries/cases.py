"""Finding cases."""

from django.db.models import QuerySet

from accounts.actors import Actor
from crm import folios
from crm.models import Case, Person


def find_case(text: str) -> Case | None:
    """
    Return the case with this folio, whoever asks: for staff who then bring it into their contact (`crm.actions.bring_case`).

    Show no more of it than folio and procedure until it is visible to them.
    """
    folio = folios.normalise(text)
    return (
        Case.objects.submitted().select_related("version__procedure__agency").filter(folio=folio).first()
        if folio
        else None
    )


def cases_of(person: Person, actor: Actor) -> QuerySet[Case]:
    """The filed cases a person is a party of, as far as `actor` may see them, the latest first."""
    return (
        Case.objects.visible_to(actor)
        .submitted()
        .with_party(person)
        .select_related("version__procedure__agency")
        .order_by("-submitted_at")
    )
