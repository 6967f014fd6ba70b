"""Revoke a program's credential."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.actions.credentials import credential_digest
from accounts.actors import Actor
from accounts.models import Credential


class Command(BaseCommand):
    help = "Revoke a credential of the agency API, named by its id or, where it leaked, by its secret on standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="the credential's id, or - to read its secret from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["id"]
        try:
            given = {"digest": credential_digest(input().strip())} if named == "-" else {"pk": named}
            credential = Credential.objects.get(**given)
        except (Credential.DoesNotExist, ValueError):
            raise CommandError("There is no such credential.") from None
        actions.revoke_credential(credential, by=Actor.system())
        self.stdout.write(f"{credential.name} opens nothing any more.")
