"""What the house needs of whoever sends text messages."""

from enum import StrEnum
from typing import Protocol

from django.conf import settings


class SmsUnavailable(Exception):  # refusals read better than …Error
    """The provider does not answer: try again."""


class SmsRefused(Exception):  # likewise
    """The provider will not take this message: stop."""


class SmsReceipt(StrEnum):
    """What is known of a message that was handed over."""

    UNDERWAY = "underway"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class SmsClient(Protocol):
    """
    Hands messages over and tells what became of them.

    A message is named by us (`message_id`): handing the same one over again sends it once.
    """

    def send(self, *, to: str, text: str, message_id: str) -> None: ...

    def receipt(self, message_id: str) -> SmsReceipt: ...


def get_client() -> SmsClient:
    """Return the client that settings name: `memory` keeps messages in the cache for the demo, `http` hands them to a provider."""
    if settings.SMS_CLIENT == "memory":
        from integrations.sms.memory import MemorySms

        return MemorySms()
    from integrations.sms.http import HttpSms

    return HttpSms(settings.SMS_URL, token=settings.SMS_TOKEN, sender=settings.SMS_FROM)
