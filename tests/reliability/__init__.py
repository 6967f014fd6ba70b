"""
The reliability tests: each is one code at two sizes, small in `dev.py test`, full in `dev.py bench reliability`.

A check returns an `Outcome`; the test asserts that it is ok, the bench prints it.
"""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What a check did, in figures, and what was wrong, in words."""

    name: str
    figures: dict[str, int | str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return not self.wrong

    def line(self) -> str:
        """Say it in one line."""
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{'ok' if self.is_ok else 'FAILED':<7} {self.name}: {figures}"
