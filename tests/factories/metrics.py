"""Small histories of contacts, made through the rooms' own actions at a clock that is set."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common import clock
from crm import actions
from crm.models import EnquiryOutcome, Interaction, SurveyInvitation
from crm.models.enquiry import ABOUT_CASE
from crm.models.interaction import Ending
from territory.models import Commune, Office

SYSTEM = Actor.system()
FIRST = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
OUTCOMES = [one for one in EnquiryOutcome.values if one and one not in ABOUT_CASE]  # those need a filed case


def contact(
    channel: str = "office",
    *,
    at: datetime = FIRST,
    office: Office | None = None,
    commune: Commune | None = None,
    waits: int | None = 300,
    serves: int = 600,
    ending: str = Ending.SERVED,
    matters: tuple[tuple[ProcedureVersion | None, str], ...] = (),
    grade: int | None = None,
    graded_after: timedelta = timedelta(hours=3),
) -> Interaction:
    """
    Return an ended contact.

    :param waits: seconds until somebody attends; None: nobody does
    :param matters: (version, outcome) of each; an empty outcome stays open until the end
    """
    with clock.frozen(at):
        made = actions.open_interaction(channel, by=SYSTEM, office=office, commune=commune)
    attended = at + timedelta(seconds=waits or 0)
    if waits is not None:
        with clock.frozen(attended):
            made = actions.attend_interaction(made, by=SYSTEM)
    for place, (version, outcome) in enumerate(matters):
        with clock.frozen(attended + timedelta(seconds=place + 1)):
            enquiry = actions.open_enquiry(made, by=SYSTEM, kind="inform", version=version)
            if outcome:
                actions.close_enquiry(enquiry, by=SYSTEM, outcome=outcome)
    with clock.frozen(attended + timedelta(seconds=serves)):
        made = actions.end_interaction(made, by=SYSTEM, ending=ending)
    if grade is not None and ending == Ending.SERVED:
        with clock.frozen(attended + timedelta(seconds=serves) + graded_after):
            actions.answer_survey(
                SurveyInvitation.objects.get(interaction=made), by=Actor.visitor(), grade=grade
            )
    return made


def history(
    size: int,
    *,
    offices: list[Office],
    versions: list[ProcedureVersion],
    communes: list[Commune],
    seed: int = 7,
    days: int = 20,
    first: datetime = FIRST,
    spread: int = 20_000,
) -> list[Interaction]:
    """
    Return a random history that is the same for the same seed: every channel, ending, outcome and grade, over
    some days.

    :param spread: seconds of each day after the hour of `first` in which contacts begin
    """
    dice = random.Random(seed)  # noqa: S311  # a test's history, not a secret
    made = []
    for _ in range(size):
        channel = dice.choice(["web", "office", "office", "mobile", "phone"])
        in_person = channel in {"office", "mobile"}
        ending = dice.choices([*Ending.values], [8, 2, 1, 1])[0]
        attended = channel != "web" and (ending == Ending.SERVED or dice.random() < 0.2)
        matters: list[tuple[Any, str]] = [
            (dice.choice([*versions, None]), dice.choice([*OUTCOMES, ""]))
            for _ in range(dice.choice([0, 1, 1, 2, 3]))
        ]
        made.append(
            contact(
                channel,
                at=first + timedelta(days=dice.randrange(days), seconds=dice.randrange(spread)),
                office=dice.choice(offices) if in_person else None,
                commune=None if in_person else dice.choice([*communes, None]),
                waits=dice.randrange(3600) if attended else None,
                serves=dice.randrange(1800),
                ending=ending,
                matters=tuple(matters),
                grade=dice.choice([None, None, 1, 3, 4, 5, 6, 6, 7, 7, 7]),
                graded_after=timedelta(hours=dice.randrange(200)),
            )
        )
    return made
