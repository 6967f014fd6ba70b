"""What a program of an agency, or of a channel outside this house, shows to be let in; only its digest is kept."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.agency import Agency
from accounts.models.user import User
from common.clock import ClockNow
from common.ids import new_id

RATE = 600  # requests a minute, unless told


class Scope(models.TextChoices):
    """What a credential is good for."""

    READ = "read", _("List and read the agency's cases")
    PAPERS = "papers", _("Download the papers of the agency's cases")
    WORK = "work", _("Take, ask, write, attach and judge papers")
    DECIDE = "decide", _("Decide, close and open again")
    INTAKE = "intake", _("Open contacts, matters and applications in its own channel")


OF_AGENCY = frozenset({Scope.READ, Scope.PAPERS, Scope.WORK, Scope.DECIDE})


class OutsideChannel(models.Model):
    """A way in that is not ours, such as a municipality's kiosk: its code stands on the contacts that came through it."""

    code = models.SlugField(max_length=20, primary_key=True)
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, Spanish where there is no other."""
        from django.utils.translation import get_language

        return self.name_en if self.name_en and (get_language() or "es").startswith("en") else self.name_es


class CredentialQuerySet(models.QuerySet["Credential"]):
    def valid(self, at: datetime | None = None) -> "CredentialQuerySet":
        """Those in force at `at` (default: the database's now)."""
        moment = at or ClockNow()
        open_ended = Q(ends_at__isnull=True) | Q(ends_at__gt=moment)
        return self.filter(open_ended, starts_at__lte=moment, revoked_at__isnull=True)


class Credential(models.Model):
    """
    A program's way in: for an agency, for a channel of its own, or for both.

    `rate` is how many requests a minute it may make. Its secret has 128 random bits, so a plain digest of it is enough.
    """

    event_kind = "credential"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="credentials")
    channel = models.ForeignKey(
        OutsideChannel, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    digest = models.BinaryField(max_length=32, unique=True)
    rate = models.PositiveIntegerField(default=RATE)
    starts_at = models.DateTimeField(db_default=ClockNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(db_default=ClockNow(), editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_is_somebodys",
                condition=Q(agency__isnull=False) | Q(channel__isnull=False),
            ),
            models.CheckConstraint(
                name="credential_opens_something", condition=Q(scopes__len__gt=0) & Q(rate__gt=0)
            ),
            models.CheckConstraint(
                name="credential_intake_has_channel",
                condition=~Q(scopes__contains=["intake"]) | Q(channel__isnull=False),
            ),
            models.CheckConstraint(
                name="credential_cases_have_agency",
                condition=~Q(scopes__overlap=["read", "papers", "work", "decide"]) | Q(agency__isnull=False),
            ),
            models.CheckConstraint(
                name="credential_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
