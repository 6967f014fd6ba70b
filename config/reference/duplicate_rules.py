"""The rules by which records are suspected to be of one person, from their reference file."""

import json
from pathlib import Path

from django.conf import settings

from crm.models import DuplicateRule

FILE = Path(settings.BASE_DIR) / "crm" / "data" / "duplicate_rules.json"


def load_duplicate_rules() -> dict[str, int]:
    """
    Add the rules that are not there yet; of those that are, only the titles are brought up to date.

    How strict a rule is, and whether it is used at all, belongs to whoever administers it here.
    """
    rules = [DuplicateRule(**row) for row in json.loads(FILE.read_text(encoding="utf-8"))]
    DuplicateRule.objects.bulk_create(
        rules, update_conflicts=True, unique_fields=["code"], update_fields=["title_es", "title_en"]
    )
    return {"duplicate rules": len(rules)}
