"""One presence at an office, and the matters it is about."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from common.ids import new_id
from crm.models import Case, Enquiry, Interaction, Person
from offices.models.desk import OFFICE_ROLES
from territory.models import Office


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> "VisitQuerySet":
        """
        The visits of the offices where the actor works; what is in them opens only to whoever attends
        (`attended_by`).
        """
        return self if actor.is_system else self.filter(office__in=actor.office_ids(*OFFICE_ROLES))

    def attended_by(self, actor: Actor) -> "VisitQuerySet":
        """The visits this clerk attends now, on hold included."""
        return self.visible_to(actor).filter(interaction__in=Interaction.objects.present_of(actor))


class Visit(models.Model):
    """
    Somebody came. With whom, and how surely, is said by the contact itself (`interaction`).

    `key` names the request that made it, so that sending the same form twice gives one ticket.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    interaction = models.OneToOneField(Interaction, models.PROTECT, related_name="visit")
    office = models.ForeignKey(Office, models.PROTECT, related_name="visits")
    priority = models.CharField(max_length=20, blank=True)  # a code of offices.priorities
    note = models.CharField(max_length=200, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    key = models.UUIDField(null=True, blank=True, unique=True)

    objects = VisitQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person(self) -> Person | None:
        return self.interaction.person


class VisitMatter(models.Model):
    """
    One thing they came for: a procedure told at reception or at the desk, or a case found by its folio.

    `enquiry` is set once it is attended; what it came to is the enquiry's outcome.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="matters")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    enquiry = models.OneToOneField(Enquiry, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="matter_is_about_something", condition=Q(version__isnull=False) | Q(case__isnull=False)
            ),
            models.UniqueConstraint(
                name="matter_version_once", fields=["visit", "version"], condition=Q(case__isnull=True)
            ),
            models.UniqueConstraint(
                name="matter_case_once", fields=["visit", "case"], condition=Q(case__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.version_id or self.case_id}"

    @property
    def is_settled(self) -> bool:
        """Whether it has an outcome; needs `enquiry` loaded."""
        return self.enquiry is not None and bool(self.enquiry.outcome)

    @property
    def state_label(self) -> str:
        if self.enquiry is None:
            return str(_("Not begun"))
        return str(self.enquiry.get_outcome_display())

    @property
    def tone(self) -> str:
        """How the state is drawn (`{% state_tag %}`)."""
        if self.enquiry is None or not self.enquiry.outcome:
            return "waiting"
        return "granted" if self.enquiry.is_resolved else "neutral"
