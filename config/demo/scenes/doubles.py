"""Citizens who were entered twice: somebody on the telephone had no RUN at hand, and the name was heard a little differently."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from accounts.actors import Actor
from config.demo.people import Citizen
from config.demo.scenes.stage import Stage
from config.demo.world import moment
from crm import actions as crm
from crm.queries.duplicates import suspicions_of

if TYPE_CHECKING:
    from config.demo.plan import Plan

DOUBLES = 6  # three in each half of the country
CLERKS = ("clara@demo.invalid", "bruno@demo.invalid")


def plan_doubles(plan: "Plan") -> None:
    """Enter a few of those who applied by web once more, some days later."""
    applied = [life for life in plan.lives if life.channel == "web"]
    for half in (0, 1):
        for life in [life for life in applied if life.half == half][: DOUBLES // 2]:
            at = moment(life.filed_on + timedelta(days=4), 11 * 60)
            plan.scripts[half].add(at, partial(enter_again, someone=life.citizen, clerk=CLERKS[half]))


def enter_again(stage: Stage, *, someone: Citizen, clerk: str) -> None:
    """Enter a citizen without their RUN, and let the rules say whom they may be; here, where no worker hears of it."""
    actor = stage.actor(clerk)
    again = crm.know_person(
        by=actor, name=misheard(someone), phone=someone.phone, commune_code=someone.commune, synthetic=True
    )
    for other, rule in suspicions_of(again):
        crm.suspect_pair(again, other, by=Actor.system(), rule=rule)


def misheard(someone: Citizen) -> str:
    """One given name, no accents to be sure of, and one letter that is not there: Fuentealba, Fuentealb."""
    given, surnames = someone.given.split()[0], someone.surnames
    return f"{given} {surnames[:-1]}"
