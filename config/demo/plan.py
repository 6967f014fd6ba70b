"""
The whole plan: which cases, visits, calls and searches, on which days. Everything is drawn here from one seed, so that the same
reference data and the same end make the same history, however often it is begun.

The country has two halves that share no case, person, office or agent: two processes play them at once. Line 101 and the mobile offices
belong to half 1, the offices to half 0.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from config.demo import online
from config.demo.call_days import CallDay, Ring
from config.demo.contacts import Matter, informs
from config.demo.lives import Life, grow
from config.demo.office_days import Guest, OfficeDay
from config.demo.people import AMINA, Citizen, citizen
from config.demo.scenes import agency, doubles, together
from config.demo.script import Act, Script
from config.demo.world import SANTIAGO, Place, Topic, World, add_business_days, moment
from territory.queries.calendar import is_business_day

DAYS = 183
GUESTS = 6  # a day, about
FIRST_VISITOR = 2_000  # people who only ask: other numbers than those who apply
CLARAS = "OF-13101-1"


@dataclass(frozen=True)
class Size:
    """How much happens. The usual size keeps a first start under a minute."""

    cases: int = 170
    office_days: int = 21
    mobile_days: int = 6
    call_days: int = 25
    calls: int = 60
    searches: int = 160
    votes: int = 120

    @property
    def draft(self) -> int:
        """The number of the draft: after those of the history and of the cast."""
        return self.cases + 41

    @property
    def highest_case(self) -> int:
        """Above every number of a case: those of the history, then the cast's, then the draft, then those of several agencies."""
        return self.draft + 1 + len(together.STATES)


@dataclass
class Plan:
    """What the drawing has come to so far."""

    world: World
    until: datetime
    size: Size = field(default_factory=Size)
    dice: Random = field(default_factory=lambda: Random("Ventanilla, demo"))  # noqa: S311  # a demo, not a secret
    lives: list[Life] = field(default_factory=list)
    office_days: list[OfficeDay] = field(default_factory=list)
    call_days: dict[date, CallDay] = field(default_factory=dict)
    scripts: tuple[Script, Script] = field(default_factory=lambda: (Script(), Script()))
    contacts: int = 0
    people: dict[int, Citizen] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.until.astimezone(ZoneInfo(SANTIAGO)).date()

    def next_contact(self) -> int:
        self.contacts += 1
        return self.contacts

    def someone(self, number: int) -> Citizen:
        """Return a citizen; the first time their commune is drawn, by population."""
        if number not in self.people:
            communes = self.world.communes
            chosen = self.dice.choices(communes, [one[2] for one in communes])[0]
            self.people[number] = citizen(number, chosen[0])
        return self.people[number]

    def script_of(self, life: Life) -> Script:
        return self.scripts[life.half]

    def topic(self, topics: list[Topic], steep: int = 3) -> Topic:
        """Return a procedure; the much wanted ones come up far more often than the others."""
        return self.dice.choices(topics, [topic.popularity**steep for topic in topics])[0]


def make_plan(world: World, until: datetime, size: Size) -> tuple[list[Act], list[Act]]:
    """Return every act of the two halves of the history up to `until`, in the order of time."""
    plan = Plan(world, until, size)
    days = [plan.today - timedelta(days=back) for back in range(DAYS, -1, -1)]
    _open_offices(plan, [day for day in days if is_business_day(day) and day < plan.today])
    _open_line(plan, [day for day in days if is_business_day(day)])
    for number in range(1, size.cases + 1):
        _plan_case(plan, number, days)
    doubles.plan_doubles(plan)
    _plan_present(plan)
    together.plan_together(plan)
    _fill_offices(plan)
    _fill_line(plan)
    online.plan_searches(plan, days, size.searches)
    online.plan_votes(plan, days, size.votes)
    for day in plan.office_days:
        day.write(plan.scripts[day.place.half], plan.dice, plan.until)
    for calls in plan.call_days.values():
        calls.write(plan.scripts[1], plan.dice, plan.until)
    first, second = (sorted(act for act in script.acts if act.at <= until) for script in plan.scripts)
    return first, second


