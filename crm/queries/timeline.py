"""The thread of a case: its events in order, as the citizen and as staff read them. The same facts, with more or less detail."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from accounts.actors import Actor
from accounts.models import Credential, User
from common.thread import ThreadPoint
from crm.models import Case, Document, Interaction, Mandate, Message, Person
from crm.models.interaction import SURE_ENOUGH
from crm.models.person import PersonKind
from crm.queries.blocks import closed_to, closed_words
from crm.queries.messages import read_by
from crm.queries.notifications import told_of
from events.models import Event
from events.registry import kind_of

PAGE = 50
TONES = {"case.granted": "granted", "case.denied": "refused", "case.lapsed": "refused"}


@dataclass(frozen=True)
class TimelinePage:
    """A part of a case's thread in order; `earlier` is where the part before it ends, None at the beginning."""

    points: list[ThreadPoint]
    earlier: int | None
    is_latest: bool
    events: list[Event]


def case_timeline(case: Case, *, actor: Actor) -> list[ThreadPoint]:
    """Return the case's latest points in order (`timeline_page`)."""
    return timeline_page(case, actor=actor).points


def timeline_page(
    case: Case, *, actor: Actor, before_seq: int | None = None, known: dict[str, str] | None = None
) -> TimelinePage:
    """
    Return the case's points in order, at most `PAGE` (the latest, or those before `before_seq`).

    Staff read who acted; citizens read only the kinds that have a sentence for them. A constant number of queries, each of which reads
    a page of events, however many there are.

    :param known: the words of messages and the names of papers that were read already, by id
    """
    whose = (model.objects.filter(pk=OuterRef("actor_id")).values("name")[:1] for model in (User, Credential))
    events = Event.objects.filter(subject_id=case.pk, subject_kind="case").annotate(
        actor_name=Coalesce(*(Subquery(one) for one in whose))
    )
    if before_seq is not None:
        events = events.filter(seq__lt=before_seq)
    latest = list(events.order_by("-seq")[: PAGE + 1])
    earlier = latest[PAGE - 1].seq if len(latest) > PAGE else None
    shown = latest[:PAGE][::-1]
    points = _points_of(case, shown, actor, known or {}, is_latest=before_seq is None)
    return TimelinePage(points, earlier, before_seq is None, shown)


def _points_of(
    case: Case, latest: list[Event], actor: Actor, known: dict[str, str], *, is_latest: bool
) -> list[ThreadPoint]:
    staff = actor.is_staff or actor.is_system
    shown = [event for event in latest if staff or kind_of(event.kind).citizen_label]
    texts = known | _texts(shown, known, actor)
    names: dict[object, str] = {event.actor_id: event.actor_name or "" for event in shown} if staff else {}  # type: ignore[attr-defined]  # annotated
    speakers = _speakers(shown, case, actor=actor)
    told = told_of((event.pk for event in shown), staff=staff)
    return [
        replace(
            _point(
                event,
                texts,
                names,
                speakers.get(event.pk),
                staff=staff,
                last=is_latest and event is shown[-1],
            ),
            notes=told.get(event.pk, ()),
        )
        for event in shown
    ]


def timelines(cases: list[Case], *, actor: Actor, most: int = 400) -> dict[UUID, list[ThreadPoint]]:
    """Return the points of several cases at once, without their texts: for lists. One query, whatever their number."""
    staff = actor.is_staff or actor.is_system
    events = Event.objects.filter(subject_kind="case", subject_id__in=[case.pk for case in cases]).order_by(
        "-seq"
    )[:most]
    grouped: dict[UUID, list[Event]] = {}
    for event in reversed(list(events)):
        if staff or kind_of(event.kind).citizen_label:
            grouped.setdefault(event.subject_id, []).append(event)
    return {
        case_id: [_point(event, {}, {}, None, staff=staff, last=event is rows[-1]) for event in rows]
        for case_id, rows in grouped.items()
    }


_LATEST = """
SELECT e.* FROM unnest(%s::uuid[]) AS c (id) CROSS JOIN LATERAL (
    SELECT * FROM events_event WHERE subject_id = c.id AND subject_kind = 'case' ORDER BY seq DESC LIMIT %s
) AS e ORDER BY e.seq
"""


def latest_points(cases: list[Case], *, actor: Actor, most: int = 6) -> dict[UUID, list[ThreadPoint]]:
    """
    Return the last points of several cases, without their texts: for long lists. One query, which reads `most` lines of each case
    whatever their history.
    """
    staff = actor.is_staff or actor.is_system
    grouped: dict[UUID, list[Event]] = {}
    for event in Event.objects.raw(_LATEST, [[case.pk for case in cases], most]):
        if staff or kind_of(event.kind).citizen_label:
            grouped.setdefault(event.subject_id, []).append(event)
    return {
        case_id: [_point(event, {}, {}, None, staff=staff, last=event is rows[-1]) for event in rows]
        for case_id, rows in grouped.items()
    }


