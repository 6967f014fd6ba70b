from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class OfficesConfig(AppConfig):
    name = "offices"
    verbose_name = _("Offices")

    def ready(self) -> None:
        from accounts import rooms
        from common import channels, links
        from offices import events, held, listeners, permissions  # noqa: F401  # registering is the purpose of the import

        channels.register(channels.Channel("office", _("Office"), "office", staffed=True))
        channels.register(channels.Channel("mobile", _("Mobile office"), "mobile", staffed=True))
        rooms.register(
            rooms.Room(
                "reception",
                _("Reception"),
                "people",
                "offices:reception",
                frozenset({"host", "clerk", "supervisor"}),
                position=10,
                opens=permissions.works_at_an_office,
            )
        )
        rooms.register(
            rooms.Room(
                "desk",
                _("Desk"),
                "desk",
                "offices:desk",
                frozenset({"clerk", "supervisor"}),
                position=20,
                opens=permissions.serves_at_an_office,
            )
        )
        links.register("ticket", lambda token: reverse("offices-public:ticket", args=[token]))
