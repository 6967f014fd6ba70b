"""Playing the plan: in chunks of whole days, each one transaction together with the mark of how far it got."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from accounts.actors import Actor
from common import clock
from config.cast import load_cast
from config.demo.plan import DAYS, Size, make_plan
from config.demo.scenes.stage import Stage
from config.demo.script import Act
from config.demo.staff import load_staff
from config.demo.world import SANTIAGO, read_world
from config.models import SeedRun
from events.models import Event
from metrics import actions as metrics

NAME = "demo"
CHUNK = 500  # acts a transaction, at least
USUAL = Size()


def load_history(progress: Callable[[int, int], None], size: Size = USUAL) -> bool:
    """
    Make the demo's history, or go on where an earlier start stopped; return False when it is all there.

    :raises RuntimeError: outside the demo
    """
    if not settings.DEMO:
        raise RuntimeError("The demo's history exists only with DEMO=1.")
    run = _begin()
    if run.finished_at:
        return False
    load_cast()
    load_staff(run.until - timedelta(days=DAYS + 30))
    plan = make_plan(read_world(), run.until, size)
    stage = Stage()
    stage.find_cases(range(size.highest_case))
    with _quick_session():
        for chunk in _chunks(plan, run.done):
            _play(stage, chunk, run, total=len(plan))
            progress(run.done, len(plan) + 1)
    _finish(run)
    progress(1, 1)
    return True


@transaction.atomic
def _begin() -> SeedRun:
    run, _created = SeedRun.objects.get_or_create(name=NAME, defaults={"until": clock.now()})
    return run


def _chunks(plan: list[Act], done: int) -> Iterator[list[Act]]:
    """Split what is left at midnights, so that no contact is half in one transaction."""
    chunk: list[Act] = []
    for _day, acts in groupby(plan[done:], key=_day_of):
        chunk += acts
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _day_of(act: Act) -> date:
    return act.at.astimezone(ZoneInfo(SANTIAGO)).date()


def _play(stage: Stage, acts: list[Act], run: SeedRun, *, total: int) -> None:
    with clock.frozen(acts[0].at), transaction.atomic():
        held = SeedRun.objects.select_for_update().get(pk=run.pk)
        if held.done != run.done:
            raise RuntimeError("Another process is loading the demo's history. Let it finish.")
        _perform(stage, acts)
        Event.objects.undelivered().filter(at__range=(acts[0].at, acts[-1].at)).update(delivered_at=F("at"))
        held.done, held.total = run.done + len(acts), total
        held.save(update_fields=["done", "total"])
    run.done = held.done


def _perform(stage: Stage, acts: list[Act]) -> None:
    day = _day_of(acts[0])
    for act in acts:
        if _day_of(act) != day:
            day = _day_of(act)
            stage.forget_day()
        clock.move(act.at)
        act.perform(stage)
        connection.run_on_commit.clear()  # nobody is told of what was: neither workers nor screens
    stage.forget_day()


def _finish(run: SeedRun) -> None:
    metrics.recount_all(by=Actor.system())
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])


@contextmanager
def _quick_session() -> Iterator[None]:
    """
    Save the time of what a history does not need: savepoints inside a chunk (a failed act fails the chunk) and waiting for the disk
    (a lost chunk is made again).
    """
    gc.disable()
    features = connection.features
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    features.uses_savepoints = False
    try:
        yield
    finally:
        gc.enable()
        features.uses_savepoints = True
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
