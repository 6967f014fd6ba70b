"""Run the example of an agency's system."""

import threading
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Agency
from crm.queries.deliveries import signing_secrets, subscription_of
from integrations.example_agency import ExampleAgency


class Command(BaseCommand):
    help = "Run a small agency's system on this machine, for trying deliveries out; in the demo only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="its code; its subscription must exist")
        parser.add_argument("--port", type=int, default=8650)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is for the demo: it needs DEMO=1.")
        agency = Agency.objects.filter(code=options["agency"]).first()
        subscription = subscription_of(agency) if agency else None
        if subscription is None:
            raise CommandError(
                "This agency has no subscription yet: an administrator makes one under Deliveries."
            )
        with ExampleAgency(signing_secrets(subscription)[0], port=options["port"]) as example:
            self.stdout.write(f"{example.url}/events and {example.url}/reconciliation, until Ctrl-C")
            wait_for_the_end()


def wait_for_the_end() -> None:
    """Stay until whoever started this ends it."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
