"""The stories that a national history is made of: an application on the web until its case is closed, and a visit to an office."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

FIRST_RUN = 30_000_000  # up to 48,999,999: nobody has been given these numbers
QUESTION = "Texto sintético: falta un antecedente. ¿Puede completarlo?"
ANSWER = "Texto sintético: aquí está lo que faltaba."
REASONS = {
    "granted": "",
    "denied": "Texto sintético: no cumple un requisito.",
    "referred": "Texto sintético: lo resuelve otro servicio.",
}


@dataclass(frozen=True)
class Someone:
    """A synthetic person."""

    number: int
    given: str
    surnames: str
    commune: str


@dataclass(frozen=True)
class CaseStory:
    """An application on the web. A time that is None never comes."""

    person: Someone
    version: UUID
    officer: UUID
    purpose: str
    begun_at: datetime
    filed_at: datetime
    taken_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    decided_at: datetime | None = None
    decision: str = ""
    closed_at: datetime | None = None
    graded_at: datetime | None = None
    grade: int | None = None


@dataclass(frozen=True)
class VisitStory:
    """A visit to an office about one matter, served or not."""

    person: Someone | None
    office: int
    desk: UUID
    clerk: UUID
    version: UUID
    taken_at: datetime
    called_at: datetime | None
    serving_at: datetime | None
    settled_at: datetime | None
    ended_at: datetime
    ending: str
    outcome: str = "informed"
    graded_at: datetime | None = None
    grade: int | None = None


def about(person: Someone) -> dict[str, str]:
    """How a synthetic person is reached."""
    return {
        "email": f"sintetico{person.number}@nacional.invalid",
        "phone": f"+5691{person.number % 10_000_000:07d}",
    }
