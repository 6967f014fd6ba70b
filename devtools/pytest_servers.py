"""Lets `pytest` work by itself: starts throw-away servers, as `dev.py test` does, unless told of others."""

import os
from collections.abc import Generator

import pytest

from devtools.processes import Household
from devtools.suite import find_browser, start_throwaway_servers


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start them before Django's settings are read; workers of a parallel run inherit the addresses."""
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        household = Household().__enter__()
        early_config.add_cleanup(lambda: household.__exit__(None, None, None))
        os.environ.update(start_throwaway_servers(household))
    if (worker := os.environ.get("PYTEST_XDIST_WORKER", "")) and os.environ["REDIS_URL"].startswith(
        "unix://"
    ):
        address = os.environ["REDIS_URL"].partition("?")[0]
        os.environ["REDIS_URL"] = f"{address}?db={int(worker.removeprefix('gw')) + 1}"  # queues of its own
    if "CHROMIUM_PATH" not in os.environ and (browser := find_browser(os.environ)):
        os.environ["CHROMIUM_PATH"] = browser
    return (yield)
