"""A progress bar for long commands: one line that redraws on a terminal, a few lines elsewhere."""

import sys


class Progress:
    """Draw how far a long piece of work has come."""

    def __init__(self, label: str) -> None:
        self.label, self.out = (
            label,
            sys.stdout,
        )  # a command's own `stdout` ends every line, and this one redraws
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        """Show `done` of `total`."""
        percent = 100 * done // max(total, 1)
        step = 1 if self.out.isatty() else 25
        if percent // step == self._last and done != total:
            return
        self._last = percent // step
        bar = "█" * (percent // 5) + "·" * (20 - percent // 5)
        end = "\n" if done >= total or not self.out.isatty() else ""
        start = "\r" if self.out.isatty() else ""
        self.out.write(f"{start}  {self.label:<28} {bar} {percent:3d} %{end}")
        self.out.flush()
