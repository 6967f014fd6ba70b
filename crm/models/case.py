"""
The one case: something that must be decided. It has a folio, parties, stages, and a state that is a pure function of its stages.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind
from accounts.models import Role
from catalog.models import ProcedureVersion
from catalog.sheets import Sheet
from common.clock import ClockNow
from common.errors import IllegalMove
from common.ids import new_id
from crm.models.case_bundle import CaseBundle
from crm.models.interaction import Interaction, InteractionCase
from crm.models.person import CHANNEL_ROLES, Person, PersonKind, RowsOfPeople
from crm.models.stage import OPEN as OPEN_STAGES
from crm.models.stage import RUNNING, Stage, StageState
from territory.models import Commune

FROM_KNOWN = (
    "from_known"  # beside the answers: those filled in from what was known, with the person's consent
)
FILLED_IN_BY = "filled_in_by"  # beside the answers: whoever says that they apply for somebody else


class CaseState(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    SUBMITTED = "submitted", _("Received")
    IN_REVIEW = "in_review", _("Being reviewed")
    AWAITING_CITIZEN = "awaiting_citizen", _("Waiting for your answer")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    REFERRED = "referred", _("Sent to another agency")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


C = CaseState
_REVIEWABLE = frozenset(
    {C.IN_REVIEW, C.AWAITING_CITIZEN, C.GRANTED, C.DENIED, C.REFERRED, C.LAPSED, C.WITHDRAWN}
)
# The whole life of a case; docs/states.md is drawn from this table.
NEXT: dict[CaseState, frozenset[CaseState]] = {
    C.DRAFT: frozenset({C.SUBMITTED}),
    C.SUBMITTED: frozenset({C.IN_REVIEW, C.WITHDRAWN}),
    # Back to submitted: whoever took it gave it back before anything else happened.
    C.IN_REVIEW: frozenset(
        {C.SUBMITTED, C.AWAITING_CITIZEN, C.GRANTED, C.DENIED, C.REFERRED, C.LAPSED, C.WITHDRAWN}
    ),
    C.AWAITING_CITIZEN: frozenset({C.IN_REVIEW, C.DENIED, C.LAPSED, C.WITHDRAWN}),
    C.GRANTED: frozenset({C.CLOSED}),
    C.DENIED: frozenset({C.CLOSED}),
    C.REFERRED: frozenset({C.CLOSED}),
    C.LAPSED: frozenset({C.CLOSED}),
    C.WITHDRAWN: frozenset({C.CLOSED}),
    # Back to what it was decided: its closing was undone at once.
    C.CLOSED: frozenset({C.IN_REVIEW, C.GRANTED, C.DENIED, C.REFERRED, C.LAPSED, C.WITHDRAWN}),
}
OPEN = frozenset({C.SUBMITTED, C.IN_REVIEW, C.AWAITING_CITIZEN})
DECIDED = frozenset({C.GRANTED, C.DENIED, C.REFERRED, C.LAPSED, C.WITHDRAWN})
BY_AGENCY = frozenset({C.GRANTED, C.DENIED, C.REFERRED})  # ended by an agency's decision, not by the citizen


def state_of(stages: Iterable[Stage]) -> CaseState:
    """
    The state of a submitted case, from its stages: tried in this order.

    A required stage denied → denied; any waiting for the citizen → awaiting citizen; any open → in review (submitted while none has
    been taken); all required granted → granted; all withdrawn → withdrawn; else referred or lapsed.
    """
    rows = list(stages)
    required = [row.state for row in rows if row.is_required]
    states = [row.state for row in rows]
    if StageState.DENIED in required:
        return C.DENIED
    if StageState.AWAITING_CITIZEN in states:
        return C.AWAITING_CITIZEN
    if any(state in OPEN_STAGES for state in states):
        taken = any(state not in {StageState.RECEIVED, StageState.WAITING} for state in states)
        return C.IN_REVIEW if taken else C.SUBMITTED
    if required and all(state == StageState.GRANTED for state in required):
        return C.GRANTED
    if StageState.WITHDRAWN in required:
        return C.WITHDRAWN
    return C.REFERRED if StageState.REFERRED in required else C.LAPSED


def clock_stands_since(stages: Iterable[Stage]) -> datetime | None:
    """
    Since when a case waits for nobody but its citizen: an agency asks them, and none that must decide works meanwhile. None: its clock runs.

    `crm.queries.durations` asks the same of the database.
    """
    rows = list(stages)
    asked = [row.stopped_at for row in rows if row.stopped_at is not None]
    if not asked or any(row.is_required and row.state in RUNNING for row in rows):
        return None
    return max([min(asked), *(row.state_since for row in rows if row.is_required)])


class CaseQuerySet(models.QuerySet["Case"]):
    def submitted(self) -> "CaseQuerySet":
        return self.exclude(state=C.DRAFT)

    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN)

    def with_party(self, person: Person) -> "CaseQuerySet":
        """Those in which a person has a part, under whichever of their records."""
        return self.filter(Exists(Party.objects.of(person).filter(case=OuterRef("pk"))))

    def applied_for_by(self, person: Person) -> "CaseQuerySet":
        """Those whose applicant a person is, whoever filed them."""
        return self.filter(
            Exists(Party.objects.of(person).filter(case=OuterRef("pk"), role=PartyRole.APPLICANT))
        )

    def filed_by(self, person: Person, *, level: int) -> "CaseQuerySet":
        """
        Those a person filed for themselves, known at this level when they did: not those that somebody filed with their number.
        """
        theirs = self.filter(filed_by__in=Person.objects.one_with(person).values("pk"))
        return theirs.applied_for_by(person).filter(filed_level__gte=level)

    def lock(self, pk: UUID) -> "Case":
        return self.select_for_update(of=("self",)).get(pk=pk)

    def filed_with(self, case: "Case") -> "CaseQuerySet":
        """The others that were filed together with a case, in their order."""
        others = self.submitted().filter(bundle=case.bundle_id, bundle__isnull=False)
        return others.exclude(pk=case.pk).order_by("bundle_place")

    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """
        The only door to cases.

        A key's holder: those whose key was shown. Officers and their agency's programs: cases with a stage of their agency. A program
        with a channel of its own: those begun in a contact of it that goes on. Channel staff: what the present
        interaction needs, that is its person's cases and those brought into it; and the drafts they are filling in. Where somebody
        speaks for another, only the other's, as far as their mandate goes and while it holds.
        """
        if actor.is_system:
            return self
        seen = Q(pk__in=actor.case_ids)
        if actor.is_agency:
            seen |= Q(source__in=Interaction.objects.outside(actor))
        if actor.kind in {ActorKind.STAFF, ActorKind.AGENCY}:
            if agencies := actor.agency_ids(Role.OFFICER):
                own = Stage.objects.filter(case=OuterRef("pk"), agency__in=agencies)
                seen |= ~Q(state=C.DRAFT) & Q(Exists(own))
            if actor.has_role(*CHANNEL_ROLES):
                present = Interaction.objects.present_of(actor)
                brought = InteractionCase.objects.filter(case=OuterRef("pk"), interaction__in=present)
                parts = Party.objects.filter(case=OuterRef("pk")).in_person()
                procedure = OuterRef("case__version__procedure")
                seen |= Q(Exists(brought.exclude(reason="")))  # without a reason it was their own
                seen |= Q(Exists(parts.of_any(present.alone().people())))
                seen |= Q(Exists(parts.of_any(present.spoken_for("status", procedure))))
                seen |= Q(state=C.DRAFT, source__in=present)
        return self.filter(seen)


class Case(models.Model):
    """
    A request that must be decided. `folio` is public and opens nothing; the key (`secret_hash`, SHA-256 of 128 random bits) opens it.

    `answers` are the form's, by question key. `promised_on` is the day by which the slowest required stage should be decided.
    """

    event_kind = "case"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    folio = models.CharField(
        max_length=16, null=True, blank=True, unique=True
    )  # NULL until submitted, and unique
    secret_hash = models.BinaryField(max_length=32, null=True, blank=True)
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="cases")
    state = models.CharField(max_length=16, choices=CaseState, default=CaseState.DRAFT)
    state_since = models.DateTimeField(db_default=ClockNow())
    source = models.ForeignKey(
        Interaction, models.PROTECT, related_name="opened_cases"
    )  # the contact it was begun in
    channel = models.CharField(max_length=20)  # that contact's channel
    language = models.CharField(max_length=2, default="es")
    answers = models.JSONField(default=dict, null=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    begun_at = models.DateTimeField(db_default=ClockNow())
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Who was there when it was filed, where that was known, and how surely: its contact may be with somebody else afterwards.
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    filed_level = models.PositiveSmallIntegerField(default=0, db_default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    # What the receipt said: the day of the law as it stood then, and how long such cases take while the clock runs (half of them, nine
    # of ten), estimated from so many. None where too few were known.
    receipt_promised_on = models.DateField(null=True, blank=True)
    half_days = models.PositiveIntegerField(null=True, blank=True)
    most_days = models.PositiveIntegerField(null=True, blank=True)
    estimated_from = models.PositiveIntegerField(null=True, blank=True)
    # The clock stands while the case waits for the citizen alone (`clock_stands_since`).
    stopped_seconds = models.PositiveBigIntegerField(default=0, db_default=0)
    running_seconds = models.PositiveBigIntegerField(
        null=True, blank=True
    )  # from filing to the first decision of an agency's, without the stops
    reopened_count = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(
        default=1
    )  # rises with every change: the optimistic lock of screens and API
    # With which others it was applied for in one form, and its place among them.
    bundle = models.ForeignKey(CaseBundle, models.PROTECT, null=True, blank=True, related_name="cases")
    bundle_place = models.PositiveSmallIntegerField(null=True, blank=True)
    is_synthetic = models.BooleanField(default=False)
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_folio_iff_submitted",
                condition=Q(state="draft", folio__isnull=True, submitted_at__isnull=True)
                | ~Q(state="draft") & Q(folio__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_filed_by_once_submitted",
                condition=~Q(state="draft") | Q(filed_by__isnull=True, filed_level=0),
            ),
            models.CheckConstraint(
                name="case_decided_at_iff_decided",
                condition=Q(
                    state__in=["granted", "denied", "referred", "lapsed", "withdrawn", "closed"],
                    decided_at__isnull=False,
                )
                | ~Q(state__in=["granted", "denied", "referred", "lapsed", "withdrawn", "closed"])
                & Q(decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="case_closed_at_iff_closed",
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="case_redacted_has_no_answers",
                condition=Q(redacted_at__isnull=True) | Q(answers__isnull=True),
            ),
            models.CheckConstraint(
                name="case_estimate_is_whole",
                condition=Q(estimated_from__isnull=True, half_days__isnull=True, most_days__isnull=True)
                | Q(estimated_from__isnull=False),
            ),
            models.CheckConstraint(
                name="case_ran_only_once_submitted",
                condition=Q(running_seconds__isnull=True) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_has_a_place_iff_bundled",
                condition=Q(bundle__isnull=True, bundle_place__isnull=True)
                | Q(bundle__isnull=False, bundle_place__isnull=False),
            ),
            models.UniqueConstraint(
                name="case_place_in_bundle_once",
                fields=["bundle", "bundle_place"],
                condition=Q(bundle__isnull=False),
            ),
            models.CheckConstraint(
                name="case_submitted_after_begun",
                condition=Q(submitted_at__isnull=True) | Q(submitted_at__gte=F("begun_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at"], name="case_submitted_at"),
            models.Index(
                fields=["version", "id"],
                name="case_going_on",  # whom a new text of a procedure touches
                condition=Q(state__in=["draft", *sorted(OPEN)]),
            ),
            # The figures of a period: what was decided in it, and what was promised for it.
            models.Index(fields=["decided_at"], name="case_decided_at"),
            models.Index(fields=["promised_on"], name="case_promised_on"),
            models.Index(fields=["receipt_promised_on"], name="case_receipt_promised_on"),
        ]

    def __str__(self) -> str:
        return self.folio or str(self.id)

    @property
    def sheet(self) -> Sheet:
        """What its version says, as it is done where the applicant lives or at the agency they chose."""
        sheet = self.version.sheet
        return sheet.for_whom(self.answers or {}, self.commune_id) if sheet.content.get("variants") else sheet

    @property
    def is_draft(self) -> bool:
        return self.state == C.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_awaiting_citizen(self) -> bool:
        return self.state == C.AWAITING_CITIZEN

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED or self.state == C.CLOSED

    @property
    def is_granted(self) -> bool:
        return self.state == C.GRANTED

    @property
    def applicant_as_told(self) -> str:
        """The applicant's name as it was written in this case: what we know of whoever has the number beside it is told to nobody by it."""
        return self._organisation_as_told or self._person_as_told

    @property
    def filler_as_told(self) -> str:
        """Likewise the name of whoever said that they filled it in for somebody else, or for an organisation."""
        filler = ((self.answers or {}).get(FILLED_IN_BY) or {}).get("name")
        return str(filler or (self._person_as_told if self._organisation_as_told else ""))

    @property
    def _person_as_told(self) -> str:
        name = (self.answers or {}).get("applicant_name") or {}
        return f"{name.get('given', '')} {name.get('surnames', '')}".strip()

    @property
    def _organisation_as_told(self) -> str:
        return str((self.answers or {}).get("applicant_organisation_name") or "")

    @property
    def tone(self) -> str:
        """How the state is drawn (`{% state_tag %}`)."""
        return {
            C.AWAITING_CITIZEN: "you",
            C.GRANTED: "granted",
            C.DENIED: "refused",
            C.LAPSED: "refused",
            C.SUBMITTED: "waiting",
            C.IN_REVIEW: "waiting",
        }.get(CaseState(self.state), "neutral")

    @property
    def staff_state(self) -> str:
        """Its state as the staff reads it: the citizen's "your answer" is not theirs to give."""
        asked = self.state == C.AWAITING_CITIZEN
        return str(StageState.AWAITING_CITIZEN.label if asked else self.get_state_display())

    @property
    def staff_tone(self) -> str:
        """How the state is drawn for the staff: what waits for the citizen waits for none of them."""
        return "neutral" if self.state == C.AWAITING_CITIZEN else self.tone

    def move_to(self, state: CaseState, *, at: datetime) -> None:
        """Change the state in memory; the caller holds the row lock and saves."""
        old = CaseState(self.state)
        if state not in NEXT[old]:
            raise IllegalMove(old, state)
        self.state, self.state_since = state, at
        if state == C.SUBMITTED and old == C.DRAFT:
            self.submitted_at = at
        if state in BY_AGENCY and self.running_seconds is None and self.submitted_at is not None:
            self.running_seconds = max(
                0, int((at - self.submitted_at).total_seconds()) - self.stopped_seconds
            )
        if state in DECIDED:
            self.decided_at = (self.decided_at if old == C.CLOSED else None) or at
        elif state != C.CLOSED:
            self.decided_at = None
        self.closed_at = at if state == C.CLOSED else None


