"""
Text messages handed to a provider's gateway as JSON (docs/operations.md says what it must answer).

`PUT {url}/messages/{id}` with `{"to", "text", "from"}` hands one over, as often as it takes; `GET {url}/messages/{id}` answers
`{"state": …}`. Whoever's provider speaks otherwise puts a few lines between.
"""

from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from integrations.sms.port import SmsReceipt, SmsRefused, SmsUnavailable

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
AGAIN = frozenset({408, 409, 425, 429})  # it may be taken later
# The provider's words → ours; any other word: we do not know yet.
STATES = {
    "delivered": SmsReceipt.DELIVERED,
    "undelivered": SmsReceipt.UNDELIVERED,
    "failed": SmsReceipt.UNDELIVERED,
    "rejected": SmsReceipt.UNDELIVERED,
    "expired": SmsReceipt.UNDELIVERED,
}


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


class HttpSms:
    """A gateway below `url`; within ten seconds or not at all."""

    def __init__(
        self, url: str, *, token: str, sender: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """
        :raises SmsUnavailable: there is no gateway at such an address, or no such credential: a fault of ours, and no number's
        """
        if not _is_address(url):
            raise SmsUnavailable("SMS_URL must begin with http:// or https:// and name a gateway.")
        if not (token.isascii() and token.isprintable()):
            raise SmsUnavailable("SMS_TOKEN must be plain letters, figures and signs.")
        self.url, self.sender = url.rstrip("/"), sender
        self.http = httpx.Client(
            timeout=TIMEOUT, transport=transport, headers={"Authorization": f"Bearer {token}"}
        )

    def send(self, *, to: str, text: str, message_id: str) -> None:
        message = {"to": to, "text": text, **({"from": self.sender} if self.sender else {})}
        self._ask("PUT", message_id, json=message)

    def receipt(self, message_id: str) -> SmsReceipt:
        answer = self._ask("GET", message_id)
        try:
            state = answer.json()["state"]
        except (ValueError, KeyError, TypeError):
            raise SmsUnavailable("The gateway answers something else than JSON with a state.") from None
        return STATES.get(str(state).lower(), SmsReceipt.UNDERWAY)

    def _ask(self, method: str, message_id: str, **given: Any) -> httpx.Response:
        """Ask once; the errors name the status and never what was sent."""
        try:
            answer = self.http.request(method, f"{self.url}/messages/{quote(message_id, safe='')}", **given)
        except httpx.HTTPError as error:
            raise SmsUnavailable(type(error).__name__) from None
        if answer.status_code in AGAIN or answer.status_code >= 500 or answer.is_redirect:
            raise SmsUnavailable(f"HTTP {answer.status_code}")
        if answer.is_error:
            if answer.status_code in {401, 403}:  # our credential, not this message: it must not be given up
                raise SmsUnavailable(f"HTTP {answer.status_code}")
            raise SmsRefused(f"HTTP {answer.status_code}")
        return answer
