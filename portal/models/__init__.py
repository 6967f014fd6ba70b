from portal.models.draft import Draft

__all__ = ["Draft"]
