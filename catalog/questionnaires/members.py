"""The members of a `people` question: each has an id of its own, by which it is known however the list changes around it."""

import json
from collections import Counter
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("5b2f6c1e-8a0d-5c57-9a41-0c6d2f3e7b90")


def member_id(page: str, member: dict[str, Any]) -> str:
    """Return a member's id: the same words sent from the same page are the same member, however often they are sent."""
    return str(uuid5(_NAMESPACE, f"{page}:{_words(member)}"))


def identified(members: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return a stored list with an id for everybody: answers of old have none, theirs follows from their words and place among equals."""
    equals: Counter[str] = Counter()
    known = []
    for one in members or []:
        if not one.get("id"):
            words = _words(one)
            one = {**one, "id": member_id(f"old {equals[words]}", one)}
            equals[words] += 1
        known.append(one)
    return known


def _words(member: dict[str, Any]) -> str:
    said = {part: value for part, value in member.items() if part != "id"}
    return json.dumps(said, sort_keys=True, ensure_ascii=False)
