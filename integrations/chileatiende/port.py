"""What the importer needs of another catalogue."""

from dataclasses import dataclass
from typing import Any, Protocol

PAGE_SIZE = 50


class CatalogueUnavailable(Exception):  # refusals read better than …Error
    """The server does not answer: try again later."""


class CatalogueRefused(Exception):
    """The answer can not be used (no access, not JSON, absurdly large): trying again does not help."""


@dataclass(frozen=True)
class FichaPage:
    """A page of sheets; `next_token` is empty on the last, `total` None where the server does not tell."""

    fichas: tuple[dict[str, Any], ...]
    next_token: str
    total: int | None


class CatalogueClient(Protocol):
    """A server that publishes procedures."""

    def fichas(self, page_token: str = "") -> FichaPage:
        """
        Return one page of sheets; an entry that is no sheet comes as an empty one.

        :raises CatalogueUnavailable: no answer, after several attempts
        :raises CatalogueRefused: an answer that can not be used
        """
        ...

    def agency(self, code: str) -> dict[str, Any] | None:
        """Return what the server says about an agency, None where it knows none; raises as `fichas` does."""
        ...
