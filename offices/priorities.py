"""
Who goes before others, and why: reasons as data (`data/priorities.json`), each with the rule it rests on and
where that was read.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.sheets import in_language

FILE = Path(__file__).parent / "data" / "priorities.json"


@dataclass(frozen=True)
class Priority:
    """One reason to be called before others; `is_statutory` when a law orders it for every public office."""

    code: str
    is_statutory: bool
    texts: dict[str, dict[str, str]]
    source: str

    @property
    def label(self) -> str:
        return in_language(self.texts["label"])

    @property
    def hint(self) -> str:
        return in_language(self.texts["hint"])

    @property
    def basis(self) -> str:
        return in_language(self.texts["basis"])


@cache
def priorities() -> dict[str, Priority]:
    """Return every reason by its code."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["reasons"]
    return {
        row["code"]: Priority(
            row["code"],
            row["is_statutory"],
            {name: row[name] for name in ("label", "hint", "basis")},
            row["source"],
        )
        for row in rows
    }


def label_of(code: str) -> str:
    """Return a reason in the reader's words; nothing for an ordinary ticket."""
    known = priorities().get(code)
    return known.label if known else ""
