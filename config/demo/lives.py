"""The plan of one case: when it is filed, taken, asked about, answered, decided, closed, and how often its citizen comes back."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.demo.people import Citizen
from config.demo.world import Topic, add_business_days

OUTCOMES = (("granted", 74), ("denied", 15), ("referred", 5), ("withdrawn", 4), ("", 2))


@dataclass
class Life:
    """A case to be. A day that is None never comes."""

    number: int
    topic: Topic
    citizen: Citizen
    channel: str
    filed_on: date
    outcome: str = ""
    taken_on: date | None = None
    asked_on: date | None = None
    answered_on: date | None = None
    answered_by: str = "web"
    decided_on: date | None = None
    closed_on: date | None = None
    reopened_on: date | None = None

    @property
    def half(self) -> int:
        """In which half of the country it is lived."""
        return self.number % 2

    @property
    def open_until(self) -> date:
        """The last day on which it is surely still open."""
        return (self.decided_on or date.max) - timedelta(days=1)


def grow(life: Life, dice: Random) -> None:
    """Decide how a filed case goes on, day by day; each step at least a business day after the one before."""
    life.taken_on = _later(life.filed_on, dice, 1, 4)
    life.outcome = dice.choices([code for code, _ in OUTCOMES], [weight for _, weight in OUTCOMES])[0]
    last = life.taken_on
    if dice.random() < 0.32:
        life.asked_on = last = _later(last, dice, 1, 4)
        life.answered_by = dice.choices(("web", "office", "phone", "never"), (58, 20, 17, 5))[0]
        if life.answered_by == "never":
            return
        life.answered_on = last = _later(last, dice, 1, 8)
    if life.outcome:
        life.decided_on = last = _later(last, dice, 2, 16)
    if life.outcome and dice.random() < 0.8:
        life.closed_on = last = _later(last, dice, 3, 12)
        if life.outcome == "denied" and dice.random() < 0.2:
            life.reopened_on = _later(last, dice, 3, 10)


def _later(day: date, dice: Random, least: int, most: int) -> date:
    return add_business_days(day, dice.randint(least, most))
