from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from accounts import journal
        from events.record import record
        from events.registry import Kind, register

        register(*(Kind(code, label) for code, label in journal.KINDS.items()))
        journal.keep_with(record)
