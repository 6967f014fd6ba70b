"""
Load territory, agencies, agreements, rules about duplicates, catalogue, bundles, line 101 and parameter sets from their files; running it again
changes only what differs.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from catalog.sheets import SheetInvalid
from config.progress import Progress
from config.reference import bodies, bundles, duplicate_rules, places, retention, sheets


class Command(BaseCommand):
    help = (
        "Load the reference data: territory, agencies, agreements, rules about duplicates, catalogue, bundles, line 101, "
        "parameter sets."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            self._say(places.load_places())
            self._say(bodies.load_agencies())
            self._say(bodies.load_agreements())
            self._say(duplicate_rules.load_duplicate_rules())
            sheets.load_topics()
            self._say(retention.load_retention_rules())
        try:
            self._say(sheets.load_sheets(Progress("catalogue")))
        except SheetInvalid as error:
            raise CommandError(str(error)) from None
        with transaction.atomic():
            self._say(bundles.load_bundles())
        for load in _of_rooms():
            with transaction.atomic():
                load()

    def _say(self, counts: dict[str, int]) -> None:
        self.stdout.write("  " + ", ".join(f"{name} {count}" for name, count in counts.items()))


def _of_rooms() -> list[Any]:
    from callcentre.reference import load_menu
    from metrics.reference import load_parameters

    return [load_menu, load_parameters]
