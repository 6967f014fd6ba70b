"""Changing the language of a page that was refused: what was typed goes along, and nothing is done."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from catalog.models import UsefulnessVote
from crm import keys
from crm.models import Case, SurveyAnswer
from tests.portal.walks import begin, fill, key_in, question, reload

pytestmark = pytest.mark.django_db


def switch(client: Client, refused):
    """Press the other language on a page, as a browser without JavaScript does."""
    form = re.search(
        r'<form method="post" action="([^"]+)">((?:(?!</form>).)*name="only_the_language".*?)</form>',
        refused.text,
    )
    assert form, "the page offers its other language as a link only"
    sent = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
    }
    return client.post(unescape(form[1]), sent)


def test_a_refused_answer_goes_along_into_the_other_language_and_is_not_kept(
    client: Client, procedure_version
):
    draft = fill(client, begin(client, procedure_version), until="copies")
    refused = client.post(
        question(draft, "copies") + "?from=check", {"copies": "setenta <b>", "from": "check"}
    )

    switched = switch(client, refused)
    back = switch(client, switched)

    assert switched.status_code == back.status_code == 422
    assert 'lang="en"' in switched.text
    assert "Write a whole number" in switched.text
    assert "setenta &lt;b&gt;" in switched.text
    assert 'name="from" value="check"' in switched.text
    assert 'lang="es"' in back.text
    assert "setenta &lt;b&gt;" in back.text
    assert "copies" not in reload(draft).case.answers
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"


def test_a_choice_and_every_box_of_a_date_go_along(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="reason")
    client.post(question(draft, "reason"), {"reason": "lost"})
    date = {"lost_on_day": "31", "lost_on_month": "2", "lost_on_year": "2026"}

    switched = switch(client, client.post(question(draft, "lost_on"), date))

    assert all(f'value="{value}"' in switched.text for value in date.values())


def test_an_answer_that_has_become_good_is_shown_and_still_not_kept(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")

    shown = client.post(question(draft, "copies"), {"copies": "3", "only_the_language": "1"})

    assert 'value="3"' in shown.text
    assert "copies" not in reload(draft).case.answers


def test_what_waits_in_the_page_that_asks_for_the_key_goes_along(client: Client, procedure_version):
    draft = fill(client, begin(client, procedure_version), until="copies")
    key = key_in(client, draft)
    client.cookies.clear()
    asked = client.post(question(draft, "copies"), {"copies": "4"})

    switched = switch(client, asked)
    kept = client.post(
        question(draft, "copies")
        .replace("/es/solicitudes/", "/en/applications/")
        .replace("/pregunta/", "/question/"),
        {"copies": "4", "resume_key": key},
    )

    assert switched.status_code == 403
    assert "Show your key to go on" in switched.text
    assert '<input type="hidden" name="copies" value="4">' in switched.text
    assert 'name="only_the_language" value="1">' not in switched.text.replace("<button", "").split("<main")[1]
    assert kept.status_code == 302
    assert reload(draft).case.answers["copies"] == 4


def test_folio_and_key_go_along_and_no_guess_is_counted(client: Client, submitted_case):
    wrong = keys.new_key()
    refused = client.post("/es/seguir/", {"folio": submitted_case.folio, "key": wrong})

    for _ in range(25):
        switched = switch(client, refused)
    last = client.post("/en/follow/", {"folio": submitted_case.folio, "key": wrong})

    assert submitted_case.folio in switched.text
    assert wrong in switched.text
    assert last.status_code == 422  # not 429


def test_changing_the_language_sends_nothing_even_if_it_could_be_sent(client: Client, submitted_case):
    survey = f"/en/survey/{keys.survey_token(submitted_case.source_id)}/"
    only = {"only_the_language": "1"}

    asked = client.post(survey, {"grade": "7", "comment": "Muy bien", **only})
    opened = client.post("/en/follow/", {"folio": submitted_case.folio, "key": submitted_case.key, **only})
    voted = client.post("/en/procedures/certificado-de-ejemplo/useful/", {"is_useful": "yes", **only})

    assert asked.status_code == opened.status_code == voted.status_code == 422
    assert "Muy bien" in asked.text
    assert "The language has changed" in opened.text
    assert not SurveyAnswer.objects.exists()
    assert not UsefulnessVote.objects.exists()


def test_a_page_that_can_not_be_drawn_again_is_asked_afresh_and_does_nothing(client: Client, submitted_case):
    client.post("/es/seguir/", {"folio": submitted_case.folio, "key": submitted_case.key})
    withdraw = f"/en/cases/{submitted_case.folio}/withdraw/"

    asked = client.post(withdraw, {"only_the_language": "1"})

    assert asked.url == withdraw
    assert Case.objects.get().is_open


def test_a_page_on_which_nothing_was_typed_keeps_its_plain_link(client: Client, procedure_version):
    shown = client.get("/es/seguir/").text

    assert "only_the_language" not in shown
    assert "/idioma/en/?next=" in shown
