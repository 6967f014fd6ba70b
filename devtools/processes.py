"""
Starting other programs and ending them, whatever way this one ends.

Three nets, each catching what the one before let through: an orderly stop; a keeper process that notices when
this one is gone and ends what it started; and the kernel (Linux), which signals a child whose parent dies.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FrameType

from devtools.problems import Stopped

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534
PATIENCE = 8.0  # seconds between asking and insisting

LIBC = ctypes.CDLL(None, use_errno=True)

Command = Sequence[object]  # words, paths and numbers; each becomes a string


class RunAs(Enum):
    """As whom a child runs: PostgreSQL refuses uid 0."""

    OURSELVES = "ourselves"
    MASKED = "root, shown to itself as nobody by a user namespace"
    NOBODY = "nobody"


class Wave(Enum):
    """Who is ended first; servers outlive those that use them."""

    APPLICATION = 0
    SERVER = 1


@dataclass(frozen=True)
class Group:
    """A started program with everything it starts itself: one process group."""

    pid: int
    stop_signal: int
    wave: Wave


def mask() -> None:
    """Enter a user namespace in which this user is nobody; files stay reachable as before."""
    outside = os.geteuid()
    if LIBC.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespaces")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {outside} 1", encoding="ascii")


def nobody() -> tuple[int, int]:
    """Return nobody's user and group."""
    with suppress(KeyError):
        entry = pwd.getpwnam("nobody")
        return entry.pw_uid, entry.pw_gid
    return NOBODY, NOBODY


def before_exec(death_signal: int, run_as: RunAs) -> Callable[[], None]:
    """Prepare what a child does between fork and exec: change who it is, then bind its life to ours."""
    parent = os.getpid()

    def prepare() -> None:
        if run_as is RunAs.MASKED:
            mask()
        elif run_as is RunAs.NOBODY:
            uid, gid = nobody()
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal)  # last: a change of user clears it
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def can_mask(*, reads: Path, writes: Path) -> bool:
    """Try whether a masked child may run what it must read and write what it must write."""
    with suppress(OSError, subprocess.SubprocessError):
        command = ["sh", "-c", '[ -x "$0" ] && [ -w "$1" ]', str(reads), str(writes)]
        return subprocess.run(command, preexec_fn=mask, check=False).returncode == 0
    return False


class Keeper:
    """A fork that outlives a killed dev.py just long enough to end what it started and remove its folders."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._writing)
                keep(reading)
            finally:
                os._exit(0)
        os.close(reading)

    def tell(self, *words: object) -> None:
        """Write one short line, which a pipe keeps whole."""
        with suppress(BrokenPipeError):
            os.write(self._writing, (" ".join(map(str, words)) + "\n").encode())

    def dismiss(self) -> None:
        """Let the keeper go: nothing of ours runs any more, and what it still knows of it removes."""
        os.close(self._writing)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def keep(reading: int) -> None:
    """Listen until the other end is gone, however it went, and clean up after it."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    with open(os.devnull, "r+b") as nothing:
        for standard in (0, 1, 2):
            os.dup2(nothing.fileno(), standard)
    groups: dict[int, Group] = {}
    folders: list[str] = []
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            match line.rstrip("\n").split(" ", 1):
                case ["start", rest]:
                    pid, stop_signal, wave = rest.split()
                    groups[int(pid)] = Group(int(pid), int(stop_signal), Wave(int(wave)))
                case ["ended", pid]:
                    groups.pop(int(pid), None)
                case ["remove", folder]:
                    folders.append(folder)
    end_groups(list(groups.values()))
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def end_groups(groups: Sequence[Group], reap: Callable[[], object] = lambda: None) -> None:
    """Ask each group to end, applications before servers, and insist after a while."""
    for wave in Wave:
        going = [group for group in groups if group.wave is wave]
        for group in going:
            ask_to_end(group)
        deadline = time.monotonic() + PATIENCE
        while going and time.monotonic() < deadline:
            reap()
            going = [group for group in going if signal_group(group, 0)]
            time.sleep(0.05)
        for group in going:
            signal_group(group, signal.SIGKILL)
        reap()


