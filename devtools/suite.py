"""The whole suite on throw-away servers, browser journeys included, and the benchmarks."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.environment import PYTHON
from devtools.places import DEV, ROOT, fast_folder, throwaway
from devtools.problems import Problem
from devtools.processes import Household, run_step
from devtools.servers import start_servers

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NOT_RUN = "browser journeys NOT run"
LOG = DEV / "log" / "browser.log"
DOWNLOAD_WITHIN = "300"  # seconds


def start_throwaway_servers(household: Household) -> dict[str, str]:
    """Start servers in memory that vanish with the household, and return their addresses."""
    base = fast_folder()
    household.remove_at_the_end(base)
    return start_servers(household, lambda _nobody: throwaway(base), lasting=False)


def test(words: Sequence[str]) -> int:
    """Run pytest in parallel; what it needs, it gets."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    browser = find_browser(env) or (get_browser(env) if wants_browser(words) else None)
    if browser:
        env["CHROMIUM_PATH"] = browser
    with Household() as household:
        env |= start_throwaway_servers(household)
        command = [PYTHON, "-m", "pytest", *parallel(words, os.cpu_count() or 2), *words]
        code = run_step(command, env=env, cwd=ROOT, foreground=True)
    if browser is None and wants_browser(words):
        print(NOT_RUN)
        return code or int(is_ci(env))
    return code


def is_ci(env: Mapping[str, str]) -> bool:
    """Tell whether a machine, not a person, reads the result."""
    return env.get("CI", "").lower() in {"1", "true", "yes"}


def wants_browser(words: Sequence[str]) -> bool:
    """Tell whether this choice of tests may contain browser journeys."""
    paths = [word for word in words if not word.startswith("-") and (ROOT / word.split("::")[0]).exists()]
    return not paths or any(
        "journeys" in path or Path(path).resolve() in {ROOT, ROOT / "tests"} for path in paths
    )


def parallel(words: Sequence[str], cores: int) -> list[str]:
    """Choose the number of workers, unless told, or unless a debugger wants the terminal to itself."""
    if any(word.startswith(("-n", "--numprocesses", "--dist")) for word in words):
        return []
    if {"--pdb", "--trace", "-s", "--collect-only", "--co"} & set(words):
        return ["-n", "0"]
    return ["-n", str(min(max(cores, 2), 8)), "--dist", "loadgroup"]


def find_browser(env: Mapping[str, str]) -> str | None:
    """Find a Chromium that starts: the one named, one on the PATH, one the browser tool fetched before."""
    named = [env["CHROMIUM_PATH"]] if env.get("CHROMIUM_PATH") else []
    on_path = [found for name in BROWSERS if (found := shutil.which(name, path=env.get("PATH")))]
    return next((path for path in [*named, *on_path, *fetched_browsers(env)] if starts(path)), None)


def fetched_browsers(env: Mapping[str, str]) -> list[str]:
    """List what the browser tool keeps in its own cache, newest first."""
    home = Path(env.get("HOME") or Path.home())
    cache = Path(env.get("PLAYWRIGHT_BROWSERS_PATH") or home / ".cache" / "ms-playwright")
    names = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*/*headless*shell")
    return [str(path) for name in names for path in sorted(cache.glob(name), reverse=True)]


def starts(path: str) -> bool:
    """Tell whether this browser is whole: a stub, or one without its libraries, prints no version."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"." in done.stdout


def get_browser(env: Mapping[str, str]) -> str | None:
    """Try to get a Chromium: the browser tool's download, then Debian's package when we may."""
    print("No Chromium on this machine: getting one for the browser journeys ...", flush=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    attempts: list[list[str]] = [[str(PYTHON), "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "-qq", "update"])
        attempts.append(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"])
    for attempt in attempts:
        limited = ["timeout", DOWNLOAD_WITHIN, *attempt] if shutil.which("timeout") else attempt
        run_step(limited, env={**env, "DEBIAN_FRONTEND": "noninteractive"}, cwd=ROOT, quiet=LOG)
        if browser := find_browser(env):
            return browser
    print(f"None could be had (see {LOG.relative_to(ROOT)}).", flush=True)
    return None


def bench(words: Sequence[str]) -> int:
    """Run one benchmark of bench/, or all of them, on throw-away servers."""
    known = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if not path.stem.startswith("_"))
    chosen, rest = (list(words[:1]), words[1:]) if words and not words[0].startswith("-") else (known, words)
    if not known or not set(chosen) <= set(known):
        raise Problem(
            f"there is no benchmark {' '.join(chosen)}. There are: {', '.join(known) or 'none yet'}."
        )
    with Household() as household:
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TESTING": "1",
            "DEMO": "1",
            "SECRET_KEY": "bench",
        }
        env = {**os.environ, **ours, **start_throwaway_servers(household)}
        return max(
            run_step([PYTHON, "-m", f"bench.{name}", *rest], env=env, cwd=ROOT, foreground=True)
            for name in chosen
        )