def _texts(events: list[Event], known: dict[str, str], actor: Actor) -> dict[str, str]:
    messages = {event.value("message") for event in events} - {None} - known.keys()
    papers = {event.value("document") for event in events} - {None} - known.keys()
    texts = (
        {
            str(pk): text or ""
            for pk, text in Message.objects.filter(
                read_by(actor), pk__in=messages, withdrawn_at__isnull=True
            ).values_list("pk", "text")
        }
        if messages
        else {}
    )
    if papers:
        texts |= {
            str(pk): name or ""
            for pk, name in Document.objects.filter(pk__in=papers).values_list("pk", "name")
        }
    return texts


@dataclass(frozen=True)
class Spoken:
    """Who did something for whom."""

    who: str
    whom: str
    is_organisation: bool


@dataclass(frozen=True)
class _Names:
    """
    What people are called to whoever reads. Staff read the names we know, but of those whose data are blocked. Citizens read them as they
    were written in the case, but for those who were surely known when they acted and whom they then spoke for by a mandate: else a number
    alone would tell whose it is.
    """

    case: Case
    people: dict[str, Person]
    agents: dict[UUID, str | None]  # organisations, by the mandate they hold
    surely: set[UUID | None]  # contacts in which it was sure who was there
    closed: set[UUID]
    is_staff: bool

    def spoken(self, event: Event) -> Spoken:
        mandate = event.value("mandate")
        speaker, whom = (self.people.get(str(one)) for one in (event.value("spoken_by"), event.on_behalf_of))
        is_filing = event.kind == "case.submitted"
        was_sure = self.case.filed_level >= SURE_ENOUGH if is_filing else event.interaction_id in self.surely
        is_sure = self.is_staff or was_sure
        who = self._known(speaker) if is_sure else self.case.filler_as_told or gettext("somebody")
        if organisation := self.agents.get(UUID(mandate)) if mandate else None:
            who = gettext("%(who)s of %(organisation)s") % {"who": who, "organisation": organisation}
        by_mandate = self.is_staff or (is_sure and mandate)
        for_whom = self._known(whom) if by_mandate else self.case.applicant_as_told or gettext("somebody")
        return Spoken(who, for_whom, whom is not None and whom.kind == PersonKind.ORGANISATION)

    def _known(self, person: Person | None) -> str:
        if person is not None and person.survivor_id in self.closed:
            return closed_words()
        standing = (person.merged_into or person) if person else None
        return standing.shown_name if standing else gettext("Name erased")


def _speakers(events: list[Event], case: Case, *, actor: Actor) -> dict[UUID, Spoken]:
    """Who acted for whom in these events, by event: a few queries, and none where everybody acted for themselves."""
    spoken = [event for event in events if event.value("spoken_by") and event.on_behalf_of]
    if not spoken:
        return {}
    ids = {str(event.value("spoken_by")) for event in spoken} | {str(event.on_behalf_of) for event in spoken}
    people = {str(one.pk): one for one in Person.objects.filter(pk__in=ids).select_related("merged_into")}
    mandates = Mandate.objects.filter(pk__in={event.value("mandate") for event in spoken} - {None})
    sure = Interaction.objects.filter(
        pk__in={event.interaction_id for event in spoken}, identity_level__gte=SURE_ENOUGH
    )
    is_staff = actor.is_staff or actor.is_system
    names = _Names(
        case=case,
        people=people,
        agents=dict(mandates.filter(agent__kind=PersonKind.ORGANISATION).values_list("pk", "agent__name")),
        surely=set() if is_staff else set(sure.values_list("pk", flat=True)),
        closed=closed_to(actor, people.values()) if is_staff else set(),
        is_staff=is_staff,
    )
    return {event.pk: names.spoken(event) for event in spoken}


def _point(
    event: Event,
    texts: dict[str, str],
    names: dict[object, str],
    spoken: Spoken | None,
    *,
    staff: bool,
    last: bool,
) -> ThreadPoint:
    kind = kind_of(event.kind)
    text = texts.get(str(event.value("message") or event.value("document") or ""), "")
    if event.value("by_other"):
        text = gettext("%(paper)s, brought by somebody else") % {"paper": text}
    who = names.get(event.actor_id, "") or (
        gettext("The citizen") if event.actor_kind in {"holder", "visitor", "citizen"} else ""
    )
    title = str(kind.staff_label if staff else kind.citizen_label)
    if spoken and staff:
        for_whom = gettext("%(who)s for %(whom)s") % {"who": spoken.who, "whom": spoken.whom}
        who = f"{who}, {for_whom}" if event.actor_id and who else for_whom
    elif spoken and not event.value("by_other"):
        told = {"what": kind.passive_label or kind.citizen_label, "who": spoken.who, "whom": spoken.whom}
        title = (
            gettext("%(what)s, by %(who)s for %(whom)s") % told
            if spoken.is_organisation
            else gettext("%(what)s, by %(who)s for you") % told
        )
    return ThreadPoint(
        at=event.at,
        title=title,
        text=text,
        channel=event.channel or "system",
        who=who if staff else "",
        present=last,
        tone="you" if last and not staff and event.kind == "case.asked" else TONES.get(event.kind, ""),
    )
