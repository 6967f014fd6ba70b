"""Reading another server's catalogue through the API that ChileAtiende's clients know, in either shape."""

from integrations.chileatiende.port import CatalogueClient, CatalogueRefused, CatalogueUnavailable, FichaPage

__all__ = ["CatalogueClient", "CatalogueRefused", "CatalogueUnavailable", "FichaPage"]
