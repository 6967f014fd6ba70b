"""Make a key to the open catalogue."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import Actor
from catalog import actions
from common.errors import DomainError


class Command(BaseCommand):
    help = "Make a key to the open catalogue; it is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("holder", help="who will use it")
        parser.add_argument("--contact", default="", help="an e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = actions.make_token(options["holder"], by=Actor.system(), contact=options["contact"])
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(token)
