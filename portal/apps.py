from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Citizen web")

    def ready(self) -> None:
        from common import channels, links
        from crm.held import Fate, register

        register("portal.Draft", Fate.KEPT, "code", "begun_once", why="a code made by chance, and a hash")
        channels.register(channels.Channel("web", _("Online"), "web"))
        for purpose in ("home", "follow", "resume", "accessibility", "privacy", "about"):
            links.register(purpose, _page(purpose))
        links.register("procedure", lambda slug: reverse("portal:procedure", args=[slug]))
        links.register("apply", lambda slug: reverse("portal:apply", args=[slug]))
        links.register("bundle", lambda code: reverse("portal:bundle", args=[code]))
        links.register("survey", lambda token: reverse("portal:survey", args=[token]))


def _page(name: str):  # type: ignore[no-untyped-def]
    return lambda: reverse(f"portal:{name}")
