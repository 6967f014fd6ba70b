"""What we sent to a citizen, and whether it left: shown in the timeline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.person import ContactPoint


class NotificationState(models.TextChoices):
    PENDING = "pending", _("To be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class Notification(models.Model):
    """One message to one contact point, for one event: the event id makes a repeated delivery harmless."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="notifications")
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    template = models.CharField(max_length=60)
    state = models.CharField(max_length=7, choices=NotificationState, default=NotificationState.PENDING)
    at = models.DateTimeField(db_default=ClockNow())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notification_once", fields=["event_id", "contact_point"])
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"
