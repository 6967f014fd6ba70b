"""
What every answer carries, whatever it is, and what no log line and no address ever holds (42).

Every route in process; then a server's own answers over the wire, the live process's too; then everything a server said during a walk.
"""

import logging
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from django.test import Client
from django.urls import URLPattern, clear_url_caches, path, reverse
from django.utils import translation

from common import run as runs
from crm import keys
from tests.reliability import Outcome
from tests.reliability.access import EVERYBODY, HERE, MATRIX, World, read
from tests.reliability.server import TOKEN, Browser, Server, session_of
from tests.test_house_rules import routes

YEAR = 31_536_000
A_FAULT = "a fault"
REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


FRAMED_BY_US = {
    "catalog:form-preview"
}  # what an editor previews at a phone's width stands in a frame of our own page


def missing(headers: Mapping[str, str], name: str = "") -> list[str]:
    """Return what an answer over https lacks."""
    given = {name.lower(): value for name, value in headers.items()}
    policy = given.get("content-security-policy", "")
    age = given.get("strict-transport-security", "").partition("max-age=")[2].partition(";")[0]
    checks = {
        "HSTS of a year": age.isdigit() and int(age) >= YEAR,
        "a policy": "default-src" in policy,
        "a policy without 'unsafe-…'": "unsafe-inline" not in policy and "unsafe-eval" not in policy,
        "frame-ancestors": ("frame-ancestors 'self'" if name in FRAMED_BY_US else "frame-ancestors 'none'")
        in policy,
        "nosniff": given.get("x-content-type-options") == "nosniff",
        "Referrer-Policy": given.get("referrer-policy") in REFERRERS,
    }
    return [name for name, there in checks.items() if not there]


# --- every route -----------------------------------------------------------------------------------
def check_routes(world: World, *, every: bool) -> Outcome:
    """Ask every route as one who may open it, and for every kind of fault; with `every`, as nobody and by a wrong method too."""
    outcome, statuses, asked = Outcome("headers of every route (42)"), set(), 0
    logging.disable(logging.CRITICAL)
    try:
        with translation.override("es"):
            for what, answer in chain(_answers(world, every), _faults()):
                asked, statuses = asked + 1, statuses | {answer.status_code}
                name = next((one for one in FRAMED_BY_US if f" {one} " in what), "")
                outcome.wrong += [
                    f"{what}: {answer.status_code} without {one}" for one in missing(answer.headers, name)
                ]
                outcome.wrong += [f"{what}: 500"] if answer.status_code == 500 and what != A_FAULT else []
    finally:
        logging.disable(logging.NOTSET)
    wanted = {200, 302, 400, 403, 404, 405, 422, 500}
    outcome.wrong += [f"no answer {status} was seen" for status in sorted(wanted - statuses)]
    outcome.figures = {
        "routes": len(routes()),
        "answers": asked,
        "statuses": " ".join(map(str, sorted(statuses))),
        "wrong": len(outcome.wrong),
    }
    return outcome


def _answers(world: World, every: bool) -> Iterator[tuple[str, Any]]:
    from django.db import transaction

    for name, pattern in routes():
        for person in dict.fromkeys(
            [min(MATRIX.get(name, EVERYBODY), default="nobody"), *(["nobody"] if every else [])]
        ):
            session = world.clients[person].cookies.get("sessionid")
            for method in ("get", "post", "put") if every else ("get", "post"):
                client = Client(headers=HERE, raise_request_exception=False)
                if session:
                    client.cookies["sessionid"] = session.value
                with transaction.atomic():
                    address = next(world.addresses(name, pattern))
                    answer = getattr(client, method)(address, secure=True)
                    read(answer)
                    yield f"{method.upper()} {name} as {person}", answer
                    transaction.set_rollback(True)


def _faults() -> Iterator[tuple[str, Any]]:
    """Answers that no view gives: no such page, another host, no token, no final slash, a view that breaks, a static file."""
    client = Client(headers=HERE, raise_request_exception=False, enforce_csrf_checks=True)
    for address in (
        "/es/no-such-page/",
        "/no-such-page",
        "/api/v1/no-such",
        "/static/no-such.css",
        "/static/css/base.css",
        "/es/seguir",
        "/es/%00/",
    ):
        answer = client.get(address, secure=True)
        read(answer)
        yield f"GET {address}", answer
    yield "another host", client.get("/es/", secure=True, headers={"host": "evil.example"})
    yield "no token", client.post("/es/seguir/", {"folio": "1"}, secure=True)
    with broken() as address:
        yield A_FAULT, client.get(address, secure=True)


