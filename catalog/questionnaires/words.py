"""What people read of a question's line, in the active language."""

from typing import Any

from django.utils.translation import get_language


def spoken(pair: Any) -> str:
    """Return a text of the form in the active language, in Spanish where it has no other."""
    if not isinstance(pair, dict):
        return str(pair or "")
    language = (get_language() or "es")[:2]
    return str(pair.get(language) or pair.get("es") or "")


def called(row: dict[str, Any]) -> str:
    """Return a question by its words; by its key where it has none yet."""
    return spoken(row.get("question")) or str(row.get("key", "?"))[:80]
