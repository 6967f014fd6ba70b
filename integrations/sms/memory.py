"""A telephone for development and tests: messages lie in the cache for an hour, shown on the demo's post page, and count as delivered."""

from django.core.cache import cache

from integrations.sms.port import SmsReceipt, SmsRefused

KEY = "demo-sms"


class MemorySms:
    """Keeps the last hundred messages; nothing leaves the machine. Nobody answers to numbers that do not begin with +."""

    def send(self, *, to: str, text: str, message_id: str) -> None:
        if not to.startswith("+"):
            raise SmsRefused("This is no number.")
        if all(one["id"] != message_id for one in sent()):
            cache.set(KEY, [*sent(), {"id": message_id, "to": to, "text": text}][-100:], timeout=3600)

    def receipt(self, message_id: str) -> SmsReceipt:
        known = any(one["id"] == message_id for one in sent())
        return SmsReceipt.DELIVERED if known else SmsReceipt.UNDERWAY


def sent() -> list[dict[str, str]]:
    """Return what was sent lately, the latest last."""
    return list(cache.get(KEY, []))
