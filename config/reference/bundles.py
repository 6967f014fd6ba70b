"""The bundles of procedures that stand in the reference: what editors made of them since is theirs."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from accounts.actors import Actor
from catalog import actions
from catalog.models import Bundle, LifeEvent, Procedure

BUNDLES = Path(settings.BASE_DIR) / "catalog" / "data" / "bundles.yaml"


def load_bundles() -> dict[str, int]:
    """
    Make and publish the bundles that are not there yet, through the editors' own actions; not one of which a procedure is missing here.
    """
    counts = {"bundles": 0, "as they were": 0, "without their procedures": 0}
    for given in yaml.safe_load(BUNDLES.read_text(encoding="utf-8")):
        known = {one.code: one for one in Procedure.objects.filter(code__in=given["procedures"])}
        if Bundle.objects.filter(code=given["code"]).exists():
            counts["as they were"] += 1
        elif len(known) < len(given["procedures"]):
            counts["without their procedures"] += 1
        else:
            _load(given, [known[code] for code in given["procedures"]])
            counts["bundles"] += 1
    return counts


def _load(given: dict[str, Any], procedures: list[Procedure]) -> None:
    system = Actor.system()
    text = actions.BundleText(
        title_es=given["title"]["es"],
        title_en=given["title"]["en"],
        summary_es=given["summary"]["es"],
        summary_en=given["summary"]["en"],
        life_event=LifeEvent.objects.get(code=given["life_event"]),
    )
    bundle = actions.make_bundle(by=system, code=given["code"], text=text, procedures=procedures)
    actions.publish_bundle(bundle, by=system, revision=bundle.revision)
