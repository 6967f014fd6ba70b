"""A post box for development and tests: messages lie in the cache for an hour, shown on the demo's post page."""

from django.core.cache import cache

from integrations.mail.port import MailRefused

KEY = "demo-post"


class MemoryMail:
    """Keeps the last hundred messages; nothing leaves the machine. Nobody reads at an address without @."""

    def send(self, *, to: str, subject: str, body: str, message_id: str) -> None:
        if "@" not in to:
            raise MailRefused("This is no address.")
        kept = [one for one in cache.get(KEY, []) if one["id"] != message_id]
        cache.set(
            KEY, [*kept, {"id": message_id, "to": to, "subject": subject, "body": body}][-100:], timeout=3600
        )


def sent() -> list[dict[str, str]]:
    """Return what was sent lately, the latest last."""
    return list(cache.get(KEY, []))