def _open_offices(plan: Plan, days: list[date]) -> None:
    """Choose on which days which places have a history; the cast's own office has the most."""
    staffed = [place for place in plan.world.places if plan.world.clerks.get(place.code)]
    for kind, wanted in (("office", plan.size.office_days), ("mobile", plan.size.mobile_days)):
        pairs = [
            (place, day) for place in staffed if place.kind == kind for day in days if place.opening_on(day)
        ]
        weights = [6.0 if place.code == CLARAS else 1.0 for place, _day in pairs]
        keyed = sorted(
            ((plan.dice.random() ** (1 / weight), index) for index, weight in enumerate(weights)),
            reverse=True,
        )
        for _key, index in keyed[:wanted]:
            place, day = pairs[index]
            room = plan.dice.randint(GUESTS - 2, GUESTS + 3)
            plan.office_days.append(OfficeDay(place, day, plan.world.clerks[place.code][:2], room))
    plan.office_days.sort(key=lambda one: (one.day, one.place.code))


def _open_line(plan: Plan, days: list[date]) -> None:
    for day in sorted(plan.dice.sample(days, min(plan.size.call_days, len(days)))):
        agents = plan.dice.sample(plan.world.agents, min(2, len(plan.world.agents)))
        plan.call_days[day] = CallDay(day, tuple(sorted(agents)))


