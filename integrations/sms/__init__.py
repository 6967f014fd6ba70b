"""Sending text messages: `get_client()` answers what settings name."""

from integrations.sms.port import SmsClient, SmsReceipt, SmsRefused, SmsUnavailable, get_client

__all__ = ["SmsClient", "SmsReceipt", "SmsRefused", "SmsUnavailable", "get_client"]
