"""Load the demo's history."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.history import load_history
from config.progress import Progress


class Command(BaseCommand):
    help = (
        "Load six months of synthetic contacts through every channel (DEMO=1); a second time changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's history exists only with DEMO=1.")
        if not load_history(Progress("demo history"), hands=2):
            self.stdout.write("  demo history is there")
