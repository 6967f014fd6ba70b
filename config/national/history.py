"""Bringing the national set up to the numbers asked for: batch by batch, each with the mark of how far it got."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.actors import Actor
from common import clock
from config.demo.people import FIRST_HUMAN
from config.models import SeedRun
from config.national import bulk, work
from config.national.draw import DAYS, Cast, draw, make_cast
from config.national.stories import FIRST_RUN
from crm.models import PersonIdentifier
from metrics import actions as metrics

BATCH = 10_000
PEOPLE_PER_STORY = {"cases": 0.6, "visits": 0.5}
Told = Callable[[str], Callable[[int, int], None]]


def load_national(*, people: int, interactions: int, cases: int, progress: Told) -> None:
    """
    Write what is missing of the numbers asked for; what is there stays. Contacts are those of the cases, then visits to offices.

    Those asked to be people beyond the ones the stories need are entered as known and nothing else.

    :raises RuntimeError: outside the demo and tests
    """
    if not (settings.DEMO or settings.TESTING):
        raise RuntimeError("Synthetic people exist only with DEMO=1.")
    cast = make_cast()
    _add("cases", cases, cast, progress("cases"))
    _add("visits", max(0, interactions - _contacts_of_cases()), cast, progress("visits"))
    _add_people(people, cast, progress("people"))
    metrics.recount_all(by=Actor.system())


def _contacts_of_cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM crm_interaction i WHERE i.is_synthetic AND i.channel = 'web' AND EXISTS (SELECT 1 FROM crm_enquiry e "
            "JOIN catalog_procedureversion v ON v.id = e.version_id JOIN catalog_procedure p ON p.id = v.procedure_id "
            "WHERE e.interaction_id = i.id AND p.is_synthetic)"
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def _begin(name: str) -> SeedRun:
    run, _created = SeedRun.objects.get_or_create(name=name, defaults={"until": clock.now()})
    return run


def _add(what: str, wanted: int, cast: Cast, progress: Callable[[int, int], None]) -> None:
    """Write stories until there are `wanted`; `done` of the mark are written, people's numbers are counted in one mark for all."""
    run = _begin(f"national {what}")
    while run.done < wanted:
        count = min(BATCH, wanted - run.done)
        _write(what, run, count, cast)
        progress(run.done, wanted)


@transaction.atomic
def _write(what: str, run: SeedRun, count: int, cast: Cast) -> None:
    taken = SeedRun.objects.select_for_update().get(pk=_begin("national people").pk)
    since = _months_ready(run.until - timedelta(days=DAYS), run.until)
    newcomers = max(1, int(count * PEOPLE_PER_STORY[what]))
    if taken.done + newcomers >= bulk.ROOM:
        raise RuntimeError("There are no more RUNs for synthetic people.")
    work.prepare()
    draw(
        cast,
        what=what,
        first=run.done + 1,
        last=run.done + count,
        people=(taken.done + 1, taken.done + newcomers),
        since=since,
        until=run.until,
    )
    bulk.write()
    taken.done += newcomers
    taken.save(update_fields=["done"])
    run.done += count
    run.save(update_fields=["done"])


def _months_ready(since: datetime, until: datetime) -> datetime:
    """Make the partitions of these months, where they are missing; return `since`."""
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    with connection.cursor() as cursor:
        for parent in ("events_event", "crm_accesslog"):
            cursor.execute("SELECT make_month_partitions(%s, %s::date, %s)", [parent, since, months])
    return since


def _add_people(wanted: int, cast: Cast, progress: Callable[[int, int], None]) -> None:
    there = PersonIdentifier.objects.filter(
        kind="run", value__gte=str(FIRST_RUN), value__lt=str(FIRST_HUMAN), person__is_synthetic=True
    ).count()
    while there < wanted:
        count = min(BATCH * 5, wanted - there)
        _write_people(_begin("national people"), count, cast=cast)
        there += count
        progress(there, wanted)


@transaction.atomic
def _write_people(run: SeedRun, count: int, *, cast: Cast) -> None:
    work.prepare()
    draw(
        cast,
        what="nobody",
        first=1,
        last=0,
        people=(run.done + 1, run.done + count),
        since=run.until,
        until=run.until,
    )
    bulk.write_people(run.until)
    run.done += count
    run.save(update_fields=["done"])
