"""Agents: their telephone, and what they are doing, timed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class AgentExtension(models.Model):
    """The telephone of an agent, as the exchange names it; an agent can be named by e-mail too."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="extension")
    extension = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.extension


class AgentStateKind(models.TextChoices):
    AVAILABLE = "available", _("Available")
    ON_CALL = "on_call", _("On a call")
    WRAP_UP = "wrap_up", _("Finishing a call")
    PAUSE = "pause", _("On a break")
    AWAY = "away", _("Away")


# What an agent may choose; the rest follows from their calls.
CHOSEN = frozenset({AgentStateKind.AVAILABLE, AgentStateKind.PAUSE, AgentStateKind.AWAY})
# In these an agent takes part in serving the line.
AT_WORK = frozenset({AgentStateKind.AVAILABLE, AgentStateKind.ON_CALL, AgentStateKind.WRAP_UP})


class PauseReason(models.TextChoices):
    REST = "rest", _("Rest")
    MEAL = "meal", _("Meal")
    TRAINING = "training", _("Training or meeting")
    BACK_OFFICE = "back_office", _("Work without calls")
    FAULT = "fault", _("The telephone or the screen fails")


class AgentStateQuerySet(models.QuerySet["AgentState"]):
    def open(self) -> "AgentStateQuerySet":
        return self.filter(ends_at__isnull=True)


class AgentState(models.Model):
    """A measured stretch of an agent's day; one open at a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="agent_states")
    state = models.CharField(max_length=9, choices=AgentStateKind)
    reason = models.CharField(max_length=12, choices=PauseReason, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AgentStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="agentstate_one_open", fields=["user"], condition=Q(ends_at__isnull=True)
            ),
            models.CheckConstraint(
                name="agentstate_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="agentstate_only_pauses_have_reasons", condition=Q(reason="") | Q(state="pause")
            ),
        ]
        indexes = [models.Index(fields=["user", "-starts_at"], name="agentstate_history")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"

    @property
    def is_available(self) -> bool:
        return self.state == AgentStateKind.AVAILABLE

    @property
    def is_away(self) -> bool:
        return self.state == AgentStateKind.AWAY

    @property
    def is_on_call(self) -> bool:
        return self.state == AgentStateKind.ON_CALL
