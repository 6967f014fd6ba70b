from django.apps import AppConfig
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CallcentreConfig(AppConfig):
    name = "callcentre"
    verbose_name = _("Line 101")

    def ready(self) -> None:
        from accounts import rooms
        from callcentre import held, permissions  # noqa: F401  # registering is the purpose of the import
        from common import channels, links

        channels.register(channels.Channel("phone", _("By phone"), "phone", staffed=True))
        links.register("line-101", lambda: reverse("callcentre-public:line-101"))
        answering = frozenset({"agent", "supervisor"})
        rooms.register(
            rooms.Room("console", _("Console"), "headset", "callcentre:console", answering, position=30)
        )
        rooms.register(
            rooms.Room(
                "line",
                _("The line now"),
                "clock",
                "callcentre:now",
                frozenset({"supervisor"}),
                position=32,
                opens=permissions.can_watch_line,
            )
        )
        if settings.DEMO:
            callers = answering | {"administrator"}
            rooms.register(
                rooms.Room(
                    "softphone", _("Caller's phone"), "phone", "callcentre:softphone", callers, position=95
                )
            )