def ask_to_end(group: Group) -> None:
    """Signal the leader alone: it knows how to end its own, a worker after the task in hand."""
    try:
        os.kill(group.pid, group.stop_signal)
    except ProcessLookupError:
        signal_group(group, group.stop_signal)


def signal_group(group: Group, number: int) -> bool:
    """Signal a whole group; tell whether anybody was left to hear it."""
    try:
        os.killpg(group.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@dataclass
class Child:
    """A program that should run until it is stopped."""

    name: str
    process: subprocess.Popen[bytes]
    group: Group
    log: Path


class Household:
    """Everything one dev.py started. Leaving the `with` block ends it all."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def __enter__(self) -> "Household":
        self.keeper = Keeper()
        return self

    def __exit__(self, *_: object) -> None:
        with deaf():
            end_groups([child.group for child in self.children], self.reap)
            for child in self.children:
                child.process.wait()
                self.keeper.tell("ended", child.group.pid)
            self.keeper.dismiss()

    def reap(self) -> None:
        """Collect ended children, so that none stays behind as a zombie."""
        for child in self.children:
            child.process.poll()

    def remove_at_the_end(self, folder: Path) -> None:
        """Have a folder removed once everything has ended, in whatever way."""
        self.keeper.tell("remove", folder)

    def start(
        self,
        name: str,
        command: Command,
        *,
        env: Mapping[str, str],
        log: Path,
        cwd: Path,
        wave: Wave = Wave.APPLICATION,
        stop_signal: int = signal.SIGTERM,
        death_signal: int | None = None,
        run_as: RunAs = RunAs.OURSELVES,
    ) -> Child:
        """
        Start a program in a group of its own, its words going to a log.

        :param stop_signal: asks it to finish what it does and end
        :param death_signal: what it gets when we are killed, where that should differ
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as words:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec(death_signal or stop_signal, run_as),
            )
        child = Child(name, process, Group(process.pid, stop_signal, wave), log)
        self.keeper.tell("start", process.pid, int(stop_signal), wave.value)
        self.children.append(child)
        return child

    def forget(self, child: Child) -> None:
        """Drop a child that ended by itself, with whatever it left in its group."""
        signal_group(child.group, signal.SIGKILL)
        self.keeper.tell("ended", child.group.pid)
        self.children.remove(child)


def run_step(
    command: Command,
    *,
    env: Mapping[str, str],
    cwd: Path,
    quiet: Path | None = None,
    foreground: bool = False,
) -> int:
    """
    Run a program to its end and return its exit status.

    :param quiet: the log its words go to, instead of our terminal
    :param foreground: it may read from the terminal, and Ctrl-C is its business first
    """
    words = quiet.open("ab") if quiet else None
    process = subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=None if foreground else subprocess.DEVNULL,
        stdout=words,
        stderr=subprocess.STDOUT if words else None,
        process_group=None if foreground else 0,
        preexec_fn=before_exec(signal.SIGTERM, RunAs.OURSELVES),
    )
    try:
        return process.wait()
    except Stopped:
        with deaf():
            end_process(process, heard=foreground and sys.stdin.isatty())
        raise
    finally:
        if words:
            words.close()


def end_process(process: subprocess.Popen[bytes], *, heard: bool) -> None:
    """Ask one program to end, unless it `heard` the same Ctrl-C and is already ending; then insist."""
    if not heard:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_on_signals() -> None:
    """Turn Ctrl-C, a request to end and a closed terminal into `Stopped`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


class deaf:  # noqa: N801 (reads as a verb: `with deaf():`)
    """Ignore further requests to end while ending is under way."""

    def __enter__(self) -> None:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self.before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
