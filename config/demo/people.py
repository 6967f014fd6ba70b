"""Synthetic people: names put together by number, RUNs from a range that nobody has been given."""

from dataclasses import dataclass
from random import Random
from typing import Any

from common import run

# Natural persons have been given numbers below 30 million, organisations numbers from 50 million on.
FIRST_HUMAN, FIRST_ORGANISATION = 49_000_000, 49_500_000

GIVEN = [
    "Amanda",
    "Antonia",
    "Bastián",
    "Benjamín",
    "Camila",
    "Carla",
    "Carolina",
    "Catalina",
    "Claudia",
    "Constanza",
    "Cristóbal",
    "Daniela",
    "Elías",
    "Elisa",
    "Emilia",
    "Ernesto",
    "Fernanda",
    "Florencia",
    "Francisca",
    "Gabriel",
    "Gladys",
    "Gonzalo",
    "Héctor",
    "Ignacia",
    "Isidora",
    "Javiera",
    "Joaquín",
    "Josefa",
    "Juan",
    "Lautaro",
    "Leonor",
    "Lorena",
    "Luis",
    "Macarena",
    "Manuel",
    "Marcelo",
    "Margarita",
    "Mariana",
    "Matías",
    "Millaray",
    "Mónica",
    "Nahuel",
    "Nicolás",
    "Olivia",
    "Pablo",
    "Patricia",
    "Pedro",
    "Ramón",
    "Rayén",
    "Renata",
    "Rodrigo",
    "Rosa",
    "Sebastián",
    "Sergio",
    "Silvia",
    "Sofía",
    "Tamara",
    "Teresa",
    "Tomás",
    "Valentina",
    "Vicente",
    "Violeta",
    "Ximena",
    "Yasna",
]
SURNAMES = [
    "Aguilera",
    "Alarcón",
    "Araya",
    "Arriagada",
    "Barría",
    "Bravo",
    "Bustos",
    "Cáceres",
    "Calfuqueo",
    "Carrasco",
    "Castillo",
    "Catrileo",
    "Cifuentes",
    "Contreras",
    "Cortés",
    "Donoso",
    "Espinoza",
    "Figueroa",
    "Flores",
    "Fuentealba",
    "Garrido",
    "Godoy",
    "Guajardo",
    "Henríquez",
    "Huenchumil",
    "Ibáñez",
    "Jara",
    "Lagos",
    "Leiva",
    "Llanquileo",
    "Maldonado",
    "Manríquez",
    "Mardones",
    "Mella",
    "Millán",
    "Morales",
    "Muñoz",
    "Navarrete",
    "Ñancupil",
    "Oyarzún",
    "Palma",
    "Parra",
    "Peña",
    "Pizarro",
    "Quilaqueo",
    "Quiroz",
    "Reyes",
    "Riquelme",
    "Rivas",
    "Saavedra",
    "Salinas",
    "Sandoval",
    "Sepúlveda",
    "Soto",
    "Tapia",
    "Toledo",
    "Ulloa",
    "Urrutia",
    "Valdebenito",
    "Vega",
    "Vergara",
    "Zúñiga",
]
TRADES = (
    "Panadería",
    "Taller",
    "Lanas",
    "Miel",
    "Muebles",
    "Viveros",
    "Pesca Artesanal",
    "Turismo",
    "Cerámica",
    "Huertos",
)


@dataclass(frozen=True)
class Citizen:
    """Somebody who does not exist."""

    number: int
    given: str
    surnames: str
    commune: str
    birth_date: str
    email: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.surnames}"

    @property
    def run(self) -> str:
        return synthetic_run(FIRST_HUMAN + self.number)

    def about(self) -> dict[str, Any]:
        """The answers to the questions every application begins with."""
        return {
            "applicant_name": {"given": self.given, "surnames": self.surnames},
            "applicant_run": self.run,
            "applicant_email": self.email or None,
            "applicant_phone": self.phone,
            "applicant_commune": self.commune,
            "applicant_organisation_name": f"{TRADES[self.number % len(TRADES)]} {self.surnames.split()[0]} (empresa de ejemplo)",
            "applicant_organisation_rut": synthetic_run(FIRST_ORGANISATION + self.number),
        }


def synthetic_run(number: int) -> str:
    """Return the canonical RUN of a number."""
    return f"{number}-{run.check_digit(number)}"


def citizen(number: int, commune: str) -> Citizen:
    """Return the `number`-th citizen, always the same one; every eighth uses no mail."""
    dice = Random(f"citizen {number}")  # noqa: S311  # a demo, not a secret
    given = " ".join(dice.sample(GIVEN, 2))
    surnames = " ".join(dice.sample(SURNAMES, 2))
    return Citizen(
        number=number,
        given=given,
        surnames=surnames,
        commune=commune,
        birth_date=f"{dice.randint(1938, 2005)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        email=f"persona{number}@demo.invalid" if number % 8 else "",
        phone=f"+5690{number % 10_000_000:07d}",  # no mobile number in Chile begins with 90
    )


AMINA = Citizen(0, "Amina", "Rojas Soto", "13101", "1952-04-18", "amina@demo.invalid", "+56900000000")
