"""A day at an office: who comes when, whom which desk calls, how long it takes. The queue is worked through as the desks will work it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from config.demo.contacts import Contact, after, grade, seconds
from config.demo.scenes import counter
from config.demo.script import Script
from config.demo.world import Opening, Place, minutes, moment
from offices.actions.tickets import HEAD_START

PATIENCE = timedelta(minutes=18)


@dataclass
class Guest(Contact):
    """Somebody who comes to an office."""

    comes_at: datetime | None = None  # None until the day is written

    @property
    def arrives(self) -> datetime:
        if self.comes_at is None:
            raise RuntimeError(f"The day of guest {self.number} is not written yet.")
        return self.comes_at

    @property
    def turn_at(self) -> datetime:
        return self.arrives - HEAD_START if self.priority else self.arrives


@dataclass
class OfficeDay:
    """One place on one day, with the clerks who sit there and those who come."""

    place: Place
    day: date
    clerks: tuple[str, ...]
    room: int
    guests: list[Guest] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        return len(self.guests) < self.room

    @property
    def opens(self) -> datetime:
        return moment(self.day, minutes(self._opening.opens), self.place.zone)

    @property
    def closes(self) -> datetime:
        return moment(self.day, minutes(self._opening.closes), self.place.zone)

    @property
    def _opening(self) -> Opening:
        opening = self.place.opening_on(self.day)
        if opening is None:
            raise ValueError(f"{self.place.code} is closed on {self.day}.")
        return opening

    def write(self, script: Script, dice: Random, until: datetime) -> None:
        """Write the day into the script, unless it would reach beyond `until`."""
        if not self.guests or self.closes > until:
            return
        for index, clerk in enumerate(self.clerks, start=1):
            script.add(
                self.opens + timedelta(seconds=index),
                partial(counter.open_desk, place=self.place, clerk=clerk, number=index),
            )
        free = self._let_them_come(script, dice)
        self.write_arrivals(script)
        end = max(*free.values(), self.opens)
        for index, clerk in enumerate(self.clerks, start=1):
            script.add(end + timedelta(minutes=2, seconds=index), partial(counter.close_desk, clerk=clerk))

    def _let_them_come(self, script: Script, dice: Random) -> dict[str, datetime]:
        first = after(self.opens, dice, 60, 3600)
        pending = self._arrive(first, dice)
        free = dict.fromkeys(self.clerks, first)
        waiting: list[Guest] = []
        while pending or waiting:
            clerk = min(self.clerks, key=lambda one: (free[one], one))
            now = free[clerk] if waiting else max(free[clerk], pending[0].arrives)
            call_at = now + timedelta(seconds=3)
            waiting += [guest for guest in pending if guest.arrives < call_at]
            pending = [guest for guest in pending if guest not in waiting]
            gone = [
                guest for guest in waiting if guest.ending == "abandoned" and guest.arrives + PATIENCE < now
            ]
            for guest in gone:
                script.add(guest.arrives + PATIENCE, partial(counter.leave, guest=guest))
                waiting.remove(guest)
            if not waiting:
                free[clerk] = pending[0].arrives + timedelta(seconds=5) if pending else now
                continue
            guest = min(waiting, key=lambda one: one.turn_at)
            waiting.remove(guest)
            free[clerk] = self._serve(guest, clerk, call_at, script, dice)
        return free

    def _arrive(self, first: datetime, dice: Random) -> list[Guest]:
        at = first
        for guest in self.guests:
            guest.comes_at = at
            at = after(at, dice, 61, 560)
        return list(self.guests)

    def _serve(self, guest: Guest, clerk: str, at: datetime, script: Script, dice: Random) -> datetime:
        """Call, serve, finish; return when the desk is free again."""
        script.add(at, partial(counter.call, place=self.place, guest=guest, clerk=clerk))
        if guest.ending == "no_show":
            script.add(at + timedelta(seconds=75), partial(counter.call_again, guest=guest, clerk=clerk))
            script.add(at + timedelta(seconds=180), partial(counter.give_up, guest=guest, clerk=clerk))
            return at + timedelta(seconds=190)
        guest.ending = "served"
        if dice.random() < 0.3:
            script.add(at + timedelta(seconds=9), partial(counter.say_coming, guest=guest))
        at = after(at, dice, 20, 90)
        script.add(at, partial(counter.begin, guest=guest, clerk=clerk))
        for index in range(len(guest.matters)):
            at += seconds(dice, 150, 560)
            script.add(at, partial(counter.settle, guest=guest, clerk=clerk, index=index))
        at += seconds(dice, 20, 120)
        script.add(at, partial(counter.finish, guest=guest, clerk=clerk))
        if told := grade(dice):
            script.add(at + told.after, partial(counter.grade, guest=guest, told=told))
        return at + seconds(dice, 5, 40)

    def write_arrivals(self, script: Script) -> None:
        """Write who came first, each just then."""
        for guest in self.guests:
            script.add(
                guest.arrives, partial(counter.take, place=self.place, guest=guest, clerk=self.clerks[0])
            )
