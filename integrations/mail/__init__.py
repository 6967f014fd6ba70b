"""Sending mail: `get_client()` answers what settings name."""

from integrations.mail.port import MailClient, MailRefused, MailUnavailable, get_client

__all__ = ["MailClient", "MailRefused", "MailUnavailable", "get_client"]
