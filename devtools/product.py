"""The whole product on this machine: `run`, and the verbs that need its database."""

import hashlib
import json
import os
import runpy
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from devtools.environment import PYTHON, VENV
from devtools.places import DEV, ROOT, elsewhere, lasting, locked
from devtools.problems import Problem, is_full, last_lines, require_room
from devtools.processes import Child, Household, run_step
from devtools.servers import start_servers

LOCK = DEV / "run.lock"
HOLDER = DEV / "run.json"  # who holds the lock: process, address, database
READY = DEV / "ready.json"  # what the last complete `manage.py up` was made from, and the cast it printed
LOGS = DEV / "log"
KEPT_BY_RESET = {"install.lock", "run.lock"}
HOST = "127.0.0.1"
ANSWERS_WITHIN = 120.0
DEATHS = 3  # of one program within a minute: no more attempts

# What `manage.py up` loads or builds; when none of it changed, a later start does without.
LOADED = (
    "*/migrations/*.py",
    "*/data/**/*",
    "*/management/commands/*.py",
    "locale/**/*.mo",
    "static/**/*",
    "requirements/dev.lock",
)


@dataclass(frozen=True)
class Ports:
    """Where the two web processes listen."""

    site: int
    live: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.site}"


def wanted_ports(environ: Mapping[str, str]) -> Ports:
    """Read PORT and LIVE_PORT; the first must be free, the second moves aside unless it was asked for."""
    site = port_number("PORT", environ.get("PORT") or "8000")
    require_free("PORT", site)
    if asked := environ.get("LIVE_PORT"):
        live = port_number("LIVE_PORT", asked)
        require_free("LIVE_PORT", live)
        return Ports(site, live)
    beside = site + 1
    return Ports(site, beside if beside < 65536 and is_free(beside) else any_free_port())


def port_number(name: str, text: str) -> int:
    """Read a port's number."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Problem(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def is_free(port: int) -> bool:
    """Tell whether one may listen there; a port below 1024 may be forbidden altogether."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(name: str, port: int) -> None:
    """Refuse a port that cannot be had, and name one that can."""
    if not is_free(port):
        why = "is in use by another program" if port >= 1024 else "is in use, or below 1024 and reserved to root"
        other = next((near for near in range(max(port, 8000) + 10, 65000, 10) if is_free(near)), any_free_port())
        raise Problem(f"port {port} {why}. Choose another: `{name}={other} python3 dev.py run`.")


def any_free_port() -> int:
    """Let the kernel choose."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def product_env(addresses: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Return the environment the product runs in: production's code path, with the demo."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "DEMO": "1",
        "SECRET_KEY": secret_key(),
        "PORT": str(ports.site),
        "LIVE_PORT": str(ports.live),
        "LIVE_URL": f"http://{HOST}:{ports.live}",
        "MEDIA_ROOT": str(DEV / "media"),
        "STATIC_ROOT": str(DEV / "static"),
        "PYTHONUNBUFFERED": "1",
        **addresses,
    }
    inherited = {key: value for key, value in os.environ.items() if key not in {"TESTING", "PYTHONPATH", "PYTHONHOME"}}
    return inherited | ours


def secret_key() -> str:
    """Return this checkout's own secret, made once, readable by its owner alone."""
    path = DEV / "secret_key"
    if not path.exists():
        half = path.with_suffix(".new")
        half.touch(mode=0o600)
        half.write_text(secrets.token_urlsafe(48), encoding="ascii")
        half.rename(path)
    return path.read_text(encoding="ascii")


