from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("People and cases")

    def ready(self) -> None:
        from accounts import rooms
        from crm import events, listeners  # noqa: F401  # registering is the purpose of the import

        rooms.register(
            rooms.Room("agency", _("Agency"), "agency", "crm:work", frozenset({"officer"}), position=40),
        )
