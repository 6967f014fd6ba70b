"""
Programs over HTTP: the same write sent many times at once, and a write whose answer was lost (15 and 16 through the agency API).
"""

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from accounts.actors import Actor
from crm import actions
from crm.models import Case, ClaimCode, Message
from tests.crm.programs import ALL_OF_AGENCY, API, Program, kiosk, program_of
from tests.reliability import Outcome
from tests.reliability.filing import Place
from tests.reliability.server import HTTPS, Answer, Server

AT_ONCE = 20


def send(
    server: Server,
    program: Program,
    address: str,
    body: Any,
    *,
    key: str,
    read: bool = True,
    in_pieces: bool = False,
    ready: Barrier | None = None,
) -> Answer:
    """Send a write, `in_pieces` without its length; with `read` False, hang up as soon as it is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers: Mapping[str, str] = {
        "Host": server.host,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        **program.headers,
        **HTTPS,
    }
    try:
        connection.connect()
        if ready:
            ready.wait(timeout=60)
        sent = json.dumps(body).encode()
        connection.request("POST", f"{API}/{address}", iter([sent]) if in_pieces else sent, dict(headers))
        if not read:
            return Answer(0, {}, b"")
        got = connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
    finally:
        connection.close()


def check_keys(server: Server, *, rushes: int) -> Outcome:
    """Send a write with one key twenty times at the same moment; then with something else in it."""
    from tests.factories.crm import filed_case

    outcome = Outcome(f"{AT_ONCE} writes at once with one key (15)")
    place = Place.make(desks=1)
    program = program_of(place.version.procedure.agency, *ALL_OF_AGENCY, rate=60_000)
    for number in range(rushes):
        case = filed_case(place.version, applicant_run=place.next_run())
        address, key, ready = f"cases/{case.folio}/notes", f"rush-{number}", Barrier(AT_ONCE)

        def once(_number: int, address: str = address, key: str = key, ready: Barrier = ready) -> Answer:
            return send(server, program, address, {"text": "Una vez."}, key=key, ready=ready)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(once, range(AT_ONCE)))
        told = {(answer.status, answer.body, answer.headers.get("etag")) for answer in answers}
        if len(told) != 1 or answers[0].status != 200:
            outcome.wrong.append(f"{len(told)} answers: {sorted({answer.status for answer in answers})}")
        if (written := Message.objects.filter(case=case).count()) != 1:
            outcome.wrong.append(f"{written} notes in one case")
        again = send(server, program, address, {"text": "Una vez."}, key=key, in_pieces=True)
        if (again.status, again.body, again.headers.get("etag")) not in told:
            outcome.wrong.append(f"the same in pieces: {again.status}")
        other = send(server, program, address, {"text": "Otra cosa."}, key=key)
        if other.status != 422:
            outcome.wrong.append(f"other content under the key: {other.status}")
    outcome.figures = {"rushes": rushes, "requests": rushes * (AT_ONCE + 2), "wrong": len(outcome.wrong)}
    return outcome


def check_lost_answers(server: Server, *, filings: int) -> Outcome:
    """File applications at a kiosk, hang up before the answer, and send each again."""
    outcome = Outcome("answers lost after a filing (16)")
    place, program = Place.make(desks=1), kiosk(rate=60_000)
    for number in range(filings):
        address = _filled(place, program)
        send(server, program, address, {}, key=f"lost-{number}", read=False)
        answers = [send(server, program, address, {}, key=f"lost-{number}") for _twice in range(2)]
        if [answer.status for answer in answers] != [201, 201] or answers[0].body != answers[1].body:
            outcome.wrong.append(f"answered {[answer.status for answer in answers]}")
            continue
        told = json.loads(answers[0].body)
        opened = actions.redeem_claim_code(
            told["folio"], told["claim_code"], by=Actor.visitor(), address=str(number)
        )
        if opened is None:
            outcome.wrong.append(f"{told['folio']}: its code opens nothing")
    cases, codes = Case.objects.submitted().count(), ClaimCode.objects.count()
    if (cases, codes) != (filings, filings):
        outcome.wrong.append(f"{cases} cases and {codes} codes of {filings} filings")
    outcome.figures = {"filings": filings, "cases": cases, "wrong": len(outcome.wrong)}
    return outcome


def _filled(place: Place, program: Program) -> str:
    """Fill in an application at the kiosk, and return where it is filed."""
    from tests.factories.crm import AMINA, ANSWERS, PDF

    contact = program.post("contacts", {}).json()["id"]
    case = program.post(f"contacts/{contact}/cases", {"procedure": place.version.procedure.code}).json()["id"]
    here = f"contacts/{contact}/cases/{case}"
    paper = program.post(
        f"{here}/documents?requirement=proof", PDF, **{"Content-Type": "application/pdf"}
    ).json()
    proof = {"document": paper["id"], "name": "boleta.pdf"}
    given = {**AMINA, **ANSWERS, "applicant_run": place.next_run(), "proof": proof}
    program.post(f"{here}/answers", {"answers": given})
    return f"{here}/submit"
