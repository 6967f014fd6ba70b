"""Refuse texts without a sound Spanish translation; `dev.py check` calls it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import translations


class Command(BaseCommand):
    help = "Fail when a text is missing, untranslated, doubtful, or compiled from something else."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        found = list(troubles(root, translations.catalogue_path(root, "es")))
        for trouble in found:
            self.stderr.write(trouble)
        if found:
            raise CommandError(f"{len(found)} texts to mend: run `python3 dev.py messages`, then translate.")
        self.stdout.write("Every text has its translation.")


def troubles(root: Path, path: Path) -> Iterator[str]:
    """Yield a line for each thing that is not as it should be."""
    if not path.exists():
        yield f"{path.relative_to(root)} does not exist."
        return
    catalogue = polib.pofile(str(path), wrapwidth=110)
    kept = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    texts = translations.collect(root)
    for key, text in texts.items():
        if key not in kept:
            yield f"{min(text.files)}: {text.message!r} is not in the catalogue"
        elif text.plural != kept[key].msgid_plural:
            yield f"{min(text.files)}: {text.message!r} has another plural than the catalogue"
    for key, entry in kept.items():
        if key not in texts:
            yield f"{entry.msgid!r} stands in the catalogue and nowhere else"
        for fault in translations.faults(entry):
            yield f"{entry.msgid!r} {fault}"
    binary = path.with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != translations.compiled(catalogue):
        yield f"{binary.relative_to(root)} was not compiled from {path.name}"
