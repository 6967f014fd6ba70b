"""Load the national set: 2,240 procedures and any number of synthetic people, contacts and cases."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.national.history import load_national
from config.national.procedures import add_procedures
from config.progress import Progress


class Command(BaseCommand):
    help = "Load the national set, all of it synthetic (DEMO=1); asked again it adds up to the numbers asked for."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--people", type=int, default=100_000, help="synthetic people, at least")
        parser.add_argument(
            "--interactions",
            type=int,
            default=200_000,
            help="contacts: those of the cases, then visits to offices",
        )
        parser.add_argument("--cases", type=int, default=100_000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("Synthetic people exist only with DEMO=1.")
        added = add_procedures(Progress("synthetic procedures"))
        load_national(
            people=options["people"],
            interactions=options["interactions"],
            cases=options["cases"],
            progress=lambda what: Progress(f"synthetic {what}"),
        )
        self.stdout.write(
            f"  national set is there ({added} procedures added): every row of it says that it is synthetic"
        )
