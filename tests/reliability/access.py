"""
The access matrix: every route, for everybody, with things that exist.

`MATRIX` says for each route who may open it; everybody else is refused, by GET and by POST, and the refusal neither changes anything nor
shows anything of the citizen. The world below has two offices, two agencies, two agents and two citizens, and everything in it belongs to
the first of each.
"""

import copy
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.held import HELD_CASES, shown
from accounts.live import may_watch
from accounts.models import Role, User
from tests.reliability import Outcome
from tests.test_house_rules import routes

AMINA = ("Rojas Soto", "12345678-5", "12.345.678-5", "amina@test.invalid")

HERE = {"host": "127.0.0.1"}

EVERYBODY = frozenset(
    {
        "nobody",
        "holder",
        "other_holder",
        "stranger",
        "host",
        "clerk",
        "colleague",
        "office_supervisor",
        "other_host",
        "other_clerk",
        "other_office_supervisor",
        "agent",
        "second_agent",
        "line_supervisor",
        "officer",
        "other_officer",
        "editor",
        "second_editor",
        "other_editor",
        "reviewer",
        "other_reviewer",
        "publisher",
        "analyst",
        "second_analyst",
        "administrator",
    }
)
SIGNED_IN = EVERYBODY - {"nobody", "holder", "other_holder"}
STAFF = SIGNED_IN - {"stranger"}
SUPERVISORS = frozenset({"office_supervisor", "other_office_supervisor", "line_supervisor"})
AT_DESKS = frozenset({"clerk", "colleague", "office_supervisor", "other_clerk", "other_office_supervisor"})
AT_RECEPTIONS = AT_DESKS | {"host", "other_host"}
OF_THE_OFFICE = frozenset({"host", "clerk", "colleague", "office_supervisor"})
ON_THE_LINE = frozenset({"agent", "second_agent"}) | SUPERVISORS
SERVING = AT_RECEPTIONS | ON_THE_LINE
OFFICERS = frozenset({"officer", "other_officer"})
WRITING_SHEETS = frozenset({"editor", "second_editor", "administrator"})
OF_THE_SHEET = WRITING_SHEETS | {"reviewer", "publisher"}
COUNTING = frozenset({"analyst", "second_analyst", "administrator"})


def _only(*who: str) -> frozenset[str]:
    return frozenset(who)


def _all(who: frozenset[str], app: str, names: str) -> dict[str, frozenset[str]]:
    return {f"{app}:{name}": who for name in names.split()}


