from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Figures")

    def ready(self) -> None:
        from accounts import rooms
        from common import links
        from crm.held import nothing_of_citizens
        from metrics import events, listeners  # noqa: F401  # registering is the purpose of the import

        names = (
            "DailyContact DirtyDay IndicatorDefinition ParameterSet Parameter InvestmentClass ParameterChange"
        )
        nothing_of_citizens(*(f"metrics.{name}" for name in names.split()))
        roles = frozenset({"analyst", "supervisor", "administrator"})
        rooms.register(rooms.Room("figures", _("Figures"), "chart", "metrics:dashboard", roles, position=60))
        links.register("statistics", lambda: reverse("metrics-public:statistics"))
        links.register("figures", lambda: reverse("metrics:dashboard"))
