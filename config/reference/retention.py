"""Retention rules from their file: what is missing is added, texts are renewed, and what somebody changed here stays."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from crm.models import RetentionRule

FILE = Path(settings.BASE_DIR) / "crm" / "data" / "retention_rules.json"
PAIRS = ("title", "since", "basis")


def load_retention_rules() -> dict[str, int]:
    """Load the rules; days and activation only where nobody has changed them here."""
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    changed = set(RetentionRule.objects.exclude(changes=None).values_list("code", flat=True))
    for position, row in enumerate(rows, start=1):
        texts = {f"{name}_{code}": row[name][code] for name in PAIRS for code in ("es", "en")}
        fixed = {"subject": row["subject"], "is_duty": row["is_duty"], "position": position, **texts}
        ours = {} if row["code"] in changed else {"days": row["days"]}
        RetentionRule.objects.update_or_create(
            code=row["code"], defaults={**fixed, **ours}, create_defaults={**fixed, "days": row["days"]}
        )
    return {"retention rules": len(rows)}
