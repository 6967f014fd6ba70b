"""
Where papers lie: outside the web root, under their own SHA-256, written before the row that names them.

What a file is is decided by its content, not by its name (`crm.file_checks`). A file without a row is an orphan that a sweep removes.
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
from crm.file_checks import is_whole, kind_of
from integrations import virus_scan

ORPHAN = ".orphan"
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


class FileRefused(DomainError):
    """A file can not be taken; the sentence says what to do."""

    code = "file-refused"


class StoreUnavailable(DomainError):
    """The disk does not take the file: no row will name it."""

    code = "store-unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("Files can not be kept at this moment. What you wrote is kept: try again in a few minutes.")
        )


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
    :raises FileRefused: too large, empty, of another kind, broken or with something hidden in it, or not clean
    :raises ScanUnavailable: the scanner does not answer
    :raises StoreUnavailable: the disk is full or away
    """
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("This file is larger than 10 MB. Scan it with less detail or split it, and try again.")
        )
    if not content:
        raise FileRefused(_("This file is empty. Choose it again."))
    content_type = kind_of(content)
    if content_type is None:
        raise FileRefused(_("This kind of file can not be taken. Send a PDF, a JPG or a PNG."))
    if not is_whole(content, content_type):
        raise FileRefused(
            _(
                "This file is damaged, or holds more than a paper. Save it again as a PDF, or take a photo of the paper."
            )
        )
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


def freshen(sha256: str) -> bool:
    """Make a stored file young again, so that the sweep of orphans leaves it to the row to come; False when it is not there."""
    try:
        os.utime(path_of(sha256))
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    """Have a file on the disk, its name included, before anybody writes a row that names it."""
    if freshen(path.name):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError:
        raise StoreUnavailable from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
        _put_back(folder, known)
        old = [path for path in folder.iterdir() if path.stat().st_mtime < older_than]
        named = known([path.name for path in old])
        removed += sum(_remove(path, older_than) for path in old if path.name not in named)
    return removed


def _put_back(folder: Path, known: Callable[[list[str]], set[str]]) -> None:
    """A sweep that was killed half-way may have left aside a file that a row names."""
    aside = {path.name.removesuffix(ORPHAN): path for path in folder.glob(f"*{ORPHAN}")}
    for name in known(list(aside)) if aside else ():
        if not (folder / name).exists():
            aside[name].replace(folder / name)


def _remove(path: Path, older_than: float) -> bool:
    aside = path.with_name(f"{path.name}{ORPHAN}")
    path.replace(aside)
    if aside.stat().st_mtime >= older_than:
        aside.replace(path)
        return False
    aside.unlink()
    return True