def fingerprint(root: Path, database_url: str) -> str:
    """Digest everything `manage.py up` reads, and the database it was put into."""
    digest = hashlib.sha256(database_url.encode())
    for pattern in LOADED:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(root)).encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(_words: Sequence[str]) -> int:
    """Start everything, say where it is, and stay until asked to end."""
    with locked(LOCK) as free:
        if not free:
            raise second_run()
        began = time.monotonic()
        require_room(ROOT, 300, "the running product")
        ports = wanted_ports(os.environ)
        with Household() as household:
            addresses = start_servers(household, lambda nobody: lasting(nobody=nobody), lasting=True)
            env = product_env(addresses, ports)
            note = {"pid": os.getpid(), "address": ports.address, "env": {**addresses, **shown(env)}}
            HOLDER.write_text(json.dumps(note), encoding="utf-8")
            cast = bring_up(env)
            starters = applications(ports)
            for name, command in starters.items():
                launch(household, name, command, env)
            wait_until_it_answers(household, ports)
            print(welcome(ports, cast, time.monotonic() - began), flush=True)
            try:
                watch(household, starters, env)
            finally:
                print("\nEnding everything ...", flush=True)
                HOLDER.unlink(missing_ok=True)
    return 0


def shown(env: Mapping[str, str]) -> dict[str, str]:
    """Choose what other commands in this checkout need to meet the running product."""
    return {name: env[name] for name in ("PORT", "LIVE_PORT", "LIVE_URL")}


def second_run() -> Problem:
    """Word a second start in the same checkout."""
    with suppress(OSError, ValueError):
        holder = json.loads(HOLDER.read_text(encoding="utf-8"))
        if Path(f"/proc/{holder['pid']}").exists():
            return Problem(
                f"Ventanilla already runs from this folder: {holder['address']} (process {holder['pid']}). "
                "End that one with Ctrl-C, or use another clone with another PORT."
            )
    return Problem("another dev.py is using this folder's data, or is just ending. Try again in a few seconds.")


def bring_up(env: Mapping[str, str]) -> str:
    """Migrate, load, seed and collect unless nothing changed since the last time; return the cast."""
    wanted = fingerprint(ROOT, env["DATABASE_URL"])
    key = {"fingerprint": wanted, "port": env["PORT"]}
    with suppress(OSError, ValueError):
        ready = json.loads(READY.read_text(encoding="utf-8"))
        if ready["key"] == key and Path(env["STATIC_ROOT"]).is_dir():
            return str(ready["cast"])
    READY.unlink(missing_ok=True)
    if manage("up", env=env) != 0:
        raise Problem("the database could not be brought up to date (the reason stands above). " + way_out())
    log = LOGS / "cast.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    if manage("cast", env=env, quiet=log) != 0:
        raise Problem(f"the demo's cast could not be read.{last_lines(log)}")
    cast = log.read_text(encoding="utf-8")
    READY.write_text(json.dumps({"key": key, "cast": cast}), encoding="utf-8")
    return cast


def way_out() -> str:
    """Say what helps after a failed start."""
    if is_full(ROOT):
        return "The disk is full: free some room and start again."
    return "Start again; if it fails in the same place, `python3 dev.py reset` begins with an empty database."


def manage(*words: str, env: Mapping[str, str], quiet: Path | None = None) -> int:
    """Run one of Django's commands."""
    return run_step([PYTHON, ROOT / "manage.py", *words], env=env, cwd=ROOT, quiet=quiet)


def applications(ports: Ports) -> dict[str, list[str | Path]]:
    """Return the command of each process of the product."""
    queues = ",".join(runpy.run_path(str(ROOT / "config" / "queues.py"))["QUEUES"])
    granian = [VENV / "bin" / "granian", "--host", HOST, "--no-ws", "--respawn-failed-workers"]
    celery = [VENV / "bin" / "celery", "-A", "config"]
    quick = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    site = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--port", str(ports.site)]
    live = ["--interface", "asgi", "--workers", "1", "--port", str(ports.live)]
    return {
        "web": [*granian, *site, "config.wsgi:application"],
        "live": [*granian, *live, "config.live:application"],
        "worker": [*celery, "worker", "-Q", queues, "--concurrency", "2", "-n", "worker@%h", *quick],
        "beat": [*celery, "beat", "--schedule", DEV / "beat-schedule", "--pidfile="],
    }


