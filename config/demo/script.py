"""The script: acts in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.demo.scenes.stage import Stage


@dataclass(order=True, frozen=True)
class Act:
    """Something happens at `at`; acts of one instant keep the order in which they were planned."""

    at: datetime
    order: int
    perform: "Callable[[Stage], None]" = field(compare=False)


class Script:
    """Gathers acts."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def add(self, at: datetime, perform: "Callable[[Stage], None]") -> None:
        """Let something happen at an instant."""
        self.acts.append(Act(at, len(self.acts), perform))
