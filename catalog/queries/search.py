"""Search in the published catalogue: forgives accents, plurals and typing errors."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from catalog.models import SearchEntry

LIMIT = 20
_WORD = re.compile(r"[a-zñ0-9]+")
# Words that carry no meaning in a question; Spanish stop words come accented, and we fold first.
_STOP = {
    "a",
    "al",
    "ante",
    "como",
    "con",
    "cual",
    "cuando",
    "de",
    "del",
    "desde",
    "donde",
    "el",
    "ella",
    "en",
    "es",
    "esta",
    "este",
    "la",
    "las",
    "le",
    "lo",
    "los",
    "me",
    "mi",
    "mis",
    "no",
    "o",
    "para",
    "pero",
    "por",
    "que",
    "quien",
    "quiero",
    "se",
    "si",
    "sin",
    "sobre",
    "su",
    "sus",
    "tengo",
    "un",
    "una",
    "uno",
    "y",
    "ya",
    "yo",
    "necesito",
    "puedo",
    "hago",
    "hacer",
    "saco",
    "sacar",
    "pido",
    "pedir",
    "obtener",
    "tramite",
    "tramites",
    "hay",
    "the",
    "an",
    "and",
    "for",
    "how",
    "i",
    "is",
    "my",
    "of",
    "on",
    "or",
    "to",
    "get",
    "do",
    "need",
    "what",
    "where",
    "want",
    "can",
    "apply",
}


@dataclass(frozen=True)
class SearchResults:
    """Found entries, best first; `corrected` is what was searched instead when typing errors were mended."""

    entries: list[SearchEntry]
    corrected: str


_RANKED = """
SELECT e.procedure_id, ts_rank(ARRAY[0.05, 0.2, 0.6, 1.0]::real[], e.vector, q.any) * (1 + ln(e.popularity + 1) / 20)
             + CASE WHEN e.vector @@ q.every THEN 2 ELSE 0 END
             + CASE WHEN fold(e.title) = %(folded)s THEN 4 WHEN e.code = %(folded)s THEN 8
                    WHEN EXISTS (SELECT 1 FROM unnest(e.keywords) AS keyword WHERE fold(keyword) = %(folded)s) THEN 3 ELSE 0 END AS score
FROM catalog_searchentry e,
     (SELECT to_tsquery(%(config)s::regconfig, %(any)s) AS any, to_tsquery(%(config)s::regconfig, %(every)s) AS every) q
WHERE e.language = %(language)s AND e.vector @@ q.any
ORDER BY score DESC, e.popularity DESC, e.code LIMIT %(limit)s
"""

_MEND = """
SELECT t.word, coalesce((SELECT w.word FROM catalog_searchword w
                         WHERE w.language = %(language)s AND w.word %% t.word
                         ORDER BY similarity(w.word, t.word) - abs(length(w.word) - length(t.word)) * 0.02 DESC, w.word LIMIT 1), '')
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS t(word, place)
WHERE NOT EXISTS (SELECT 1 FROM catalog_searchword w WHERE w.language = %(language)s AND w.word = t.word)
  AND NOT EXISTS (SELECT 1 FROM catalog_searchentry e
                  WHERE e.language = %(language)s AND e.vector @@ to_tsquery(%(config)s::regconfig, t.word))
"""


def search(query: str, *, language: str, limit: int = LIMIT) -> SearchResults:
    """
    Return the published procedures that answer a citizen's words, the best first.

    A word that is in no sheet, not even by its stem, is replaced by the most similar word that is (trigrams). Words that find nothing
    in the page's language are looked up in the other one: in Chile, many who read English know only the Spanish name.
    """
    folded = _folded(query)
    ids, corrected = _ranked(folded, language, limit)
    if not ids:
        ids, corrected = _ranked(folded, {"es": "en"}.get(language, "es"), limit)
    entries = SearchEntry.objects.select_related("agency").filter(language=language, procedure__in=ids)
    return SearchResults(sorted(entries, key=lambda entry: ids.index(entry.procedure_id)), corrected)


def _folded(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold(%s)", [query[:200]])
        return " ".join(cursor.fetchone()[0].split())


def _ranked(folded: str, language: str, limit: int) -> tuple[list[UUID], str]:
    """Return the ids of the procedures found in one language, and what was searched instead of words that were mended."""
    config = f"ventanilla_{language}"
    found = _WORD.findall(folded)
    words = [word for word in found if word.isdigit() or (word not in _STOP and len(word) > 1)][:12]
    if not words:
        return [], ""
    with connection.cursor() as cursor:
        cursor.execute(
            _MEND, {"language": language, "words": [w for w in words if not w.isdigit()], "config": config}
        )
        mended = {word: better for word, better in cursor.fetchall() if better}
        used = [mended.get(word, word) for word in words]
        cursor.execute(
            _RANKED,
            {
                "config": config,
                "any": " | ".join(f"{word}:*" if len(word) > 3 else word for word in used),
                "every": " & ".join(used),
                "folded": folded,
                "language": language,
                "limit": limit,
            },
        )
        return [row[0] for row in cursor.fetchall()], " ".join(used) if mended else ""
