"""Where catalogues are read from again and again: added, changed, asked for now; and what each reading came to."""

import re
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog import permissions
from catalog.models import ImportRun, ImportSource
from catalog.models.imports import VARIABLE
from catalog.queries.imports import trials_under_way
from common import clock
from common.errors import DomainError, require
from integrations.agency.port import is_allowed

RETRY = timedelta(minutes=5)  # after the first failure; twice as long after each other one
AFRESH = 3  # failures in a row after which the walk begins again, and not where it was cut


@transaction.atomic
def add_source(
    *, by: Actor, url: str, shape: str, token_variable: str, every_hours: int, only_tried: bool = False
) -> ImportSource:
    """
    Say that a server's catalogue is to be read every so many hours, for the first time at once.

    :param only_tried: it is paused, and what a reading would do is told first
    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: the address, or the variable's name, can not be used; or it is there already
    """
    _require_importer(by)
    url = url.rstrip("/")
    if not is_allowed(url):
        wrong = _("Write an https address with a name, like https://www.example.org/api.")
        raise DomainError(wrong, url=wrong)
    if ImportSource.objects.filter(url=url).exists():
        twice = _("This server is in the list already.")
        raise DomainError(twice, url=twice)
    _require_variable(token_variable)
    source = ImportSource.objects.create(
        url=url,
        shape=shape,
        token_variable=token_variable,
        every_hours=every_hours,
        is_active=not only_tried,
    )
    if only_tried:
        _begin_trial(source)
    return source


@transaction.atomic
def change_source(source: ImportSource, *, by: Actor, **given: Any) -> ImportSource:
    """
    Change how often a server is read, whether at all, in which shape and with which token.

    :param given: shape, token_variable, every_hours, is_active
    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: the variable's name can not be used
    """
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    _require_importer(by)
    _require_variable(given.get("token_variable", ""))
    for name in ("shape", "token_variable", "every_hours", "is_active"):
        setattr(source, name, given.get(name, getattr(source, name)))
    last = source.last_run
    if last and last.finished_at:
        source.next_at = last.finished_at + timedelta(hours=source.every_hours)
    source.save()
    return source


@transaction.atomic
def ask_source(source: ImportSource, *, by: Actor) -> ImportSource:
    """
    Have a server read now; the worker does it next.

    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: it is paused
    """
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    _require_importer(by)
    if not source.is_active:
        raise DomainError(_("This server is paused: let it be read again first."))
    source.next_at = clock.now()
    source.save(update_fields=["next_at"])
    return source


@transaction.atomic
def ask_trial(source: ImportSource, *, by: Actor) -> ImportRun:
    """
    Have a server read, paused or not, only to see what would be done: nothing is taken over. The worker does it next.

    :raises NotAllowed: `by` is not an administrator
    :raises DomainError: one is under way
    """
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    _require_importer(by)
    if trials_under_way().filter(source=source).exists():
        raise DomainError(_("This server is being tried: what would be done appears below, sheet by sheet."))
    return _begin_trial(source)


@transaction.atomic
def begin_sync(source: ImportSource, *, by: Actor) -> ImportRun:
    """
    Begin a reading, or go on with the one that was cut short. Until its end is told it counts as tried: a worker that dies is no reason to
    try again at once.

    :raises NotAllowed: `by` is not the system nor an administrator
    """
    source = ImportSource.objects.select_for_update().get(pk=source.pk)
    _require_importer(by)
    now = clock.now()
    run = source.last_run
    is_afresh = source.failures > 0 and source.failures % AFRESH == 0
    if run is None or run.finished_at or is_afresh:
        run = ImportRun.objects.create(url=source.url, source=source)
    source.last_run, source.next_at = run, now + _wait(source, source.failures + 1)
    source.save(update_fields=["last_run", "next_at"])
    return run


@transaction.atomic
def end_sync(source: ImportSource, *, by: Actor, trouble: str = "") -> ImportSource:
    """
    Say what a reading came to: with `trouble` it failed and is tried again, later each time; one that was only cut short goes on at once.

    :raises NotAllowed: `by` is not the system nor an administrator
    """
    source = ImportSource.objects.select_for_update(of=("self",)).select_related("last_run").get(pk=source.pk)
    _require_importer(by)
    now = clock.now()
    if trouble:
        source.failures += 1
        source.next_at = now + _wait(source, source.failures)
    else:
        source.failures = 0
        is_over = source.last_run is None or source.last_run.finished_at is not None
        source.next_at = now + timedelta(hours=source.every_hours) if is_over else now
    source.trouble = trouble[:2000]
    source.save(update_fields=["failures", "trouble", "next_at"])
    return source


def _begin_trial(source: ImportSource) -> ImportRun:
    return ImportRun.objects.create(url=source.url, source=source, is_dry=True)


def _wait(source: ImportSource, failures: int) -> timedelta:
    longest = timedelta(hours=source.every_hours)
    doubled: int = 1 << min(failures - 1, 12)
    return min(longest, RETRY * doubled)


def _require_variable(name: str) -> None:
    if name and not re.fullmatch(VARIABLE.strip("^$"), name):
        wrong = _(
            "Write the name of the environment variable: IMPORT_TOKEN_ and capital letters, numbers or _."
        )
        raise DomainError(wrong, token_variable=wrong)


def _require_importer(by: Actor) -> None:
    require(permissions.can_import(by), permissions.NOT_AN_IMPORTER)
