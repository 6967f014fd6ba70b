"""What people do, step by step, in a real browser: used by the walk of the whole house, and by whoever wants to watch it."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
PROCEDURE = "pension-garantizada-universal-pgu"
FIRST_PAGE_WAIT = 20_000  # milliseconds


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/en/staff/sign-in/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def fill_question(page: Page, person: dict[str, str], paper: Path) -> None:
    """Answer whatever the page asks: the person's own data where it asks for them, the first choice elsewhere."""
    for name, value in person.items():
        box = page.locator(f"main [name='{name}']")
        if box.count():
            box.select_option(value) if name.endswith("commune") else box.fill(value)
            return
    if page.locator("main input[type=file]").count():
        page.set_input_files("main input[type=file]", paper)
    elif page.locator("main input[type=radio]").count():
        page.locator("main input[type=radio]").last.check()
    elif page.locator("main input[type=checkbox]").count():
        page.locator("main input[type=checkbox]").first.check()
    elif page.locator("main textarea, main input[type=text]").count():
        box = page.locator("main textarea, main input[type=text]").first
        if not box.input_value():
            box.fill("Banco Estado, 123456")


def apply_on_the_web(page: Page, person: dict[str, str], paper: Path) -> tuple[str, str]:
    """Look the procedure up, apply, and return the folio and the key of the receipt."""
    page.goto("/en/")
    page.fill("input[type=search]", "pension garantisada")
    page.press("input[type=search]", "Enter")
    page.locator(f"main a[href*='{PROCEDURE}']").first.click()
    page.locator(f"main a[href*='{PROCEDURE}/apply']").first.click()
    with page.expect_navigation():
        page.locator("main form button.button").first.click()
    for _step in range(30):
        if "/check/" in page.url:
            break
        for name in ("applicant_name__given", "applicant_name__surnames"):
            if page.locator(f"main [name={name}]").count():
                page.fill(f"main [name={name}]", person[name])
        fill_question(page, {k: v for k, v in person.items() if "name__" not in k}, paper)
        with page.expect_navigation():  # what is asked next is looked for on the next page, never on this one
            page.locator("main form button.button:not(.button-link):not(.button-secondary)").first.click()
    assert "/check/" in page.url, page.url
    page.locator("main form button.button").first.click()
    page.wait_for_url("**/receipt/")
    text = page.locator("main").inner_text()
    folio = re.search(r"\d{4}-\d{7}-[\dX]", text)
    key = re.search(r"(?:[0-9a-z]{5}-){5}[0-9a-z]", text)
    assert folio, text
    assert key, text
    return folio[0], key[0]


def open_case(page: Page, folio: str, key: str) -> None:
    page.goto("/en/follow/")
    page.fill("input[name=folio]", folio)
    page.fill("input[name=key]", key)
    page.press("input[name=key]", "Enter")
    page.wait_for_url("**/cases/**")


def take_a_ticket(host: Page, words: str) -> str:
    """At reception: what for, then the ticket; returns its name."""
    host.goto("/en/staff/desk/reception/")
    host.fill("input[type=search]", words)
    host.wait_for_timeout(600)
    host.locator("#found button, [id^=found] button").first.click()
    host.locator("div.action button.button, div.action a.button").last.click()
    host.wait_for_load_state()
    return host.locator("main h1, main .folio").first.inner_text()


def note_troubles(page: Page, into: list[str]) -> None:
    page.on("pageerror", lambda error: into.append(str(error)))
    page.on("console", lambda m: into.append(m.text) if "Content Security Policy" in m.text else None)


def wait_for_text(page: Page, text: str, timeout: int = FIRST_PAGE_WAIT) -> None:
    expect(page.locator("body")).to_contain_text(text, timeout=timeout)


def shot(page: Page, folder: Any, name: str) -> None:
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def press(page: Page, action: str, which: str = "last") -> None:
    """Send the form whose address ends in `action`."""
    buttons = page.locator(f"form[action*='{action}'] button:visible")
    (buttons.last if which == "last" else buttons.first).click()
    page.wait_for_load_state()


def receive_at_the_office(host: Page, words: str) -> None:
    """At reception: what they come for, then the ticket."""
    host.goto("/en/staff/desk/reception/")
    host.fill("input[type=search]", words)
    host.press("input[type=search]", "Enter")
    host.wait_for_load_state()
    host.locator("main input[type=checkbox]").first.check()
    host.locator(".action button.button").last.click()
    host.wait_for_url("**/tickets/**")


