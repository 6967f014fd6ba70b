"""The same bundle sent, and begun, many times at once: one case for each procedure, one answer."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from crm.models import Case, CaseBundle, CaseState, Enquiry, Interaction, SurveyInvitation
from events.models import Event
from tests.factories.bundles import publish_bundle, two_procedures
from tests.factories.territory import CommuneFactory
from tests.portal.test_bundles import BOTH, START, begin, fill, page, question, send

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 8


@pytest.fixture(autouse=True)
def _bundle(agency, other_agency):
    CommuneFactory()
    publish_bundle(two_procedures(agency, other_agency))


def at_once(client: Client, act) -> list:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def one(number: int):
        browser = Client()
        browser.cookies.load(cookies)
        try:
            return act(browser, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(one, range(CLICKS)))


def test_clicks_at_once_file_one_case_for_each(client: Client):
    draft = begin(client)
    fill(client, draft)

    answers = at_once(client, lambda browser, _number: browser.post(page(draft, "revisar")).url)

    assert set(answers) == {page(draft, "comprobante")}
    assert [case.state for case in Case.objects.all()] == [CaseState.SUBMITTED] * 2
    assert Event.objects.filter(kind="case.submitted").count() == Enquiry.objects.count() == 2
    assert Interaction.objects.count() == SurveyInvitation.objects.count() == 1


def test_presses_of_start_at_once_begin_one_application(client: Client):
    press = re.search(r'name="press" value="([^"]+)"', client.get(START).text)[1]

    answers = at_once(client, lambda browser, _number: browser.post(START, {**BOTH, "press": press}).url)

    assert len(set(answers)) == 1
    assert Case.objects.count() == 2
    assert CaseBundle.objects.count() == Interaction.objects.count() == 1


def test_answers_sent_from_two_windows_at_once_are_the_same_in_every_case(client: Client):
    draft = begin(client)
    fill(client, draft, until="copies")

    at_once(
        client,
        lambda browser, number: browser.post(question(draft, "copies"), {"copies": str(1 + number % 5)}),
    )
    said = [case.answers["copies"] for case in Case.objects.all()]

    assert len(set(said)) == 1


def test_an_answer_and_the_sending_at_once_leave_all_cases_with_the_same(client: Client):
    draft = begin(client)
    fill(client, draft)

    def act(browser: Client, number: int) -> int:
        if number % 2:
            return browser.post(page(draft, "revisar")).status_code
        answered = browser.post(question(draft, "copies"), {"copies": "5"})
        said_why = answered.status_code == 422 and "error-summary" in answered.text  # it was sent just before
        return 302 if said_why else answered.status_code

    assert set(at_once(client, act)) == {302}
    assert [case.state for case in Case.objects.all()] == [CaseState.SUBMITTED] * 2
    assert len({case.answers["copies"] for case in Case.objects.all()}) == 1
    assert send("copies") == {"copies": "2"}
