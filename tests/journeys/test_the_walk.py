"""
The whole mission in one walk: web, office, phone, agency, web, survey, and the ministry's figures move by exactly these contacts.

Real servers, a real browser, a real worker that is killed half-way.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import Page

from accounts.actors import Actor
from common import clock
from config.cast import PASSWORD, load_cast
from config.queues import QUEUES
from crm.actions import know_person
from crm.models import Case, Interaction, SurveyAnswer
from events.models import Event
from metrics.models import DailyContact
from tests.browser import DESK, PHONE, assert_accessible
from tests.journeys import steps

AMINA = {
    "applicant_name__given": "Amina",
    "applicant_name__surnames": "Rojas Soto",
    "applicant_run": "12.345.678-5",
    "applicant_email": "amina@demo.invalid",
    "applicant_phone": "9 8765 4321",
    "applicant_commune": "13101",
}


class Workers:
    """Celery as in production, on this test's database; `kill` ends it as the power would."""

    def __init__(self, folder: Path) -> None:
        self.schedule = folder / "beat"
        config = connections["owner"].settings_dict
        address = f"postgresql://{config['USER']}@/{config['NAME']}?host={config['HOST']}"
        if config["PORT"] or not str(config["HOST"]).startswith("/"):
            address = settings.DATABASE_URL.replace(
                "/" + settings.DATABASE_URL.rsplit("/", 1)[1], f"/{config['NAME']}"
            )
        self.env = {**os.environ, "DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-B",
            "-s",
            str(self.schedule),
        ]
        command += [
            "-Q",
            ",".join(QUEUES),
            "--concurrency",
            "2",
            "--without-gossip",
            "--without-mingle",
            "-l",
            "WARNING",
        ]
        self.process = subprocess.Popen(
            command, env=self.env, cwd=settings.BASE_DIR, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def workers(transactional_db: None, tmp_path: Path) -> Iterator[Workers]:
    crew = Workers(tmp_path)
    yield crew
    crew.kill()


@pytest.fixture
def house(transactional_db: None) -> None:
    """The real reference data and the cast, as `manage.py up` makes them; no history but that Amina showed her card once."""
    call_command("load_reference", stdout=StringIO())
    load_cast()
    with clock.frozen(clock.now() - timedelta(days=90)):
        know_person(
            by=Actor.system(),
            name="Amina Rojas Soto",
            run="12345678-5",
            level=500,
            commune_code="13101",
            birth_date="1952-04-18",
        )


def wait_until(true: Any, within: float) -> float:
    """Return the seconds it took until `true()`, or fail."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < within, f"not within {within} s"
        time.sleep(0.2)
    return time.monotonic() - start


def counted() -> dict[str, int]:
    """Return today's contacts by channel as the dashboard's roll-up has them."""
    found: dict[str, int] = {}
    for channel, contacts in DailyContact.objects.values_list("channel", "contacts"):
        found[channel] = found.get(channel, 0) + contacts
    return found


def happened() -> dict[str, int]:
    """Return the same, counted from the contacts themselves."""
    found: dict[str, int] = {}
    for channel in Interaction.objects.values_list("channel", flat=True):
        found[channel] = found.get(channel, 0) + 1
    return found


@pytest.mark.django_db(transaction=True)
def test_one_citizen_three_channels_one_case_one_dashboard(house, workers, new_page, tmp_path: Path):
    paper = tmp_path / "comprobante.pdf"
    paper.write_bytes(steps.PDF)
    workers.start()

    def staff(email: str) -> Page:
        page = new_page(DESK)
        steps.sign_in(page, f"{email}@demo.invalid", PASSWORD)
        return page

    citizen, host, clerk = new_page(PHONE, javascript=False), staff("hugo"), staff("clara")
    agent, phone, officer, analyst = staff("bruno"), staff("adela"), staff("oscar"), staff("ana")

    folio, key = steps.apply_on_the_web(citizen, AMINA, paper)
    steps.receive_at_the_office(host, "pension garantizada")
    steps.serve_at_the_desk(clerk, AMINA["applicant_run"], paper)
    workers.kill()  # half-way: what happens meanwhile waits in the outbox
    steps.call_and_be_answered(phone, agent, "+56 9 8765 4321")
    steps.tell_how_it_goes(agent, "Santiago", "1952")
    steps.hang_up_and_finish(phone, agent)
    steps.act_on_case(officer, folio, "take")
    assert Event.objects.undelivered().exists()
    workers.start()
    steps.act_on_case(officer, folio, "ask", question="Send the bank account, please.")
    steps.answer_on_the_web(citizen, folio, key, "It is 123456 of Banco Estado.")
    steps.act_on_case(officer, folio, "grant", reason="You meet every requirement.")
    steps.open_case(citizen, folio, key)
    steps.answer_the_survey(citizen)

    case = Case.objects.get(folio=folio)
    kinds = list(Event.objects.about("case", case.pk).values_list("kind", flat=True))
    told = [kind for kind in kinds if kind != "case.status_told"]
    assert told == [
        "case.begun",
        "case.submitted",
        "case.paper_added",
        "case.taken",
        "case.asked",
        "case.answered",
        "case.granted",
    ]
    assert kinds.index("case.paper_added") < kinds.index("case.status_told") < kinds.index("case.taken")
    channels = list(Event.objects.about("case", case.pk).values_list("channel", flat=True))
    assert {"web", "office", "phone", "agency"} <= set(channels)
    assert_the_thread_is_in_order(citizen, folio, key)

    wait_until(lambda: not Event.objects.undelivered().exists(), within=30)
    wait_until(lambda: counted() == happened(), within=10)
    assert happened()["office"] == happened()["phone"] == 1
    assert SurveyAnswer.objects.get().grade == 7
    analyst.goto("/en/staff/figures/")
    total = sum(happened().values())
    steps.wait_for_text(analyst, "contacts through all channels")
    figures = analyst.locator("main").inner_text()
    assert f"{total}\ncontacts through all channels" in figures.replace("\n\n", "\n")
    assert_accessible(analyst)


def assert_the_thread_is_in_order(citizen: Page, folio: str, key: str) -> None:
    steps.open_case(citizen, folio, key)
    thread = citizen.locator("ol.thread").inner_text()
    sentences = [
        "You filed your application",
        "A paper was added to your case",
        "You asked how your case is going",
        "The agency began to review your case",
        "The agency asks you for something",
        "You answered the agency",
        "Your application was granted",
    ]
    places = [thread.index(sentence) for sentence in sentences]
    assert places == sorted(places)
