"""There is one way to file a case, and one place that changes a case's state."""

import ast
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = {"portal": "web", "offices": "office", "callcentre": "phone"}


def calls(folder: str, name: str) -> list[str]:
    found = []
    for path in (ROOT / folder).rglob("*.py"):
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
        ]
    return found


def test_portal_desk_and_phone_file_through_the_one_action():
    for room in ROOMS:
        assert calls(room, "submit_case"), f"{room} files no case"
        assert calls(room, "next_folio") == []


def test_a_folio_is_taken_in_one_place():
    takers = [
        place
        for app in ("crm", *ROOMS, "catalog", "metrics", "accounts", "events")
        for place in calls(app, "next_folio")
    ]

    assert [place.partition(":")[0] for place in takers] == ["crm/actions/applications.py"]


def test_a_state_is_changed_in_the_model_and_the_actions_of_crm_alone():
    movers = {
        place.partition(":")[0]
        for app in ("crm", *ROOMS, "metrics", "accounts", "events")
        for place in calls(app, "move_to")
    }

    of_deliveries = {
        "crm/actions/deliveries.py",
        "crm/models/delivery.py",
    }  # messages, with a life of their own
    assert {place for place in movers if place.startswith("crm/")} - of_deliveries == {
        "crm/actions/applications.py",
        "crm/actions/transitions.py",
    }
