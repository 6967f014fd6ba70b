"""
The work on a file that was sent: judged, and once confirmed done, a transaction for each row. Cut short anywhere, it goes on; a row that
fails holds no other up, and is tried again when the file is gone on with.
"""

import logging
from collections.abc import Callable
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import QuerySet
from django.utils.translation import override

from accounts.actors import Actor
from catalog import actions
from catalog.models import BulkImport, BulkRow, BulkState

log = logging.getLogger(__name__)

AT_ONCE = 20  # rows that are done while somebody waits for the page; more are left to a worker


def work_on(bulk_id: UUID) -> BulkImport | None:
    """Do what is to be done for a file, in the name and the language of whoever sent it. Doing it twice does each row once."""
    bulk = BulkImport.objects.select_related("owner").filter(pk=bulk_id).first()
    if bulk is None:
        return None
    by = Actor.staff(bulk.owner)
    with override(bulk.language):
        if bulk.state == BulkState.READING:
            _each(bulk.rows.filter(outcome=""), actions.judge_row, by)
            return actions.end_judging(bulk, by=by)
        if bulk.state == BulkState.CONFIRMED:
            _each(bulk.rows.filter(outcome__in=actions.TO_DO, result=""), actions.apply_row, by)
            return actions.end_bulk(bulk, by=by)
    return bulk


def _each(rows: QuerySet[BulkRow], work: Callable[..., BulkRow], by: Actor) -> None:
    for row in rows.order_by("number").defer("data"):
        if not actions.take_up_row(row, by=by):
            continue
        try:
            work(row, by=by)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # whatever is wrong with one row
            log.exception({"event": "bulk_row_failed", "bulk": str(row.bulk_id), "row": row.number})
