"""
The same application sent many times at the same moment, over HTTP, through every door that files one: one case, one answer (15).

And a form or request named by a key, sent again: with the same in it the same answer, with something else a refusal or no effect.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.held import HELD_CASES, shown
from accounts.models import Role
from common import run as runs
from crm.models import Case, Document, Enquiry, Interaction, SurveyInvitation
from events.models import Event
from tests.reliability import Outcome
from tests.reliability.server import Answer, Browser, Post, Server, at_once, session_of

CLICKS = 20
TYPED = {
    "applicant_name__given": "Amina",
    "applicant_name__surnames": "Rojas Soto",
    "applicant_email": "amina@test.invalid",
    "applicant_phone": "9 8765 4321",
    "applicant_commune": "13101",
    "reason": "work",
    "copies": "2",
    "delivery": "no",
    "declaration": "on",
}


@dataclass(frozen=True)
class Filing:
    """An application all filled in: what is sent, and the contact it is made in."""

    post: Post
    contact: UUID


@dataclass
class Place:
    """Where applications are made: a published procedure, an office that may receive it, a line."""

    version: Any
    office: Any
    number: int = 0

    @classmethod
    def make(cls, desks: int) -> "Place":
        from tests.factories import accounts as people
        from tests.factories import catalog as sheets
        from tests.factories import offices as make
        from tests.factories.territory import CommuneFactory, OfficeFactory

        CommuneFactory()
        agency = people.AgencyFactory(code="SRCEI")
        office = OfficeFactory(code="OF-13101-1", desks=desks)
        if not office.agreements.exists():
            make.agreement(agency, office)
        return cls(sheets.publish(sheets.sheet(), agency=agency), office)

    def next_run(self) -> str:
        self.number += 1
        number = 5_000_000 + self.number
        return f"{number}-{runs.check_digit(number)}"

    def typed(self) -> dict[str, Any]:
        """Return what is typed into the whole form, of somebody new."""
        from tests.factories.crm import pdf

        return {**TYPED, "applicant_run": self.next_run(), "proof": pdf(), "file": "1"}


def on_the_web(place: Place) -> Filing:
    """Fill in an application on the web, up to the last button."""
    from django.contrib.sessions.backends.db import SessionStore

    from crm import actions as crm
    from crm import files, keys
    from portal import actions as portal
    from tests.factories.crm import AMINA, ANSWERS, pdf

    draft = portal.begin_draft(place.version, by=Actor.visitor(), key=keys.new_key(), language="es")
    holder = Actor.visitor(frozenset({draft.case.pk}))
    paper = crm.add_document(draft.case, by=holder, file=files.store(pdf()), requirement="proof")
    given = {**AMINA, **ANSWERS, "applicant_run": place.next_run(), "proof": {"document": str(paper.pk), "name": paper.name}}  # fmt: skip
    crm.fill_case(draft.case, by=holder, answers=given)
    session = SessionStore()
    session[HELD_CASES] = shown(draft.case.pk)
    session.create()
    path = reverse("portal:check", args=[draft.code])
    return Filing(Post(path, {}, {"sessionid": str(session.session_key)}), draft.case.source_id)


def at_a_desk(place: Place) -> Filing:
    """Begin an application in a visit; all its answers are sent with the last button."""
    from crm import keys
    from offices import actions
    from tests.factories import accounts as people
    from tests.factories import offices as make

    place.number += 1
    clerk = people.staff(f"Clerk{place.number} Doble", Role.CLERK, office=place.office)
    visit = make.serving(place.office, clerk, place.number, versions=[place.version]).visit
    matter = visit.matters.get()
    actions.begin_case_here(matter, by=Actor.staff(clerk), key=keys.new_key())
    path = reverse("offices:application", args=[visit.pk, matter.pk])
    return Filing(Post(path, place.typed(), session_of(clerk)), visit.interaction_id)


def by_phone(place: Place) -> Filing:
    """Begin an application in a call; all its answers are sent with the last button."""
    from callcentre import actions
    from tests.callcentre import phones
    from tests.factories import accounts as people

    place.number += 1
    agent = people.staff(f"Agent{place.number} Doble", Role.AGENT)
    contact = phones.speaks(agent, call_id=f"double-{place.number}")
    case = actions.begin_application(contact, by=Actor.staff(agent), version=place.version, language="es")
    path = reverse("callcentre:application", args=[contact.pk, case.pk])
    return Filing(Post(path, place.typed(), session_of(agent)), contact.pk)


DOORS: dict[str, Callable[[Place], Filing]] = {"web": on_the_web, "desk": at_a_desk, "phone": by_phone}


def check(server: Server, *, web: int, desk: int, phone: int) -> Outcome:
    """File so many applications through each door, every one with 20 clicks at the same moment."""
    outcome = Outcome(f"{CLICKS} clicks at once (15)")
    place = Place.make(desks=200)
    with translation.override("es"):
        for door, times in (("web", web), ("desk", desk), ("phone", phone)):
            filings = [DOORS[door](place) for _one in range(times)]
            for filing in filings:
                answers = at_once(server, filing.post, CLICKS)
                outcome.wrong += [f"{door}: {what}" for what in _wrong_with(server, filing, answers)]
            outcome.figures[f"{door} applications"] = times
        outcome.wrong += _going_back(server, place)
    outcome.figures |= {"cases": Case.objects.submitted().count(), "wrong": len(outcome.wrong)}
    return outcome


def _wrong_with(server: Server, filing: Filing, answers: list[Answer]) -> Iterator[str]:
    told = sorted({(answer.status, answer.location) for answer in answers})
    if len(told) != 1 or told[0][0] != 302:
        yield f"{CLICKS} clicks were answered in {len(told)} ways: {told}"
    cases = list(Case.objects.filter(source=filing.contact))
    if [case.is_draft for case in cases] != [False]:
        yield f"{len(cases)} cases, not one that is filed"
        return
    case = cases[0]
    receipt = Browser(server, dict(filing.post.cookies)).get(told[-1][1] or told[0][1])
    if receipt.status != 200 or case.folio not in receipt.text:
        yield f"the receipt says {receipt.status} and not the folio"
    counted = {
        "filings": Event.objects.filter(kind="case.submitted", subject_id=case.pk).count(),
        "applications in the contact": Enquiry.objects.filter(
            interaction=filing.contact, kind="apply"
        ).count(),
        "papers": Document.objects.filter(case=case).count(),
        "claim codes that work": max(1, case.claim_codes.filter(revoked_at=None).count()),
        "claim codes given": max(1, case.claim_codes.count()),
        "contacts": Interaction.objects.filter(pk=filing.contact).count(),
        "invitations": max(1, SurveyInvitation.objects.filter(interaction=filing.contact).count()),
    }
    yield from (f"{count} {what}" for what, count in counted.items() if count != 1)


def _going_back(server: Server, place: Place) -> Iterator[str]:
    """After filing, going back to a question and answering it otherwise: the way to the receipt, and nothing changed."""
    filing = on_the_web(place)
    at_once(server, filing.post, 1)
    before = Case.objects.get(source=filing.contact)
    question = filing.post.path.replace("/revisar/", "/pregunta/reason/")
    browser = Browser(server, dict(filing.post.cookies))
    answers = [
        browser.post(question, {"reason": "lost"}),
        browser.get(question),
        browser.post(filing.post.path, {}),
    ]
    after = Case.objects.get(source=filing.contact)
    receipt = filing.post.path.replace("/revisar/", "/comprobante/")
    if {(one.status, one.location) for one in answers} != {(302, receipt)}:
        yield f"going back was answered {[(one.status, one.location) for one in answers]}"
    if (before.answers, before.revision, before.folio) != (after.answers, after.revision, after.folio):
        yield "going back changed a filed application"


def check_keys(server: Server) -> Outcome:
    """Send keyed requests again, with the same in them and with something else."""
    outcome = Outcome("a key sent again (15)")
    place = Place.make(desks=200)
    with translation.override("es"):
        checks = {"ticket": _ticket_key, "call-next": _call_key, "telephony": _telephony_key}
        for name, act in checks.items():
            outcome.wrong += [f"{name}: {what}" for what in act(server, place)]
    outcome.figures = {"kinds of key": len(checks), "wrong": len(outcome.wrong)}
    return outcome


def _ticket_key(server: Server, place: Place) -> Iterator[str]:
    """A form at reception: the same again is the same ticket; somebody else on it is refused in words."""
    from offices.models import Ticket
    from tests.factories import accounts as people

    host = people.staff("Hugo Doble", Role.HOST, office=place.office)
    form = {"key": str(uuid4()), "language": "es", "name": "Amina Rojas"}
    post = Post(reverse("offices:reception"), form, session_of(host))
    before = Ticket.objects.count()
    told = {(one.status, one.location) for one in at_once(server, post, CLICKS)}
    if len(told) != 1 or Ticket.objects.count() != before + 1:
        yield f"{CLICKS} times the same form: {Ticket.objects.count() - before} tickets, answers {told}"
    other = Browser(server, dict(post.cookies)).post(
        post.path, {**form, "name": "Berta Soto", "note": "otra"}
    )
    if other.status != 422 or Ticket.objects.count() != before + 1:
        yield f"somebody else on the same form: {other.status}, {Ticket.objects.count() - before} tickets"


def _call_key(server: Server, place: Place) -> Iterator[str]:
    """“Next”: the same press again calls nobody else, not even when the first is gone."""
    from offices import actions
    from offices.models import Ticket
    from tests.factories import accounts as people
    from tests.factories import offices as make

    clerk = people.staff("Clara Doble", Role.CLERK, office=place.office)
    desk = make.desk(place.office, clerk, 199)
    for _one in range(3):
        make.ticket(place.office)
    post = Post(reverse("offices:call-next", args=[desk.pk]), {"key": str(uuid4())}, session_of(clerk))
    told = {(one.status, one.location) for one in at_once(server, post, CLICKS)}
    called = Ticket.objects.filter(desk=desk)
    if len(told) != 1 or called.count() != 1:
        yield f"{CLICKS} times the same press: {called.count()} called, answers {told}"
    actions.mark_no_show(called.get(), by=Actor.staff(clerk))
    at_once(server, post, 1)
    if called.count() != 1:
        yield f"the same press once more, later: {called.count()} called"


def _telephony_key(server: Server, place: Place) -> Iterator[str]:
    """The exchange's events: the same again is the same call; another number for it is not believed."""
    from django.conf import settings

    from callcentre.models import Call, CallEvent

    path = reverse("callcentre-api:telephony", args=[settings.TELEPHONY_TOKEN])
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    def send(text: str) -> Answer:
        return Browser(server)._ask("POST", path, text.encode(), form)

    rings = "event=newCall&callId=double&from=%2B56911111111&direction=in"
    first, again = send(rings), send(rings)
    other = send(rings.replace("911111111", "922222222"))
    unknown = send("event=explode&callId=double")
    if (first.status, first.body) != (again.status, again.body) or first.status != 200:
        yield f"the same event: {first.status} {first.text}, then {again.status} {again.text}"
    if Call.objects.get(call_id="double").from_number != "+56911111111":
        yield f"another number for the same call was believed ({other.status})"
    if CallEvent.objects.filter(call_id="double").count() != 1 or unknown.status != 400:
        yield f"{CallEvent.objects.filter(call_id='double').count()} events of one kind, an unknown kind {unknown.status}"
