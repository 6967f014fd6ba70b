from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("People and cases")

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import held, rooms
        from common import channels, links
        from crm import events, held_here, listeners, permissions, sections  # noqa: F401  # registering is the purpose of the import
        from crm.queries.keys import key_prints

        held.register(key_prints)
        held_here.register_columns()
        held_here.register_subjects()
        rooms.register(
            rooms.Room(
                "retention",
                _("What is kept"),
                "lock",
                "retention:rules",
                frozenset({"administrator", "supervisor"}),
                position=85,
            ),
        )
        rooms.register(
            rooms.Room(
                "calendar",
                _("Calendar of terms"),
                "clock",
                "calendar:days",
                frozenset({"administrator"}),
                position=84,
            ),
        )
        rooms.register(
            rooms.Room(
                "messages",
                _("Messages"),
                "mail",
                "messages:policy",
                frozenset({"administrator"}),
                position=86,
            ),
        )
        rooms.register(
            rooms.Room(
                "deliveries",
                _("Deliveries"),
                "upload",
                "deliveries:list",
                frozenset({"administrator"}),
                position=88,
            ),
        )
        rooms.register(
            rooms.Room("agency", _("Agency"), "agency", "crm:work", frozenset({"officer"}), position=40),
        )
        rooms.register(
            rooms.Room(
                "files",
                _("Files of people"),
                "person",
                "files:find",
                frozenset({"clerk", "host", "agent", "supervisor", "officer"}),
                position=35,
                opens=permissions.can_break_glass,
            ),
        )
        rooms.register(
            rooms.Room(
                "tasks",
                _("Tasks"),
                "check",
                "tasks:mine",
                frozenset({"clerk", "host", "agent", "supervisor", "officer"}),
                position=38,
                opens=lambda actor: not actor.has_role("officer"),  # theirs stand in the agency's room
            ),
        )
        links.register("task", lambda task_id: reverse("tasks:task", args=[task_id]))
        links.register("touched", lambda version_id: reverse("sheets:touched", args=[version_id]))
        channels.register_origin(channels.Channel("agency", _("Agency"), "agency"))
        links.register("file", lambda person_id: reverse("files:file", args=[person_id]))
        links.register("paper", lambda paper_id: reverse("papers:paper", args=[paper_id]))
        links.register("mandate-evidence", lambda mandate_id: reverse("papers:mandate", args=[mandate_id]))
        links.register("agency-case", lambda folio: reverse("crm:case", args=[folio]))
