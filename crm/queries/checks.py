"""What the nightly checks ask."""

from uuid import UUID

from crm.models import Case, CaseState, Document, Mandate, state_of


def cases_whose_state_is_not_that_of_their_stages() -> list[UUID]:
    """
    Return the cases whose stored state differs from the function of their stages (closed ones keep their
    decision).
    """
    cases = Case.objects.exclude(state__in=[CaseState.DRAFT, CaseState.CLOSED]).prefetch_related("stages")
    return [case.pk for case in cases.iterator(chunk_size=1000) if state_of(case.stages.all()) != case.state]


def hashes_with_a_row(hashes: list[str]) -> set[str]:
    """Return those of these SHA-256 that a paper, or the evidence of a mandate, has."""
    papers = Document.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    return {
        *papers,
        *Mandate.objects.filter(sha256__in=hashes).exclude(sha256="").values_list("sha256", flat=True),
    }
