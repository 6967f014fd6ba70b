"""The communes as choices: they change once in a decade, and every form shows them."""

import time

from territory.models import Commune

_SECONDS = 60.0
_known: tuple[float, list[tuple[str, str]]] | None = None


def commune_choices() -> list[tuple[str, str]]:
    """Return (code, name) of every commune, sorted as people expect; kept for a minute."""
    global _known
    if _known is None or time.monotonic() - _known[0] > _SECONDS:
        _known = (time.monotonic(), list(Commune.objects.by_name().values_list("code", "name")))
    return _known[1]


def commune_names(codes: list[str]) -> dict[str, str]:
    """Return the names of communes by code."""
    wanted = set(codes)
    return {code: name for code, name in commune_choices() if code in wanted}


def forget() -> None:
    """Read the table again at the next question (between tests)."""
    global _known
    _known = None
