from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import rooms
        from accounts.queries.credentials import outside_channel
        from common import channels, links

        rooms.register(
            rooms.Room(
                "people", _("People"), "people", "accounts:people", frozenset({"administrator"}), position=90
            )
        )
        channels.look_up_with(outside_channel)
        links.register("rooms", lambda: reverse("accounts:rooms"))
        links.register("sign-in", lambda: reverse("accounts:sign-in"))
        links.register("sign-out", lambda: reverse("accounts:sign-out"))
        links.register("password", lambda: reverse("accounts:password"))
