"""Playing the plan: in chunks of whole days, each one transaction together with the mark of how far it got."""

import gc
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import F, Sum

from accounts.actors import Actor
from common import clock
from common.forks import leave_connections
from config.cast import load_cast
from config.demo.plan import DAYS, Size, make_plan
from config.demo.scenes.stage import Stage
from config.demo.script import Act
from config.demo.staff import load_staff
from config.demo.world import SANTIAGO, read_world
from config.models import SeedRun
from crm import actions as crm
from crm import folios
from crm.queries.work import late_stages
from events import outbox, registry
from events.models import Event, Handled
from metrics import actions as metrics

logger = logging.getLogger(__name__)
NAME = "demo"
CHUNK = 500  # acts a transaction, at least
USUAL = Size()
LOOK_AGAIN = 0.5  # seconds


class HalfFailed(RuntimeError):
    """One of the two processes ended before its half was made; the message is its traceback."""


def load_history(progress: Callable[[int, int], None], size: Size = USUAL, *, hands: int = 1) -> bool:
    """
    Make the demo's history, or go on where an earlier start stopped; return False when it is all there.

    :param hands: 2 plays the two halves of the plan at once, the second in a process of its own
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
    _make_what_both_need(run.until)
    halves = [_begin_half(run, half, acts) for half, acts in enumerate(plan)]
    if hands == 1:
        for half, acts in zip(halves, plan, strict=True):
            _play_half(half, acts, size, lambda: progress(_done(), sum(map(len, plan)) + 1))
    else:
        try:
            _play_at_once(halves, plan, size, progress)
        except (
            HalfFailed
        ):  # whatever it fell over has left its last chunk undone, and nothing half: go on from there, alone
            logger.exception("Two processes could not make the demo's history together; one goes on.")
            for half, acts in zip(halves, plan, strict=True):
                half.refresh_from_db()
                _play_half(half, acts, size, lambda: progress(_done(), sum(map(len, plan)) + 1))
    _finish(run)
    progress(1, 1)
    return True


def _make_what_both_need(until: datetime) -> None:
    """The paper that everybody hands in and the years' counters of folios: neither half shall wait until the other has made them."""
    with clock.frozen(until), transaction.atomic():
        Stage().hold_paper()
        for year in {until.year, (until - timedelta(days=DAYS)).year}:
            folios.next_folio(year)


def _play_at_once(
    halves: list[SeedRun], plan: tuple[list[Act], list[Act]], size: Size, progress: Callable[[int, int], None]
) -> None:
    connections.close_all()  # a connection is nobody's but its process's
    context = get_context("fork")
    hear, tell = context.Pipe(duplex=False)
    players = [
        context.Process(target=_play_and_tell, args=(half, acts, size, tell), daemon=True)
        for half, acts in zip(halves, plan, strict=True)
    ]
    for player in players:
        player.start()
    while any(player.is_alive() for player in players) and not any(player.exitcode for player in players):
        wait([player.sentinel for player in players if player.is_alive()], timeout=LOOK_AGAIN)
        progress(_done(), sum(map(len, plan)) + 1)
    failed = [player.exitcode for player in players if player.exitcode]
    for player in players:
        if failed:
            player.terminate()
        player.join()
    if failed:
        reason = hear.recv() if hear.poll() else f"It ended with {failed[0]}."
        raise HalfFailed(reason)


def _play_and_tell(half: SeedRun, acts: list[Act], size: Size, reason: Connection) -> None:
    leave_connections()
    try:
        _play_half(half, acts, size, lambda: None)
    except BaseException:
        reason.send(traceback.format_exc())
        raise


def _play_half(half: SeedRun, acts: list[Act], size: Size, tell: Callable[[], None]) -> None:
    stage = Stage()
    stage.find_cases(range(size.highest_case))
    with _quick_session():
        for chunk in _chunks(acts, half.done):
            _play(stage, chunk, half)
            tell()


def _done() -> int:
    done: int = SeedRun.objects.filter(name__startswith=f"{NAME} ").aggregate(done=Sum("done"))["done"]
    return done


@transaction.atomic
def _begin() -> SeedRun:
    run, _created = SeedRun.objects.get_or_create(name=NAME, defaults={"until": clock.now()})
    return run


def _begin_half(run: SeedRun, half: int, acts: list[Act]) -> SeedRun:
    begun, _created = SeedRun.objects.update_or_create(
        name=f"{NAME} {half}", defaults={"until": run.until, "total": len(acts)}
    )
    return begun


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


def _play(stage: Stage, acts: list[Act], run: SeedRun) -> None:
    with clock.frozen(acts[0].at), transaction.atomic():
        held = SeedRun.objects.select_for_update().get(pk=run.pk)
        if held.done != run.done:
            raise RuntimeError("Another process is loading the demo's history. Let it finish.")
        _perform(stage, acts)
        played = Event.objects.undelivered().filter(at__range=(acts[0].at, acts[-1].at))
        played.exclude(kind="version.published").update(
            delivered_at=F("at")
        )  # those are of the catalogue that was just loaded
        held.done = run.done + len(acts)
        held.save(update_fields=["done"])
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
    with clock.frozen(run.until):
        crm.estimate_decision_times(by=Actor.system())
        for stage in late_stages(_today(run.until)):
            crm.note_late(stage, by=Actor.system())
        for event in Event.objects.undelivered().filter(kind="case.late").values_list("pk", flat=True):
            crm.open_task_for(event, by=Actor.system())
        _settle_history(run.until)
    metrics.recount_all(by=Actor.system())
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])


def _settle_history(until: datetime) -> None:
    """What was is handed over and had its effect: else it would be looked for as lost."""
    said = Event.objects.undelivered().exclude(kind="version.published").filter(at__lte=until)
    said.update(delivered_at=F("at"))
    recent = Event.objects.filter(at__gt=until - outbox.MEMORY, delivered_at__isnull=False)
    Handled.objects.bulk_create(
        [
            Handled(event_id=event, listener=effect.name, at=until)
            for effect in registry.effects()
            for event in recent.filter(kind__in=effect.codes).values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )
    connection.run_on_commit.clear()


def _today(at: datetime) -> date:
    return clock.local_date(at, SANTIAGO)


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
