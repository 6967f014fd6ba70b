"""What else somebody may get, from the rules of what is published."""

import pytest

from catalog.models import SearchEntry
from catalog.queries.possible import possible_for
from tests.factories.catalog import publish, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

OLD = {"fact": "age", "at_least": 65}
POOR = {"fact": "income_bracket", "at_most": 60}


def published(agency, code, rules, *, popularity=50, **changes):
    title = {"es": f"Trámite {code}", "en": f"Procedure {code}"}
    data = sheet(code=code, slug=f"tramite-{code}", title=title, popularity=popularity, **changes)
    return publish({**data, "eligibility": rules}, agency=agency)


def titles(known, **given):
    return [(one.title, one.missing) for one in possible_for(known, language="en", **given)]


def test_what_is_met_and_what_lacks_one_answer_the_most_wanted_first(agency):
    published(agency, "1", OLD, popularity=10)
    published(agency, "2", {"all": [OLD, POOR]}, popularity=90)
    published(agency, "3", {"all": [OLD, POOR, {"fact": "lives_in_chile", "is": True}]}, popularity=95)
    published(agency, "4", {"fact": "age", "at_most": 30}, popularity=99)
    published(agency, "5", POOR, popularity=99)
    published(agency, "6", None, popularity=99)

    assert titles({"age": 70}) == [
        ("Procedure 2", "In which bracket of the Social Registry of Households is your household?"),
        ("Procedure 1", ""),
    ]
    assert titles({"age": 70, "income_bracket": 80}) == [("Procedure 1", "")]
    assert titles({}) == []


def test_what_is_in_hand_is_not_suggested(agency):
    version = published(agency, "1", OLD)

    assert titles({"age": 70}, without={version.procedure_id}) == []


def test_an_organisation_is_suggested_what_organisations_get(agency):
    published(agency, "1", {"fact": "size", "is": "micro"}, applicant="organisation")
    published(agency, "2", OLD)

    assert titles({"size": "micro"}) == [("Procedure 1", "")]
    assert titles({"age": 70}) == [("Procedure 2", "")]


def test_a_question_left_on_situations_names_them(agency):
    published(agency, "1", {"all": [OLD, {"fact": "situation", "in": ["carer", "widowed"]}]})

    assert titles({"age": 70}) == [
        ("Procedure 1", "Which applies: caring for somebody who depends on you or widowed?")
    ]


def test_rules_that_are_published_away_suggest_nothing_any_more(agency):
    published(agency, "1", OLD)
    published(agency, "1", None)

    assert titles({"age": 70}) == []
    assert not SearchEntry.objects.filter(eligibility__isnull=False).exists()


@pytest.mark.parametrize("size", [2, 12])
def test_it_is_one_query_whatever_is_published(size, agency, django_assert_num_queries):
    for number in range(size):
        published(agency, str(100 + number), OLD)

    with django_assert_num_queries(1):
        found = possible_for({"age": 70}, language="es", limit=6)

    assert len(found) == min(size, 6)
