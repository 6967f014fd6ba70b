"""
Questions asked by phone to be surer of who calls: what was asked and whether it was right, never the
answer.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User
from common.clock import ClockNow
from crm.models import Interaction, Person


class KnowledgeCheck(models.Model):
    """One attempt: both questions right, or not. Wrong ones are counted against guessing."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="knowledge_checks")
    person = models.ForeignKey(Person, models.PROTECT, related_name="knowledge_checks")
    agent = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked = ArrayField(models.CharField(max_length=20))
    is_right = models.BooleanField()
    at = models.DateTimeField(db_default=ClockNow())

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="knowledge_person")]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.is_right}"
