"""
What a case of a person's right over their data leaves behind: data blocked for a while, and everything held about them handed over.

Ley 19.628 as amended by Ley 21.719: access (art. 5), rectification (6), suppression (7), opposition (8), temporary blocking (8 ter) and
portability (9), asked for as art. 11 says.
"""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Case
from crm.models.document import Document
from crm.models.person import Person, RowsOfPeople


class BlockQuerySet(RowsOfPeople["PersonBlock"]):
    def standing(self) -> "BlockQuerySet":
        """Those that hold now."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=ClockNow()), lifted_at__isnull=True)


class PersonBlock(models.Model):
    """A person's data are blocked: nobody finds or opens them but the officer who decides the case in which they asked."""

    event_kind = "block"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="blocks")
    case = models.ForeignKey(Case, models.PROTECT, related_name="blocks")
    reason = models.CharField(max_length=300, null=True)  # noqa: DJ001  # NULL: redacted
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="block_once_a_case", fields=["case"], condition=Q(lifted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="block_ends_after_it_began", condition=Q(until__isnull=True) | Q(until__gt=F("at"))
            ),
            models.CheckConstraint(name="block_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="block_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="block_standing", condition=Q(lifted_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.id)


class PersonExport(models.Model):
    """
    Everything held about a person, as asked for in a case: asked, then made (two papers of that case) or given up.

    Given up when the person was erased, or the case decided, before it was ready: nothing is handed out then.
    """

    event_kind = "export"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="exports")
    case = models.ForeignKey(Case, models.PROTECT, related_name="exports")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=ClockNow())
    made_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    data = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    readable = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RowsOfPeople["PersonExport"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="export_one_at_a_time",
                fields=["case"],
                condition=Q(made_at__isnull=True, given_up_at__isnull=True),
            ),
            models.CheckConstraint(
                name="export_made_iff_papers",
                condition=Q(made_at__isnull=True, data__isnull=True, readable__isnull=True)
                | Q(made_at__isnull=False, data__isnull=False, readable__isnull=False),
            ),
            models.CheckConstraint(
                name="export_one_end", condition=Q(made_at__isnull=True) | Q(given_up_at__isnull=True)
            ),
            models.CheckConstraint(
                name="export_expires_once_made",
                condition=Q(expired_at__isnull=True) | Q(made_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.expired_at is None