class broken:  # noqa: N801  # reads like the context manager it is
    """An address of a view that breaks."""

    def __enter__(self) -> str:
        from django.contrib.auth.decorators import login_not_required

        import config.urls as urls

        @login_not_required
        def fail(request: Any) -> None:
            raise RuntimeError("a fault with 12.345.678-5 in it")

        self.route: URLPattern = path("es/broken/", fail)
        urls.urlpatterns.insert(0, self.route)
        clear_url_caches()
        return "/es/broken/"

    def __exit__(self, *_error: object) -> None:
        import config.urls as urls

        urls.urlpatterns.remove(self.route)
        clear_url_caches()


PAGES = (
    *(
        "/",
        "/es/",
        "/es/",
        "/es/tramites/",
        "/es/seguir",
        "/es/staff/",
        "/es/no-such-page/",
    ),  # the second time from the cache
    *("/healthz", "/robots.txt", "/static/no-such.css", "/api/v1/procedures"),
)


# --- over the wire ---------------------------------------------------------------------------------
def check_wire(server: Server, live: Server) -> Outcome:
    """Ask a running site and the live process for one answer of each kind."""
    outcome, statuses, asked = Outcome("headers over the wire (42)"), set(), 0
    site, screens = Browser(server), Browser(live)
    style = next(iter(_styles(site.get("/es/").text)), "/static/css/base.css")
    answers = [
        *[(address, site.get(address)) for address in (*PAGES, style)],
        ("another host", site.get("/es/", Host="evil.example")),
        ("plain http", site.get("/es/", **{"X-Forwarded-Proto": "http"})),
        ("no token", Browser(server, {"csrftoken": TOKEN[::-1]})._ask("POST", "/es/seguir/", b"", {})),
        ("a wrong method", site.get("/es/olvidar/")),
        *[
            (f"live {address}", screens.get(address))
            for address in ("/healthz", "/live", "/live?topics=line", "/no-such")
        ],
        ("live, another origin", screens.get("/live?topics=office:1", Origin="https://evil.example")),
        ("live, a stream", _first_of_stream(live)),
    ]
    for what, answer in answers:
        asked, statuses = asked + 1, statuses | {answer.status}
        outcome.wrong += [f"{what}: {answer.status} without {one}" for one in missing(answer.headers)]
    outcome.figures = {
        "answers": asked,
        "statuses": " ".join(map(str, sorted(statuses))),
        "wrong": len(outcome.wrong),
    }
    return outcome


def _styles(page: str) -> list[str]:
    from tests.reliability.server import found

    return found(r'href="(/static/[^"]+\.css)"', [page])


def _first_of_stream(live: Server) -> Any:
    """Open a stream, take what comes with its first line, and go."""
    import http.client

    from tests.reliability.server import Answer

    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=30)
    try:
        connection.request("GET", "/live?topics=office:1", headers={"Host": live.host})
        got = connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.readline())
    finally:
        connection.close()


# --- a walk of the whole house, and whatever was said meanwhile ------------------------------------
CANARY = {
    "run": "20347878-K",
    "mail": "canary.rojas@test.invalid",
    "phone": "981112233",
    "name": "Canariosa",
}


def check_said(server: Server) -> Outcome:
    """Walk through web, office, phone, agency and survey with data that can be told; look for it in every line and address."""
    outcome = Outcome("nothing personal in lines and addresses (42)")
    with translation.override("es"):
        walk = _Walk(server)
        walk.go()
        outcome.wrong += walk.missed()
    lines, addresses = server.said(), "\n".join(walk.addresses)
    personal = {
        "RUN": [CANARY["run"], runs.pretty(CANARY["run"]), CANARY["run"].replace("-", "")],
        "e-mail": [CANARY["mail"], CANARY["mail"].replace("@", "%40")],
        "phone": [CANARY["phone"], "9 8111 2233"],
        "name": [CANARY["name"]],
        "key": [walk.key, keys.pretty(walk.key)],
    }
    public = {
        "folio": [walk.folio, walk.folio.replace("-", "")],
        "survey token": [walk.token],
        "draft": [walk.draft],
        "session": walk.sessions,
    }
    for name, forms in {**personal, **public}.items():
        outcome.wrong += [f"a {name} in a line of the log" for form in forms if form in lines]
    for name, forms in personal.items():
        outcome.wrong += [f"a {name} in an address" for form in forms if form in addresses]
    outcome.figures = {
        "requests": walk.requests,
        "lines": len(lines.splitlines()),
        "addresses": len(walk.addresses),
        "wrong": len(outcome.wrong),
    }
    return outcome


