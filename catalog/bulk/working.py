"""The work on a file that was sent: judged, and once confirmed done, a transaction for each row. Cut short anywhere, it goes on."""

from uuid import UUID

from django.utils.translation import override

from accounts.actors import Actor
from catalog import actions
from catalog.models import BulkImport, BulkState

AT_ONCE = 20  # rows that are done while somebody waits for the page; more are left to a worker


def work_on(bulk_id: UUID) -> BulkImport | None:
    """Do what is to be done for a file, in the name and the language of whoever sent it. Doing it twice does each row once."""
    bulk = BulkImport.objects.select_related("owner").filter(pk=bulk_id).first()
    if bulk is None:
        return None
    by = Actor.staff(bulk.owner)
    with override(bulk.language):
        if bulk.state == BulkState.READING:
            for row in bulk.rows.filter(outcome="").order_by("number").defer("data"):
                actions.judge_row(row, by=by)
            return actions.end_judging(bulk, by=by)
        if bulk.state == BulkState.CONFIRMED:
            to_do = bulk.rows.filter(outcome__in=actions.TO_DO, result="")
            for row in to_do.order_by("number").defer("data"):
                actions.apply_row(row, by=by)
            return actions.end_bulk(bulk, by=by)
    return bulk
