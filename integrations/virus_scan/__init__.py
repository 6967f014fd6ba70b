"""Scanning uploads: `get_client()` answers what settings name."""

from integrations.virus_scan.port import ScanUnavailable, VirusScanClient, get_client

__all__ = ["ScanUnavailable", "VirusScanClient", "get_client"]
