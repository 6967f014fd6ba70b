"""
Takes the screenshots of README.md: one citizen's case through every room of a running demo.

    python3 dev.py run                                   # in one terminal
    .venv/bin/python tools/take_screenshots.py [http://127.0.0.1:8000]
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from devtools.suite import find_browser  # noqa: E402
from tests.browser import ARGUMENTS, DESK, PHONE  # noqa: E402
from tests.journeys import steps  # noqa: E402

FOLDER = ROOT / "docs" / "img"
PASSWORD = "ventanilla-demo-101"  # noqa: S105  # the demo prints it at every start
PERSON = {
    "applicant_name__given": "Rosa Ester",
    "applicant_name__surnames": "Huenchumil Pino",
    "applicant_run": "49.000.777-6",
    "applicant_email": "rosa@demo.invalid",
    "applicant_phone": "9 8765 4321",
    "applicant_commune": "13101",
}


def main() -> None:
    """Walk, and keep what is seen on the way."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=ARGUMENTS)
        walk(Walk(browser, address))
        browser.close()


class Walk:
    """Pages of the people who take part."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    def page(self, email: str = "", size: dict[str, int] = DESK) -> Page:
        """Return the page of somebody new; with an address, signed in."""
        page = self.browser.new_context(base_url=self.address, viewport=size, locale="en-GB").new_page()  # type: ignore[arg-type]
        if email:
            steps.sign_in(page, f"{email}@demo.invalid", PASSWORD)
        return page


def keep(page: Page, name: str) -> None:
    """Keep what stands on the screen."""
    page.wait_for_timeout(400)
    page.screenshot(path=str(FOLDER / f"{name}.png"))


def walk(people: Walk) -> None:
    """The portal, the office, line 101, the agency, the catalogue, the figures."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "cedula.pdf"
        paper.write_bytes(steps.PDF)
        citizen = people.page(size=PHONE)
        citizen.goto("/en/procedures/pension-garantizada-universal-pgu/")
        keep(citizen, "procedure")
        folio, key = steps.apply_on_the_web(citizen, PERSON, paper)
        at_home = people.page()
        at_home.goto("/en/")
        keep(at_home, "portal")

        host, clerk = people.page("hugo"), people.page("clara")
        clerk.goto("/en/staff/desk/")
        if clerk.locator("form[action$='/open/']").count():
            steps.press(clerk, "/open/", "first")
        for words in ("pension", "birth certificate", "pension"):
            steps.receive_at_the_office(host, words)
        host.goto("/en/staff/desk/reception/")
        keep(host, "reception")
        clerk.goto("/en/staff/desk/")
        if clerk.locator("form[action*='/next/']").count():  # else somebody is called or served already
            steps.press(clerk, "/next/")
        display = host.context.new_page()
        display.goto("/en/staff/desk/reception/")
        steps.press(display, "/display/")
        keep(display, "waiting-room")
        steps.press(clerk, "/start/")
        clerk.wait_for_url("**/visits/**")
        clerk.locator("form[action$='/find/'] input[name=text]").fill(PERSON["applicant_run"])
        steps.press(clerk, "/find/")
        clerk.locator("form[action$='/person/'] button[name=document_seen]").first.click()
        clerk.wait_for_load_state()
        steps.press(clerk, "/case/")
        keep(clerk, "desk")

        phone, console = people.page("sofia"), people.page("bruno")
        steps.call_and_be_answered(phone, console, PERSON["applicant_phone"])
        keep(console, "console")

        officer = people.page("oscar")
        steps.act_on_case(officer, folio, "take")
        officer.goto(f"/en/staff/agency/{folio}/")
        keep(officer, "workspace")

        steps.open_case(at_home, folio, key)
        keep(at_home, "case")
        editor = people.page("elena")
        editor.goto("/en/staff/catalogue/")
        keep(editor, "catalogue")
        analyst = people.page("ana")
        analyst.goto("/en/staff/figures/")
        keep(analyst, "figures")


if __name__ == "__main__":
    main()
