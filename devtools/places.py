"""Where dev.py keeps things: `.dev/` in the checkout, or a folder elsewhere when the checkout will not do."""

import fcntl
import hashlib
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from devtools.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
LONGEST_SOCKET = 107  # bytes: sockaddr_un's field less its closing zero
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")  # what stands in a URL as it is
ROOMY = 1024**3


@dataclass(frozen=True)
class Places:
    """Where one set of servers lives."""

    postgres: Path  # its data, in a folder of its own so that another user may own it
    valkey: Path
    sockets: Path
    logs: Path


def elsewhere(root: Path = ROOT) -> Path:
    """Return this checkout's folder outside of it: the same every time, there after a reboot."""
    key = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    base = Path("/var/tmp")  # noqa: S108 (owner and mode are checked by make_private)
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    return base / f"ventanilla-{os.geteuid()}-{key}"


def is_short(sockets: Path) -> bool:
    """Tell whether a server's socket in this folder has an address that fits, in an URL too."""
    longest = os.fsencode(sockets / ".s.PGSQL.5432")
    return len(longest) <= LONGEST_SOCKET and PLAIN.fullmatch(str(sockets)) is not None


def is_suitable(folder: Path) -> bool:
    """Tell whether this file system keeps modes and sockets, as shared folders of virtual machines do not."""
    probe = Path(tempfile.mkdtemp(prefix="probe-", dir=folder))
    try:
        if probe.stat().st_mode & 0o777 != 0o700:
            return False
        if not is_short(probe):
            return True
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(probe / "s"))
        return True
    except OSError:
        return False
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def is_open_to_all(folder: Path) -> bool:
    """Tell whether any user of the machine can walk down to this folder."""
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def make_private(folder: Path, *, mode: int = 0o700) -> Path:
    """Make a folder that is ours; one that somebody else prepared under the same name is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=mode, parents=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Problem(f"{folder} belongs to somebody else. Remove it, or have it removed, and start again.")
    folder.chmod(mode)
    return folder


def lasting(*, nobody: bool) -> Places:
    """Choose the places of `dev.py run`; with `nobody`, that user must be able to reach PostgreSQL's."""
    DEV.mkdir(exist_ok=True)
    home = DEV
    if not is_suitable(DEV) or (nobody and not is_open_to_all(DEV)):
        home = make_private(elsewhere(), mode=0o711)
    sockets = home / "run"
    if not is_short(sockets):
        sockets = make_private(elsewhere(), mode=0o711) / "run"
    return Places(home / "postgres", home / "valkey", sockets, DEV / "log")


def throwaway(base: Path) -> Places:
    """Lay out the places of servers that last for one run of the suite."""
    return Places(base / "postgres", base / "valkey", base / "run", base / "log")


def fast_folder() -> Path:
    """Make an empty folder, in memory when there is room."""
    sweep()
    for base in (Path("/dev/shm"), Path(tempfile.gettempdir())):  # noqa: S108 (mkdtemp below)
        if base.is_dir() and os.access(base, os.W_OK) and shutil.disk_usage(base).free > ROOMY:
            break
    folder = Path(tempfile.mkdtemp(prefix=f"ventanilla-test-{os.getpid()}-", dir=base))
    folder.chmod(0o711)  # PostgreSQL may have to run as another user
    return folder


def sweep() -> None:
    """Remove what a killed run of the suite left in memory: the folder's name says whose it was."""
    for base in {Path("/dev/shm"), Path(tempfile.gettempdir())}:  # noqa: S108 (only our own are touched)
        for left in base.glob("ventanilla-test-*-*"):
            pid = left.name.split("-")[2]
            with suppress(OSError):
                if left.stat().st_uid == os.geteuid() and not Path(f"/proc/{pid}").exists():
                    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def locked(path: Path, *, patience: float = 0) -> Iterator[bool]:
    """
    Yield whether the lock could be had, waiting so many seconds for it.

    It is held until the end, however that comes: the kernel frees it, once the keeper has cleaned up too.
    """
    path.parent.mkdir(exist_ok=True)
    deadline = time.monotonic() + patience
    with path.open("a+", encoding="utf-8") as handle:
        while not (taken := take(handle)) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield taken


def take(handle: TextIO) -> bool:
    """Try for an exclusive lock."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
