"""Keys to the open catalogue, where the house asks for one."""

from django.db import models

from common.clock import ClockNow


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> "ApiTokenQuerySet":
        """Those that have not been withdrawn."""
        return self.filter(revoked_at__isnull=True)


class ApiToken(models.Model):
    """A key handed to somebody who reads the catalogue by machine; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=120)
    contact = models.EmailField(blank=True)
    created_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.holder
