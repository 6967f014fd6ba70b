"""
What a figure is counted over. One object narrows the roll-ups, the source rows, the cases and the territory
in the same way, so that a figure, its page of rows and its recount can not mean different things.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from crm.models import Case, Enquiry, Interaction, SurveyAnswer, SurveyInvitation
from metrics.models import DailyContact

NETWORK_ZONE = ZoneInfo("America/Santiago")  # the zone in which cases are dated
_Model = TypeVar("_Model", bound=Any)

# The matter under which a contact counts: its first one about a procedure.
_FIRST_MATTER = Enquiry.objects.filter(interaction=OuterRef("pk"), version__isnull=False).order_by(
    "opened_at", "pk"
)


@dataclass(frozen=True)
class Filters:
    """
    A period (both days included) and places, bodies and channels; an empty one does not narrow.

    `scope`: the offices beyond which whoever asks may not count (`permissions.office_scope`). `set_id`:
    compute savings with this parameter set instead of each year's own.
    """

    start: date
    end: date
    region: str = ""
    commune: str = ""
    office: str = ""
    agency: str = ""
    procedure: str = ""
    channel: str = ""
    set_id: UUID | None = None
    kilometres: int = 25
    scope: tuple[int, ...] | None = None

    def but(self, **changes: Any) -> "Filters":
        """The same filters with some replaced."""
        return replace(self, **changes)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Filters":
        """The period of the same length just before."""
        return self.but(start=self.start - timedelta(days=self.days), end=self.start - timedelta(days=1))

    @property
    def narrows(self) -> bool:
        """Whether anything but the period narrows."""
        return any((self.region, self.commune, self.office, self.agency, self.procedure, self.channel))

    def query(self, **more: object) -> str:
        """The filters as the query of an address; no personal data can be among them."""
        values = {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "region": self.region,
            "commune": self.commune,
            "office": self.office,
            "agency": self.agency,
            "procedure": self.procedure,
            "channel": self.channel,
            "set": self.set_id or "",
            "km": "" if self.kilometres == 25 else self.kilometres,
            **more,
        }
        return urlencode({name: value for name, value in values.items() if value not in ("", None)})

    def roll_ups(self) -> QuerySet[DailyContact]:
        """The cells of the roll-up."""
        found = DailyContact.objects.filter(business_date__range=(self.start, self.end))
        wanted = {
            "region": self.region,
            "commune": self.commune,
            "office__code": self.office,
            "agency__code": self.agency,
            "procedure__code": self.procedure,
            "channel": self.channel,
        }
        return self._in_scope(
            found.filter(**{name: value for name, value in wanted.items() if value}), "office"
        )

    def contacts(self, *, with_matter: bool = False) -> QuerySet[Interaction]:
        """The contacts themselves; each under its first matter where that narrows, or `with_matter`."""
        found = self._of_contact(Interaction.objects.visible_to(Actor.system()), "")
        if self.agency or self.procedure or with_matter:
            found = found.annotate(
                main_procedure=Subquery(_FIRST_MATTER.values("version__procedure__code")[:1]),
                main_agency=Subquery(_FIRST_MATTER.values("version__procedure__agency__code")[:1]),
            )
        wanted = {"main_agency": self.agency, "main_procedure": self.procedure}
        return found.filter(**{name: value for name, value in wanted.items() if value})

    def enquiries(self) -> QuerySet[Enquiry]:
        """The matters of those contacts, each under its own procedure."""
        found = self._of_contact(Enquiry.objects.all(), "interaction__")
        if self.agency:
            found = found.filter(version__procedure__agency__code=self.agency)
        return found.filter(version__procedure__code=self.procedure) if self.procedure else found

    def grades(self) -> QuerySet[SurveyAnswer]:
        """The grades given to those contacts, as frozen in their invitations."""
        found = self._of_contact(SurveyAnswer.objects.all(), "invitation__interaction__")
        if self.agency:
            found = found.filter(invitation__agency__code=self.agency)
        return found.filter(invitation__procedure__code=self.procedure) if self.procedure else found

    def invitations(self) -> QuerySet[SurveyInvitation]:
        """The invitations to answer that those contacts led to."""
        found = self._of_contact(SurveyInvitation.objects.all(), "interaction__")
        if self.agency:
            found = found.filter(agency__code=self.agency)
        return found.filter(procedure__code=self.procedure) if self.procedure else found

    def cases_submitted(self) -> QuerySet[Case]:
        """Cases filed in the period."""
        return self._of_case(_filed(), submitted_at__gte=self._first, submitted_at__lt=self._after)

    def cases_decided(self) -> QuerySet[Case]:
        """Cases decided in the period."""
        return self._of_case(_filed(), decided_at__gte=self._first, decided_at__lt=self._after)

    def cases_promised(self, day: str) -> QuerySet[Case]:
        """
        Filed cases that were promised for a day of the period, whatever became of them.

        :param day: which promise: `promised_on` or `receipt_promised_on`
        """
        return self._of_case(_filed(), **{f"{day}__range": (self.start, self.end)})

    @property
    def _first(self) -> datetime:
        return datetime.combine(self.start, time.min, NETWORK_ZONE)

    @property
    def _after(self) -> datetime:
        return datetime.combine(self.end + timedelta(days=1), time.min, NETWORK_ZONE)

    def _of_contact(self, found: QuerySet[_Model], prefix: str) -> QuerySet[_Model]:
        wanted = {
            "commune__region": self.region,
            "commune": self.commune,
            "office__code": self.office,
            "channel": self.channel,
        }
        found = found.filter(**{f"{prefix}business_date__range": (self.start, self.end)})
        found = found.filter(**{f"{prefix}{name}": value for name, value in wanted.items() if value})
        return self._in_scope(found, f"{prefix}office")

    def _of_case(self, found: QuerySet[Case], **period: Any) -> QuerySet[Case]:
        wanted = {
            "commune__region": self.region,
            "commune": self.commune,
            "source__office__code": self.office,
            "version__procedure__agency__code": self.agency,
            "version__procedure__code": self.procedure,
            "channel": self.channel,
        }
        found = found.filter(**period)
        found = found.filter(**{name: value for name, value in wanted.items() if value})
        return self._in_scope(found, "source__office")

    def _in_scope(self, found: QuerySet[_Model], office: str) -> QuerySet[_Model]:
        return found if self.scope is None else found.filter(Q(**{f"{office}__in": self.scope}))


def _filed() -> QuerySet[Case]:
    return Case.objects.visible_to(Actor.system()).submitted()


def month_of(field: str = "business_date") -> Any:
    """The first day of a row's month."""
    from django.db.models.functions import TruncMonth

    return TruncMonth(F(field))
