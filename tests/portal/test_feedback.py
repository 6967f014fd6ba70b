import pytest
from django.test import Client

from catalog.models import ErrorReport, UsefulnessVote
from crm import keys
from crm.models import SurveyAnswer, SurveyInvitation

pytestmark = pytest.mark.django_db
VOTE = "/es/tramites/certificado-de-ejemplo/util/"
MISTAKE = "/es/tramites/certificado-de-ejemplo/error/"


def test_a_vote_is_kept_for_the_version_that_was_read(client: Client, procedure_version):
    sent = client.post(VOTE, {"is_useful": "yes", "saved_visit": "yes", "comment": "Muy claro"})

    vote = UsefulnessVote.objects.get()
    assert sent.url == "/es/tramites/certificado-de-ejemplo/gracias/"
    assert client.get(sent.url).status_code == 200
    assert (vote.version, vote.is_useful, vote.saved_visit, vote.language) == (
        procedure_version,
        True,
        "yes",
        "es",
    )


def test_a_second_click_does_not_vote_twice(procedure_version):
    browser = Client()
    browser.get(VOTE)

    for _ in range(2):
        assert browser.post(VOTE, {"is_useful": "no"}).status_code == 302

    assert UsefulnessVote.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"is_useful": "perhaps"},
        {"is_useful": "yes", "saved_visit": "x"},
        {"is_useful": "yes", "comment": "a" * 3000},
    ],
)
def test_a_vote_that_says_nothing_is_asked_again(client: Client, procedure_version, data):
    refused = client.post(VOTE, data)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert not UsefulnessVote.objects.exists()


def test_a_mistake_is_reported(client: Client, procedure_version):
    assert client.post(MISTAKE, {"text": " "}).status_code == 422

    client.post(MISTAKE, {"text": "El precio cambió."})

    assert ErrorReport.objects.get().text == "El precio cambió."


@pytest.fixture
def survey(submitted_case) -> str:
    return f"/en/survey/{keys.survey_token(submitted_case.source_id)}/"


def test_a_survey_is_answered_once_and_twice_is_no_harm(client: Client, survey):
    assert client.get(survey).status_code == 200

    for grade in ("7", "1"):
        assert client.post(survey, {"grade": grade, "resolved": "yes"}, follow=True).status_code == 200

    assert SurveyAnswer.objects.get().grade == 7
    assert "Each survey is answered once" in client.get(survey).text


@pytest.mark.parametrize("is_staff", [True, False])
def test_a_survey_answered_where_staff_are_signed_in_is_marked_as_given_by_proxy(
    is_staff, client: Client, client_of, clerk, survey
):
    (client_of(clerk) if is_staff else client).post(survey, {"grade": "7"})

    assert SurveyAnswer.objects.get().by_proxy is is_staff


@pytest.mark.parametrize("grade", ["", "0", "8", "x", "7 "])
def test_a_grade_outside_one_to_seven_is_asked_again(client: Client, survey, grade):
    assert client.post(survey, {"grade": grade}).status_code == 422
    assert not SurveyAnswer.objects.exists()


def test_a_survey_closes_after_thirty_days(client: Client, survey):
    from datetime import timedelta

    from common import clock

    SurveyInvitation.objects.update(expires_at=clock.now() - timedelta(days=1))

    assert "This survey is closed" in client.get(survey).text
    assert "This survey is closed" in client.post(survey, {"grade": "7"}).text


def test_an_unknown_token_opens_nothing(client: Client, db):
    assert client.get("/es/encuesta/abcdef/").status_code == 404
