"""What stops dev.py: one sentence and a way out, never a traceback."""

import errno
import shutil
from pathlib import Path

ALMOST_NOTHING = 50 * 1024**2


class Problem(Exception):
    """Something the person at the keyboard can mend; its text says how."""


class Stopped(BaseException):
    """Ctrl-C, or a request to end: not an error, and nothing may swallow it."""


def require_room(folder: Path, megabytes: int, purpose: str) -> None:
    """Refuse to begin what a full disk would break half-way."""
    free = shutil.disk_usage(folder).free // 1024**2
    if free < megabytes:
        raise Problem(
            f"only {free} MB are free on the disk of {folder} and {purpose} needs about {megabytes} MB. "
            "Free some room, or move the project to a larger disk, and start again."
        )


def is_full(folder: Path) -> bool:
    """Tell whether a failure just now is explained by a full disk."""
    return shutil.disk_usage(folder).free < ALMOST_NOTHING


def in_plain_words(error: OSError) -> str:
    """Word an operating-system error nobody foresaw."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full{where}. Free some room and start again: what was half done repairs itself."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"this user may not write or read here{where}. Start dev.py as the owner of this folder."
    return f"{error.strerror or error}{where}. Run `python3 dev.py reset` if starting again does not help."


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, indented, to stand under a sentence."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return ""
    return "".join(f"\n    {line}" for line in lines)