class _Walk:
    """A citizen, a clerk, an agent, the exchange and an officer, each with a browser of their own."""

    def __init__(self, server: Server) -> None:
        from tests.reliability.filing import Place

        self.server, self.place = server, Place.make(desks=200)
        self.browsers: list[Browser] = []
        self.key = self.folio = self.token = self.draft = ""
        self.sessions: list[str] = []

    @property
    def addresses(self) -> list[str]:
        return [address for browser in self.browsers for address in browser.addresses]

    @property
    def requests(self) -> int:
        return len(self.addresses)

    def browser(self, user: Any = None) -> Browser:
        one = Browser(self.server, session_of(user) if user else {})
        self.browsers.append(one)
        return one

    def go(self) -> None:
        from tests.factories import accounts as people

        citizen = self.browser()
        self._apply(citizen)
        self._follow(holder := self.browser())
        self._visit()
        self._call()
        self._decide(holder)
        self._survey(citizen)
        browser = self.browser()
        browser.post("/es/staff/sign-in/", {"login": CANARY["mail"], "password": CANARY["run"]})
        browser.post("/es/staff/people/", {"text": CANARY["mail"]})
        administrator = self.browser(people.staff("Adela Paseo", _role("administrator")))
        administrator.post("/es/staff/people/", {"text": CANARY["mail"]})
        self.sessions = [one.cookies["sessionid"] for one in self.browsers if "sessionid" in one.cookies]

    def missed(self) -> list[str]:
        """Return what the walk did not come to: nothing is proved by pages that were refused."""
        from callcentre.models import CallNote
        from crm.models import Case, SurveyAnswer
        from offices.models import Ticket

        reached = {
            "a granted case": Case.objects.filter(folio=self.folio, state="granted").exists(),
            "a finished visit": Ticket.objects.filter(state="finished").exists(),
            "a note of a call": CallNote.objects.exists(),
            "an answered survey": SurveyAnswer.objects.exists(),
        }
        return [f"the walk did not come to {name}" for name, is_there in reached.items() if not is_there]

    def _apply(self, citizen: Browser) -> None:
        """Apply page by page, mistakes included."""
        from portal.models import Draft
        from tests.factories.crm import pdf
        from tests.portal.walks import TYPED

        slug = self.place.version.procedure.slug
        citizen.get(f"/es/tramites/{slug}/")
        begun = citizen.post(f"/es/tramites/{slug}/solicitar/", {})
        self.draft = begun.location.rstrip("/").rpartition("/")[2]
        mine = {
            "applicant_name": {"applicant_name__given": CANARY["name"], "applicant_name__surnames": "Paseo"},
            "applicant_run": {"applicant_run": runs.pretty(CANARY["run"])},
            "applicant_email": {"applicant_email": CANARY["mail"]},
            "applicant_phone": {"applicant_phone": "9 8111 2233"},
        }
        at = begun.location
        for _step in range(40):
            at = citizen.get(at).location or at
            if "/pregunta/" not in at:
                break
            key = at.partition("/pregunta/")[2].partition("/")[0]
            citizen.post(at, {**mine.get(key, {}), "applicant_run": CANARY["mail"]})  # refused, or not
            at = (
                citizen.post(
                    at, {"proof": pdf()} if key == "proof" else {**TYPED.get(key, {}), **mine.get(key, {})}
                ).location
                or at
            )
        check = reverse("portal:check", args=[self.draft])
        citizen.get(check)
        receipt = citizen.post(check, {})
        citizen.get(receipt.location)
        citizen.get(reverse("portal:receipt-paper", args=[self.draft]))
        case = Draft.objects.get(code=self.draft).case
        self.case, self.folio = case, case.folio or ""
        self.key, self.token = citizen.cookies.get(f"key_{self.draft}", ""), keys.survey_token(case.source_id)

    def _follow(self, other: Browser) -> None:
        """From another computer: a wrong key, the right one, the case, its paper."""
        other.post("/es/seguir/", {"folio": self.folio, "key": self.key[::-1]})
        opened = other.post("/es/seguir/", {"folio": self.folio, "key": self.key})
        other.get(opened.location)
        other.get(reverse("papers:paper", args=[self.case.documents.get().pk]))
        other.post("/es/solicitudes/continuar/", {"code": self.draft, "key": self.key})

    def _visit(self) -> None:
        """At an office: reception, desk, the person found, their case brought."""
        from tests.factories import accounts as people
        from tests.factories import offices as make

        host = self.browser(people.staff("Hugo Paseo", _role("host"), office=self.place.office))
        given = host.post(
            reverse("offices:reception"),
            {"run": runs.pretty(CANARY["run"]), "name": CANARY["name"], "language": "es"},
        )
        host.get(given.location)
        user = people.staff("Clara Paseo", _role("clerk"), office=self.place.office)
        clerk, desk = self.browser(user), make.desk(self.place.office, user, 198)
        clerk.post(reverse("offices:call-next", args=[desk.pk]), {})
        ticket = desk.tickets.get()
        visit = reverse("offices:visit", args=[ticket.visit_id])
        clerk.post(reverse("offices:ticket-start", args=[ticket.pk]), {})
        clerk.get(visit)
        clerk.post(f"{visit}find/", {"text": CANARY["run"]})
        clerk.post(f"{visit}find/", {"text": CANARY["name"]})
        clerk.post(
            f"{visit}new-person/", {"name": CANARY["name"], "run": CANARY["mail"], "phone": CANARY["phone"]}
        )
        clerk.post(f"{visit}case/", {"folio": self.folio, "reason": CANARY["name"]})
        clerk.post(f"{visit}finish/", {"anyway": "1"})

    def _call(self) -> None:
        """By phone: the exchange tells the number, the agent finds the caller and tells how it goes."""
        from django.conf import settings

        from callcentre.models import Call
        from tests.factories import accounts as people

        user = people.staff("Bruno Paseo", _role("agent"))
        exchange, agent = self.browser(), self.browser(user)
        door = reverse("callcentre-api:telephony", args=[settings.TELEPHONY_TOKEN])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for event in ("newCall", "answer"):
            text = f"event={event}&callId=walk&from=%2B56{CANARY['phone']}&direction=in&user={user.email}"
            exchange._ask("POST", door, text.encode(), form)
        contact = Call.objects.get(call_id="walk").interaction
        page = reverse("callcentre:contact", args=[contact.pk if contact else None])
        agent.get("/es/staff/line/")
        agent.get(page)
        agent.post(f"{page}find/", {"text": CANARY["run"]})
        agent.post(f"{page}caller/new/", {"name": CANARY["name"], "run": CANARY["run"]})
        agent.post(f"{page}bring/", {"folio": self.folio, "reason": CANARY["name"]})
        agent.post(f"{page}note/", {"text": f"{CANARY['name']} {CANARY['run']} {CANARY['mail']}"})
        exchange._ask("POST", door, b"event=hangup&callId=walk&cause=normalClearing", form)

    def _decide(self, holder: Browser) -> None:
        from tests.factories import accounts as people

        user = people.staff("Olga Paseo", _role("officer"), agency=self.place.version.procedure.agency)
        officer, page = self.browser(user), reverse("crm:case", args=[self.folio])
        officer.get("/es/staff/agency/all/")
        officer.get(page)
        for act in ("take", "ask", "note", "grant"):
            if act == "note":
                holder.post(
                    f"/es/casos/{self.folio}/responder/", {"text": f"{CANARY['name']} {CANARY['mail']}"}
                )
            self.case.refresh_from_db()
            given = {"question": CANARY["name"], "text": CANARY["mail"], "reason": "Cumple."}
            officer.post(f"{page}{act}/", {**given, "revision": self.case.revision})

    def _survey(self, citizen: Browser) -> None:
        page = reverse("portal:survey", args=[self.token])
        citizen.get(page)
        citizen.post(page, {"grade": "9", "comment": CANARY["mail"]})
        citizen.post(page, {"grade": "7", "comment": f"{CANARY['name']} {CANARY['phone']}"})


def _role(name: str) -> Any:
    from accounts.models import Role

    return Role(name)
