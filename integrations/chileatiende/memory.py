"""A catalogue in memory, for tests."""

from typing import Any

from integrations.chileatiende.port import PAGE_SIZE, FichaPage


class MemoryCatalogue:
    """Serves the sheets and agencies it was given, `page_size` at a time."""

    def __init__(
        self,
        fichas: list[dict[str, Any]],
        agencies: list[dict[str, Any]] | None = None,
        *,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self.rows, self.page_size = fichas, page_size
        self.agencies = {str(row["id"]): row for row in agencies or []}

    def fichas(self, page_token: str = "") -> FichaPage:
        """Return one page of sheets."""
        start = int(page_token) if page_token.isdecimal() else 0
        end = start + self.page_size
        more = str(end) if end < len(self.rows) else ""
        return FichaPage(tuple(self.rows[start:end]), more, len(self.rows))

    def agency(self, code: str) -> dict[str, Any] | None:
        """Return an agency."""
        return self.agencies.get(code)
