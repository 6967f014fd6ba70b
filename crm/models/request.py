"""The writes of programs, by the key each came with: sent again, it is answered as the first time and done no second time."""

from django.db import models

from accounts.models import Credential
from common.clock import ClockNow


class KeyedRequest(models.Model):
    """
    A write that came with an idempotency key, and what it was answered; kept for seven days.

    Of what was sent only a digest is kept. The answer is kept as it went out, but for what opens a case: in its place stands a mark,
    and the code itself follows from the key (`crm.keys.code_of_press`).
    """

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    etag = models.CharField(max_length=20, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        constraints = [models.UniqueConstraint(name="keyed_request_once", fields=["credential", "key"])]
        indexes = [models.Index(fields=["at"], name="keyed_request_at")]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.status}"
