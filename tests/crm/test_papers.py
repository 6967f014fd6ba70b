"""Papers: what is taken in, who gets them, how they are handed out, and what the sweep removes."""

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.held import HELD_CASES, shown
from crm import actions, files, keys, tasks
from crm.files import FileRefused
from crm.models import AccessLog, Document
from integrations.virus_scan import ScanUnavailable
from integrations.virus_scan.memory import MemoryScan
from tests.factories import crm
from tests.reliability import hostile


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def paper(submitted_case):
    return submitted_case.documents.get()


def address(paper):
    return reverse("papers:paper", args=[paper.pk])


def fetch(client, paper, verb="get", **given):
    """Ask for a paper, read the answer and close the file; what it said is `.body`."""
    response = getattr(client, verb)(address(paper), **given)
    response.body = response.getvalue() if response.streaming else response.content
    for close in response._resource_closers:
        close()
    return response


def holder(client, case):
    """A browser that has shown the case's key."""
    session = client.session
    session[HELD_CASES] = shown(case.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


# --- who gets them ----------------------------------------------------------------------------------
def test_whoever_holds_the_key_gets_the_paper_as_a_file(submitted_case, paper, client):
    response = fetch(holder(client, submitted_case), paper)

    assert response.status_code == 200
    assert response.body == crm.PDF
    assert response.headers["Content-Disposition"] == 'attachment; filename="comprobante.pdf"'
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert AccessLog.objects.filter(act="download", case_id=submitted_case.pk).count() == 1


def test_the_officer_who_decides_gets_it(paper, officer, client_of):
    assert fetch(client_of(officer), paper).status_code == 200


@pytest.mark.parametrize(
    "who", ["other_officer", "clerk", "host", "agent", "editor", "analyst", "administrator", "stranger"]
)
def test_other_staff_do_not(who, request, paper, client_of):
    assert fetch(client_of(request.getfixturevalue(who)), paper).status_code == 404
    assert not AccessLog.objects.filter(act="download").exists()


def test_a_clerk_gets_it_while_they_attend_the_person_and_not_after(
    submitted_case, paper, clerk, office, client_of, actor_of
):
    by = actor_of(clerk)
    contact = actions.open_interaction("office", by=by, office=office)
    contact = actions.attend_interaction(contact, by=by)
    actions.bring_case(contact, by=by, case=submitted_case, reason="Trae un papel.")
    client = client_of(clerk)

    during = fetch(client, paper).status_code
    actions.end_interaction(contact, by=by)

    assert (during, fetch(client, paper).status_code) == (200, 404)


def test_nobody_else_does_and_guessing_tells_nothing(procedure_version, paper, client):
    other = crm.filed_case(procedure_version)

    nobody = fetch(client, paper)
    guessed = fetch(client, Document(pk=uuid4()))
    another_session = fetch(holder(client, other), paper)

    def plain(response):
        return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"", response.body)

    assert {nobody.status_code, guessed.status_code, another_session.status_code} == {404}
    assert plain(nobody) == plain(guessed)


def test_an_address_is_a_number_of_ours_and_no_path(client, db):
    for path in ("..%2f..%2fetc%2fpasswd", "%2e%2e/", "1", "x" * 300):
        assert client.get(f"/es/paper/{path}/").status_code == 404


def test_a_paper_is_only_read(submitted_case, paper, client):
    client = holder(client, submitted_case)

    assert fetch(client, paper, "head").status_code == 200
    assert not fetch(client, paper, "head").body
    assert {getattr(client, verb)(address(paper)).status_code for verb in ("post", "put", "delete")} == {405}


@pytest.mark.parametrize(
    "wanted", ["bytes=0-3", "bytes=999999-", "bytes=5-1", "bytes=-1", "lines=1-2", "bytes=0-1,3-4,5-6"]
)
def test_a_part_asked_for_is_answered_with_the_whole(wanted, submitted_case, paper, client):
    response = fetch(holder(client, submitted_case), paper, headers={"Range": wanted})

    assert response.status_code == 200
    assert response.headers["Accept-Ranges"] == "none"
    assert len(response.body) == len(crm.PDF)


def test_a_missing_file_is_told_plainly(submitted_case, paper, client):
    files.path_of(paper.sha256).unlink()

    response = fetch(holder(client, submitted_case), paper)

    assert response.status_code == 410
    assert str(paper.pk) in response.body.decode()


