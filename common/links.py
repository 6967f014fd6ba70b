"""Addresses by purpose: the app that owns a page registers it, others ask without knowing who that is."""

from collections.abc import Callable

_pages: dict[str, Callable[..., str]] = {}


def register(purpose: str, address: Callable[..., str]) -> None:
    """Let `links.url(purpose, …)` answer with `address(…)`; called from `AppConfig.ready()`."""
    _pages[purpose] = address


def url(purpose: str, *args: object) -> str:
    """Return the address of the page for `purpose`, or an empty string where no installed app owns one."""
    page = _pages.get(purpose)
    return page(*args) if page else ""
