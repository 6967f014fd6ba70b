"""What contacts are about, and how they are graded afterwards."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from config.demo.lives import Life
from config.demo.people import Citizen
from config.demo.world import Topic

GRADES = ((7, 44), (6, 27), (5, 13), (4, 7), (3, 4), (2, 2), (1, 3))
ANSWERED = 0.4  # of all surveys
COMMENTS = (
    "Muy buena atención, me explicaron todo con calma.",
    "Rápido y claro.",
    "Esperé mucho rato, pero la persona que atendió fue amable.",
    "Pude hacerlo sin viajar a la ciudad.",
    "No me quedó claro qué papel falta.",
)


@dataclass
class Matter:
    """One thing somebody comes or calls for."""

    do: str  # inform, apply, follow, paper, answer
    topic: Topic
    life: Life | None = None
    outcome: str = "informed"

    @property
    def its_life(self) -> Life:
        """The case it is about, or is to become; a plain question has none."""
        if self.life is None:
            raise ValueError(f"There is no case in a matter of {self.topic.code} that is to {self.do}.")
        return self.life


@dataclass
class Contact:
    """A visit or a call to be."""

    number: int
    citizen: Citizen | None
    matters: list[Matter] = field(default_factory=list)
    ending: str = "served"
    priority: str = ""


@dataclass(frozen=True)
class Grade:
    """The answer to a contact's survey."""

    after: timedelta
    grade: int
    resolved: bool
    comment: str


def grade(dice: Random) -> Grade | None:
    """Return how a served contact is graded, or None when nobody answers."""
    if dice.random() > ANSWERED:
        return None
    given = dice.choices([one for one, _ in GRADES], [weight for _, weight in GRADES])[0]
    comment = dice.choice(COMMENTS) if dice.random() < 0.15 else ""
    return Grade(
        timedelta(minutes=dice.randint(2, 40)),
        given,
        resolved=given >= 5 or dice.random() < 0.3,
        comment=comment,
    )


def informs(topic: Topic, dice: Random) -> Matter:
    """Return a question about a procedure and how it comes out."""
    outcome = dice.choices(("informed", "referred", "not_resolved"), (86, 8, 6))[0]
    return Matter("inform", topic, outcome=outcome)


def seconds(dice: Random, low: int, high: int) -> timedelta:
    """Return a stretch of time."""
    return timedelta(seconds=dice.randint(low, high))


def after(at: datetime, dice: Random, low: int, high: int) -> datetime:
    """Return an instant a little later."""
    return at + seconds(dice, low, high)
