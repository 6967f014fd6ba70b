"""Print the demo's cast: who signs in where."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import rooms
from accounts.actors import Actor
from accounts.models import User
from config.cast import CAST, PASSWORD, STRANGER, load_cast


class Command(BaseCommand):
    help = "Print the demo's cast with their rooms; with --load, make it first."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--load", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("There is a cast only with DEMO=1.")
        if options["load"]:
            load_cast()
        users = {user.email: user for user in User.objects.filter(is_demo=True)}
        self.stdout.write(f"  everybody's password: {PASSWORD}")
        for member in CAST:
            if user := users.get(member.email):
                doors = ", ".join(str(room.label) for room in rooms.rooms_of(Actor.staff(user)))
                place = member.office or member.agency
                self.stdout.write(
                    f"  {member.email:<22} {member.name:<16} {member.role.label} {place} → {doors}"
                )
        self.stdout.write(f"  {STRANGER[1]:<22} {STRANGER[0]:<16} a signed-in stranger → no room")
