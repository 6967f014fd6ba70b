"""The verbs that use the product's database without starting the product: seed, shell, messages, reset."""

import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from devtools.environment import PYTHON
from devtools.places import DEV, ROOT, elsewhere, lasting
from devtools.ports import Ports
from devtools.problems import Problem
from devtools.processes import Household, run_step
from devtools.product import holder, manage, product_env, second_run, sole_use
from devtools.servers import start_servers

KEPT_BY_RESET = {"install.lock", "run.lock"}


@contextmanager
def borrowed_servers() -> Iterator[dict[str, str]]:
    """Yield the product's environment: that of a running `dev.py run`, or of servers started just for now."""
    with sole_use() as free:
        if not free:
            yield running_env()
            return
        with Household() as household:
            addresses = start_servers(household, lambda nobody: lasting(nobody=nobody), lasting=True)
            yield product_env(addresses, Ports(8000, 8001))


def running_env() -> dict[str, str]:
    """Return the environment of the product that runs from this folder."""
    note = holder()
    if not note:
        raise second_run()
    told = note["env"]
    addresses = {name: told[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return product_env(addresses, Ports(int(told["PORT"]), int(told["LIVE_PORT"])))


def seed(words: Sequence[str]) -> int:
    """Load the demo, or with --national the large synthetic set, whose own options may follow."""
    if words and words[0] != "--national":
        raise Problem(f"seed does not know {words[0]}. It is `dev.py seed` or `dev.py seed --national`.")
    with borrowed_servers() as env:
        code = manage("up", env=env)
        return code or (manage("seed_national", *words[1:], env=env) if words else 0)


def shell(words: Sequence[str]) -> int:
    """Open Django's shell on the product's database."""
    with borrowed_servers() as env:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the shell's own business
        return run_step([PYTHON, ROOT / "manage.py", "shell", *words], env=env, cwd=ROOT, foreground=True)


def messages(words: Sequence[str]) -> int:
    """Collect the texts to translate and compile the translations."""
    with borrowed_servers() as env:
        return manage("messages", *words, env=env)


def reset(words: Sequence[str]) -> int:
    """Remove this checkout's database, queue, uploads and logs; the installed environment stays."""
    with sole_use() as free:
        if not free:
            raise second_run()
        if "--yes" not in words and not confirmed(
            "This removes the local database and everything entered in it."
        ):
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
