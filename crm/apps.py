from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("People and cases")

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import rooms
        from common import links
        from crm import events, listeners  # noqa: F401  # registering is the purpose of the import

        rooms.register(
            rooms.Room("agency", _("Agency"), "agency", "crm:work", frozenset({"officer"}), position=40),
        )
        links.register("paper", lambda paper_id: reverse("papers:paper", args=[paper_id]))
        links.register("mandate-evidence", lambda mandate_id: reverse("papers:mandate", args=[mandate_id]))
        links.register("agency-case", lambda folio: reverse("crm:case", args=[folio]))
