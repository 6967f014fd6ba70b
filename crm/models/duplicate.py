"""
Records that may be of one person: why they are suspected, who is looking into it, what was found, and merges, which can be undone.

A merge is a pointer (`Person.merged_into`) with the choices made; no row of either record moves, so that undoing it takes the pointer
away. Nothing merges by itself.
"""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.clock import ClockNow
from common.ids import new_id
from crm.models.case import Party
from crm.models.interaction import Interaction
from crm.models.person import Person
from territory.models import Commune


class Compared(models.TextChoices):
    """What a rule may compare of two records."""

    GIVEN = "given", _("Given names")
    SURNAMES = "surnames", _("Surnames")
    BIRTH_DATE = "birth_date", _("Date of birth")
    NUMBER = "number", _("RUN or other number")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    COMMUNE = "commune", _("Commune")


class DuplicateRule(models.Model):
    """
    When two records are suspected to be of one person: data, changed without a new version of the software.

    Of the things compared, at least `min_filled` must be known on both sides and at least `min_equal` of them be equal; at most
    `max_absent` may be known on one side alone; up to `max_alike` may differ by no more than `max_distance` letters. Anything else
    that differs clears the pair; so does, compared or not, a number or a date of birth that differs by more letters.
    """

    code = models.SlugField(max_length=40, unique=True)
    title_es = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    compared = ArrayField(models.CharField(max_length=10, choices=Compared))
    min_filled = models.PositiveSmallIntegerField()
    min_equal = models.PositiveSmallIntegerField()
    max_absent = models.PositiveSmallIntegerField(default=0)
    max_alike = models.PositiveSmallIntegerField(default=0)
    max_distance = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=50)  # the surest rule first: it names the suspicion
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="rule_equal_are_filled", condition=Q(min_equal__lte=F("min_filled"))),
            models.CheckConstraint(name="rule_asks_for_something_equal", condition=Q(min_equal__gte=1)),
        ]

    def __str__(self) -> str:
        return self.code


class PairState(models.TextChoices):
    SUSPECTED = "suspected", _("To be looked at")
    MERGED = "merged", _("One person")
    DISTINCT = "distinct", _("Two people")


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    def waiting(self) -> "PairQuerySet":
        """Those nobody has decided, between records that both still stand."""
        return self.filter(
            state=PairState.SUSPECTED,
            first__merged_into__isnull=True,
            second__merged_into__isnull=True,
            first__redacted_at__isnull=True,
            second__redacted_at__isnull=True,
        )

    def lock(self, pk: UUID) -> "DuplicatePair":
        return self.select_for_update(of=("self",)).get(pk=pk)


class DuplicatePair(models.Model):
    """
    Two records suspected to be of one person, by a rule or by somebody who said so; one row for a pair, whatever is found of it, so that
    "not the same person" is remembered. `first` has the lower id.
    """

    event_kind = "duplicate_pair"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rule = models.ForeignKey(DuplicateRule, models.PROTECT, null=True, related_name="+")
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField(db_default=ClockNow())
    state = models.CharField(max_length=9, choices=PairState, default=PairState.SUSPECTED)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pair_once", fields=["first", "second"]),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="pair_decided_iff_decision",
                condition=Q(state="suspected", decided_at__isnull=True)
                | ~Q(state="suspected") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pair_taken_until",
                condition=Q(taken_by__isnull=True, taken_until__isnull=True)
                | Q(taken_by__isnull=False, taken_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["found_at", "id"], name="pair_waiting", condition=Q(state="suspected"))
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> "MergeQuerySet":
        """Those that were not undone."""
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """
    That a record was found to be of the same person as another, which stands for both from then on.

    What the surviving record showed before is kept, to be put back when the merge is undone.
    """

    event_kind = "merge"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survivor = models.ForeignKey(Person, models.PROTECT, related_name="merges_survived")
    merged = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    at = models.DateTimeField(db_default=ClockNow())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, null=True)  # noqa: DJ001  # NULL once redacted
    taken_over = ArrayField(
        models.CharField(max_length=10), default=list
    )  # what the survivor shows of the merged record
    earlier_name = models.CharField(max_length=250, null=True)  # noqa: DJ001  # NULL: not changed, or redacted
    earlier_commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+")
    earlier_language = models.CharField(max_length=3, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_reason = models.CharField(max_length=300, blank=True, null=True, default="")  # noqa: DJ001  # NULL once redacted

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="merged_once_at_a_time", fields=["merged"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("merged"))),
            models.CheckConstraint(name="merge_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="merge_undone_iff_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"


class Placement(models.Model):
    """Whose a contact, or a part in a case, was that came while a merge stood and was written on the surviving record."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="placements")
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockNow())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="contact_placed_once",
                fields=["merge", "interaction"],
                condition=Q(interaction__isnull=False),
            ),
            models.UniqueConstraint(
                name="part_placed_once", fields=["merge", "party"], condition=Q(party__isnull=False)
            ),
            models.CheckConstraint(
                name="placement_of_one_thing",
                condition=Q(interaction__isnull=False, party__isnull=True)
                | Q(interaction__isnull=True, party__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merge_id}"
