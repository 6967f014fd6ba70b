"""A day on line 101: who calls when, which agent answers after how long, who gives up waiting."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from config.demo.contacts import Contact, after, grade, seconds
from config.demo.scenes import line
from config.demo.script import Script
from config.demo.world import moment

OPENS, LAST_CALL = 8 * 60 + 10, 17 * 60  # minutes of the day; on Fridays the line closes at six


@dataclass
class Ring(Contact):
    """A call."""

    menu: str = ""
    shows_number: bool = True
    rings_at: tuple[str, ...] = ()
    agent: str = ""


@dataclass
class CallDay:
    """A day's calls."""

    day: date
    agents: tuple[str, ...]
    rings: list[Ring] = field(default_factory=list)

    def write(self, script: Script, dice: Random, until: datetime) -> None:
        """Write the day into the script, unless it would reach beyond `until`."""
        if not self.rings or moment(self.day, LAST_CALL + 90) > until:
            return
        comes = moment(self.day, OPENS - 8)
        free = dict.fromkeys(self.agents, comes)
        for index, agent in enumerate(self.agents):
            script.add(comes + timedelta(seconds=index), partial(line.come, agent=agent))
        starts = sorted(dice.sample(range(OPENS * 60, LAST_CALL * 60, 30), len(self.rings)))
        for ring, second in zip(self.rings, starts, strict=True):
            self._write_call(ring, moment(self.day, second / 60), free, script, dice)
        goes = max(moment(self.day, LAST_CALL + 40), *free.values())
        for index, agent in enumerate(self.agents):
            script.add(goes + timedelta(seconds=index), partial(line.go, agent=agent))

    def _write_call(
        self, ring: Ring, at: datetime, free: dict[str, datetime], script: Script, dice: Random
    ) -> None:
        ring.agent = min(self.agents, key=lambda one: (free[one], one))
        ring.rings_at = tuple(agent for agent in self.agents if free[agent] <= at) or (ring.agent,)
        script.add(at, partial(line.ring, ring=ring))
        if ring.ending == "abandoned":
            script.add(after(at, dice, 40, 200), partial(line.hang_up, ring=ring, cause="cancel"))
            return
        if ring.ending == "missed":
            script.add(after(at, dice, 60, 120), partial(line.hang_up, ring=ring, cause="noAnswer"))
            return
        at = max(at, free[ring.agent]) + timedelta(seconds=int(dice.lognormvariate(3.2, 0.9)) + 4)
        script.add(at, partial(line.answer, ring=ring))
        if not ring.matters:
            at = after(at, dice, 8, 40)
            script.add(at, partial(line.hang_up, ring=ring, cause="normalClearing"))
            at = after(at, dice, 5, 20)
            script.add(
                at,
                partial(
                    line.finish_empty, ring=ring, why=dice.choice(("wrong_number", "no_voice", "cut_off"))
                ),
            )
        else:
            at = self._speak(ring, at, script, dice)
        free[ring.agent] = at + timedelta(seconds=2)

    def _speak(self, ring: Ring, at: datetime, script: Script, dice: Random) -> datetime:
        if ring.citizen and (dice.random() < 0.6 or any(matter.life for matter in ring.matters)):
            at = after(at, dice, 25, 70)
            script.add(at, partial(line.know, ring=ring))
        for index in range(len(ring.matters)):
            at += seconds(dice, 60, 240)
            script.add(at, partial(line.settle, ring=ring, index=index))
        at = after(at, dice, 10, 40)
        script.add(at, partial(line.hang_up, ring=ring, cause="normalClearing"))
        if told := grade(dice):
            script.add(at + told.after, partial(line.grade, ring=ring, told=told))
        at = after(at, dice, 10, 90)
        script.add(at, partial(line.finish, ring=ring))
        return at
