from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        from django_structlog import signals

        from common.logs import note_route

        for told in (
            signals.bind_extra_request_finished_metadata,
            signals.bind_extra_request_failed_metadata,
        ):
            told.connect(note_route)
