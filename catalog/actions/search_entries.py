"""The read model of the published catalogue, rewritten in the transaction that publishes."""

import re
from typing import Any

from django.db import connection
from django.db.models import Func, Value

from catalog import plain_language, sheets, text
from catalog.models import Procedure, ProcedureVersion, SearchEntry, SearchWord

CONFIGS = {"es": "ventanilla_es", "en": "ventanilla_en"}
LISTED = (
    "code",
    "slug",
    "title",
    "summary",
    "life_events",
    "themes",
    "channels",
    "has_form",
    "popularity",
    "agency_id",
)
_WORD = re.compile(r"[a-zñ]{3,40}")


def rewrite_search_entries(procedure: Procedure, version: ProcedureVersion) -> bool:
    """
    Write one entry per language for the version that is public now, and add its words to the vocabulary.

    :return: whether the pages on which procedures are listed show it otherwise now
    """
    content = version.content
    before = list(SearchEntry.objects.filter(procedure=procedure).order_by("language").values(*LISTED))
    for language, config in CONFIGS.items():
        entry, _created = SearchEntry.objects.update_or_create(
            procedure=procedure,
            language=language,
            defaults={
                "version": version,
                "agency_id": procedure.agency_id,
                "code": procedure.code,
                "slug": procedure.slug,
                "title": sheets.in_language(content.get("title"), language)[:250],
                "summary": text.plain(sheets.in_language(content.get("summary"), language))[:400],
                "keywords": _words(content, language),
                "life_events": content.get("life_events") or [],
                "themes": content.get("themes") or [],
                "audience": content.get("audience") or [],
                "channels": list(content.get("channels") or {}),
                "has_form": version.has_form,
                "popularity": procedure.popularity,
                "eligibility": version.sheet.eligibility,
                "gaps": [part for part, _sentence in plain_language.missing_parts(content)],
            },
        )
        SearchEntry.objects.filter(pk=entry.pk).update(vector=_vector(entry, config))
        _add_words(language, entry)
    return before != list(
        SearchEntry.objects.filter(procedure=procedure).order_by("language").values(*LISTED)
    )


def _words(content: dict[str, Any], language: str) -> list[str]:
    """The keywords and the synonyms of a sheet, each once: people look for it by either."""
    given = [
        word for key in ("keywords", "synonyms") for word in (content.get(key) or {}).get(language) or []
    ]
    return list(dict.fromkeys(str(word)[:80] for word in given))


def _weighted(value: str, config: str, weight: str) -> Func:
    folded = Func(Value(value), function="fold")
    vector = Func(
        Value(config), folded, function="to_tsvector", template="%(function)s(%(expressions)s)", arity=2
    )
    vector.source_expressions[0] = Func(Value(config), function="", template="%(expressions)s::regconfig")
    return Func(vector, Value(weight), function="setweight", template="%(function)s(%(expressions)s)")


def _vector(entry: SearchEntry, config: str) -> Func:
    parts = [
        _weighted(entry.title, config, "A"),
        _weighted(" ".join(entry.keywords), config, "B"),
        _weighted(entry.summary, config, "C"),
        _weighted(entry.code, config, "A"),
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = Func(joined, part, template="%(expressions)s", arg_joiner=" || ")
    return joined


def _add_words(language: str, entry: SearchEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold(%s)", [" ".join([entry.title, *entry.keywords, entry.summary])])
        words = sorted(set(_WORD.findall(cursor.fetchone()[0])))
    SearchWord.objects.bulk_create(
        [SearchWord(language=language, word=word) for word in words], ignore_conflicts=True
    )
