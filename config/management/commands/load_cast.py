"""Make the demo's cast."""

from typing import Any

from django.core.management.base import BaseCommand

from config.cast import load_cast


class Command(BaseCommand):
    help = "Make the demo's cast (DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"  cast {len(load_cast())}")
