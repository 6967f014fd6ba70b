"""The catalogue's procedures from their sheets, and the names of life events and themes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.conf import settings

from accounts.actors import Actor
from accounts.models import Agency
from catalog import actions
from catalog.models import LifeEvent, Theme
from catalog.sheets import SheetInvalid

SHEETS = Path(settings.BASE_DIR) / "catalog" / "data" / "procedures"
LIFE_EVENTS = {
    "have-a-child": ("Tener un hijo o una hija", "Having a child"),
    "lose-a-job": ("Quedar sin trabajo", "Losing a job"),
    "find-work": ("Buscar trabajo", "Finding work"),
    "retire": ("Jubilar", "Retiring"),
    "get-sick": ("Enfermarse", "Falling ill"),
    "find-a-home": ("Buscar una casa", "Finding a home"),
    "marry-or-separate": ("Casarse o separarse", "Marrying or separating"),
    "a-death": ("Cuando alguien muere", "When someone dies"),
    "study": ("Estudiar", "Studying"),
    "start-a-business": ("Empezar un negocio", "Starting a business"),
    "drive": ("Manejar y tener un vehículo", "Driving and owning a vehicle"),
    "get-my-papers": ("Sacar mis documentos", "Getting my papers"),
    "arrive-in-chile": ("Llegar a vivir a Chile", "Coming to live in Chile"),
    "live-with-disability": ("Vivir con discapacidad", "Living with a disability"),
    "protect-my-rights": ("Defender mis derechos", "Protecting my rights"),
}
THEMES = {
    "identity": ("Identidad", "Identity"),
    "family": ("Familia", "Family"),
    "health": ("Salud", "Health"),
    "pensions": ("Pensiones", "Pensions"),
    "work": ("Trabajo", "Work"),
    "housing": ("Vivienda", "Housing"),
    "education": ("Educación", "Education"),
    "business": ("Empresas", "Business"),
    "transport": ("Transporte", "Transport"),
    "justice": ("Justicia", "Justice"),
    "consumer": ("Consumo", "Consumer rights"),
    "environment": ("Medio ambiente", "Environment"),
    "social-protection": ("Protección social", "Social protection"),
}

AnyTopic = TypeVar("AnyTopic", LifeEvent, Theme)


def load_topics() -> None:
    """Name the life events and themes."""
    _load_topics(LifeEvent, LIFE_EVENTS)
    _load_topics(Theme, THEMES)


def _load_topics(model: type[AnyTopic], names: dict[str, tuple[str, str]]) -> None:
    model.objects.bulk_create(
        [
            model(code=c, title_es=es, title_en=en, position=i)
            for i, (c, (es, en)) in enumerate(names.items())
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["title_es", "title_en", "position"],
    )


def read_sheets() -> list[dict[str, Any]]:
    """Return the sheets as they stand in their files, in a fixed order."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(SHEETS.glob("*.yaml"))]


def load_sheets(progress: Callable[[int, int], None]) -> dict[str, int]:
    """
    Load every sheet through the editors' own action: created, changed (a new version), the same, or edited here.

    What people of the agencies wrote stays, and is counted as edited here.

    :raises SheetInvalid: naming the sheet and its faults
    """
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    sheets = read_sheets()
    counts = {"created": 0, "changed": 0, "same": 0, "edited here": 0}
    for number, data in enumerate(sheets, start=1):
        try:
            counts[actions.put_sheet(agencies[data["agency"]], data, by=Actor.system())] += 1
        except actions.EditedHere:
            counts["edited here"] += 1
        except SheetInvalid as error:
            raise SheetInvalid(
                [(f"{data['slug']}: {place}", text) for place, text in error.problems]
            ) from None
        progress(number, len(sheets))
    return counts
