"""“Also possible now” while somebody is on the line."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from callcentre import actions
from crm.actions import know_person
from events.models import Event
from tests.callcentre import phones
from tests.factories.catalog import publish, sheet

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _in_english(_spanish):
    with translation.override("en"):
        yield


@pytest.fixture
def pension(agency):
    title = {"es": "Pensión de ejemplo", "en": "Example pension"}
    rules = {"all": [{"fact": "age", "at_least": 65}, {"fact": "income_bracket", "at_most": 80}]}
    return publish(sheet(code="77", slug="pension", title=title, eligibility=rules), agency=agency)


@pytest.fixture
def contact(agent, pension):
    return phones.speaks(agent)


@pytest.fixture
def console(agent, client_of):
    return client_of(agent)


@pytest.fixture
def amina(contact):
    return know_person(
        by=Actor.system(), name="Amina Rojas Soto", run="12345678-5", level=500, birth_date="1940-03-27"
    )


def page(name, contact):
    return reverse(f"callcentre:{name}", args=[contact.pk])


def panel(text):
    return text[text.index('id="possible"') : text.index("</section>", text.index('id="possible"'))]


def test_of_a_caller_who_only_says_who_they_are_nothing_is_told(contact, agent, console, amina):
    phones.at_level(contact, agent, amina, 100)

    shown = panel(console.get(page("contact", contact)).text)

    assert "Example pension" not in shown
    assert "8" not in shown.partition("<details")[0].replace("h2", "")


def test_once_it_is_sure_who_calls_what_is_known_suggests_and_says_what_to_ask(
    contact, agent, console, amina
):
    phones.at_level(contact, agent, amina, 300)

    shown = panel(console.get(page("contact", contact)).text)

    assert "Example pension" in shown
    assert "Perhaps" in shown
    assert "Ask: In which bracket of the Social Registry of Households is your household?" in shown


def test_what_the_caller_says_completes_it_and_is_not_kept(contact, agent, console, amina):
    phones.at_level(contact, agent, amina, 300)
    before = Event.objects.count()

    answer = console.post(page("possible", contact), {"income_bracket": "60"})

    assert answer.status_code == 200
    assert "Seems possible" in panel(answer.text)
    assert Event.objects.count() == before
    assert "Perhaps" in panel(console.get(page("contact", contact)).text)


def test_what_is_asked_about_is_not_suggested(contact, agent, console, amina, pension):
    phones.at_level(contact, agent, amina, 300)
    actions.add_matter(contact, by=Actor.staff(agent), version=pension)

    assert "Example pension" not in panel(console.get(page("contact", contact)).text)


def test_htmx_swaps_in_the_panel_and_a_wrong_answer_is_kept(contact, console):
    swapped = console.post(page("possible", contact), {"age": "seventy"}, headers=HTMX)

    assert swapped.status_code == 422
    assert swapped.text.strip().startswith('<section id="possible"')
    assert 'value="seventy"' in swapped.text


def test_a_suggestion_is_added_as_a_matter(contact, console, pension):
    console.post(page("possible", contact), {"age": "70", "income_bracket": "60"})

    console.post(page("matter-add", contact), {"procedure": pension.procedure.slug})

    assert contact.enquiries.get().version == pension
