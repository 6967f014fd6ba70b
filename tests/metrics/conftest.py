"""
A small country for the figures: two regions, a rural commune, offices, two procedures, the parameter sets.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Agency
from metrics import actions
from metrics.reference import load_parameters
from territory.models import Commune, Office
from tests.factories import catalog as sheets
from tests.factories import metrics as made
from tests.factories import territory as places
from tests.factories.accounts import AgencyFactory


@dataclass
class Country:
    """Where the tests' contacts happen."""

    offices: list[Office]
    communes: list[Commune]
    versions: list[Any]
    agencies: list[Agency]


@pytest.fixture
def country(db: None) -> Country:
    valparaiso = places.RegionFactory(
        code="05", name="Región de Valparaíso", short_name="Valparaíso", position=6
    )
    coast = places.ProvinceFactory(code="051", region=valparaiso, name="Valparaíso")
    santiago = places.CommuneFactory()
    petorca = places.CommuneFactory(
        code="05404",
        province=coast,
        name="Petorca",
        is_rural=True,
        population_2015=9_800,
        population_2024=10_500,
    )
    first = places.OfficeFactory(code="OF-13101-1", name="Ventanilla Santiago Centro", commune=santiago)
    second = places.OfficeFactory(code="OF-05404-1", name="Ventanilla Petorca", commune=petorca)
    mobile = places.OfficeFactory(code="OM-05-1", name="Móvil Valparaíso", kind="mobile", commune=petorca)
    agencies = [AgencyFactory(code="SRCEI"), AgencyFactory(code="IPS")]
    versions = [
        sheets.publish(sheets.sheet(), agency=agencies[0]),
        sheets.publish(sheets.sheet(code="4040", slug="otro-tramite", agency="IPS"), agency=agencies[1]),
    ]
    return Country([first, second, mobile], [santiago, petorca], versions, agencies)


@pytest.fixture
def parameters(country: Country) -> None:
    load_parameters()


@pytest.fixture
def history(country: Country, parameters: None) -> list[Any]:
    """Forty-five contacts of every kind, counted."""
    contacts = made.history(45, offices=country.offices, versions=country.versions, communes=country.communes)
    count_all()
    return contacts


def count_all() -> None:
    """Do what the worker does after the events of everything that happened."""
    actions.mark_all_days(by=Actor.system())
    while actions.refresh_roll_ups(by=Actor.system()):
        pass
