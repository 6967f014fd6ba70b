"""What the house needs of a mail system."""

from typing import Protocol

from django.conf import settings


class MailUnavailable(Exception):  # refusals read better than …Error
    """The mail system does not answer: try again."""


class MailRefused(Exception):
    """The mail system will not take this message: stop."""


class MailClient(Protocol):
    """Sends one message; `message_id` lets the receiver drop a repetition."""

    def send(self, *, to: str, subject: str, body: str, message_id: str) -> None: ...


def get_client() -> MailClient:
    """Return the client that settings name: `memory` keeps messages in the cache for the demo, `smtp` sends them."""
    if settings.MAIL_CLIENT == "memory":
        from integrations.mail.memory import MemoryMail

        return MemoryMail()
    from integrations.mail.smtp import SmtpMail

    return SmtpMail()