def launch(household: Household, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> Child:
    """Start one process of the product."""
    return household.start(name, command, env=env, log=LOGS / f"{name}.log", cwd=ROOT)


def wait_until_it_answers(household: Household, ports: Ports) -> None:
    """Wait for the first page that says all is well."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while not is_healthy(ports.address):
        for child in household.children:
            if child.process.poll() is not None:
                raise Problem(f"the {child.name} ended at once. {way_out()}{last_lines(child.log)}")
        if time.monotonic() > deadline:
            raise Problem(f"the site does not answer. {way_out()}{last_lines(LOGS / 'web.log')}")
        time.sleep(0.1)


def is_healthy(address: str) -> bool:
    """Ask the site how it is."""
    with suppress(OSError, ValueError), urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def welcome(ports: Ports, cast: str, seconds: float) -> str:
    """Say where everything is and who may sign in."""
    return (
        f"\n{cast.rstrip()}\n\nVentanilla is open: {ports.address}\n"
        f"  ready in {seconds:.1f} s; logs in {LOGS.relative_to(ROOT)}/; Ctrl-C ends everything and keeps the data"
    )


def watch(household: Household, starters: Mapping[str, Sequence[str | Path]], env: Mapping[str, str]) -> None:
    """Stay; start a process that died again, unless it keeps dying."""
    deaths: list[tuple[str, float]] = []
    while True:
        time.sleep(0.3)
        for child in [child for child in household.children if child.process.poll() is not None]:
            deaths.append((child.name, time.monotonic()))
            household.forget(child)
            recent = sum(name == child.name and at > time.monotonic() - 60 for name, at in deaths)
            if child.name not in starters or recent >= DEATHS:
                raise Problem(f"the {child.name} ended unexpectedly. {way_out()}{last_lines(child.log)}")
            print(f"The {child.name} ended unexpectedly and is started again.", flush=True)
            launch(household, child.name, starters[child.name], env)


@contextmanager
def borrowed_servers() -> Iterator[dict[str, str]]:
    """Yield the product's environment: that of a running `dev.py run`, or of servers started just for now."""
    with locked(LOCK) as free:
        if not free:
            yield running_env()
            return
        with Household() as household:
            addresses = start_servers(household, lambda nobody: lasting(nobody=nobody), lasting=True)
            yield product_env(addresses, Ports(8000, 8001))


def running_env() -> dict[str, str]:
    """Return the environment of the product that runs from this folder."""
    try:
        holder = json.loads(HOLDER.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Problem("another dev.py is using this folder's data just now. Try again in a few seconds.") from None
    told = holder["env"]
    addresses = {name: told[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return product_env(addresses, Ports(int(told["PORT"]), int(told["LIVE_PORT"])))


def seed(words: Sequence[str]) -> int:
    """Load the demo, or with --national the large synthetic set."""
    unknown = set(words) - {"--national"}
    if unknown:
        raise Problem(f"seed does not know {' '.join(sorted(unknown))}. It is `dev.py seed` or `dev.py seed --national`.")
    with borrowed_servers() as env:
        if manage("up", env=env) != 0:
            return 1
        return manage("seed_national", env=env) if "--national" in words else 0


def shell(words: Sequence[str]) -> int:
    """Open Django's shell on the product's database."""
    with borrowed_servers() as env:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the shell's own business
        return run_step([PYTHON, ROOT / "manage.py", "shell", *words], env=env, cwd=ROOT, foreground=True)


def reset(words: Sequence[str]) -> int:
    """Remove this checkout's database, queue, uploads and logs; the installed environment stays."""
    with locked(LOCK) as free:
        if not free:
            raise second_run()
        if "--yes" not in words and not confirmed("This removes the local database and everything entered in it."):
            print("Nothing was removed.")
            return 1
        for path in DEV.iterdir():
            if path.name not in KEPT_BY_RESET:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(elsewhere(), ignore_errors=True)
        print("Removed. `python3 dev.py run` starts afresh.")
    return 0


def confirmed(warning: str) -> bool:
    """Ask, and take silence for no."""
    if not sys.stdin.isatty():
        raise Problem(f"{warning} To do it without being asked: `python3 dev.py reset --yes`.")
    return input(f"{warning} Type yes to go on: ").strip().lower() in {"yes", "y", "sí", "si"}
