"""Bring a house up: migrate as the owner, load the reference data, collect static files and, in the demo, seed it and make its cast."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    help = (
        "Migrate, load reference data, collect static files; with DEMO=1 also the demo history and its cast."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--without-demo", action="store_true", help="no demo history even with DEMO=1")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
        self.stdout.write("  database migrated")
        call_command("load_reference", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("load_cast", stdout=self.stdout)
            if not options["without_demo"]:
                call_command("seed_demo", stdout=self.stdout)
            call_command("cast", stdout=self.stdout)
