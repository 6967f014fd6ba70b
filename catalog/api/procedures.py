"""The published procedures."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_noop as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from catalog import serializers, sheets
from catalog.api import filters, paging
from catalog.api.documented import CURSOR, PAGE_SIZE, documented
from catalog.api.public import PublicView
from catalog.models import ProcedureVersion, Publication, Retirement, SearchEntry
from catalog.queries.search import search
from common import links
from common.errors import DomainError


class Ended(DomainError):
    """A procedure that was public can not be asked for any more."""

    code = "ended"
    status = 410


class Procedures(PublicView):
    """Lists what can be asked for."""

    @documented(
        "procedures_list",
        _("Published procedures, by code"),
        serializers.ProcedurePage,
        (
            "q",
            _("Words to search for, in Spanish unless `language=en`; the best first, in one page."),
        ),
        ("language", _("The language of `q`: es or en.")),
        ("agency", _("An agency's code.")),
        ("life_event", _("A life event's code.")),
        ("theme", _("A theme's code.")),
        (
            "updated_since",
            _("Only those published at or after this instant (2026-11-24 or 2026-11-24T09:00:00Z)."),
        ),
        CURSOR,
        PAGE_SIZE,
    )
    def get(self, request: Request) -> Response:
        """List published procedures."""
        rows = _narrowed(request, _rows())
        filters.choice(request, "language", ("es", "en"))
        if query := filters.words(request, "q"):
            return Response({"next": None, "results": shown(request, _found(request, rows, query))})
        return Response(paging.page(request, rows, key="code", show=lambda found: shown(request, found)))


class ProcedureDetail(PublicView):
    """Shows a procedure in full."""

    @documented(
        "procedures_read",
        _("One procedure in full, by code or slug"),
        serializers.ProcedureInFull,
        missing=True,
    )
    def get(self, request: Request, ref: str) -> Response:
        """Show the published version of a procedure."""
        entry = _rows().filter(code=ref).first() or _rows().filter(slug=ref).first()
        if entry is None:
            _require_not_ended(ref)
            raise Http404
        row = shown(request, [entry])[0]
        version = ProcedureVersion.objects.select_related("procedure").get(pk=entry.version_id)
        address = links.url("procedure", entry.slug)
        page = request.build_absolute_uri(address) if address else ""
        return Response({**row, **in_full(version), "page": page})


def _require_not_ended(ref: str) -> None:
    """
    Say of a procedure that is gone that it ended, and why.

    :raises Ended: with the reason that its page gives
    """
    of_it = Q(procedure__code=ref) | Q(procedure__slug=ref)
    if retirement := Retirement.objects.standing().filter(of_it).first():
        raise Ended(retirement.reason)


def _rows() -> QuerySet[Any, Any]:
    """The Spanish entry of every published procedure, with its version's number and day but no content."""
    begun = Publication.objects.filter(version=OuterRef("version"), begun_at__isnull=False).order_by(
        "-begun_at"
    )
    return (
        SearchEntry.objects.filter(language="es")
        .select_related("agency", "version")
        .defer("vector", "version__content")
        .annotate(published_at=Subquery(begun.values("begun_at")[:1]))
    )


