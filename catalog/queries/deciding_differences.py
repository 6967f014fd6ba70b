"""What no citizen reads of a sheet, in words to compare: who decides, how surely one must be known, where its facts come from."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from catalog.queries.pieces import Difference, both_languages, fact_differences, row_differences
from catalog.sheets import (
    ACT_LABELS,
    HOUSE_LEVELS,
    LEVEL_CHANNEL_LABELS,
    LEVEL_LABELS,
    Sheet,
    StageRow,
)


def deciding_differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Return what differs of the stages, the identity levels, the sources and the questions for the agency, each by its row."""
    old, new = ({**dict(_stages(one)), **dict(_levels(one))} for one in (before, after))
    sources, questions = gettext("Source"), gettext("Question for the agency")
    return [
        *fact_differences(old, new),
        *row_differences(sources, _sources(before), _sources(after)),
        *row_differences(questions, _questions(before, questions), _questions(after, questions)),
    ]


def _stages(content: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the part of each agency; one that decides more than once is told apart by which time it is."""
    times: Counter[str] = Counter()
    for row in Sheet(content).stages:
        times[row.agency] += 1
        said = {"agency": row.agency, "number": times[row.agency]}
        place = (
            gettext("Who decides: %(agency)s")
            if said["number"] == 1
            else gettext("Who decides: %(agency)s, %(number)s")
        )
        yield place % said, list(_stage(row))


def _stage(row: StageRow) -> Iterator[str]:
    yield gettext("order %(number)s") % {"number": row.order}
    yield (
        gettext("nothing is granted without it") if row.required else gettext("it may be granted without it")
    )
    if row.term_business_days is not None:
        yield gettext("%(days)s business days") % {"days": row.term_business_days}
    elif row.term_calendar_days is not None:
        yield gettext("%(days)s days") % {"days": row.term_calendar_days}
    else:
        yield gettext("no term")
    if row.addressed_by:
        yield gettext("or the agency that “%(key)s” is answered with") % {"key": row.addressed_by}


def _levels(content: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the level of each act on each channel as it holds, also where the sheet leaves it to the house."""
    sheet, levels = Sheet(content), content.get("levels") or {}
    for channel in dict.fromkeys([*HOUSE_LEVELS, *levels]):
        acts = dict.fromkeys([*HOUSE_LEVELS.get(channel, {}), *(levels.get(channel) or {})])
        for act in acts:
            said = {
                "channel": LEVEL_CHANNEL_LABELS.get(channel, channel),
                "act": ACT_LABELS.get(act, act),
            }
            level = sheet.level(channel, act)
            place = gettext("Identity level: %(channel)s, %(act)s") % said
            yield place, [str(LEVEL_LABELS.get(level, level))]


def _sources(content: dict[str, Any]) -> list[dict[str, str]]:
    parts = ("url", "read_on", "facts")
    return [
        {"": " · ".join(str(row[part]) for part in parts if row.get(part))}
        for row in content.get("sources") or []
    ]


def _questions(content: dict[str, Any], place: str) -> list[dict[str, str]]:
    rows = content.get("questions_for_agency") or []
    return [{language: text for (_place, language), text in both_languages(place, row)} for row in rows]
