"""What a process that was forked may not go on using."""

from typing import Any

from django.db import connections

_left: list[
    Any
] = []  # nobody reads them: to let go of one would tell its server, over the socket that the parent goes on using


def leave_connections() -> None:
    """
    Forget the database connections of the process this one was forked from, without a word to the server; the next query opens its own.

    Closing all before the fork is not enough: Django keeps those of a thread with a running event loop apart from its others.
    """
    for one in connections.all(initialized_only=True):
        _left.append(one.connection)
        one.connection = None
