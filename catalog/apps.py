from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from accounts import rooms
        from catalog import events, listeners  # noqa: F401  # registering is the purpose of the import
        from common import links

        roles = frozenset({"editor", "reviewer", "publisher", "administrator"})
        rooms.register(
            rooms.Room("catalogue", _("Catalogue"), "book", "catalog:procedures", roles, position=50)
        )
        rooms.register(
            rooms.Room(
                "agreements",
                _("Agreements"),
                "document",
                "agreements:list",
                frozenset({"administrator"}),
                position=83,
            )
        )
        links.register("developers", lambda: reverse("catalog-public:developers"))