# --- what is taken in -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", hostile.hostile())
def test_what_is_no_clean_pdf_jpg_or_png_is_refused_and_nothing_is_kept(name, tmp_path):
    content = hostile.hostile()[name]

    with pytest.raises(FileRefused) as refused:
        files.store(SimpleUploadedFile("papel.pdf", content, content_type="application/pdf"))

    assert str(refused.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", hostile.harmless())
def test_what_scanners_and_telephones_make_is_taken(name):
    content = hostile.harmless()[name]

    assert files.path_of(files.store(SimpleUploadedFile("x", content)).sha256).read_bytes() == content


def test_a_scanner_that_is_away_takes_no_file_and_says_so(monkeypatch, tmp_path, in_english):
    def away(self, content):
        raise ScanUnavailable

    monkeypatch.setattr(MemoryScan, "is_clean", away)

    with pytest.raises(ScanUnavailable, match="What you wrote is kept"):
        files.store(crm.pdf())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_full_disk_is_told_and_leaves_nothing_half(monkeypatch, tmp_path, in_english):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(files.StoreUnavailable, match="Files can not be kept"):
        files.store(crm.pdf())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_on_the_disk_with_its_name_before_anybody_can_name_it(monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))

    stored = files.store(crm.pdf())

    assert [Path(one).is_dir() for one in synced] == [False, True]
    assert synced[-1] == str(files.path_of(stored.sha256).parent)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system.ini", "system.pdf"),
        ("factura.pdf.exe", "factura.pdf.pdf"),
        ("a.php;.pdf", "a.php.pdf"),
        ('x"\r\nSet-Cookie: a=b.pdf', "xSet-Cookie ab.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("con espacio ñandú.pdf", "con espacio ñandú.pdf"),
        ("a" * 400 + ".pdf", "a" * 120 + ".pdf"),
        ("<script>.pdf", "script.pdf"),
    ],
)
def test_a_name_is_made_harmless(name, kept):
    upload = SimpleUploadedFile("x.pdf", crm.PDF)
    upload._name = name

    assert files.store(upload).name == kept


def test_the_kind_is_told_by_the_content_not_by_the_browser(procedure_version, submitted_case, client):
    jpg = hostile.jpeg()
    stored = files.store(SimpleUploadedFile("foto.html", jpg, content_type="text/html"))
    draft = crm.draft_case(procedure_version)
    paper = actions.add_document(draft, by=draft.holder, file=stored, requirement="id-card")

    response = fetch(holder(client, draft), paper)

    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == 'attachment; filename="foto.jpg"'


def test_a_stored_file_lies_under_its_hash_outside_of_what_is_served(
    submitted_case, paper, client, settings, tmp_path
):
    path = files.path_of(paper.sha256)

    assert path.is_relative_to(tmp_path)
    assert path.name == paper.sha256
    assert client.get(f"/media/papers/{paper.sha256[:2]}/{paper.sha256}").status_code == 404


# --- the sweep --------------------------------------------------------------------------------------
def aged(path: Path, hours: float) -> Path:
    then = time.time() - timedelta(hours=hours).total_seconds()
    os.utime(path, (then, then))
    return path


def test_the_sweep_removes_what_no_row_names_a_day_after_it_came(paper):
    named = aged(files.path_of(paper.sha256), 48)
    orphan = aged(files.path_of(files.store(crm.pdf(content=crm.PDF + b"%old")).sha256), 25)
    young = aged(files.path_of(files.store(crm.pdf(content=crm.PDF + b"%new")).sha256), 23)
    half = aged(orphan.with_name("tmpabc"), 48) if orphan.with_name("tmpabc").touch() is None else None

    removed = tasks.remove_orphan_papers()

    assert removed == 2
    assert named.exists()
    assert young.exists()
    assert not orphan.exists()
    assert not half.exists()


def test_a_file_given_again_is_young_again(paper):
    content = crm.PDF + b"%twice"
    path = aged(files.path_of(files.store(crm.pdf(content=content)).sha256), 48)

    files.store(crm.pdf(content=content))

    assert tasks.remove_orphan_papers() == 0
    assert path.exists()


def test_a_file_given_again_while_the_sweep_looks_survives(paper, monkeypatch):
    content = crm.PDF + b"%race"
    path = aged(files.path_of(files.store(crm.pdf(content=content)).sha256), 48)

    def known(hashes):
        files.store(crm.pdf(content=content))  # somebody gives it just now
        return set()

    files.remove_orphans(known, older_than=time.time() - 3600)

    assert path.read_bytes() == content


def test_a_file_left_aside_by_a_sweep_that_was_killed_comes_back(paper):
    path = files.path_of(paper.sha256)
    path.replace(path.with_name(f"{path.name}.orphan"))

    tasks.remove_orphan_papers()

    assert path.read_bytes() == crm.PDF


def test_a_key_opens_its_papers_and_no_others(procedure_version, client):
    case, other = crm.filed_case(procedure_version), crm.filed_case(procedure_version)
    assert keys.opens(case.key, case.secret_hash)

    client = holder(client, case)

    assert fetch(client, case.documents.get()).status_code == 200
    assert fetch(client, other.documents.get()).status_code == 404
    assert Document.objects.count() == 2
