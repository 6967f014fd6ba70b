"""What the public sees of the catalogue."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from catalog.models import Procedure, ProcedureVersion, Publication, SearchEntry
from catalog.questionnaires.question import Questionnaire
from common.clock import ClockNow


def published_version(slug: str) -> ProcedureVersion | None:
    """Return the version of a procedure that is public now, or None."""
    return (
        ProcedureVersion.objects.published()
        .filter(procedure__slug=slug)
        .select_related("procedure__agency")
        .first()
    )


def current_version(procedure: Procedure) -> ProcedureVersion | None:
    """Return the public version of a procedure."""
    return ProcedureVersion.objects.published().filter(procedure=procedure).first()


def latest_text(procedure: Procedure) -> ProcedureVersion | None:
    """Return the version from which a draft begins: the last that was public, or is to be."""
    return procedure.versions.filter(publications__isnull=False).order_by("-number").first()


def scheduled_publication(procedure: Procedure) -> Publication | None:
    """Return the publication that waits for its day."""
    waiting = procedure.publications.filter(during__startswith__gt=ClockNow()).select_related("version")
    return waiting.defer("version__content").first()


def was_public_since(version: ProcedureVersion) -> bool:
    """Whether a version, or one after it, was public or is to be: then it is made public only as a new draft."""
    since = Publication.objects.filter(procedure=version.procedure_id, version__number__gte=version.number)
    return since.exists()


@lru_cache(maxsize=512)
def content_of(version_id: UUID) -> dict[str, Any]:
    """
    Return what a version that cases are filed under says; read only. Once approved it never changes (the database refuses it), so a
    process reads each one once.
    """
    content: dict[str, Any] = ProcedureVersion.objects.values_list("content", flat=True).get(pk=version_id)
    return content


@lru_cache(maxsize=512)
def questionnaire_of(version_id: UUID) -> Questionnaire:
    """Return what such a version asks; read only, likewise."""
    return Questionnaire(content_of(version_id))


@lru_cache(maxsize=512)
def procedure_of(version_id: UUID) -> UUID:
    """Return which procedure a version is of; a version never changes hands, so a process asks of each once."""
    procedure_id: UUID = ProcedureVersion.objects.values_list("procedure_id", flat=True).get(pk=version_id)
    return procedure_id


def most_wanted(language: str, *, limit: int = 8) -> QuerySet[SearchEntry]:
    """The procedures most asked for."""
    return SearchEntry.objects.filter(language=language).order_by("-popularity", "code")[:limit]


def naming(procedure_id: UUID) -> list[UUID]:
    """Return the procedures whose public sheet names another one as related."""
    code = Procedure.objects.filter(pk=procedure_id).values_list("code", flat=True).first()
    naming_it = ProcedureVersion.objects.published().filter(content__related__contains=[code])
    return list(naming_it.values_list("procedure", flat=True)) if code else []


def related_to(version: ProcedureVersion, language: str) -> list[SearchEntry]:
    """Return the published procedures to which a sheet points, in its order; what they point to is not followed."""
    codes = [code for code in version.sheet.related if code != version.procedure.code]
    if not codes:
        return []
    rows = SearchEntry.objects.filter(language=language, procedure__code__in=codes)
    found = {entry.code: entry for entry in rows.only("code", "slug", "title", "summary")}
    return [found[code] for code in codes if code in found]


def by_life_event(code: str, language: str) -> QuerySet[SearchEntry]:
    """The procedures of a life event, the most asked for first."""
    return SearchEntry.objects.filter(language=language, life_events__contains=[code]).order_by(
        "-popularity", "code"
    )


def by_theme(code: str, language: str) -> QuerySet[SearchEntry]:
    """The procedures of a theme, the most asked for first."""
    return SearchEntry.objects.filter(language=language, themes__contains=[code]).order_by(
        "-popularity", "code"
    )
