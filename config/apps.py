from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from django.urls import reverse

        from common import links
        from crm.held import nothing_of_citizens

        nothing_of_citizens("config.SeedRun")

        if settings.DEMO:
            links.register("demo-cast", lambda: reverse("demo:cast"))
            links.register("demo-post", lambda: reverse("demo:post"))
