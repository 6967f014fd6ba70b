"""Papers of a case, requirement by requirement. The file lies outside the web root under its own hash and is served by a view alone."""

from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.interaction import Interaction
from crm.models.person import Person, RowsOfPeople
from crm.models.stage import StageState


class DocumentState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("paper", "Received")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not accepted")


class PaperState(models.TextChoices):
    """Where a requirement of a case stands, as a person understands it."""

    REQUESTED = "requested", _("Asked for, nothing came yet")
    RECEIVED = "received", pgettext_lazy("paper", "Received")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Not accepted")
    EXPIRED = "expired", _("Expired")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> "DocumentQuerySet":
        """Whoever may see the case may see its papers."""
        return self if actor.is_system else self.filter(case__in=Case.objects.visible_to(actor))

    def current(self) -> "DocumentQuerySet":
        """Those that were not replaced by a later one."""
        return self.filter(replaced_at__isnull=True)

    def expiring(self, today: date) -> "DocumentQuerySet":
        """Those whose validity ended before a day while their case is open, and that nobody has marked yet."""
        lapsed = self.current().filter(valid_until__lt=today, expired_at__isnull=True)
        return lapsed.exclude(state=DocumentState.REJECTED).filter(case__in=Case.objects.open())


class Document(models.Model):
    """
    One file given for one requirement.

    `valid_until` is its last good day, from the sheet (so many days from when it came) or as the officer read it on the paper; once it
    is over before the case is decided, the paper is expired. A paper used again from another case points to it (`reused_from`): the same
    file, judged anew, as old as when it came to us first (`first_received_at`). `before` is how it stood before it was judged last, for
    whoever takes that back at once.
    """

    event_kind = "document"
    JUDGED = ("state", "reason", "valid_until", "expired_at", "before")  # what judging one changes

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    requirement = models.CharField(max_length=60)
    name = models.CharField(max_length=200, null=True)  # noqa: DJ001  # NULL once redacted
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # empty once redacted: the sweep of orphans removes the file
    state = models.CharField(max_length=8, choices=DocumentState, default=DocumentState.RECEIVED)
    reason = models.TextField(blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="documents")
    received_at = models.DateTimeField(db_default=ClockNow())
    replaced_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)  # when its end was noticed and told
    first_received_at = models.DateTimeField(null=True, blank=True)  # None: when it was received
    reused_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reuses")
    before = models.JSONField(
        null=True, blank=True, encoder=DjangoJSONEncoder
    )  # emptied with the rest once redacted
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_rejected_says_why", condition=~Q(state="rejected") | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="document_hash"),  # the sweep of orphans asks by it
            models.Index(
                fields=["valid_until"],
                name="document_valid_until",
                condition=Q(valid_until__isnull=False, expired_at__isnull=True, replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.state}"

    def remember(self) -> None:
        """Keep in memory how the paper stands, before it is judged."""
        self.before = {name: getattr(self, name) for name in self.JUDGED if name != "before"}

    def be_as_before(self) -> None:
        """Let it stand, in memory, as it did before it was judged last; what was judged before that was kept is merely received."""
        before = self.before or {"state": DocumentState.RECEIVED, "reason": "", **self._validity}
        self.state, self.reason, self.before = before["state"], before["reason"], None
        ends, noticed = before["valid_until"], before["expired_at"]
        self.valid_until = date.fromisoformat(ends) if isinstance(ends, str) else ends
        self.expired_at = datetime.fromisoformat(noticed) if isinstance(noticed, str) else noticed

    @property
    def _validity(self) -> dict[str, Any]:
        return {"valid_until": self.valid_until, "expired_at": self.expired_at}

    @property
    def came_at(self) -> datetime:
        """When it came to us first, in whichever case."""
        return self.first_received_at or self.received_at

    def state_on(self, day: date) -> PaperState:
        """Where it stands on a day: what was refused stays refused, whatever its validity."""
        is_over = self.expired_at is not None or (self.valid_until is not None and self.valid_until < day)
        if is_over and self.state != DocumentState.REJECTED:
            return PaperState.EXPIRED
        return PaperState(self.state)


class RequestedPaperQuerySet(models.QuerySet["RequestedPaper"]):
    def not_dropped(self) -> "RequestedPaperQuerySet":
        """
        Those that are asked for still, by a question that was answered or waits for it, and those that came: what a question asked for whose
        agency's part ended otherwise is asked of nobody any more.
        """
        came = Document.objects.current().filter(case=OuterRef("case"), requirement=OuterRef("requirement"))
        waits = Q(question__stage__state=StageState.AWAITING_CITIZEN) & Q(
            question__at__gte=F("question__stage__state_since")
        )
        return self.filter(Q(question__answered_by__isnull=False) | waits | Exists(came)).order_by("at", "pk")


class RequestedPaper(models.Model):
    """
    One more paper that an agency asked for with a question: one of the sheet's requirements, or one described in words.

    What comes for it afterwards answers it; what came before does not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="requested_papers")
    question = models.ForeignKey("crm.Message", models.PROTECT, related_name="papers")
    requirement = models.CharField(max_length=60)
    words = models.CharField(max_length=200, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted
    at = models.DateTimeField(db_default=ClockNow())

    objects = RequestedPaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="requested_paper_once", fields=["question", "requirement"])
        ]

    def __str__(self) -> str:
        return self.requirement


class PaperConsent(models.Model):
    """A person let a paper of one case of theirs be used again in another: which, for which case, in which contact, and who noted it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="paper_consents")
    original = models.ForeignKey(Document, models.PROTECT, related_name="consents")
    document = models.OneToOneField(Document, models.PROTECT, related_name="consent")
    person = models.ForeignKey(Person, models.PROTECT, related_name="paper_consents")
    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="+")
    by_kind = models.CharField(max_length=10)
    by_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())

    objects = RowsOfPeople["PaperConsent"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="paper_consent_of_two", condition=~Q(original=models.F("document")))
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"