MATRIX: dict[str, frozenset[str]] = {
    # Anybody: public pages, machines' addresses, and what a token in the address opens.
    **dict.fromkeys(["health", "robots", "language", "account_login", "patterns"], EVERYBODY),
    **_all(EVERYBODY, "portal-machine", "sitemap"),
    **_all(EVERYBODY, "catalog-public", "developers developers-before"),
    **_all(EVERYBODY, "callcentre-public", "line-101"),
    **_all(EVERYBODY, "callcentre-api", "telephony"),
    # Programs with a credential; whoever has none, signed in or not, is refused with 401 alike.
    **_all(
        _only(),
        "agency-api",
        "cases case merges timeline attach document judge take ask lapse decide note status close reopen contacts contact-person enquiries "
        "enquiry-close applications answers draft-documents submit contact-end",
    ),
    **_all(EVERYBODY, "metrics-api", "datasets dataset datasets-bare dataset-bare"),
    **_all(EVERYBODY, "metrics-public", "statistics dataset"),
    **_all(EVERYBODY, "demo", "cast post"),
    **_all(EVERYBODY, "offices-public", "display ticket ticket-come ticket-leave"),
    **_all(
        EVERYBODY,
        "catalog-api",
        "openapi docs procedures procedure agencies bundles life-events themes offices office communes ficha legacy-fichas list-fichas legacy-ficha "
        "list-ficha legacy-agencies list-agencies legacy-agency list-agency legacy-agency-fichas list-agency-fichas legacy-offices "
        "list-offices legacy-office list-office legacy-categories list-categories legacy-suggest list-suggest "
        "procedures-slash procedure-slash agencies-slash bundles-slash life-events-slash themes-slash offices-slash office-slash communes-slash",
    ),
    **_all(
        EVERYBODY,
        "portal",
        "home search life-event theme agency all bundle procedure checklist may-i vote mistake thanks apply places waits resume follow forget "
        "forgotten survey about partners accessibility privacy",
    ),
    # Whoever shows the key of this very application or case.
    **_all(
        _only("holder"),
        "portal",
        "draft question for-whom known draft-changes parts check left "
        "receipt receipt-paper case readings answer write add-paper messages withdraw paper",
    ),
    # Whoever sees the case: its agency, its holder, and those who have it before them in their present contact.
    **_all(_only("officer", "holder", "clerk", "agent"), "papers", "paper mandate"),
    # Sign-ins.
    **_all(EVERYBODY, "accounts", "sign-in choose-password password-link"),
    **_all(SIGNED_IN, "accounts", "rooms start sign-out password"),
    **_all(STAFF, "accounts", "absences"),
    **_all(_only("clerk", "office_supervisor", "administrator"), "accounts", "absence-end"),
    **_all(
        _only("administrator"),
        "accounts",
        "people person-new person post-give post-end person-disable person-enable person-link credentials credential-new credential-revoke",
    ),
    **_all(
        _only("administrator"),
        "deliveries",
        "list subscription-new differences difference-resolve send-again own subscription secret-new send-all",
    ),
    # The agency of the case.
    **_all(OFFICERS, "crm", "work agency-work work-news merges keep-filter take-many"),
    **_all(_only("officer"), "crm", "case presence paper-judge paper-undo note-undo mandate-revoke case-act"),
    # Tasks: whoever serves people or decides cases; one task, its team.
    **_all(SERVING | {"officer", "other_officer"}, "tasks", "mine team new"),
    **_all(_only("officer"), "tasks", "task act"),
    # What a sheet changed: whoever explains it; whom it would touch, those of the sheet.
    **_all(SERVING | OFFICERS, "sheets", "change"),
    # Agreements with agencies, and whom they accredit.
    **_all(
        _only("administrator"),
        "agreements",
        "list new agreement move place delegate end-act end take-back accreditations accreditation-withdraw",
    ),
    **_all(OF_THE_SHEET, "sheets", "touched"),
    # Files of people: whoever serves people, with a reason; changed by whoever has the person before them. Merges: supervisors.
    **_all(SERVING, "files", "find file-open"),
    **_all(SERVING | {"officer"}, "files", "file readings cases contacts"),
    **_all(_only("clerk", "officer"), "files", "pair-report"),
    **_all(_only("clerk"), "files", "file-correct"),
    **_all(_only("clerk", "officer"), "files", "mandate-revoke"),
    **_all(SUPERVISORS, "files", "opened pairs pair pair-decide merge merge-place"),
    # Those who answer for what is kept.
    **_all({"administrator"}, "calendar", "days"),
    **_all(SUPERVISORS | {"administrator"}, "retention", "rules rule"),
    # Those who answer for what is sent.
    **_all(_only("administrator"), "messages", "policy"),
    # The office, the clerk who serves, and their supervisor.
    **_all(AT_DESKS, "offices", "desk desk-open"),
    **_all(AT_RECEPTIONS, "offices", "reception queue open-display"),
    **_all(OF_THE_OFFICE, "offices", "choose-office ticket ticket-print ticket-left"),
    **_all(_only("office_supervisor", "other_office_supervisor"), "offices", "today"),
    **_all(_only("clerk", "office_supervisor"), "offices", "desk-close ticket-put-back"),
    **_all(_only("clerk"), "offices", "call-next ticket-recall ticket-start ticket-no-show ticket-hold ticket-resume"),
    **_all(
        _only("clerk"),
        "offices",
        "visit visit-possible matter-add bring-case find-person identify-person enter-person visit-finish matter-outcome matter-paper "
        "matter-answer matter-write matter-code application-begin application receipt represent find-represented enter-represented register-mandate "
        "stop-representing",
    ),
    # The line, and the agent who speaks.
    **_all(ON_THE_LINE, "callcentre", "console ringing state missed"),
    **_all(_only("line_supervisor"), "callcentre", "now"),
    **_all(ON_THE_LINE | {"administrator"}, "callcentre", "softphone softphone-calls softphone-send"),
    **_all(
        _only("agent"),
        "callcentre",
        "call-take contact caller-find caller-choose caller-enter caller-forget caller-questions note call-over call-finish search possible "
        "matter-add matter-outcome matter-drop case-bring case case-tell case-answer case-write case-code application-begin application "
        "filed "
        "represent find-represented stop-representing",
    ),
    # The sheet's own editors; never its author to judge it.
    **_all(OF_THE_SHEET | {"other_editor", "other_reviewer"}, "catalog", "procedures feedback conflicts bulk bulk-json bulk-xlsx bundles bundle"),
    # A draft of a bundle is of whoever makes them; one that joins several agencies is published by the house's publishers.
    **_all(WRITING_SHEETS | {"other_editor", "publisher"}, "catalog", "bundle-new bundle-edit"),
    **_all(_only("publisher", "administrator"), "catalog", "bundle-publish bundle-withdraw"),
    **_all(
        OF_THE_SHEET,
        "catalog",
        "procedure edit version version-compare version-comment comment-settle confirm advice form form-preview form-phone",
    ),
    **_all(WRITING_SHEETS, "catalog", "report-settle begin version-send version-aside version-restore care conflict-take conflict-keep"),
    **_all(OF_THE_SHEET, "catalog", "conflict"),
    **_all(WRITING_SHEETS | {"other_editor"}, "catalog", "bulk-send"),
    # A file is of whoever sent it; other servers' catalogues, and new numbers, are the administrators'.
    **_all(_only("editor"), "catalog", "bulk-import bulk-confirm bulk-report"),
    **_all(
        _only("administrator"),
        "catalog",
        "imports import-run import-report source-new source source-pause source-run source-try procedure-new",
    ),
    **_all(WRITING_SHEETS, "catalog", "form-add form-question form-move form-copy form-remove form-page"),
    **_all(_only("reviewer", "administrator"), "catalog", "version-review"),
    **_all(_only("reviewer", "publisher", "administrator"), "catalog", "version-return"),
    **_all(_only("publisher", "administrator"), "catalog", "version-publish call-off retire bring-back"),
    # Figures are read by supervisors too; parameters are changed by those who count, and approved by another of them.
    **_all(COUNTING | SUPERVISORS, "metrics", "dashboard map parameters parameter-set indicator"),
    **_all(COUNTING, "metrics", "settlement parameter-set-draft parameter investment-class"),
    **_all(COUNTING - {"analyst"}, "metrics", "parameter-set-approve"),
}  # fmt: skip

