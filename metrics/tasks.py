"""Keeping the roll-ups true while the day goes on, and proving it every night."""

import logging
from uuid import UUID

from celery import shared_task

from accounts.actors import Actor
from metrics import actions
from metrics.queries.checks import differences

log = logging.getLogger(__name__)


@shared_task(name="metrics.note_changes", acks_late=True)
def note_changes(*, event_ids: list[str]) -> None:
    """
    Mark the days the events tell of, then recount them; a second time costs one recount and changes nothing.
    """
    actions.mark_days([UUID(one) for one in event_ids], by=Actor.system())
    refresh_roll_ups()


@shared_task(name="metrics.refresh_roll_ups", acks_late=True)
def refresh_roll_ups() -> None:
    """Recount whatever is marked, until nothing is: also what a worker that died half-way left behind."""
    while actions.refresh_roll_ups(by=Actor.system()):
        pass


@shared_task(name="metrics.check_roll_ups", acks_late=True)
def check_roll_ups() -> None:
    """
    Every night: roll-ups equal their source rows. A difference is logged as an error, and its day is counted
    again.
    """
    refresh_roll_ups()
    for drift in differences():
        log.error(
            {
                "event": "roll_up_drift",
                "day": str(drift.business_date),
                "channel": drift.channel,
                "office": drift.office_id,
                "cells": drift.cells,
            }
        )
        actions.mark_day(drift.business_date, drift.channel, drift.office_id, by=Actor.system())
    refresh_roll_ups()