class PartyRole(models.TextChoices):
    APPLICANT = "applicant", _("Applicant")
    BENEFICIARY = "beneficiary", _("Beneficiary")
    MEMBER = "member", _("Member of the household")
    REPRESENTATIVE = "representative", _("Representative")


class Relation(models.TextChoices):
    """What a representative is to the applicant, as they say."""

    PARENT = "parent", _("Mother or father")
    CHILD = "child", _("Daughter or son")
    SPOUSE = "spouse", _("Spouse or partner")
    SIBLING = "sibling", _("Sister or brother")
    GUARDIAN = "guardian", _("Guardian or curator")
    CARER = "carer", _("Carer")
    PROXY = "proxy", _("Representative with a power")
    OTHER = "other", _("Somebody else")


class PartyQuerySet(RowsOfPeople["Party"]):
    def in_person(self) -> "PartyQuerySet":
        """
        The parts by which a case is somebody's own, to ask, answer, withdraw and take its key: the applicant's. Whoever is named in it, of the
        household or as its beneficiary, and whoever acted for another, does so by a mandate that is asked for anew each time.

        An organisation's case was filed by somebody who said they are of it; where no mandate was shown, theirs it is.
        """
        organisation = Party.objects.filter(
            case=OuterRef("case"), role=PartyRole.APPLICANT, person__kind=PersonKind.ORGANISATION
        )
        of_it = Q(role=PartyRole.REPRESENTATIVE, mandate__isnull=True) & Q(Exists(organisation))
        return self.filter(Q(role=PartyRole.APPLICANT) | of_it)


class Party(models.Model):
    """A person's part in a case; a representative's with the mandate that was shown, if one was."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="parties", db_index=False)
    role = models.CharField(max_length=14, choices=PartyRole)
    relation = models.CharField(max_length=20, blank=True)
    mandate = models.ForeignKey("crm.Mandate", models.PROTECT, null=True, blank=True, related_name="parties")

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="party_once", fields=["case", "person", "role"]),
            models.UniqueConstraint(
                name="party_one_applicant", fields=["case"], condition=Q(role="applicant")
            ),
            models.CheckConstraint(
                name="party_mandate_is_a_representatives",
                condition=Q(mandate__isnull=True) | Q(role="representative"),
            ),
        ]
        indexes = [models.Index(fields=["person", "id"], name="party_latest_of_person")]

    def __str__(self) -> str:
        return f"{self.role} {self.case_id}"