def _plan_case(plan: Plan, number: int, days: list[date]) -> None:
    dice = plan.dice
    topic = plan.topic([topic for topic in plan.world.topics if topic.has_form], steep=5)
    another = 2 * dice.randint(1, (number + 1) // 2) - number % 2  # somebody of the same half
    someone = plan.someone(number if dice.random() < 0.85 else another)
    # more lately than long ago: the line grows
    back = int(DAYS * (1 - dice.random() ** 0.8))
    life = Life(number, topic, someone, "web", days[max(0, DAYS - back - 1)])
    channel = dice.choices(("web", "office", "phone"), ((60, 40, 0), (60, 20, 20))[life.half])[0]
    if channel == "office":
        _file_at_office(plan, life)
    elif channel == "phone" and "phone" in topic.received_at:
        _file_by_phone(plan, life)
    if life.channel == "web":
        online.plan_application(plan, life)
    grow(life, dice)
    plan.lives.append(life)
    _write_agency(plan, life)
    _plan_returns(plan, life)


def _file_at_office(plan: Plan, life: Life) -> None:
    kinds = life.topic.received_at & {"office", "mobile"}
    day = _office_day(plan, life, life.filed_on, within=30, kinds=kinds)
    if day:
        life.channel, life.filed_on = day.place.kind, day.day
        _visit(plan, day, life, "apply")


def _file_by_phone(plan: Plan, life: Life) -> None:
    if calls := _call_day(plan, life.filed_on):
        life.channel, life.filed_on = "phone", calls.day
        calls.rings.append(_ring(plan, life.citizen, [Matter("apply", life.topic, life)]))


def _plan_returns(plan: Plan, life: Life) -> None:
    """How often its citizen comes back: to answer, to bring a paper, to ask how it goes."""
    dice = plan.dice
    if life.answered_on:
        _plan_answer(plan, life)
    for _turn in range(dice.choices((0, 1, 2, 3), (40, 34, 18, 8))[0]):
        day = life.filed_on + timedelta(days=dice.randint(1, 25))
        if day > plan.today:
            continue
        channel = dice.choices(("web", "phone", "office"), ((70, 0, 30), (46, 48, 6))[life.half])[0]
        if channel == "web":
            online.plan_look(plan, life, day)
        elif channel == "phone" and (calls := _call_day(plan, day)):
            calls.rings.append(_ring(plan, life.citizen, [Matter("follow", life.topic, life)]))
        elif visit := _office_day(plan, life, day, within=12):
            may_hand_in = visit.place.kind in life.topic.received_at and visit.day <= life.open_until
            _visit(plan, visit, life, "paper" if may_hand_in and dice.random() < 0.5 else "follow")


def _plan_answer(plan: Plan, life: Life) -> None:
    """The answer to the agency: its day may move later, and what follows moves with it."""
    if life.answered_by == "office" and life.answered_on:
        day = _office_day(plan, life, life.answered_on, within=0)
        if day:
            _visit(plan, day, life, "answer")
            return
    elif (
        life.answered_by == "phone"
        and life.half == 1
        and life.answered_on in plan.call_days
        and life.topic.code != "3358"
    ):
        plan.call_days[life.answered_on].rings.append(
            _ring(plan, life.citizen, [Matter("answer", life.topic, life)])
        )
        return
    online.plan_answer(plan, life)


def _call_day(plan: Plan, day: date) -> CallDay | None:
    """The first day of the line with a history, within ten days."""
    return next(
        (plan.call_days[one] for one in sorted(plan.call_days) if day <= one <= day + timedelta(days=10)),
        None,
    )


def _office_day(
    plan: Plan, life: Life, day: date, *, within: int, kinds: frozenset[str] = frozenset({"office", "mobile"})
) -> OfficeDay | None:
    last = day + timedelta(days=within)
    fitting = (one for one in plan.office_days if day <= one.day <= last and one.has_room)
    return next((one for one in fitting if one.place.half == life.half and one.place.kind in kinds), None)


def _visit(plan: Plan, day: OfficeDay, life: Life, do: str) -> None:
    matters = [Matter(do, life.topic, life)]
    others = [topic for topic in plan.world.topics if topic.code != life.topic.code]
    matters += [informs(plan.topic(others), plan.dice)] if plan.dice.random() < 0.3 else []
    day.guests.append(
        Guest(plan.next_contact(), life.citizen, matters, priority=_priority(plan, life.citizen))
    )


def _priority(plan: Plan, someone: Citizen | None) -> str:
    if someone and int(someone.birth_date[:4]) < plan.today.year - 60:
        return "older"
    return plan.dice.choice(("pregnancy", "disability")) if plan.dice.random() < 0.06 else ""


def _ring(plan: Plan, someone: Citizen | None, matters: list[Matter]) -> Ring:
    keys = plan.world.menu.get(matters[0].topic.agency if matters else "", ()) or plan.world.menu.get(
        "", ("1",)
    )
    return Ring(
        plan.next_contact(),
        someone,
        matters,
        menu=plan.dice.choice(keys),
        shows_number=plan.dice.random() < 0.85,
    )


def _fill_offices(plan: Plan) -> None:
    """The rest of who comes to an office only asks; some leave, some do not come when called."""
    dice, topics = plan.dice, list(plan.world.topics)
    for day in plan.office_days:
        while day.has_room:
            known = dice.random() < 0.6
            someone = plan.someone(FIRST_VISITOR + plan.contacts) if known else None
            chosen = dict.fromkeys(plan.topic(topics) for _ in range(dice.choices((1, 2, 3), (68, 24, 8))[0]))
            guest = Guest(plan.next_contact(), someone, [informs(topic, dice) for topic in chosen])
            guest.priority = _priority(plan, someone)
            guest.ending = dice.choices(("served", "no_show", "abandoned"), (84, 7, 9))[0]
            day.guests.append(guest)
        dice.shuffle(day.guests)


def _fill_line(plan: Plan) -> None:
    """The rest of who calls only asks; some hang up before anybody answers, some say nothing."""
    dice, topics = plan.dice, list(plan.world.topics)
    days = list(plan.call_days.values())
    for _turn in range(plan.size.calls):
        calls = dice.choice(days)
        if len(calls.rings) > 40:
            continue
        count = dice.choices((0, 1, 2, 3), (4, 70, 20, 6))[0]
        chosen = dict.fromkeys(plan.topic(topics) for _ in range(count))
        someone = plan.someone(FIRST_VISITOR + plan.contacts) if dice.random() < 0.45 else None
        ring = _ring(plan, someone, [informs(topic, dice) for topic in chosen])
        ring.ending = dice.choices(("served", "abandoned", "missed"), (88, 9, 3))[0]
        calls.rings.append(ring)


def _at_work(plan: Plan, day: date) -> datetime:
    return moment(day, plan.dice.randint(9 * 60, 17 * 60) + plan.dice.random())


def _write_agency(plan: Plan, life: Life) -> None:
    """Write what the agency does with a case."""
    officers = plan.world.officers.get(life.topic.agency, ())
    if not officers:
        return
    officer = plan.dice.choice(officers)
    script, dice = plan.script_of(life), plan.dice
    if life.taken_on:
        at = _at_work(plan, life.taken_on)
        script.add(at, partial(agency.take, life=life, officer=officer))
        if dice.random() < 0.35:
            script.add(at + timedelta(minutes=6), partial(agency.accept_papers, life=life, officer=officer))
    if life.asked_on:
        script.add(_at_work(plan, life.asked_on), partial(agency.ask, life=life, officer=officer))
    if life.decided_on and life.outcome == "withdrawn":
        online.plan_withdrawal(plan, life)
    elif life.decided_on:
        script.add(
            _at_work(plan, life.decided_on),
            partial(agency.decide, life=life, officer=officer, decision=life.outcome),
        )
    if life.closed_on:
        script.add(_at_work(plan, life.closed_on), partial(agency.close, life=life))
    if life.reopened_on:
        at = _at_work(plan, life.reopened_on)
        script.add(at, partial(agency.reopen, life=life, officer=officer))
        script.add(
            _at_work(plan, add_business_days(life.reopened_on, 3)),
            partial(agency.decide, life=life, officer=officer, decision="granted"),
        )


def _plan_present(plan: Plan) -> None:
    """What the cast finds on arriving: a case in every state for each officer, a queue at Clara's office if it is open, a draft."""
    for place, (code, officer) in enumerate(_casts_topics(plan)):
        for step in range(4):
            number = plan.size.cases + 1 + place * 4 + step
            someone = AMINA if number == plan.size.cases + 3 else citizen(number, "13101")
            _present_case(
                plan, Life(number, code, someone, "web", _back(plan, (1, 3, 6, 9)[step])), officer, step
            )
    _present_draft(plan, plan.size.draft)
    _present_queue(plan)


def _back(plan: Plan, count: int) -> date:
    day = plan.today
    while count:
        day -= timedelta(days=1)
        count -= is_business_day(day)
    return day


def _casts_topics(plan: Plan) -> list[tuple[Topic, str]]:
    """The officers who sign in, each with a procedure of their agency: one with a form if it has one."""
    pairs = []
    for code, emails in sorted(plan.world.officers.items()):
        named = [email for email in emails if not email.startswith("equipo")]
        topics = sorted(
            (t for t in plan.world.topics if t.agency == code), key=lambda t: (not t.has_form, -t.popularity)
        )
        pairs += [(topics[0], email) for email in named if topics]
    return pairs


def _present_case(plan: Plan, life: Life, officer: str, step: int) -> None:
    """0: just received · 1: under review · 2: waits for the citizen · 3: answered."""
    online.plan_application(plan, life)
    script = plan.script_of(life)
    if step >= 1:
        day = add_business_days(life.filed_on, 1)
        script.add(_at_work(plan, day), partial(agency.take, life=life, officer=officer))
    if step >= 2:
        day = add_business_days(life.filed_on, 2)
        script.add(_at_work(plan, day), partial(agency.ask, life=life, officer=officer))
    if step >= 3:
        life.answered_on = add_business_days(life.filed_on, 4)
        online.plan_answer(plan, life)


def _present_draft(plan: Plan, number: int) -> None:
    topic = max((topic for topic in plan.world.topics if topic.has_form), key=lambda topic: topic.popularity)
    online.plan_draft(
        plan, Life(number, topic, citizen(number, "13101"), "web", plan.today - timedelta(days=1))
    )


def _present_queue(plan: Plan) -> None:
    """Four people wait at Clara's office, if it is open now."""
    from config.demo.scenes import counter

    place: Place = next(place for place in plan.world.places if place.code == CLARAS)
    opening = place.opening_on(plan.today)
    if not opening:
        return
    local = plan.until.astimezone(ZoneInfo(place.zone)).time()
    if not opening.opens <= local <= opening.closes:
        return
    topics = list(plan.world.topics)
    for ago in (17, 12, 8, 3):
        guest = Guest(
            plan.next_contact(),
            plan.someone(FIRST_VISITOR + plan.contacts),
            [informs(plan.topic(topics), plan.dice)],
        )
        at = plan.until - timedelta(minutes=ago)
        plan.scripts[place.half].add(
            at, partial(counter.take, place=place, guest=guest, clerk=plan.world.clerks[CLARAS][0])
        )
