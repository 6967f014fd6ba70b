"""Writing an event, in the transaction of the act it tells of."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from accounts.actors import Actor
from common.ids import new_id
from events import registry
from events.models import Event, Handled, Subject

_COLUMNS = (
    "id",
    "at",
    "kind",
    "subject_kind",
    "subject_id",
    "actor_kind",
    "actor_id",
    "on_behalf_of",
    "interaction_id",
    "channel",
)
_ROW = f"({'%s, ' * len(_COLUMNS)}%s::jsonb)"
_INSERT = f"""
INSERT INTO {Event._meta.db_table} ({", ".join(_COLUMNS)}, data) VALUES {{rows}} RETURNING set_config('ventanilla.event', id::text, true)
"""  # noqa: S608  # names of ours
_ONCE = f"INSERT INTO {Handled._meta.db_table} (event_id, listener) VALUES (%s, %s) ON CONFLICT DO NOTHING"  # noqa: S608  # likewise

_waiting: ContextVar[list[Event] | None] = ContextVar(
    "waiting", default=None
)  # events that are written together


class Contact(Protocol):
    """The contact in which something is done: it says in whose name, and by what authority, so that no act can forget it."""

    pk: Any

    @property
    def authority(self) -> dict[str, str]: ...

    def for_whom(self, by: Actor) -> UUID | None: ...


def record(
    kind: str,
    subject: models.Model | Subject,
    *,
    by: Actor,
    at: datetime,
    interaction: Contact | None = None,
    channel: str = "",
    **data: Any,
) -> Event:
    """
    Append an event about `subject` (`subject.event_kind` names it) and nudge the worker after the commit.

    :param data: codes and ids only, never free text a person wrote
    :raises KeyError: the kind is not registered
    """
    registry.kind_of(kind)
    for_whom = interaction.for_whom(by) if interaction is not None else None
    event = Event(
        id=new_id(),
        at=at,
        kind=kind,
        subject_kind=subject.event_kind,  # type: ignore[union-attr]  # every model that events are about has one
        subject_id=subject.pk,
        actor_kind=by.kind,
        actor_id=by.id,
        on_behalf_of=by.on_behalf_of or for_whom,
        interaction_id=interaction.pk if interaction is not None else None,
        channel=channel,
        data={**interaction.authority, **data} if interaction is not None else data,
    )
    waiting = _waiting.get()
    if waiting is None:
        _insert([event])
    else:
        waiting.append(event)
    nudge()
    return event


@contextmanager
def gathered() -> Iterator[None]:
    """
    Write the events of what is done inside together, in their order, when it is done; for the middle of an action, which reads none of
    them there and holds the locks of all their subjects. What ends with an exception is rolled back, and tells nothing.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Event] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        _insert(waiting)


def _insert(events: list[Event]) -> None:
    """
    Every act writes one or more: a plain statement costs a third of what `save()` does. The database notes the last for the rows
    that the same transaction changes (`crm_change`).
    """
    values: list[Any] = []
    for event in events:
        values += [getattr(event, name) for name in _COLUMNS]
        values.append(json.dumps(event.data))
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_INSERT.format(rows=", ".join([_ROW] * len(events))), values)


def nudge() -> None:
    """Ask a worker to deliver after the commit: once per transaction; the sweep finds whatever a lost nudge leaves."""
    from events import tasks

    connection = transaction.get_connection()
    already = any(func is tasks.nudge_worker for _, func, _ in connection.run_on_commit)
    if not already:
        transaction.on_commit(tasks.nudge_worker)


def once(event_id: UUID, listener: str) -> bool:
    """Return True the first time a listener handles an event; call inside the transaction of the effect."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_ONCE, [event_id, listener])
        return bool(cursor.rowcount)
