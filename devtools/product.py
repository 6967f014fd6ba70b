"""The whole product on this machine: `dev.py run`."""

import hashlib
import http.client
import json
import os
import runpy
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from devtools.environment import PYTHON, VENV
from devtools.places import DEV, ROOT, lasting, locked
from devtools.ports import HOST, Ports, wanted_ports
from devtools.problems import Problem, is_full, last_lines, require_room
from devtools.processes import Child, Command, Household, run_step
from devtools.servers import start_servers

LOCK = DEV / "run.lock"
HOLDER = DEV / "run.json"  # who holds the lock: process, address, database
READY = DEV / "ready.json"  # what the last complete `manage.py up` was made from, and the cast it printed
LOGS = DEV / "log"
ANSWERS_WITHIN = 120.0
KEEPER_WITHIN = 25.0
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
    inherited = {
        key: value for key, value in os.environ.items() if key not in {"TESTING", "PYTHONPATH", "PYTHONHOME"}
    }
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
    with sole_use() as free:
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
            was_needed = bring_up(env)
            starters = applications(ports)
            for name in ("web", "live"):
                launch(household, name, starters[name], env)
            wait_until_it_answers(household, ports)
            for name in ("worker", "beat"):  # after the page that somebody waits for
                launch(household, name, starters[name], env)
            print(welcome(ports, time.monotonic() - began), flush=True)
            if was_needed:
                ask_for_the_cast(env)  # `up` has just printed it
            else:
                print(remembered().get("cast") or ask_for_the_cast(env), flush=True)
            try:
                watch(household, starters, env)
            finally:
                print("\nEnding everything ...", flush=True)
                HOLDER.unlink(missing_ok=True)
    return 0


def shown(env: Mapping[str, str]) -> dict[str, str]:
    """Choose what other commands in this checkout need to meet the running product."""
    return {name: env[name] for name in ("PORT", "LIVE_PORT", "LIVE_URL")}


def holder() -> dict[str, Any]:
    """Return the note of whoever started the product here last; it goes when that one ends in order."""
    with suppress(OSError, ValueError):
        note: dict[str, Any] = json.loads(HOLDER.read_text(encoding="utf-8"))
        return note
    return {}


def lives(note: Mapping[str, Any]) -> bool:
    """Tell whether the writer of a note still runs; one that ended, yet unburied, has no words left."""
    try:
        return bool(Path(f"/proc/{note.get('pid')}/cmdline").read_bytes())
    except OSError:
        return False


def second_run() -> Problem:
    """Word a second start in the same checkout."""
    if (note := holder()) and lives(note):
        return Problem(
            f"Ventanilla already runs from this folder: {note['address']} (process {note['pid']}). "
            "End that one with Ctrl-C, or use another clone with another PORT."
        )
    return Problem("another dev.py is using this folder's data just now. Try again when it has ended.")


@contextmanager
def sole_use() -> Iterator[bool]:
    """Yield whether this folder's data are ours alone; what a killed dev.py left is given time to end."""
    note = holder()
    with locked(LOCK, patience=KEEPER_WITHIN if note and not lives(note) else 0) as free:
        yield free


def bring_up(env: Mapping[str, str]) -> bool:
    """Migrate, load, seed and collect, unless nothing changed since the last time; tell which it was."""
    key = fingerprint(ROOT, env["DATABASE_URL"])
    if remembered().get("key") == key and Path(env["STATIC_ROOT"]).is_dir():
        return False
    READY.unlink(missing_ok=True)
    if manage("up", env=env) != 0:
        raise Problem("the database could not be brought up to date (the reason stands above). " + way_out())
    READY.write_text(json.dumps({"key": key}), encoding="utf-8")
    return True


def remembered() -> dict[str, Any]:
    """Return what an earlier start left to spare this one the work."""
    with suppress(OSError, ValueError):
        note: dict[str, Any] = json.loads(READY.read_text(encoding="utf-8"))
        return note
    return {}


def ask_for_the_cast(env: Mapping[str, str]) -> str:
    """Have the demo's cast listed, and remember it: that takes a second which later starts save."""
    listed = LOGS / "cast.txt"
    listed.write_bytes(b"")
    manage("cast", env=env, quiet=listed)
    cast = listed.read_text(encoding="utf-8")
    READY.write_text(json.dumps({**remembered(), "cast": cast}), encoding="utf-8")
    return cast


def way_out() -> str:
    """Say what helps after a failed start."""
    if is_full(ROOT):
        return "The disk is full: free some room and start again."
    return "Start again; if it fails in the same place, `python3 dev.py reset` begins with an empty database."


def manage(*words: str, env: Mapping[str, str], quiet: Path | None = None) -> int:
    """Run one of Django's commands."""
    return run_step([PYTHON, ROOT / "manage.py", *words], env=env, cwd=ROOT, quiet=quiet)


def applications(ports: Ports) -> dict[str, Command]:
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


def launch(household: Household, name: str, command: Command, env: Mapping[str, str]) -> Child:
    """Start one process; a worker whose dev.py was killed drops its task: the broker gives it out again."""
    death_signal = signal.SIGQUIT if name == "worker" else None
    return household.start(
        name, command, env=env, log=LOGS / f"{name}.log", cwd=ROOT, death_signal=death_signal
    )


def wait_until_it_answers(household: Household, ports: Ports) -> None:
    """Wait for the first page that says all is well."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while not is_healthy(ports):
        for child in household.children:
            if child.process.poll() is not None:
                raise Problem(f"the {child.name} ended at once. {way_out()}{last_lines(child.log)}")
        if time.monotonic() > deadline:
            raise Problem(f"the site does not answer. {way_out()}{last_lines(LOGS / 'web.log')}")
        time.sleep(0.1)


def is_healthy(ports: Ports) -> bool:
    """Ask the site how it is."""
    asking = http.client.HTTPConnection(HOST, ports.site, timeout=5)
    with suppress(OSError, http.client.HTTPException), closing(asking):
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    return False


def welcome(ports: Ports, seconds: float) -> str:
    """Say where everything is."""
    return (
        f"\nVentanilla is open: {ports.address}\n"
        f"  ready in {seconds:.1f} s; logs in .dev/log/; Ctrl-C ends everything and keeps the data\n"
    )


def watch(household: Household, starters: Mapping[str, Command], env: Mapping[str, str]) -> None:
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
