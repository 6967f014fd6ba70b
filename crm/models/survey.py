"""
Satisfaction: a one-time link after each contact. Who served, where and for what is frozen when the invitation is made, so that later
changes can not move an answer to somebody else.
"""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from catalog.models import Procedure
from common.clock import ClockNow
from common.ids import new_id
from crm.models.interaction import Interaction
from territory.models import Office


class SurveyInvitation(models.Model):
    """One per interaction; the token is kept as SHA-256."""

    event_kind = "survey"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    interaction = models.OneToOneField(Interaction, models.PROTECT, related_name="survey")
    token_hash = models.BinaryField(max_length=32, unique=True)
    channel = models.CharField(max_length=20)
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(db_default=ClockNow())
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class SurveyAnswer(models.Model):
    """A grade from 1 to 7, once. `by_proxy`: a staff member wrote it down for the citizen."""

    invitation = models.OneToOneField(
        SurveyInvitation, models.PROTECT, primary_key=True, related_name="answer"
    )
    grade = models.PositiveSmallIntegerField()
    resolved = models.BooleanField(null=True, blank=True)
    comment = models.TextField(blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    by_proxy = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=ClockNow())
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="survey_grade_1_to_7", condition=Q(grade__range=(1, 7)))]

    def __str__(self) -> str:
        return f"{self.grade}"
