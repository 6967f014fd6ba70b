"""The project's own Python environment: `.venv`, holding exactly what `requirements/dev.lock` names."""

import hashlib
import importlib.util
import os
import shutil
import sys
import sysconfig
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
    """Make an empty environment with this Python, over whatever was there."""
    uv = shutil.which("uv")
    if importlib.util.find_spec("venv") is None or (
        importlib.util.find_spec("ensurepip") is None and uv is None
    ):
        version = ".".join(map(str, sys.version_info[:2]))
        raise Problem(
            "this Python has no venv module. On Debian and Ubuntu it is a package: "
            f"`apt-get install python{version}-venv`; then start again."
        )
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if run_step([*command, "--without-pip"] if uv else command, env=os.environ, cwd=ROOT, quiet=LOG) != 0:
        raise failure("the Python environment could not be made")


def install() -> None:
    """Install with uv where it can be had, with pip otherwise."""
    options = ["install", "--quiet", "--no-deps", "--require-hashes"]
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}}
    pip = [PYTHON, "-m", "pip", *options, "--no-input", "--disable-pip-version-check"]
    if uv := find_uv(pip, clean):
        command = [uv, "pip", *options, "--python", PYTHON, "-r", LOCK]
        if run_step(command, env={"UV_SYSTEM_CERTS": "1", **clean}, cwd=ROOT, quiet=LOG) == 0:
            return
        if not (VENV / "bin" / "pip").exists():
            run_step([PYTHON, "-m", "ensurepip"], env=clean, cwd=ROOT, quiet=LOG)
    if run_step([*pip, "-r", LOCK], env=clean, cwd=ROOT, quiet=LOG) != 0:
        raise failure("the packages could not be installed")


def find_uv(pip: Command, env: dict[str, str]) -> str | None:
    """Return an installed uv, or the one the lock names if pip can get it; it is several times faster."""
    if uv := shutil.which("uv"):
        return uv
    run_step([*pip, "-r", INSTALLER_LOCK], env=env, cwd=ROOT, quiet=LOG)
    own = VENV / "bin" / "uv"
    return str(own) if own.exists() else None


def failure(what: str) -> Problem:
    """Word an installation that did not work."""
    why = "The disk is full: free some room" if is_full(ROOT) else "Check the network and pip's settings"
    return Problem(f"{what}. {why} and start again; what is done stays done.{last_lines(LOG)}")