# Live topics: what the stream on the other port lets whom watch.
TOPICS = {"office": EVERYBODY, "ticket": EVERYBODY, "line": STAFF, "figures": STAFF, "agent": _only("agent"), "agency": _only("officer")}  # fmt: skip

# The suite asks, for each route, nobody, a stranger, one of those who may, and those nearest to them who may not; the bench asks everybody.
NEAREST = {
    "offices": {"colleague", "other_clerk"},
    "callcentre": {"second_agent"},
    "crm": {"other_officer"},
    "tasks": {"other_officer", "clerk", "analyst"},
    "agreements": {"publisher", "analyst", "editor"},
    "sheets": {"other_editor", "analyst", "clerk", "reviewer"},
    "files": {"other_officer", "editor"},
    "calendar": {"officer", "office_supervisor", "analyst"},
    "retention": {"officer", "clerk", "analyst"},
    "messages": {"office_supervisor", "officer"},
    "catalog": {"other_editor", "other_reviewer", "reviewer", "publisher"},
    "metrics": {"office_supervisor"},
    "accounts": {"analyst"},
    "portal": {"other_holder", "officer"},
    "agency-api": {"officer", "administrator", "holder"},
    "deliveries": {"officer", "analyst", "office_supervisor"},
    "papers": {"other_holder", "other_officer", "colleague", "second_agent"},
}


@dataclass
class World:
    """Who there is, and what stands in the addresses and forms: `common` for every route, `own` for some."""

    clients: dict[str, Client]
    users: dict[str, User]
    common: dict[str, Any]
    own: dict[str, list[dict[str, Any]]]
    bodies: dict[str, Any]
    topics: dict[str, str]
    tried: int = field(default=0)

    def addresses(self, name: str, pattern: URLPattern) -> Iterator[str]:
        """Return the addresses of a route."""
        for given in self.own.get(name, [{}]):
            named = [*pattern.pattern.converters, *pattern.pattern.regex.groupindex]  # type: ignore[attr-defined]
            yield reverse(
                name, kwargs={key: given.get(key, self.common.get(key)) for key in dict.fromkeys(named)}
            )


def check(world: World, *, everybody: bool) -> Outcome:
    """Try every route as everybody, or as those nearest to it, and compare with the matrix."""
    outcome = Outcome("access matrix (35)")
    known = {name for name, _pattern in routes()}
    outcome.wrong += [f"{name} has no entry in the matrix" for name in sorted(known - MATRIX.keys())]
    outcome.wrong += [f"{name} is in the matrix and is no route" for name in sorted(MATRIX.keys() - known)]
    logging.disable(logging.ERROR)  # a refusal is a warning each
    try:
        with translation.override("es"):
            for name, pattern in routes():
                for person in sorted(EVERYBODY if everybody else _nearest(name)):
                    for address in world.addresses(name, pattern):
                        outcome.wrong += _try(world, name, address, person, "get")
                        outcome.wrong += _try(world, name, address, person, "post")
    finally:
        logging.disable(logging.NOTSET)
    outcome.wrong += _watch(world)
    people = len(EVERYBODY) if everybody else "the nearest"
    outcome.figures = {
        "routes": len(known),
        "people": people,
        "tries": world.tried,
        "wrong": len(outcome.wrong),
    }
    return outcome


def _nearest(name: str) -> set[str]:
    may = MATRIX.get(name, frozenset())
    if may == EVERYBODY:
        return {"nobody"}
    return {"nobody", "stranger", *sorted(may)[:1]} | NEAREST[name.partition(":")[0]]


