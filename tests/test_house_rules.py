"""The rules of the house that no linter sees."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from config.queues import QUEUES

ROOT = Path(settings.BASE_DIR)
LAYERS = [
    {"config"},
    {"portal", "offices", "callcentre", "metrics"},
    {"crm"},
    {"catalog"},
    {"events"},
    {"accounts"},
    {"territory"},
    {"integrations"},
    {"common"},
]
OURS = set().union(*LAYERS)
HEIGHT = {app: len(LAYERS) - place for place, layer in enumerate(LAYERS) for app in layer}
# Whoever writes must be an action; these verbs on a manager or a row write.
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}


def modules(app: str, *parts: str) -> list[Path]:
    folder = ROOT / app
    return [
        path
        for path in folder.rglob("*.py")
        if any(part in {*path.relative_to(folder).parts[:-1], path.stem} for part in parts)
        and "migrations" not in path.parts
    ]


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found += routes(entry, inner)
        else:
            found.append((f"{prefix}{entry.name}", entry))
    return found


def test_no_relation_points_up():
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model._meta.app_label in OURS
        and HEIGHT[field.related_model._meta.app_label] > HEIGHT[model._meta.app_label]
    ]

    assert wrong == []


def test_no_migration_depends_on_an_app_above():
    wrong = []
    for app in OURS:
        for path in (ROOT / app / "migrations").glob("0*.py"):
            wrong += [
                f"{path.relative_to(ROOT)} → {other}"
                for other in re.findall(r"\(\s*[\"'](\w+)[\"'],\s*[\"']0", path.read_text())
                if other in OURS and HEIGHT[other] > HEIGHT[app]
            ]

    assert wrong == []


def test_views_forms_api_and_tasks_write_only_through_actions():
    wrong = []
    for app in OURS - {"config", "common"}:
        for path in modules(app, "views", "api", "tasks", "forms", "queries", "panels", "listeners"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in WRITES
                ):
                    owner = ast.unparse(node.func.value)
                    if (
                        "session" in owner
                        or "cache" in owner
                        or owner in {"data", "context", "answers", "headers", "given"}
                    ):
                        continue
                    if ".objects" in owner or node.func.attr in {"save", "delete", "bulk_create"}:
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {owner}.{node.func.attr}")

    assert wrong == []


def test_every_action_is_atomic_and_says_by_whom():
    wrong = []
    for app in ("crm", "catalog", "offices", "callcentre", "metrics", "accounts"):
        try:
            package = __import__(f"{app}.actions", fromlist=["__all__"])
        except ModuleNotFoundError:
            continue
        for name in getattr(package, "__all__", []):
            action = getattr(package, name)
            if not inspect.isfunction(action):
                continue
            signature = inspect.signature(action)
            by = signature.parameters.get("by")
            if (
                by is None
                or by.kind is not inspect.Parameter.KEYWORD_ONLY
                or by.default is not inspect.Parameter.empty
            ):
                wrong.append(f"{app}.{name} does not say by whom")
            if not hasattr(action, "__wrapped__") and name not in NOT_ATOMIC:
                wrong.append(f"{app}.{name} is not atomic")

    assert wrong == []


# Sends outside any transaction, on purpose, or does many things each in a transaction of its own; a refusal is kept in another than its act.
NOT_ATOMIC = {
    "send_notification",
    "log_access",
    "take_stages",
    "answer_once",
    "begin_due_publications",
    "send_reminders",
}


def test_crm_names_no_channel_page():
    wrong = [
        str(path.relative_to(ROOT))
        for app in ("crm", "catalog", "events", "accounts", "territory", "common")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"[\"'](portal|offices|callcentre|metrics):", path.read_text())
    ]

    assert wrong == []


def test_every_task_is_routed_to_a_queue_that_workers_serve():
    current_app.loader.import_default_modules()
    ours = [name for name in current_app.tasks if name.split(".")[0] in OURS]
    patterns = {
        pattern.removesuffix(".*"): route["queue"] for pattern, route in settings.CELERY_TASK_ROUTES.items()
    }

    assert ours
    assert {name for name in ours if name.split(".")[0] not in patterns} == set()
    assert set(patterns.values()) == set(QUEUES)


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)


def test_compose_starts_a_worker_on_every_queue():
    compose = (ROOT / "docker-compose.yml").read_text()

    served = set(",".join(re.findall(r"-Q[\s\"',=]+([\w,]+)", compose)).split(","))

    assert served == set(QUEUES)


def test_every_package_is_under_contract():
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"config"}

    assert packages == OURS
    contract = (ROOT / "pyproject.toml").read_text()
    assert all(f'"{package}"' in contract for package in packages)


def test_nobody_imports_the_settings_module():
    wrong = [
        str(path.relative_to(ROOT))
        for app in OURS
        for path in (ROOT / app).rglob("*.py")
        if re.search(
            r"(from config import settings|import config\.settings|from config\.settings)", path.read_text()
        )
    ]

    assert wrong == []


def test_no_template_has_inline_script_or_style():
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
        if re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*(src=|application/ld\+json))", text):
            wrong.append(str(path.relative_to(ROOT)))

    assert wrong == []


def test_scripts_keep_nothing_in_the_browser_but_how_it_looks_and_speaks():
    stores = re.compile(
        r"localStorage(?!\.[gs]etItem\(\"(?:theme|voice)\")|sessionStorage|indexedDB|document\.cookie|caches\."
    )
    wrong = [
        f"{path.name}: {found}"
        for path in (ROOT / "static" / "js").glob("*.js")
        for found in stores.findall(path.read_text())
    ]

    assert wrong == []
    assert '"historyCacheSize":0' in (ROOT / "templates" / "staff.html").read_text()


def test_no_foreign_key_lacks_an_index():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS and model._meta.managed
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and not (field.db_index or field.unique)
        and not any(index.fields[:1] == [field.name] and not index.condition for index in model._meta.indexes)
    ]

    assert wrong == []


@pytest.mark.parametrize("words", ["../shared", "subagent", "/work/"])
def test_nothing_mentions_the_workplace(words):
    found = [
        str(path.relative_to(ROOT))
        for pattern in ("*.py", "*.md", "*.html", "*.yaml", "*.json", "*.toml", "*.csv")
        for path in ROOT.rglob(pattern)
        if not {".venv", ".dev", "node_modules", ".git"} & set(path.parts)
        and path != Path(__file__)
        and words in path.read_text(encoding="utf-8")
    ]

    assert found == []


def test_every_test_that_the_page_of_mistakes_names_exists():
    page = (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")
    rows = [row for row in page.splitlines() if row.startswith("| ") and not row.endswith("| | |")][1:]
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)

    def tests_in(file: str) -> set[str]:
        path = ROOT / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))

    there = {file: tests_in(file) for file in dict(named)}
    assert [f"{file}::{name}" for file, name in named if name not in there[file]] == []
    assert [row for row in rows if row.count("|") != 4 or "::test_" not in row.split("|")[3]] == []
    assert len(rows) >= 50


def test_a_transition_saves_every_column_of_a_stage_that_an_act_may_change():
    """What a step changed of a stage and `transition` does not write would be lost without a word."""
    from crm.actions.transitions import STAGE_FIELDS
    from crm.models import Stage

    terms = {"term_business_days", "term_calendar_days"}
    fixed = {"id", "case", "agency", "order", "is_required", "channel", "to_close", "procedure", *terms}
    kept_by_database = {field.name for field in Stage._meta.concrete_fields if field.generated}

    assert {field.name for field in Stage._meta.concrete_fields} == {*STAGE_FIELDS, *fixed, *kept_by_database}
