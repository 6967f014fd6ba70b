"""Telling agencies' systems: `get_client()` answers what settings name."""

from integrations.agency.port import AgencyClient, AgencyRefused, AgencyUnavailable, get_client, is_allowed

__all__ = ["AgencyClient", "AgencyRefused", "AgencyUnavailable", "get_client", "is_allowed"]