def _narrowed(request: Request, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    if agency := filters.code(request, "agency"):
        rows = rows.filter(agency__code=agency)
    if event := filters.code(request, "life_event"):
        rows = rows.filter(life_events__contains=[event])
    if theme := filters.code(request, "theme"):
        rows = rows.filter(themes__contains=[theme])
    if since := filters.moment(request, "updated_since"):
        rows = rows.filter(published_at__gte=since)
    return rows


def _found(request: Request, rows: QuerySet[Any, Any], query: str) -> list[SearchEntry]:
    language = filters.choice(request, "language", ("es", "en")) or "es"
    best = [entry.procedure_id for entry in search(query, language=language, limit=paging.MOST).entries]
    by_id = {entry.procedure_id: entry for entry in rows.filter(procedure__in=best)}
    return [by_id[one] for one in best if one in by_id][: paging.page_size(request)]


def shown(request: Request, entries: list[SearchEntry]) -> list[dict[str, Any]]:
    """Return rows as the API tells them; one query more for the English texts."""
    ids = [entry.procedure_id for entry in entries]
    english = {
        entry.procedure_id: entry
        for entry in SearchEntry.objects.filter(language="en", procedure__in=ids)
        .only("procedure", "title", "summary")
    }  # fmt: skip
    return [_row(request, entry, english.get(entry.procedure_id)) for entry in entries]


def _row(request: Request, entry: Any, english: SearchEntry | None) -> dict[str, Any]:
    agency = entry.agency
    return {
        "code": entry.code,
        "slug": entry.slug,
        "title": {"es": entry.title, "en": entry.version.title_en},
        "summary": {
            "es": entry.summary,
            "en": english.summary if english and english.summary != entry.summary else "",
        },
        "agency": {"code": agency.code, "name": {"es": agency.name_es, "en": agency.name_en}},
        "life_events": entry.life_events,
        "themes": entry.themes,
        "audience": entry.audience,
        "channels": entry.channels,
        "has_form": entry.has_form,
        "version": entry.version.number,
        "published_at": entry.published_at,
        "url": reverse("catalog-api:procedure", args=[entry.code], request=request),
    }


def in_full(version: ProcedureVersion) -> dict[str, Any]:
    """Return the whole published sheet."""
    content = version.content
    sections = content.get("sections") or {}
    form = content.get("form") or {}
    ways = content.get("channels") or {}
    return {
        "applicant": content.get("applicant", "person"),
        "completeness": content.get("completeness", "basic"),
        "summary": _pair(content.get("summary")),
        **{
            key: {
                language: list((content.get(key) or {}).get(language) or []) for language in sheets.LANGUAGES
            }
            for key in ("keywords", "synonyms")
        },
        "related": content.get("related") or [],
        "sections": {name: _pair(sections.get(name)) for name in sheets.SECTIONS},
        "valid_for": _valid_for(content.get("valid_for")),
        **_varying(content),
        "legal_basis": [
            {"title": _pair(row["title"]), "url": row.get("url", "")}
            for row in content.get("legal_basis") or []
        ],
        "eligibility": _eligibility(version),
        "levels": _levels(version.sheet),
        "ways": [_way(code, ways[code]) for code in sheets.CHANNELS if code in ways],
        "variants": [_variant(row) for row in content.get("variants") or []],
        "stages": [
            {
                "agency": row["agency"],
                "order": row.get("order", 1),
                "required": row.get("required", True),
                "term_business_days": row.get("term_business_days"),
                "term_calendar_days": row.get("term_calendar_days"),
            }
            for row in content.get("stages") or []
        ],
        "form": {"schema": form["schema"], "questions": form["ui"]["questions"]} if form.get("ui") else None,
        "sources": content.get("sources") or [],
        "imported_from": version.procedure.origin,
        "is_synthetic": version.procedure.is_synthetic,
    }


def _eligibility(version: ProcedureVersion) -> dict[str, Any] | None:
    """Return the rules of who may get it, as they are and in words."""
    rules = version.sheet.eligibility
    if rules is None:
        return None
    words = {}
    for language in sheets.LANGUAGES:
        with translation.override(language):
            words[language] = [rule.text for rule in version.sheet.rules]
    return {"rules": rules, "words": words}


def _levels(sheet: sheets.Sheet) -> dict[str, dict[str, int]]:
    """Return how surely one must be known for each act on each channel of the house, also where the sheet leaves it to the house."""
    return {
        channel: {act: sheet.level(channel, act) for act in acts}
        for channel, acts in sheets.HOUSE_LEVELS.items()
    }


def _varying(content: dict[str, Any]) -> dict[str, Any]:
    """Return what may be otherwise somewhere."""
    term = content.get("term") or {}
    return {
        "requirements": [_requirement(row) for row in content.get("requirements") or []],
        "costs": [
            {
                "amount": row["amount"],
                "currency": row.get("currency", "CLP"),
                "condition": _pair(row.get("condition")),
            }
            for row in content.get("costs") or []
        ],
        "term": {
            "business_days": term.get("business_days"),
            "calendar_days": term.get("calendar_days"),
            "text": _pair(term.get("text")),
        },
    }


def _variant(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "communes": row.get("communes") or [],
        "agency": row.get("agency") or "",
        "text": _pair(row.get("text")),
        **_varying(row),
        "url": row.get("url") or "",
    }


def _pair(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {"es": str(value or ""), "en": ""}
    return {language: str(value.get(language) or "") for language in sheets.LANGUAGES}


def _valid_for(row: dict[str, Any] | None) -> dict[str, Any] | None:
    found = sheets.validity_in(row)
    if found is None:
        return None
    said = {}
    for language in sheets.LANGUAGES:
        with translation.override(language):
            said[language] = found.sentence
    return {"unit": found.unit, "count": found.count, "text": said}


def _requirement(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "label": _pair(row.get("label")),
        "note": _pair(row.get("note")),
        "provided_by": row.get("provided_by", "citizen"),
        "required": row.get("required", True),
        "upload": row.get("upload", False),
        "valid_days": row.get("valid_days"),
        "document_type": row.get("document_type") or "",
    }


def _way(code: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "channel": code,
        "mode": row.get("mode", "inform"),
        "text": _pair(row.get("text")),
        "url": row.get("url", ""),
        "minutes": row.get("minutes"),
    }
