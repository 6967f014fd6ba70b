"""Several things in one cell: a line each, its parts between bars. Whatever is written is read back as it was."""

import re
from collections.abc import Iterable, Sequence

_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def written(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the text of a cell; parts that are empty at the end of a line are left out."""
    return "\n".join(" | ".join(_without_end([_escape(part) for part in row])) for row in rows)


def read(cell: str) -> list[list[str]]:
    """Return the parts of each line that says something."""
    return [_parts(line) for line in cell.split("\n") if line.strip()]


def _escape(part: str) -> str:
    words = part.replace("\r\n", "\n").replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n").strip()
    return words


def _parts(line: str) -> list[str]:
    parts, rest = [], line.strip()
    while match := _BAR.search(rest):
        parts.append(rest[: match.start()] + match[1])
        rest = rest[match.end() :]
    return [_unescape(part) for part in [*parts, rest]]


def _unescape(part: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], part.strip())


def _without_end(parts: list[str]) -> list[str]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts
