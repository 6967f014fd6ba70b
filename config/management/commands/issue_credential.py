"""Issue a credential to a program of an agency or of a channel outside this house."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import actions
from accounts.actors import Actor
from accounts.models import Agency, Scope
from accounts.models.credential import RATE
from common.errors import DomainError


class Command(BaseCommand):
    help = "Issue a credential of the agency API; its secret is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="which program will use it")
        parser.add_argument("--scope", action="append", choices=Scope.values, default=[], dest="scopes")
        parser.add_argument(
            "--agency", default="", help="the code of the agency whose cases it reads or decides"
        )
        parser.add_argument("--channel", default="", help="the code of its own channel, for the scope intake")
        parser.add_argument("--channel-name", default="", help="how people call that channel")
        parser.add_argument("--rate", type=int, default=RATE, help="requests a minute")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(code=options["agency"]).first()
        if options["agency"] and agency is None:
            raise CommandError(f"There is no agency {options['agency']}.")
        try:
            secret = _issue(options, agency)
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(secret)


@transaction.atomic
def _issue(options: dict[str, Any], agency: Agency | None) -> str:
    by, code = Actor.system(), options["channel"]
    channel = actions.add_channel(by=by, code=code, name_es=options["channel_name"] or code) if code else None
    _credential, secret = actions.issue_credential(
        by=by,
        name=options["name"],
        scopes=options["scopes"],
        agency=agency,
        channel=channel,
        rate=options["rate"],
    )
    return secret
