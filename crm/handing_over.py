"""Handing one message over, and asking for one page of a list: CloudEvents 1.0 over HTTP, structured, signed. No transaction is open."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection

from common import clock
from common.ids import new_id
from crm.models import Delivery, Subscription
from crm.queries.deliveries import signing_secrets
from integrations.agency import AgencyRefused, get_client
from integrations.agency.signing import signed_headers

CONTENT_TYPE = "application/cloudevents+json"
TYPE = "cl.ventanilla."  # and the kind of event
MOST_PAGES = 10_000
MOST_TIME = timedelta(minutes=30)  # of a comparison, from its first page to its last
_CURSOR = re.compile(r"[\x21-\x7e]{1,500}")


def cloud_event(delivery: Delivery) -> bytes:
    """Return a message as it goes over the wire: the same bytes each time."""
    content = {
        "specversion": "1.0",
        "id": str(delivery.event_id),
        "source": f"{settings.SITE_URL}/api/v1/cases",
        "type": f"{TYPE}{delivery.kind}",
        "subject": delivery.data["folio"],
        "time": delivery.happened_at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": f"{delivery.seq:020d}",
        "data": delivery.data,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def hand_over(subscription: Subscription, delivery: Delivery) -> None:
    """
    Hand a message to an agency's system.

    :raises AgencyUnavailable, AgencyRefused: it was not acknowledged
    """
    body, now = cloud_event(delivery), clock.now()
    headers = signed_headers(
        signing_secrets(subscription, now),
        message_id=str(delivery.event_id),
        at=int(now.timestamp()),
        content=body,
    )
    get_client().send(subscription.url, body, {"Content-Type": CONTENT_TYPE, **headers})


def pages_of_list(subscription: Subscription) -> Iterator[list[tuple[str, str]]]:
    """
    Yield an agency's list, page by page, as (folio, state hash).

    :raises AgencyUnavailable, AgencyRefused: no answer, or none that can be used
    """
    cursor, seen, ends = "", {""}, clock.now() + MOST_TIME
    for _page in range(MOST_PAGES):
        if clock.now() >= ends:
            raise AgencyRefused("slow list")
        content = _page_at(subscription, cursor)
        items, following = content.get("items"), content.get("next")
        if not isinstance(items, list):
            raise AgencyRefused("unreadable list")
        rows = [_told(one) for one in items]
        yield rows
        if not following:
            return
        cursor = str(following)
        if cursor in seen:
            break
        if not _CURSOR.fullmatch(cursor):
            raise AgencyRefused("unreadable list")
        seen.add(cursor)
    raise AgencyRefused("list without an end")


def _told(item: Any) -> tuple[str, str]:
    """A folio and a state hash as they tell them: theirs may be numbers of their own, which are none of ours."""
    if not isinstance(item, dict):
        raise AgencyRefused("unreadable list")
    folio, digest = (_storable(item.get(name), size) for name, size in (("folio", 40), ("state_hash", 64)))
    if not folio.strip():
        raise AgencyRefused("unreadable list")
    return folio, digest


def _storable(told: Any, size: int) -> str:
    """What they tell, as text that a database keeps and a page shows; what was altered for that is nothing of ours."""
    text = "" if told is None else str(told)
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[: size + 1])
    return text if len(text) <= size else f"{text[: size - 1]}…"


def _page_at(subscription: Subscription, cursor: str) -> dict[str, Any]:
    url = subscription.reconcile_url
    if cursor:
        url += ("&" if "?" in url else "?") + urlencode({"cursor": cursor})
    parts, now = urlsplit(url), clock.now()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = signed_headers(
        signing_secrets(subscription, now),
        message_id=str(new_id()),
        at=int(now.timestamp()),
        content=target.encode(),
    )
    answer = get_client().fetch(url, headers)
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        raise AgencyRefused("unreadable list") from None
    if not isinstance(content, dict):
        raise AgencyRefused("unreadable list")
    return content


@contextmanager
def claimed_agency(agency_id: int, work: str = "deliver") -> Iterator[bool]:
    """
    Hold one work for an agency, its deliveries or the comparison with its list, against other workers; yield whether it was free. A lost
    worker holds nothing.
    """
    lock = f"{work}:{agency_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 102))", [lock])
        mine: bool = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 102))", [lock])
