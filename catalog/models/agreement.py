"""
Agreements (convenios): which acts of an agency's procedures may be done at which places and channels, by whom, from when to when.

One function asks them (`catalog.queries.agreements.may_be_done`); what agencies owe each month, and the savings on infrastructure, are
computed from the same rows. So rows of acts never change: an act that is priced otherwise ends, and another begins.
"""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from catalog.models.procedure import Procedure
from common.clock import ClockNow
from common.errors import IllegalMove
from common.ids import new_id
from events.models import Subject
from territory.models import Office

ALL_PROCEDURES = UUID(int=0)
OUTSIDE = "outside"  # every channel of another house, whatever its code


class Act(models.TextChoices):
    """What may be delegated."""

    INFORM = "inform", _("Inform")
    RECEIVE = "receive", _("Receive applications and papers")
    VERIFY_IDENTITY = "verify_identity", _("Verify identity")
    DECIDE = "decide", _("Decide")
    ISSUE = "issue", _("Issue documents")


class DelegatedChannel(models.TextChoices):
    """Where it may be done; a mobile office brings it along its route."""

    OFFICE = "office", _("At an office")
    MOBILE = "mobile", _("On the route of a mobile office")
    PHONE = "phone", _("By phone, line 101")
    WEB = "web", _("Online")
    OUTSIDE = OUTSIDE, _("In channels outside this house")


AT_PLACES = (DelegatedChannel.OFFICE, DelegatedChannel.MOBILE)


class AgreementStage(models.TextChoices):
    SIGNED = "signed", _("Signed")
    PILOT = "pilot", _("Pilot")
    LIVE = "live", _("In service")


NEXT: dict[AgreementStage, frozenset[AgreementStage]] = {
    AgreementStage.SIGNED: frozenset({AgreementStage.PILOT, AgreementStage.LIVE}),
    AgreementStage.PILOT: frozenset({AgreementStage.LIVE, AgreementStage.SIGNED}),
    AgreementStage.LIVE: frozenset({AgreementStage.PILOT}),
}


class Agreement(models.Model):
    """A dated agreement with an agency. `all_offices` means every office of the network, present and to come."""

    uid = models.UUIDField(default=new_id, db_default=RandomUUID(), unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="agreements")
    instrument = models.JSONField(default=dict)  # {"es": …, "en": …}: the legal act
    signed_on = models.DateField()
    during = DateRangeField()  # [starts_on, ends_on)
    stage = models.CharField(max_length=6, choices=AgreementStage, default=AgreementStage.LIVE)
    stage_since = models.DateField(null=True, blank=True)  # None: since it began
    terms_since = models.DateField(
        null=True, blank=True
    )  # stage and places are those of below; None: since it began
    all_offices = models.BooleanField(default=False)
    offices = models.ManyToManyField(Office, blank=True, related_name="agreements")
    is_synthetic = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_once", fields=["agency", "signed_on"])]
        indexes = [
            models.Index(fields=["agency"], name="agreement_everywhere", condition=Q(all_offices=True)),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.signed_on}"

    @property
    def subject(self) -> Subject:
        """Itself, as its events name it."""
        return Subject("agreement", self.uid)

    def move_to(self, stage: AgreementStage) -> None:
        """Change how far along it is, in memory; the caller holds the row lock and saves."""
        old = AgreementStage(self.stage)
        if stage not in NEXT[old]:
            raise IllegalMove(old, stage)
        self.stage = stage


class PastTerms(models.Model):
    """How far along an agreement was and where it held, on days before that was changed; on the day of the change, both count."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="past_terms")
    during = DateRangeField()
    stage = models.CharField(max_length=6, choices=AgreementStage)
    all_offices = models.BooleanField()
    offices = ArrayField(models.IntegerField())  # their keys

    def __str__(self) -> str:
        return f"{self.agreement} {self.stage} {self.during}"


class DelegatedAct(models.Model):
    """One act through one channel under an agreement, for some days; without a procedure, every procedure of the agency."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="delegated_acts")
    act = models.CharField(max_length=15, choices=Act)
    channel = models.CharField(max_length=20, choices=DelegatedChannel)
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, null=True, blank=True, related_name="delegated_acts"
    )
    during = DateRangeField()  # within the agreement's
    price_clp = models.PositiveIntegerField(null=True, blank=True)  # what the agency pays for each
    needs_accreditation = models.BooleanField(default=False)  # of whoever does it, by the agency

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="delegated_act_once_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("act", RangeOperators.EQUAL),
                    ("channel", RangeOperators.EQUAL),
                    (Coalesce("procedure", Value(ALL_PROCEDURES)), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.channel}"


class Accreditation(models.Model):
    """That an agency lets one person do an act of its procedures (every act where none is named), for some days."""

    event_kind = "accreditation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="accreditations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="accreditations")
    act = models.CharField(max_length=15, choices=Act, blank=True)
    during = DateRangeField()
    evidence = models.CharField(max_length=200)  # the resolution or course by which the agency says so
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(db_default=ClockNow(), editable=False)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accreditation_withdrawn_after_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
            ExclusionConstraint(
                name="accreditation_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    ("act", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.agency} {self.act}"
