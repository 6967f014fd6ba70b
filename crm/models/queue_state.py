"""How long the wait is now, per place and channel: written by the room that knows, read by whoever must tell a citizen."""

from django.db import models

from territory.models import Office


class QueueState(models.Model):
    """The present queue of an office, or of the phone line (no office)."""

    channel = models.CharField(max_length=20)
    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="queue_states")
    waiting = models.PositiveIntegerField(default=0)
    estimated_seconds = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="queue_state_once", fields=["channel", "office"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.waiting}"
