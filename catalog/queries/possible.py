"""
What a person may get besides what they came for: the published rules, answered with what is known of them.

The rules stand in the read model of the published catalogue (`SearchEntry`), rewritten in the transaction that publishes: one question to
the database, and nothing that could be stale. Each process reads a text of rules once: the same text always says the same.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from catalog.eligibility.asking import questions
from catalog.eligibility.grammar import leaves
from catalog.eligibility.judging import Known, verdict
from catalog.models import SearchEntry


@dataclass(frozen=True)
class Possible:
    """A procedure whose rules are met, or would be if `missing`, the one question left, were answered as they want."""

    procedure_id: UUID
    version_id: UUID
    slug: str
    title: str
    missing: str = ""

    @property
    def is_sure(self) -> bool:
        return not self.missing


def possible_for(
    known: Known, *, language: str, limit: int = 6, without: Collection[UUID] = ()
) -> list[Possible]:
    """
    Return the published procedures that somebody may get or perhaps may get, the most wanted first.

    Only those whose rules speak of something that is known: a question that nobody has begun to answer is no suggestion.

    :param known: see `catalog.eligibility.judging.Known`
    :param without: the procedures in hand, by id
    """
    if not known:
        return []
    entries = SearchEntry.objects.filter(language=language, eligibility__isnull=False)
    rows = entries.order_by("-popularity", "code").values_list(
        "procedure_id", "version_id", "slug", "title", Cast("eligibility", TextField())
    )
    found: list[Possible] = []
    for procedure_id, version_id, slug, title, text in rows:
        rules, facts = _read(text)
        if procedure_id in without or facts.isdisjoint(known):
            continue
        missing = _missing(rules, known)
        if missing is not None:
            found.append(Possible(procedure_id, version_id, slug, title, missing))
            if len(found) == limit:
                break
    return found


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Return rules and the facts they speak of; both are only read."""
    rules: dict[str, Any] = json.loads(text)
    return rules, frozenset(leaf["fact"] for leaf in leaves(rules))


def _missing(rules: dict[str, Any], known: Known) -> str | None:
    """Return the one question left, empty when there is none; None: it is no suggestion."""
    answer = verdict(rules, known)
    if answer is False:
        return None
    if answer:
        return ""
    left = questions(rules, known)
    return left[0].in_full if len(left) == 1 else None
