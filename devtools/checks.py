"""What a reviewer should not have to look for: each step has a name, all of them run, a summary ends it."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devtools.environment import PYTHON, VENV
from devtools.places import ROOT
from devtools.problems import Problem
from devtools.processes import Command, Household, run_step
from devtools.suite import start_throwaway_servers


@dataclass(frozen=True)
class Step:
    """One check: a command and what its environment adds. `skipped` says why it cannot be run here."""

    name: str
    command: Command
    env: Mapping[str, str]
    skipped: str = ""


def steps(base: Mapping[str, str]) -> list[Step]:
    """List the checks, the quick ones first."""
    tools = VENV / "bin"
    demo = {**base, "DEMO": "1", "SECRET_KEY": "check-only"}
    manage = [PYTHON, ROOT / "manage.py"]
    return [
        Step("format", [tools / "ruff", "format", "--check", "."], demo),
        Step("lint", [tools / "ruff", "check", "."], demo),
        Step("contracts", [tools / "lint-imports"], demo),
        Step("templates", [tools / "djlint", "--lint", "--quiet", "templates"], demo),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], demo),
        Step("translations", [*manage, "check_translations"], demo),
        Step("states", [*manage, "draw_states", "--check"], demo),
        Step(
            "deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], {**base, **production()}
        ),
        compose(base),
        Step("types", [tools / "mypy", "."], demo),
    ]


def production() -> dict[str, str]:
    """Return an environment as production gives it, with values of no use to anybody."""
    return {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "ventanilla.example",
        "SITE_URL": "https://ventanilla.example",
        "LIVE_URL": "https://ventanilla.example",
        "BEHIND_PROXY": "1",
        "TELEPHONY_TOKEN": secrets.token_urlsafe(32),
    }


def compose(base: Mapping[str, str]) -> Step:
    """Have Docker read docker-compose.yml with the variables of .env.example; that needs no engine."""
    words = ["--env-file", ".env.example", "config", "--quiet"]
    for client in (["docker", "compose"], ["docker-compose"]):
        if major_version(client) >= 2:
            return Step("compose", [*client, *words], base)
    return Step("compose", [], base, skipped="Docker's client with its compose plugin is not on this machine")


def major_version(client: Sequence[str]) -> int:
    """Return the major version of a compose client, 0 where there is none; 1 cannot read today's files."""
    if not shutil.which(client[0]):
        return 0
    told = subprocess.run([*client, "version", "--short"], capture_output=True, text=True, check=False)
    number = told.stdout.strip().lstrip("v").split(".")[0]
    return int(number) if told.returncode == 0 and number.isdigit() else 0


def check(words: Sequence[str]) -> int:
    """Run all the checks, or those named."""
    with Household() as household:
        base = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **start_throwaway_servers(household),
        }
        listed = steps(base)
        if unknown := set(words) - {step.name for step in listed}:
            known = ", ".join(step.name for step in listed)
            raise Problem(f"there is no check {' '.join(sorted(unknown))}. There are: {known}.")
        results = {step.name: carry_out(step) for step in listed if not words or step.name in words}
    print("\n" + summary(results), flush=True)
    return int("FAILED" in results.values())


def carry_out(step: Step, run: Callable[..., int] = run_step) -> str:
    """Run one check and say how it went."""
    print(f"\n-- {step.name}", flush=True)
    if step.skipped:
        print(f"   not run: {step.skipped}", flush=True)
        return "not run"
    began = time.monotonic()
    outcome = "ok" if run(step.command, env=step.env, cwd=ROOT) == 0 else "FAILED"
    print(f"   {outcome} ({time.monotonic() - began:.1f} s)", flush=True)
    return outcome


def summary(results: Mapping[str, str]) -> str:
    """Return one line per check."""
    width = max(map(len, results))
    return "\n".join(f"{name:<{width}}  {outcome}" for name, outcome in results.items())
