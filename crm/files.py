"""
Where papers lie: outside the web root, under their own SHA-256, written before the row that names them.

What a file is is decided by its first bytes, not by its name. A file without a row is an orphan that a
sweep removes.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from integrations import virus_scan

SIGNATURES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class FileRefused(DomainError):
    """A file can not be taken; the sentence says what to do."""

    code = "file-refused"


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store."""

    name: str
    content_type: str
    size: int
    sha256: str


def path_of(sha256: str) -> Path:
    """Return where a file with this hash lies."""
    return Path(settings.MEDIA_ROOT) / "papers" / sha256[:2] / sha256


def store(upload: Any) -> StoredFile:
    """
    Check an uploaded file and put it into the store.

    :param upload: Django's UploadedFile
    :raises FileRefused: too large, empty, of another kind, or not clean
    """
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("This file is larger than 10 MB. Scan it with less detail or split it, and try again.")
        )
    if upload.size == 0:
        raise FileRefused(_("This file is empty. Choose it again."))
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    content_type = next((kind for kind, start in SIGNATURES.items() if content.startswith(start)), None)
    if content_type is None:
        raise FileRefused(_("This kind of file can not be taken. Send a PDF, a JPG or a PNG."))
    if not virus_scan.get_client().is_clean(content):
        raise FileRefused(_("This file could not be accepted: our scanner found something unsafe in it."))
    digest = hashlib.sha256(content).hexdigest()
    _write(path_of(digest), content)
    return StoredFile(_safe_name(upload.name or "", content_type), content_type, len(content), digest)


def keep(name: str, content: bytes, content_type: str) -> StoredFile:
    """Put a file that we made ourselves into the store."""
    digest = hashlib.sha256(content).hexdigest()
    _write(path_of(digest), content)
    return StoredFile(name, content_type, len(content), digest)


def _write(path: Path, content: bytes) -> None:
    try:
        os.utime(
            path
        )  # there already: young again, so that the sweep of orphans leaves it to the row to come
    except FileNotFoundError:
        pass
    else:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def _safe_name(name: str, content_type: str) -> str:
    stem = Path(name.replace("\\", "/")).stem
    kept = "".join(letter for letter in stem if letter.isalnum() or letter in " -_.").strip(" .")[:120]
    return (kept or "documento") + ENDINGS[content_type]


def remove_orphans(known: Callable[[list[str]], set[str]], *, older_than: float) -> int:
    """
    Remove files that no row names and that were last given before `older_than` (seconds since the epoch);
    return how many.

    A file is moved aside before its age is looked at for the last time: one that is given again meanwhile
    is written anew.

    :param known: which of these hashes have a row
    """
    removed = 0
    for folder in sorted((Path(settings.MEDIA_ROOT) / "papers").glob("??")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < older_than]
        named = known([path.name for path in old])
        removed += sum(_remove(path, older_than) for path in old if path.name not in named)
    return removed


def _remove(path: Path, older_than: float) -> bool:
    aside = path.with_name(f"{path.name}.orphan")
    path.replace(aside)
    if aside.stat().st_mtime >= older_than:
        aside.replace(path)
        return False
    aside.unlink()
    return True
