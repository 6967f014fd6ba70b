"""Procedures that ended: what their pages say instead."""

from dataclasses import dataclass

from catalog.models import Procedure, ProcedureVersion, Retirement, SearchEntry


@dataclass(frozen=True)
class Ending:
    """Why a procedure ended, the text that was public last, and what to ask for instead, where that is public."""

    retirement: Retirement
    version: ProcedureVersion | None
    instead: SearchEntry | None

    @property
    def title(self) -> str:
        return self.version.title if self.version else self.retirement.procedure.slug


def standing_retirement(procedure: Procedure) -> Retirement | None:
    """Return why a procedure is off the public pages; None where it did not end."""
    return procedure.retirements.standing().select_related("by", "instead").first()


def ending_of(retirement: Retirement, language: str) -> Ending:
    """Return what is said of a procedure that ended."""
    versions = ProcedureVersion.objects.filter(publications__begun_at__isnull=False).defer("content")
    last = versions.filter(procedure=retirement.procedure_id).order_by("-publications__begun_at").first()
    entries = SearchEntry.objects.filter(procedure=retirement.instead_id, language=language)
    return Ending(retirement, last, entries.first() if retirement.instead_id else None)


def ending_at(slug: str, language: str) -> Ending | None:
    """Return what is said of the procedure that had this name in addresses; None where none ended."""
    found = Retirement.objects.standing().filter(procedure__slug=slug).select_related("procedure__agency")
    retirement = found.first()
    return ending_of(retirement, language) if retirement else None
