"""
Papers (17, 36): uploads cut in the middle, workers killed between file and row, and every way of sending or getting what one must not.

    python3 dev.py bench reliability papers
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils import translation

from tests.reliability import Outcome, hostile
from tests.reliability.server import HTTPS, TOKEN, Browser, Server

CUTS = (0.1, 0.5, 0.9)
SIZE = 300_000  # bytes of a paper that is cut
KILLS = ("while it is written", "between file and row", "before the row is committed")
DAY = 25 * 3600


def content_of(number: int, size: int = 200) -> bytes:
    """Return a paper that no other has the bytes of."""
    return hostile.PDF.replace(b"<<>>", b"<</N(%d)>>" % number, 1).replace(
        b"endobj", b"%" + b"x" * size + b"\nendobj", 1
    )


def check_cut(server: Server, case: Any, *, times: int) -> Outcome:
    """Send so many papers that stop in the middle, then each of them whole."""
    from crm import files
    from crm.models import Document

    outcome = Outcome("uploads cut at 10, 50 and 90 % (17)")
    browser, before = _holder(server, case), Document.objects.count()
    contents = [content_of(number, SIZE) for number in range(times)]
    for number, content in enumerate(contents):
        _cut(browser, case, content, CUTS[number % len(CUTS)])
    time.sleep(1)
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    if (rows := Document.objects.count() - before) != 0:
        outcome.wrong.append(f"{rows} rows of papers that never came whole")
    outcome.wrong += [
        f"{one}: a file of a paper that never came whole" for one in hashes if files.path_of(one).exists()
    ]
    for content in contents[:: max(1, times // 20)]:
        answer = _send(browser, case, "papel.pdf", content)
        stored = files.path_of(hashlib.sha256(content).hexdigest())
        if answer.status != 302 or not stored.exists() or stored.read_bytes() != content:
            outcome.wrong.append(f"sent again whole: {answer.status}, not kept as it was")
    outcome.wrong += _consistent()
    outcome.figures = {"cut": times, "wrong": len(outcome.wrong)}
    return outcome


def check_killed(case: Any, *, times: int) -> Outcome:
    """Kill so many workers between the first byte of a file and the commit of its row; then sweep a day later."""
    from crm import files, tasks
    from crm.models import Document
    from tests.offices.rush import ROOT, environment

    outcome = Outcome("killed between file and row (17)")
    before = Document.objects.count()
    from django.conf import settings

    given = json.dumps({"case": str(case.pk), "times": times})
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.papers", given],
        cwd=ROOT,
        env={**environment(), "MEDIA_ROOT": str(settings.MEDIA_ROOT), "SECRET_KEY": settings.SECRET_KEY},
        check=True,
        capture_output=True,
        text=True,
    )
    killed = int(done.stdout.split()[-1])
    if killed != times:
        outcome.wrong.append(f"{times - killed} of {times} ended by themselves")
    if (rows := Document.objects.count() - before) != 0:
        outcome.wrong.append(f"{rows} rows of papers whose worker was killed")
    left = _files()
    for path in left.values():
        os.utime(path, (time.time() - DAY, time.time() - DAY))
    swept = tasks.remove_orphan_papers()
    orphans = [name for name in _files() if not Document.objects.filter(sha256=name).exists()]
    if orphans:
        outcome.wrong.append(f"{len(orphans)} orphans were not swept")
    again = [files.store(_upload(content_of(number))) for number in range(0, times, max(1, times // 10))]
    outcome.wrong += [
        f"{one.sha256}: given again and not kept" for one in again if not files.path_of(one.sha256).exists()
    ]
    outcome.wrong += _consistent()
    outcome.figures = {"killed": killed, "files left": len(left), "swept": swept, "wrong": len(outcome.wrong)}
    return outcome


def check_refused(server: Server, case: Any, other: Any) -> Outcome:
    """Send every hostile file, and try to get a paper in every way one must not."""
    from crm.models import Document

    outcome = Outcome("papers that must not come in or go out (36)")
    browser, before = _holder(server, case), Document.objects.count()
    for name, content in hostile.hostile().items():
        for sent_as in ("papel.pdf", "foto.jpg", "x.html"):
            answer = _send(browser, case, sent_as, content)
            if answer.status != 422:
                outcome.wrong.append(f"{name} as {sent_as} is answered {answer.status}")
    if (taken := Document.objects.count() - before) != 0:
        outcome.wrong.append(f"{taken} hostile files were taken")
    for name, content in hostile.harmless().items():
        if (answer := _send(browser, case, "papel.pdf", content)).status != 302:
            outcome.wrong.append(f"{name} is answered {answer.status}")
    outcome.wrong += _named(browser, case)
    outcome.wrong += _handed_out(server, browser, case, other)
    outcome.figures = {"hostile": len(hostile.hostile()) * 3, "wrong": len(outcome.wrong)}
    return outcome


def _named(browser: Browser, case: Any) -> Iterator[str]:
    """Names that want to leave the folder, the header or the page."""
    from crm.models import Document

    for number, name in enumerate(
        ("../../etc/passwd", 'a"; filename="b.html', "x\r\nSet-Cookie: a=b.pdf", "<script>.pdf")
    ):
        _send(browser, case, name, content_of(90_000 + number))
    for paper in Document.objects.filter(case=case, name__isnull=False):
        if set(paper.name or "") & set('/\\"<>\r\n') or ".." in (paper.name or ""):
            yield f"a paper is called {paper.name!r}"
        answer = browser.get(_paper(case, paper.pk))
        if "set-cookie" in answer.headers and "a=b" in answer.headers["set-cookie"]:
            yield "a name became a header"
        if not answer.headers.get("content-disposition", "").startswith("attachment; filename"):
            yield f"{paper.name} is handed out as {answer.headers.get('content-disposition')}"


def _handed_out(server: Server, browser: Browser, case: Any, other: Any) -> Iterator[str]:
    from crm.models import Document

    paper = Document.objects.filter(case=case).earliest("received_at")
    own, shared = _paper(case, paper.pk), _shared(paper.pk)
    wholes = {path: browser.get(path) for path in (own, shared)}
    for path, whole in wholes.items():
        expected = {
            "content-type": paper.content_type,
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
            "accept-ranges": "none",
        }
        yield from (
            f"{path}: {name} is {whole.headers.get(name)}"
            for name, value in expected.items()
            if whole.headers.get(name) != value
        )
        if not whole.headers.get("content-security-policy", "").startswith("sandbox"):
            yield f"{path}: no sandbox"
        if hashlib.sha256(whole.body).hexdigest() != paper.sha256:
            yield f"{path}: another content"
        for wanted in ("bytes=0-3", "bytes=-1", "bytes=999999-", "bytes=0-1,3-4", "bytes=5-1", "lines=1-2"):
            part = browser.get(path, Range=wanted)
            if (part.status, len(part.body)) != (200, paper.size):
                yield f"{path} asked for {wanted}: {part.status}, {len(part.body)} bytes"
        head = browser._ask("HEAD", path, None, {})
        if head.status != 200 or head.body:
            yield f"HEAD {path}: {head.status}, {len(head.body)} bytes"
        if (
            browser.get(
                path, Accept="text/html", **{"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}
            ).status
            != 200
        ):
            yield f"{path}: kept by somebody on the way"
    strangers = {"nobody": Browser(server), "another case's holder": _holder(server, other)}
    for who, stranger in strangers.items():
        answers = {path: stranger.get(path).status for path in (own, shared)}
        if set(answers.values()) & {200, 206, 304}:
            yield f"{who} gets the paper: {answers}"
        if stranger._ask("HEAD", shared, None, {}).status == 200:
            yield f"{who} learns that the paper is there"
    for guess in (_shared(uuid4()), _paper(case, uuid4()), f"/media/papers/{paper.sha256[:2]}/{paper.sha256}",
                  f"/static/../papers/{paper.sha256}", f"/static/%2e%2e/media/papers/{paper.sha256[:2]}/{paper.sha256}",
                  shared.replace(str(paper.pk), "..%2f..%2fetc%2fpasswd")):  # fmt: skip
        if browser.get(guess).status not in {400, 404}:
            yield f"guessing {guess} is answered {browser.get(guess).status}"


def _paper(case: Any, paper: UUID) -> str:
    with translation.override("es"):
        return reverse("portal:paper", args=[case.folio, paper])


def _shared(paper: UUID) -> str:
    with translation.override("es"):
        return reverse("papers:paper", args=[paper])


def _holder(server: Server, case: Any) -> Browser:
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.held import HELD_CASES, shown

    session = SessionStore()
    session[HELD_CASES] = shown(case.pk)
    session.create()
    return Browser(server, {"sessionid": str(session.session_key)})


def _upload(content: bytes, name: str = "papel.pdf") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("papel.pdf", content, content_type="application/pdf")
    upload._name = name  # type: ignore[attr-defined]  # the constructor would tidy it
    return upload


def _address(case: Any) -> str:
    with translation.override("es"):
        return reverse("portal:add-paper", args=[case.folio])


def _send(browser: Browser, case: Any, name: str, content: bytes) -> Any:
    return browser.post(_address(case), {"requirement": "other", "file": _upload(content, name)})


def _cut(browser: Browser, case: Any, content: bytes, share: float) -> None:
    """Begin to send a form and hang up."""
    body = encode_multipart(
        BOUNDARY, {"csrfmiddlewaretoken": TOKEN, "requirement": "other", "file": _upload(content)}
    )
    cookies = "; ".join(f"{name}={value}" for name, value in {**browser.cookies, "csrftoken": TOKEN}.items())
    headers = {
        "Host": browser.server.host,
        "Referer": f"https://{browser.server.host}/",
        "Cookie": cookies,
        "Content-Type": MULTIPART_CONTENT,
        "Content-Length": str(len(body)),
        **HTTPS,
    }
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", browser.server.port), timeout=30) as line:
        line.sendall(
            f"POST {_address(case)} HTTP/1.1\r\n{told}\r\n".encode() + body[: int(len(body) * share)]
        )


def _files() -> dict[str, Any]:
    from pathlib import Path

    from django.conf import settings

    return {path.name: path for path in (Path(settings.MEDIA_ROOT) / "papers").glob("??/*") if path.is_file()}


def _consistent() -> Iterator[str]:
    """Every row has its file, and every file has the bytes its name says."""
    from crm import files
    from crm.models import Document

    for sha256 in set(Document.objects.exclude(sha256="").values_list("sha256", flat=True)):
        path = files.path_of(sha256)
        if not path.exists():
            yield f"{sha256}: a row without its file"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"{sha256}: other bytes than its row says"


def _die(case_id: str, number: int) -> None:
    """In a child: give a paper and be killed at one of three points."""
    from django.db import transaction

    from accounts.actors import Actor
    from crm import actions, files
    from crm.models import Case

    where = KILLS[number % len(KILLS)]
    if where == KILLS[0]:
        os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    with transaction.atomic():
        stored = files.store(_upload(content_of(number)))
        if where == KILLS[2]:
            case = Case.objects.get(pk=case_id)
            actions.add_document(case, by=Actor.system(), file=stored, requirement="")
        os.kill(os.getpid(), signal.SIGKILL)


def main(given: dict[str, Any]) -> int:
    """Fork so many workers that are killed; return how many were."""
    import django

    django.setup()
    killed = 0
    for number in range(given["times"]):
        child = os.fork()
        if child == 0:
            try:
                _die(given["case"], number)
            finally:
                os._exit(1)
        _pid, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return killed


if __name__ == "__main__":
    sys.stdout.write(str(main(json.loads(sys.argv[1]))))
