"""`default` and `owner` are one database under two roles: only `owner` migrates, only `default` is used by the application."""

from typing import Any


class OneDatabaseTwoRoles:
    """Keep schema changes on the owner's connection."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Allow migrations through the owner only."""
        return db == "owner"
