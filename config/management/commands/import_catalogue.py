"""Read a catalogue from a server that speaks ChileAtiende's API, in either of its shapes."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import Actor
from catalog import actions
from catalog.importer.run import CatalogueWalk, ImportStopped, Report, unfinished_run
from catalog.models import ImportRun
from config.progress import Progress
from integrations.chileatiende import CatalogueRefused
from integrations.chileatiende.envelopes import SHAPES
from integrations.chileatiende.http import HttpCatalogue

MOST_REASONS = 40


class Command(BaseCommand):
    help = "Read a catalogue from a server that speaks ChileAtiende's API. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url", required=True, help="the address under which /fichas stands, like https://host/api"
        )
        parser.add_argument("--token", default="", help="the access token, where the server asks for one")
        parser.add_argument(
            "--shape", choices=SHAPES, default="auto", help="refuse answers that do not have this shape"
        )
        parser.add_argument("--limit", type=int, help="stop after so many sheets; --resume goes on")
        parser.add_argument(
            "--resume", action="store_true", help="go on with the last run that was cut short"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing; say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        url: str = options["url"].rstrip("/")
        by = Actor.system()
        try:
            client = HttpCatalogue(url, token=options["token"], shape=options["shape"])
        except CatalogueRefused as error:
            raise CommandError(str(error)) from None
        run = (
            actions.begin_run(url, by=by, is_dry=True)
            if options["dry_run"]
            else self._run(url, resume=options["resume"], by=by)
        )
        walk = CatalogueWalk(
            client, origin=url[:200], by=by, run=run, limit=options["limit"], progress=Progress("import")
        )
        try:
            self._tell(walk.go(), dry_run=options["dry_run"])
        except ImportStopped as stop:
            self._tell(walk.report, dry_run=options["dry_run"])
            raise CommandError(
                f"{stop} What was read so far is kept; run it again with --resume to go on."
            ) from None
        except KeyboardInterrupt:
            self._tell(walk.report, dry_run=options["dry_run"])
            self.stdout.write("Stopped. Run it again with --resume to go on.")
            sys.exit(130)

    def _run(self, url: str, *, resume: bool, by: Actor) -> ImportRun:
        run = unfinished_run(url) if resume else None
        if resume and run is None:
            self.stdout.write("There is no run to resume: beginning a new one.")
        return run or actions.begin_run(url, by=by)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        counts = ", ".join(
            f"{name} {report.counts[name]}" for name in ("created", "changed", "same", "conflict", "refused")
        )
        self.stdout.write(f"\n{'Would be: ' if dry_run else ''}{counts}")
        for word, told in (("conflict", report.conflicts), ("refused", report.refused)):
            for name, reason in told[:MOST_REASONS]:
                self.stdout.write(f"  {word} {name}: {reason}")
            if len(told) > MOST_REASONS:
                self.stdout.write(f"  … and {len(told) - MOST_REASONS} more, kept with the run")