def serve_at_the_desk(clerk: Page, run: str, paper: Path) -> None:
    """Open a desk, call, start, see the card, take the case up, add a paper, finish."""
    clerk.goto("/en/staff/desk/")
    if clerk.locator("form[action$='/open/']").count():
        press(clerk, "/open/", "first")
    press(clerk, "/next/")
    press(clerk, "/start/")
    clerk.wait_for_url("**/visits/**")
    clerk.locator("form[action*='/find/'] input[name=text]").fill(run)
    press(clerk, "/find/")
    clerk.locator("form[action*='/person/'] button[name=document_seen]").first.click()
    clerk.wait_for_load_state()
    press(clerk, "/case/")
    clerk.locator("summary", has_text="Add a paper").click()
    box = clerk.locator("form[action$='/paper/']")
    box.locator("select[name=requirement]").select_option(index=1)
    box.locator("input[type=file]").set_input_files(paper)
    press(clerk, "/paper/")
    wait_for_text(clerk, "The paper is in the case now.")
    for _matter in range(3):  # every matter of the visit gets its outcome
        press(clerk, "/finish/")
        if not clerk.locator("button[name=anyway]").count():
            break
        clerk.locator(".notice a").first.click()
        clerk.wait_for_load_state()
        clerk.locator("form[action$='/outcome/'] button[value=informed]").click()
        clerk.wait_for_load_state()
    wait_for_text(clerk, "is finished.")


def call_and_be_answered(phone: Page, console: Page, number: str) -> None:
    """Dial 101 on the demo's telephone; the agent's console pops up, and only then is it answered."""
    console.goto("/en/staff/line/")
    if console.locator("button[value=available]").count():
        console.locator("button[value=available]").first.click()
        console.wait_for_load_state()
    phone.goto("/en/staff/line/softphone/")
    phone.fill("#softphone-from", number)
    phone.locator(".choice", has_text="Bruno").locator("input").check()
    phone.locator("button[data-key=d]").click()
    wait_for_text(console, "is calling")
    phone.locator("button", has_text="Bruno Salas answers").click()
    console.wait_for_url(
        "**/contact/**"
    )  # it goes to the call by itself; asked for at the same moment, one would abort the other


def tell_how_it_goes(console: Page, commune: str, born: str) -> None:
    """Ask who it is, ask the two questions (where they live and when they were born), tell the state of the case."""
    press(console, "/caller/", "first")
    questions = console.locator("#questions")
    questions.locator("[name=commune]").fill(commune)
    questions.locator("[name=birth_year]").fill(born)
    press(console, "/questions/")
    console.locator(".aside a[href*='/cases/']").first.click()
    console.wait_for_load_state()
    press(console, "/tell/")


def hang_up_and_finish(phone: Page, console: Page) -> None:
    phone.locator("button", has_text="Hang up").first.click()
    console.wait_for_timeout(1_500)
    console.wait_for_load_state("networkidle")  # the call's end draws the console anew by itself
    console.goto("/en/staff/line/")
    console.wait_for_load_state()
    console.locator("button[value=available]").last.click()
    console.wait_for_load_state()


def act_on_case(officer: Page, folio: str, act: str, **texts: str) -> None:
    """Take, ask, grant or deny in the agency's workspace."""
    officer.goto(f"/en/staff/agency/{folio}/")
    opener = officer.locator(
        f"#corner a[href*='act={act}'], #corner a[href*='/{act}/'], #corner form[action$='/{act}/'] button"
    )
    opener.first.click()
    if texts:
        officer.locator(f"#corner form[action$='/{act}/'] [name={next(iter(texts))}]").wait_for()
    else:
        expect(
            opener.first
        ).to_be_hidden()  # done: the page is drawn anew, and the act is not offered any more
        officer.wait_for_load_state()
    for name, text in texts.items():
        officer.fill(f"#corner [name={name}]", text)
    if texts:
        sent = officer.locator(f"#corner form[action$='/{act}/'] button.button").last
        sent.click()
        expect(officer.locator(f"#corner [name={next(iter(texts))}]")).to_be_hidden()
        officer.wait_for_load_state()


def answer_on_the_web(citizen: Page, folio: str, key: str, text: str) -> None:
    open_case(citizen, folio, key)
    citizen.locator("main a[href$='/answer/']").first.click()
    citizen.fill("textarea[name=text]", text)
    citizen.locator("main form button.button").last.click()
    wait_for_text(citizen, "The agency has your answer.")


def answer_the_survey(citizen: Page) -> None:
    citizen.locator("main a[href*='/survey/']").first.click()
    citizen.locator("input[name=grade][value='7']").check()
    citizen.locator("main form button.button").first.click()
    wait_for_text(citizen, "Thank you")
