"""The words of our addresses in both languages: `/es/tramites/…` and `/en/procedures/…` are one route."""

from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language


def _in_language(english: str, spanish: str) -> str:
    return english if (get_language() or settings.LANGUAGE_CODE).startswith("en") else spanish


# A route in the language that is active when it is matched or reversed; Django keeps one pattern for each.
route: Any = lazy(_in_language, str)
