"""The project's own Python environment: `.venv`, holding exactly what `requirements/dev.lock` names."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.places import DEV, ROOT, locked
from devtools.problems import Problem, is_full, last_lines, require_room
from devtools.processes import Command, run_step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".stamp"
LOCK = ROOT / "requirements" / "dev.lock"
INSTALLER_LOCK = ROOT / "requirements" / "installer.lock"
LOG = DEV / "log" / "install.log"
PIP_FOR_OTHERS = 23  # the first year whose pip is sure to know `--python`


def wanted_stamp() -> str:
    """Name the environment this checkout wants: its lock, its Python, its place (scripts hold their path)."""
    content = LOCK.read_bytes() + f"{sys.version_info[:2]} {ROOT}".encode()
    return hashlib.sha256(content).hexdigest()


def is_current() -> bool:
    """Tell whether the environment is whole and up to date."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted_stamp()


def is_inside() -> bool:
    """Tell whether this process already runs on the project's environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def enter() -> None:
    """Make the environment if need be and go on inside it, as the same process."""
    if not is_current():
        make()
    if not is_inside():
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev.py"), *sys.argv[1:]])  # noqa: S606 (our own interpreter)


def make() -> None:
    """Install the lock, verified by hash; whatever breaks it, the next start repairs it."""
    with locked(DEV / "install.lock", patience=600):
        if is_current():
            return
        require_room(ROOT, 1200, "installing what the project needs")
        LOG.parent.mkdir(parents=True, exist_ok=True)
        LOG.write_bytes(b"")
        STAMP.unlink(missing_ok=True)
        if not is_inside():
            make_venv()
        print("Installing what requirements/dev.lock names (the first time only) ...", flush=True)
        install()
        # The project itself becomes importable, so that `pytest`, `celery` and the like work from any folder.
        packages = Path(
            sysconfig.get_path("purelib", "venv", vars={"base": str(VENV), "platbase": str(VENV)})
        )
        (packages / "ventanilla.pth").write_text(f"{ROOT}\n", encoding="utf-8")
        STAMP.write_text(wanted_stamp(), encoding="ascii")


def make_venv() -> None:
    """Make an empty environment with this Python, over whatever was there; it gets a pip only if nothing else can install."""
    can_do_without = bool(shutil.which("uv")) or outer_pip() is not None
    if importlib.util.find_spec("venv") is None or (
        importlib.util.find_spec("ensurepip") is None and not can_do_without
    ):
        version = ".".join(map(str, sys.version_info[:2]))
        raise Problem(
            "this Python has no venv module. On Debian and Ubuntu it is a package: "
            f"`apt-get install python{version}-venv`; then start again."
        )
    command = [sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if can_do_without else [])]
    if run_step([*command, str(VENV)], env=os.environ, cwd=ROOT, quiet=LOG) != 0:
        raise failure("the Python environment could not be made")


def install() -> None:
    """Install with uv where it can be had, with pip otherwise."""
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}}
    words = ["install", "--quiet", "--no-deps", "--require-hashes"]
    if uv := find_uv(words, clean):
        command = [uv, "pip", *words, "--python", PYTHON, "-r", LOCK]
        if run_step(command, env={"UV_SYSTEM_CERTS": "1", **clean}, cwd=ROOT, quiet=LOG) == 0:
            return
    if not (VENV / "bin" / "pip").exists():
        run_step([PYTHON, "-m", "ensurepip"], env=clean, cwd=ROOT, quiet=LOG)
    if run_step([*pip(), *words, "-r", LOCK], env=clean, cwd=ROOT, quiet=LOG) != 0:
        raise failure("the packages could not be installed")


def find_uv(words: Sequence[str], env: Mapping[str, str]) -> str | None:
    """Return an installed uv, or the one the lock names if pip can get it; it is several times faster."""
    if uv := shutil.which("uv"):
        return uv
    run_step([*pip(), *words, "-r", INSTALLER_LOCK], env=env, cwd=ROOT, quiet=LOG)
    own = VENV / "bin" / "uv"
    return str(own) if own.exists() else None


def pip() -> Command:
    """Return the pip that installs into the environment: its own, or that of the Python it was made with (seven seconds less)."""
    outer = None if (VENV / "bin" / "pip").exists() else outer_pip()
    return [*(outer or [PYTHON, "-m", "pip"]), "--no-input", "--disable-pip-version-check"]


def outer_pip() -> Command | None:
    """Return the words that let the pip outside install into the environment, if there is one that can."""
    outside = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    words = [outside, "-m", "pip", "--python", PYTHON]
    try:
        told = subprocess.run(
            [outside, "-m", "pip", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    version = told.stdout.split()[1:2] or ["0"]
    return words if told.returncode == 0 and int(version[0].split(".")[0]) >= PIP_FOR_OTHERS else None


def failure(what: str) -> Problem:
    """Word an installation that did not work."""
    why = "The disk is full: free some room" if is_full(ROOT) else "Check the network and pip's settings"
    return Problem(f"{what}. {why} and start again; what is done stays done.{last_lines(LOG)}")
