"""
Agreements (convenios): which acts of an agency's procedures may be done at which places and channels, from when to when.

One function asks them (`catalog.queries.agreements.may_be_done`); savings on infrastructure are computed from the same rows.
"""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from catalog.models.procedure import Procedure
from territory.models import Office


class Act(models.TextChoices):
    """What may be delegated."""

    INFORM = "inform", _("Inform")
    RECEIVE = "receive", _("Receive applications and papers")
    VERIFY_IDENTITY = "verify_identity", _("Verify identity")
    DECIDE = "decide", _("Decide")
    ISSUE = "issue", _("Issue documents")


class AgreementStage(models.TextChoices):
    SIGNED = "signed", _("Signed")
    PILOT = "pilot", _("Pilot")
    LIVE = "live", _("In service")


class Agreement(models.Model):
    """A dated agreement with an agency. `all_offices` means every office of the network, present and to come."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="agreements")
    instrument = models.JSONField(default=dict)  # {"es": …, "en": …}: the legal act
    signed_on = models.DateField()
    during = DateRangeField()  # [starts_on, ends_on)
    stage = models.CharField(max_length=6, choices=AgreementStage, default=AgreementStage.LIVE)
    all_offices = models.BooleanField(default=False)
    offices = models.ManyToManyField(Office, blank=True, related_name="agreements")
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_once", fields=["agency", "signed_on"])]

    def __str__(self) -> str:
        return f"{self.agency} {self.signed_on}"


class DelegatedAct(models.Model):
    """One act through one channel under an agreement; without a procedure, every procedure of the agency."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="delegated_acts")
    act = models.CharField(max_length=15, choices=Act)
    channel = models.CharField(max_length=20)
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, null=True, blank=True, related_name="delegated_acts"
    )
    price_clp = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delegated_act_once",
                fields=["agreement", "act", "channel", "procedure"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.channel}"