def _try(world: World, name: str, address: str, person: str, method: str) -> Iterator[str]:
    """Ask once, in a transaction that is taken back; say what is wrong with the answer."""
    from crm.models import AccessLog
    from events.models import Event

    world.tried += 1
    client, body = world.clients[person], world.bodies.get(name, {}) if method == "post" else {}
    form = {"content_type": "application/x-www-form-urlencoded"} if isinstance(body, str) else {}
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        before = Event.objects.count(), AccessLog.objects.count()
        answer = getattr(client, method)(address, body, **form)
        text = read(answer).decode("utf-8", "replace")
        changed = (Event.objects.count(), AccessLog.objects.count()) != before
        transaction.set_rollback(True)
    client.cookies = cookies
    what = f"{method.upper()} {name} as {person}: {answer.status_code}"
    if answer.status_code >= 500 or answer.status_code in {400, 429}:
        yield what
    elif person in MATRIX.get(name, ()):
        if is_refused(answer):
            yield f"{what}, but they may"
    elif answer.status_code != 405 and not is_refused(answer):
        yield f"{what}, but they may not"
    else:
        if changed:
            yield f"{what}, and yet something was written"
        if any(word in text for word in AMINA):
            yield f"{what}, and the answer shows the citizen"


def read(answer: Any) -> bytes:
    """Return the body, to its end: a file that is handed out is closed only then."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def is_refused(answer: HttpResponseBase) -> bool:
    """Whether an answer lets nobody in: 401, 403, 404, or the way to the sign-in page."""
    return answer.status_code in {401, 403, 404} or (
        answer.status_code == 302 and "/staff/sign-in/?" in answer.headers["Location"]
    )


def _watch(world: World) -> Iterator[str]:
    for kind, topic in world.topics.items():
        for person in sorted(EVERYBODY):
            world.tried += 1
            session = world.clients[person].cookies.get("sessionid")
            may = may_watch(session.value if session else "", [topic])
            if may != (person in TOPICS[kind]):
                yield f"live {kind} as {person}: {may}"


# --- the world -------------------------------------------------------------------------------------
def make_world() -> World:
    """Make two of everything, through the same actions as everywhere."""
    from config.reference.retention import load_retention_rules
    from tests.factories import accounts as people
    from tests.factories import catalog as sheets
    from tests.factories.territory import OfficeFactory

    cache.clear()
    office, other = OfficeFactory(code="OF-13101-1"), OfficeFactory(code="OF-05101-1")
    agency, other_agency = people.AgencyFactory(code="SRCEI"), people.AgencyFactory(code="IPS")

    def staff(role: Role, **place: Any) -> User:
        return people.staff(f"P{uuid.uuid4().hex[:8]} Matriz", role, **place)

    users: dict[str, User] = {
        "stranger": people.UserFactory(name="Dina Soto"),
        "host": staff(Role.HOST, office=office),
        "clerk": staff(Role.CLERK, office=office),
        "colleague": staff(Role.CLERK, office=office),
        "office_supervisor": staff(Role.SUPERVISOR, office=office),
        "other_host": staff(Role.HOST, office=other),
        "other_clerk": staff(Role.CLERK, office=other),
        "other_office_supervisor": staff(Role.SUPERVISOR, office=other),
        "agent": staff(Role.AGENT),
        "second_agent": staff(Role.AGENT),
        "line_supervisor": staff(Role.SUPERVISOR),
        "officer": staff(Role.OFFICER, agency=agency),
        "other_officer": staff(Role.OFFICER, agency=other_agency),
        "chief": staff(Role.CHIEF, agency=agency),
        "editor": staff(Role.EDITOR, agency=agency),
        "second_editor": staff(Role.EDITOR, agency=agency),
        "other_editor": staff(Role.EDITOR, agency=other_agency),
        "reviewer": staff(Role.REVIEWER, agency=agency),
        "other_reviewer": staff(Role.REVIEWER, agency=other_agency),
        "publisher": staff(Role.PUBLISHER),
        "analyst": staff(Role.ANALYST),
        "second_analyst": staff(Role.ANALYST),
        "administrator": staff(Role.ADMINISTRATOR),
    }
    by = {name: Actor.staff(user) for name, user in users.items()}
    version = sheets.publish(
        _sheet_with_a_page(sheets.sheet(eligibility={"fact": "age", "at_least": 18})), agency=agency
    )
    world = World({}, users, {}, {}, {}, {})
    _citizens(world, version)
    _office(world, office, agency, by, version)
    _line(world, by, version)
    _files(world, by)
    _catalogue(world, version, by)
    _figures(world, by)
    _people(world, other)
    _programs(world, agency)
    load_retention_rules()
    world.own["retention:rule"] = [{"code": "drafts"}]
    world.bodies["messages:policy"] = {
        "quiet_from": "20:00",
        "quiet_until": "09:00",
        "domicile_days": "3",
        "reason": "Lo pidió el consejo.",
    }
    world.bodies["retention:rule"] = {"days": "40", "is_active": "on", "reason": "Lo pidió el archivo."}
    for name, user in users.items():
        world.clients[name] = Client(headers=HERE)
        world.clients[name].force_login(user)
    world.topics = {
        "office": f"office:{office.pk}",
        "ticket": "ticket:1",
        "line": "line",
        "figures": "figures",
        "agent": f"agent:{users['agent'].pk}",
        "agency": f"agency:{agency.pk}",
    }
    return world


def _agreements(agency: Any) -> dict[str, Any]:
    from catalog.models import Accreditation
    from tests.factories.accounts import staff
    from tests.factories.catalog import agreement_without_offices

    made = agency.agreements.first() or agreement_without_offices(agency)
    given = Accreditation.objects.create(
        user=staff("Acreditada", Role.AGENT), agency=agency, during=made.during, evidence="Curso"
    )
    one = [{"pk": made.pk}]
    return {
        **{
            f"agreements:{name}": one
            for name in ("agreement", "move", "place", "delegate", "end", "take-back")
        },
        "agreements:end-act": [{"pk": made.pk, "act": made.delegated_acts.first().pk}],
        "agreements:accreditation-withdraw": [{"pk": given.pk}],
    }


def _sheet_with_a_page(sheet: dict[str, Any]) -> dict[str, Any]:
    """The copies are asked on a page with a heading."""
    heading = {"page": {"es": "Las copias", "en": "The copies"}}
    return {**sheet, "form": [{**row, **heading} if row["key"] == "copies" else row for row in sheet["form"]]}


def _changed_sheet(agency: Any) -> Any:
    from tests.factories.catalog import publish, sheet

    publish(sheet(code="98", slug="tramite-que-cambio"), agency=agency)
    return publish(sheet(code="98", slug="tramite-que-cambio", costs=[]), agency=agency)


def _citizens(world: World, version: Any) -> None:
    from crm import actions as crm_actions
    from crm import keys
    from crm.views.acts import ACTS
    from portal import actions as portal
    from tests.factories import crm

    mine = crm.filed_case(version)
    theirs = crm.filed_case(version, applicant_run="5126663-3", applicant_email="berta@test.invalid")
    draft = portal.begin_draft(version, by=Actor.visitor(), key=keys.new_key(), language="es")
    for name, held in (("nobody", []), ("holder", [mine.pk, draft.case_id]), ("other_holder", [theirs.pk])):
        client = world.clients[name] = Client(headers=HERE)
        if held:
            session = client.session
            session[HELD_CASES] = shown(*held)
            session.save()
            client.cookies["sessionid"] = session.session_key
    paper = mine.documents.get()
    world.common["mandate_id"] = _represented(world, mine).pk
    officer = Actor.staff(world.users["officer"])
    task = crm_actions.open_task("Llamar", by=officer, case=mine, agency=mine.stages.get().agency)
    world.common["task_id"] = task.pk
    world.common["note_id"] = crm_actions.note_case(mine, by=officer, text="Nota.").pk
    mine.refresh_from_db()
    world.common |= {"paper": paper.pk, "paper_id": paper.pk, "folio": mine.folio, "slug": version.procedure.slug, "case": mine}  # fmt: skip
    world.own |= {
        "portal:draft": [{"code": draft.code}],
        "portal:question": [{"code": draft.code, "key": "reason"}],
        **{
            f"portal:{name}": [{"code": draft.code}]
            for name in (
                "for-whom",
                "known",
                "draft-changes",
                "parts",
                "check",
                "left",
                "receipt",
                "receipt-paper",
            )
        },
        "portal:survey": [{"token": keys.survey_token(mine.source_id)}],
        "portal:life-event": [{"code": "get-my-papers"}],
        "portal:theme": [{"code": "identity"}],
        "portal:agency": [{"code": "SRCEI"}],
        "crm:case-act": [{"name": name} for name in ACTS],
        **_agreements(version.procedure.agency),
        "sheets:change": [{"version_id": _changed_sheet(version.procedure.agency).pk}],
        "sheets:touched": [{"version_id": version.pk}],
        "language": [{"code": "es"}],
    }
    world.bodies |= {
        "portal:answer": {"text": "Mi respuesta."},
        "portal:messages": {"channel": "email", "scope": "needed"},
        "portal:write": {"text": "Me cambié de casa."},
        "crm:keep-filter": {"name": "Atrasados"},
        "crm:take-many": {"stage": str(mine.stages.get().pk)},
        "tasks:new": {"what": "Llamar a la oficina"},
        "tasks:act": {"outcome": "Listo.", "owner": "", "revision": 1},
        "portal:question": {"reason": "work"},
        "crm:case-act": {"reason": "Porque sí.", "question": "¿Qué falta?", "text": "Nota.", "revision": mine.revision},
        "crm:mandate-revoke": {"reason": "Lo pidió la señora"},
        "files:mandate-revoke": {"reason": "Lo pidió la señora"},
        "crm:paper-undo": {"revision": mine.revision},
        "crm:note-undo": {"revision": mine.revision},
        "crm:paper-judge": {"state": "accepted", "reason": "", "revision": mine.revision},
    }  # fmt: skip


def _represented(world: World, case: Any) -> Any:
    """Berta acts for the citizen in their case, by a mandate with a document."""
    from crm import actions, files
    from crm.models import PartyRole
    from tests.factories import crm
    from tests.factories import mandates as make

    officer = Actor.staff(world.users["officer"])
    berta = actions.know_person(by=officer, name="Berta Lillo", run="7654321-6")
    case.parties.create(person=berta, role=PartyRole.REPRESENTATIVE)
    given = {"grantor": case.parties.get(role=PartyRole.APPLICANT).person, "agent": berta, "case": case}
    return make.mandate(None, officer, **given, file=files.store(crm.pdf("poder.pdf")))


def _office(world: World, office: Any, agency: Any, by: dict[str, Actor], version: Any) -> None:
    from crm import keys
    from offices import actions
    from tests.factories import offices as make

    make.agreement(agency, office)
    ticket = make.serving(office, world.users["clerk"], versions=[version])
    case, visit = world.common["case"], ticket.visit
    brought = actions.add_matter(visit, by=by["clerk"], case=case, reason="Viene con su folio")
    begun = visit.matters.get(version=version)
    actions.begin_case_here(begun, by=by["clerk"], key=keys.new_key())
    waiting = make.ticket(office)
    display = actions.make_display(office, by=by["office_supervisor"])
    world.common |= {
        "visit": visit,
        "ticket_id": ticket.pk,
        "visit_id": visit.pk,
        "desk_id": ticket.desk_id,
        "matter_id": brought.pk,
        "token": waiting.token,
    }
    world.own |= {
        "offices-public:display": [{"token": display.token}],
        "offices:application": [{"matter_id": begun.pk}],
        "offices:application-begin": [{"matter_id": begun.pk}],
        "offices:receipt": [{"matter_id": begun.pk}],
    }
    world.bodies |= {
        "offices:choose-office": {"office": office.pk},
        "offices:desk-open": {"number": 3},
        "offices:call-next": {"key": str(uuid.uuid4())},
        "offices:bring-case": {"folio": case.folio, "reason": "Viene con su folio"},
        "offices:find-person": {"text": "12.345.678-5"},
        "offices:identify-person": {"person": str(case.parties.first().person_id), "document_seen": "1"},
        "offices:enter-person": {"name": "Berta Soto"},
        "offices:find-represented": {"text": "12.345.678-5"},
        "offices:enter-represented": {"name": "Berta Soto", "kind": "human"},
        "offices:register-mandate": {"person": str(case.parties.first().person_id)},
        "offices:represent": {"person": str(case.parties.first().person_id)},
        "offices:matter-add": {"version": str(version.pk)},
        "offices:matter-outcome": {"outcome": "informed"},
        "offices:matter-answer": {"text": "Mi respuesta."},
        "offices:matter-write": {"text": "Me cambié de casa."},
        "offices:visit-finish": {"anyway": "1"},
    }


def _line(world: World, by: dict[str, Actor], version: Any) -> None:
    from callcentre import actions
    from crm import actions as crm
    from crm import files
    from tests.callcentre import phones
    from tests.factories import catalog as sheets
    from tests.factories.crm import pdf

    contact = phones.speaks(world.users["agent"], call_id="matrix")
    crm.bring_case(contact, by=by["agent"], case=world.common["case"], reason="Llama por su folio")
    matter = actions.add_matter(contact, by=by["agent"], version=version)
    draft = actions.begin_application(contact, by=by["agent"], version=version, language="es")
    other = sheets.publish(
        sheets.sheet(code="3431", slug="otro-certificado"), agency=version.procedure.agency
    )
    filed = actions.begin_application(contact, by=by["agent"], version=other, language="es")
    paper = crm.add_document(filed, by=by["agent"], file=files.store(pdf()), requirement="proof")
    given = {
        **world.common["case"].answers,
        "applicant_run": "5126663-3",
        "proof": {"document": str(paper.pk), "name": paper.name},
    }
    crm.fill_case(filed, by=by["agent"], answers=given)
    filed = actions.file_application(filed, by=by["agent"])
    world.common |= {"ref": contact.pk, "case_ref": world.common["case"].pk, "matter": matter.pk}
    world.own |= {
        "callcentre:call-take": [{"ref": contact.call.pk}],
        "callcentre:application": [{"case_ref": draft.pk}],
        "callcentre:filed": [{"case_ref": filed.pk}],
        "callcentre-api:telephony": [{"token": _telephony()}],
    }
    world.bodies |= {
        "callcentre:note": {"text": "Una nota."},
        "callcentre:caller-find": {"text": "12.345.678-5"},
        "callcentre:caller-enter": {"name": "Berta Soto"},
        "callcentre:find-represented": {"text": "12.345.678-5"},
        "callcentre:represent": {"person": str(world.common["case"].parties.first().person_id)},
        "callcentre:case-bring": {"folio": world.common["folio"], "reason": "Llama por su folio"},
        "callcentre:case-answer": {"text": "Mi respuesta."},
        "callcentre:case-write": {"text": "Me cambié de casa."},
        "callcentre:state": {"state": "available"},
        "callcentre-api:telephony": "event=newCall&callId=matrix-2&from=%2B56922222222",
    }


def _files(world: World, by: dict[str, Actor]) -> None:
    from crm import actions
    from crm.models import Person

    amina = world.common["case"].parties.get(role="applicant").person
    actions.identify_person(world.common["visit"].interaction, by=by["clerk"], person=amina, level=500)
    same = actions.know_person(by=by["clerk"], name="Amina Rojas Soto")
    pair = actions.suspect_pair(amina, same, by=by["clerk"])
    one, other = (actions.know_person(by=by["clerk"], name="Berta Soto") for _twice in range(2))
    merge = actions.merge_people(one, other, by=by["office_supervisor"], reason="Misma cédula")
    assert Person.objects.get(pk=other.pk).merged_into_id == one.pk
    came = actions.open_interaction("web", by=Actor.system(), person=one)
    world.common |= {"person_id": amina.pk, "pair_id": pair.pk, "merge_id": merge.pk}
    world.own |= {
        "files:pair-decide": [{"decision": decision} for decision in ("one", "two", "leave")],
        "files:file-correct": [{"part": part} for part in ("point", "number", "need", "wishes")],
    }
    world.bodies |= {
        "files:find": {"text": "12.345.678-5"},
        "files:file-open": {"reason": "Reclama que su caso no avanza"},
        "files:file-correct": {"kind": "email", "value": "otra@test.invalid", "language": "es"},
        "files:pair-decide": {"two-reason": "Son dos hermanas"},
        "files:merge-place": {"row": f"contact:{came.pk}", "person": str(one.pk)},
        "files:pair-report": {"text": "Amina"},
    }


def _telephony() -> str:
    from django.conf import settings

    return str(settings.TELEPHONY_TOKEN)


def _catalogue(world: World, version: Any, by: dict[str, Actor]) -> None:
    from catalog import actions
    from catalog.models import ErrorReport, LifeEvent, Theme

    LifeEvent.objects.create(code="get-my-papers", title_es="Sacar papeles", title_en="Get my papers")
    Theme.objects.create(code="identity", title_es="Identidad", title_en="Identity")
    draft = actions.begin_version(version.procedure, by=by["editor"])
    actions.report_error(version, by=Actor.visitor(), text="Falta un papel.")
    comment = actions.comment_version(draft, by=by["editor"], text="¿Desde cuándo?")
    _from_elsewhere(world, version, by)
    _bundles(world, version)
    code, number = version.procedure.code, draft.number
    of_sheet = (
        "procedure begin edit advice care confirm call-off retire bring-back version version-send version-compare version-review version-publish "
        "version-return version-aside version-restore version-comment comment-settle "
        "form form-add form-preview form-phone form-question form-move form-copy form-remove form-page"
    )
    for name in of_sheet.split():
        world.own[f"catalog:{name}"] = [
            {"code": code, "number": number, "comment": comment.pk, "key": "reason"}
        ]
    world.common["report"] = ErrorReport.objects.get().pk
    for shape in ("legacy", "list"):
        world.own |= {
            f"catalog-api:{shape}-ficha": [{"ref": code}],
            f"catalog-api:{shape}-agency": [{"code": "SRCEI"}],
            f"catalog-api:{shape}-agency-fichas": [{"code": "SRCEI"}],
            f"catalog-api:{shape}-office": [{"code": "OF-13101-1"}],
        }
    world.own |= {
        **{
            f"catalog-api:{name}": [{"ref": version.procedure.slug}]
            for name in ("procedure", "procedure-slash")
        },
        **{f"catalog-api:{name}": [{"code": "OF-13101-1"}] for name in ("office", "office-slash")},
        "catalog-api:ficha": [{"code": code}],
    }
    world.own["catalog:form-page"] = [{"code": code, "key": "copies"}]
    world.bodies |= {
        "catalog:version-return": {"text": "Falta la fuente."},
        "catalog:retire": {"reason_es": "La ley lo terminó.", "reason_en": "The law ended it."},
    }


def _bundles(world: World, version: Any) -> None:
    """A bundle that is public, and the draft of another."""
    from tests.factories.accounts import AgencyFactory
    from tests.factories.bundles import benefit, make_bundle, publish_bundle
    from tests.factories.catalog import publish

    joined = [version, publish(benefit(), agency=AgencyFactory(code="IPS"))]
    publish_bundle(joined)
    draft = make_bundle(joined, code="otro")
    world.own["portal:bundle"] = [{"code": "nace-un-hijo"}]
    for name in ("bundle", "bundle-edit", "bundle-publish", "bundle-withdraw"):
        world.own[f"catalog:{name}"] = [{"code": draft.code}]
    for name in ("bundle-publish", "bundle-withdraw"):
        world.bodies[f"catalog:{name}"] = {"revision": draft.revision}


def _from_elsewhere(world: World, version: Any, by: dict[str, Actor]) -> None:
    """A text that came for the sheet, the reading it came in, a server, and a file of the editor."""
    from catalog import actions
    from catalog.bulk.given import Given
    from catalog.bulk.working import work_on

    run = actions.begin_run("https://other.example/api", by=Actor.system())
    content = {**version.content, "title": {"es": "Otro título"}}
    actions.file_conflict(version.procedure, content, by=Actor.system(), origin=run.url, run=run)
    source = actions.add_source(
        by=by["administrator"],
        url="https://www.example.org/api",
        shape="auto",
        token_variable="",
        every_hours=24,
    )
    sheet = {**version.content, "code": version.procedure.code, "title": {"es": "Cambiado"}}
    bulk = actions.begin_bulk(
        by=by["editor"], file_name="f.json", kind="json", language="es", given=[Given(1, "3430", sheet)]
    )
    work_on(bulk.pk)
    world.common |= {
        "conflict": version.procedure.conflicts.get().pk,
        "run": run.pk,
        "source": source.pk,
        "bulk_id": bulk.pk,
    }
    world.bodies["catalog:source"] = {"shape": "auto", "every_hours": "12"}


def _figures(world: World, by: dict[str, Actor]) -> None:
    from metrics import actions
    from metrics.models import IndicatorDefinition, ParameterSet
    from metrics.reference import load_parameters

    load_parameters()
    base = ParameterSet.objects.exclude(investment_classes=None).order_by("code").first()
    assert base is not None
    draft = actions.draft_set(base, by=by["analyst"], reason="Otra encuesta")
    for name in ("parameter-set", "parameter-set-draft", "parameter-set-approve", "parameter", "investment-class"):  # fmt: skip
        world.own[f"metrics:{name}"] = [{"code": draft.code, "version": draft.version}]
    definition = IndicatorDefinition.objects.order_by("code").first()
    world.own |= {
        "metrics:indicator": [{"code": definition.code if definition else "coverage"}],
        **{
            f"metrics-{name}": [{"code": "num-atenciones"}]
            for name in ("api:dataset", "api:dataset-bare", "public:dataset")
        },
    }
    world.common |= {
        "pk": draft.parameters.order_by("pk")[0].pk,
        "class_code": draft.investment_classes.order_by("pk")[0].code,
    }
    world.bodies |= {
        "metrics:parameter-set-draft": {"reason": "Otra encuesta"},
        "metrics:parameter-set-approve": {"revision": draft.revision},
    }


def _people(world: World, office: Any) -> None:
    from accounts import actions as accounts_actions

    someone = world.users["other_clerk"]
    world.common |= {"user_id": someone.pk, "post_id": someone.memberships.get().pk}
    away = accounts_actions.enter_absence(
        world.users["clerk"],
        by=Actor.staff(world.users["clerk"]),
        deputy=world.users["colleague"],
        first_day=date(2090, 1, 1),
        last_day=date(2090, 1, 2),
    )
    world.common["absence_id"] = away.pk
    world.own |= {"accounts:password-link": [{"token": "no-such-token"}]}


def _programs(world: World, agency: Any) -> None:
    """A credential, a system that is told, a message that was given up, and a difference with the task about it."""
    from accounts.actions import issue_credential
    from common import clock
    from crm import actions
    from crm.actions.escalations import open_difference_task
    from crm.models import Delivery, DifferenceKind
    from crm.views.tasks import ACTS as TASK_ACTS

    system, case = Actor.system(), world.common["case"]
    credential, _secret = issue_credential(by=system, name="Sistema", agency=agency, scopes=["read"])
    actions.subscribe(agency, by=system, url="http://127.0.0.1:1/events")
    delivery = actions.restate_case(case, agency, by=system)
    Delivery.objects.update(state="dead", settled_at=clock.now())
    run = actions.begin_reconciliation(agency, by=system)
    kind = DifferenceKind.MISSING_THERE
    difference = actions.note_difference(run, by=system, folio=case.folio, kind=kind, case_id=case.pk)
    about_it = open_difference_task(difference, by=system)
    world.own["tasks:act"] = [
        {"name": name, "task_id": about_it.pk} if name == "resolve" else {"name": name} for name in TASK_ACTS
    ]
    world.common |= {
        "credential_id": credential.pk,
        "delivery_id": delivery.pk,
        "difference_id": difference.pk,
        "contact": case.source_id,
    }
    for name in ("answers", "draft-documents", "submit"):
        world.own[f"agency-api:{name}"] = [{"case": case.pk}]
    for name in ("subscription", "secret-new", "send-all"):
        world.own[f"deliveries:{name}"] = [{"code": agency.code}]
    world.bodies["deliveries:difference-resolve"] = {"resolution": "noted", "note": "Se cambió de sistema."}
