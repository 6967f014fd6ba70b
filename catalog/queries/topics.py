"""What procedures are about, by name: for whom, life events, themes; and the codes of a sheet that nobody knows."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from catalog.models import LifeEvent, Theme
from catalog.sheets import AUDIENCES

TOPICS: dict[str, type[LifeEvent] | type[Theme]] = {"life_events": LifeEvent, "themes": Theme}
LISTS = ("audience", *TOPICS)  # the parts of a sheet that are lists of codes


def topic_choices(name: str) -> list[tuple[str, str]]:
    """Return (code, title) of all that can stand in one of `LISTS`, in the house's order."""
    if name == "audience":
        return [(code, str(label)) for code, label in AUDIENCES.items()]
    return [(one.code, one.title) for one in TOPICS[name].objects.order_by("position", "code")]


def topic_titles(name: str, codes: Iterable[str]) -> dict[str, str]:
    """Return the titles by code; a code nobody knows is its own title."""
    wanted = list(codes)
    if name == "audience":
        known = {code: str(AUDIENCES[code]) for code in wanted if code in AUDIENCES}
    else:
        known = {one.code: one.title for one in TOPICS[name].objects.filter(code__in=wanted)}
    return {code: known.get(code, code) for code in wanted}


def unknown_topics(content: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (place, sentence) for each code that nobody knows; one that stood there before may stay."""
    faults = []
    for name in LISTS:
        listed = content.get(name) or []
        new = set(listed) - set(before.get(name) or [])
        known = {code for code, title in topic_choices(name)} if new else set()
        faults += [
            (f"{name}[{index}]", gettext("there is no “%(code)s”: use a code of the list") % {"code": code})
            for index, code in enumerate(listed)
            if code in new - known
        ]
    return faults
