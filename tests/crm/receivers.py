"""Agencies' systems that are told what happens in their cases: real ones on this machine, of the example."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts.actors import Actor
from accounts.models import Agency
from crm import actions, tasks
from crm.models import Subscription
from crm.queries.deliveries import signing_secrets
from events import outbox
from integrations.example_agency import ExampleAgency


@contextmanager
def receiver(agency: Agency, **more: Any) -> Iterator[ExampleAgency]:
    """Run an agency's system and subscribe it."""
    with ExampleAgency("whsec_") as example:
        subscription = actions.subscribe(
            agency,
            by=Actor.system(),
            url=f"{example.url}/events",
            reconcile_url=f"{example.url}/reconciliation",
            **more,
        )
        example.secret = signing_secrets(subscription)[0]
        yield example


def hand_out() -> None:
    """Let the outbox make the messages of what happened."""
    while outbox.deliver_pending():
        pass


def tell(agency: Agency) -> None:
    """Do what a worker does for an agency, now."""
    hand_out()
    tasks.deliver_to_agency(agency_id=agency.pk)


def no_pause() -> None:
    """Let every wait be over."""
    from common import clock
    from crm.models import Delivery

    Subscription.objects.update(paused_until=None)
    Delivery.objects.unsettled().update(next_at=clock.now())
