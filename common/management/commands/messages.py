"""Collect the texts to translate and compile the translations; `dev.py messages` calls it."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from common import translations


class Command(BaseCommand):
    help = "Collect texts into locale/es, keeping what is translated, and compile it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        path = translations.catalogue_path(root, "es")
        path.parent.mkdir(parents=True, exist_ok=True)
        before = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile()
        after = translations.merged(translations.collect(root).values(), before)

        after.save(str(path))
        path.with_suffix(".mo").write_bytes(translations.compiled(after))

        gone = {(entry.msgctxt, entry.msgid) for entry in before} - {
            (entry.msgctxt, entry.msgid) for entry in after
        }
        waiting = [entry for entry in after if any(translations.faults(entry))]
        self.stdout.write(
            f"{len(after)} texts, {len(gone)} no longer used, {len(waiting)} waiting for a translator."
        )
        for entry in waiting:
            self.stdout.write(f"  {entry.msgid[:100]!r}")
