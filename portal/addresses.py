"""The portal's pages by their whole address."""

from django.conf import settings
from django.urls import reverse


def absolute(name: str, *args: object) -> str:
    """Return a page's whole address, for paper, mail and QR codes."""
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)
