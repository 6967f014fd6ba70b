"""Draw docs/states.md from the tables that the code itself obeys: what may follow what."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.utils.translation import override

from catalog.models.procedure import NEXT as VERSION_NEXT
from catalog.models.procedure import VersionStatus
from crm.models import CaseState, StageState
from crm.models.case import NEXT as CASE_NEXT
from crm.models.stage import NEXT as STAGE_NEXT
from offices.models.ticket import NEXT as TICKET_NEXT
from offices.models.ticket import TicketState

PATH = Path(settings.BASE_DIR) / "docs" / "states.md"
HEAD = """# States

Drawn by `manage.py draw_states` from the tables in the models; `dev.py check` compares. A move that is not
drawn is refused.
"""


@dataclass(frozen=True)
class Machine:
    """A thing with states: `begins` are those it can be made in."""

    title: str
    text: str
    states: type[models.TextChoices]
    next: Mapping[Any, frozenset[Any]]
    begins: tuple[str, ...]


MACHINES = (
    Machine(
        "A case",
        "Once filed, its state is a pure function of its stages (`crm.models.case.state_of`); "
        "nothing else sets it.",
        CaseState,
        CASE_NEXT,
        ("draft",),
    ),
    Machine(
        "A stage",
        "One agency's part of a case. Which act may make a move is narrower still: "
        "each act in `crm/actions` says from where it begins.",
        StageState,
        STAGE_NEXT,
        ("received", "waiting"),
    ),
    Machine(
        "A procedure's version", "Once approved it never changes.", VersionStatus, VERSION_NEXT, ("draft",)
    ),
    Machine("A ticket", "A number in an office's queue.", TicketState, TICKET_NEXT, ("waiting",)),
)


class Command(BaseCommand):
    help = "Write docs/states.md; with --check, only say whether it is up to date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            text = HEAD + "".join(drawn(machine) for machine in MACHINES)
        if not options["check"]:
            PATH.write_text(text, encoding="utf-8")
            self.stdout.write(f"  {PATH.relative_to(settings.BASE_DIR)}: {len(MACHINES)} drawn")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            raise CommandError("docs/states.md is not what the models say: run `manage.py draw_states`.")


def drawn(machine: Machine) -> str:
    """Return one machine as a heading, a diagram and a table."""
    states = list(machine.states)
    lines = [f"\n## {machine.title}\n\n{machine.text}\n\n```mermaid\nstateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in states]
    lines += [f"    [*] --> {state}" for state in machine.begins]
    lines += [f"    {old.value} --> {new.value}" for old in states for new in _following(machine, old)]
    lines += [f"    {state.value} --> [*]" for state in states if not machine.next[state]]
    lines += ["```\n", "| state | in words | may become |", "|---|---|---|"]
    lines += [f"| `{state.value}` | {state.label} | {_names(machine, state)} |" for state in states]
    return "\n".join(lines) + "\n"


def _following(machine: Machine, old: models.TextChoices) -> list[models.TextChoices]:
    return [state for state in machine.states if state in machine.next[old]]


def _names(machine: Machine, old: models.TextChoices) -> str:
    return ", ".join(f"`{state.value}`" for state in _following(machine, old)) or "nothing: it is over"
