"""The same application sent many times at once: one case, one answer."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from crm.models import Case, Enquiry, Interaction, SurveyInvitation
from events.models import Event
from tests.portal.walks import begin, fill, page

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 20


def test_twenty_clicks_at_once_file_one_case_with_one_answer(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def click(_number: int) -> tuple[int, str, str]:
        browser = Client()
        browser.cookies.load(cookies)
        try:
            sent = browser.post(page(draft, "revisar"))
            return sent.status_code, sent.url, browser.get(sent.url).text
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = list(pool.map(click, range(CLICKS)))

    case = Case.objects.get()
    assert {(status, url) for status, url, _ in answers} == {(302, page(draft, "comprobante"))}
    assert all(case.folio in receipt for _, _, receipt in answers)
    assert Event.objects.filter(kind="case.submitted", subject_id=case.pk).count() == 1
    assert Interaction.objects.count() == Enquiry.objects.count() == SurveyInvitation.objects.count() == 1


def test_twenty_presses_of_start_at_once_begin_one_draft(client: Client, procedure_version):
    start = "/es/tramites/certificado-de-ejemplo/solicitar/"
    button = re.search(r'name="press" value="([^"]+)"', client.get(start).text)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def click(_number: int) -> tuple[str, int]:
        browser = Client()
        browser.cookies.load(cookies)
        try:
            sent = browser.post(start, {"press": button[1]})
            return sent.url, browser.get(sent.url).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = set(pool.map(click, range(CLICKS)))

    assert len(answers) == 1
    assert answers.pop()[1] == 302  # each browser's answer holds the key
    assert Case.objects.count() == Interaction.objects.count() == Enquiry.objects.count() == 1
    assert Event.objects.filter(kind="case.begun").count() == 1
