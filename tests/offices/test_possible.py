"""“Also possible now” at the desk."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from crm.actions import know_person
from crm.models import AccessLog, Interaction, PersonAttribute
from events.models import Event
from offices import actions
from tests.factories import offices as make
from tests.factories.catalog import publish, sheet

HTMX = {"HX-Request": "true"}
OLD = {"fact": "age", "at_least": 65}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def pension(agency):
    title = {"es": "Pensión de ejemplo", "en": "Example pension"}
    return publish(sheet(code="77", slug="pension", title=title, eligibility=OLD), agency=agency)


@pytest.fixture
def visit(office, clerk, procedure_version, pension):
    return make.serving(office, clerk, versions=[procedure_version]).visit


def old_person(level=500, **given):
    return know_person(
        by=Actor.system(),
        name="Amina Rojas Soto",
        run="12345678-5",
        level=level,
        birth_date="1940-03-27",
        **given,
    )


def identify(visit, clerk, person, *, seen=True):
    actions.identify_here(visit, by=Actor.staff(clerk), person=person, document_seen=seen)


def page(name, visit):
    return reverse(f"offices:{name}", args=[visit.pk])


def panel(text):
    return text[text.index('id="possible"') : text.index("</section>", text.index('id="possible"'))]


def test_what_we_surely_know_suggests_what_else_is_possible_and_it_is_added_with_one_press(
    client_of, clerk, visit, pension
):
    client = client_of(clerk)
    identify(visit, clerk, old_person())

    shown = panel(client.get(page("visit", visit)).text)
    client.post(page("matter-add", visit), {"version": pension.pk})
    after = panel(client.get(page("visit", visit)).text)

    assert "Example pension" in shown
    assert "Seems possible" in shown
    assert f'value="{pension.pk}"' in shown
    assert "Example pension" not in after, "it is in hand now"


@pytest.mark.parametrize(("level", "seen"), [(100, True), (500, False)])
def test_what_is_not_sure_of_them_or_of_it_suggests_nothing(level, seen, client_of, clerk, visit):
    identify(visit, clerk, old_person(level), seen=seen)

    shown = panel(client_of(clerk).get(page("visit", visit)).text)

    assert "Example pension" not in shown
    assert "We surely know" not in shown


def test_nobody_identified_can_be_asked_all_the_same_and_nothing_of_it_is_kept(client_of, clerk, visit):
    client = client_of(clerk)
    before = Event.objects.count(), AccessLog.objects.count(), PersonAttribute.objects.count()

    answer = client.post(page("visit-possible", visit), {"age": "70"})

    assert answer.status_code == 200
    assert "Example pension" in panel(answer.text)
    assert 'name="age" value="70"' in answer.text
    assert (Event.objects.count(), AccessLog.objects.count(), PersonAttribute.objects.count()) == before
    assert "Example pension" not in panel(client.get(page("visit", visit)).text), "it is forgotten"


def test_what_is_known_is_not_asked_for_again(client_of, clerk, visit):
    identify(visit, clerk, old_person())

    shown = panel(client_of(clerk).get(page("visit", visit)).text)

    assert 'name="age"' not in shown
    assert 'name="income_bracket"' in shown


def test_what_is_said_of_somebody_else_is_not_taken_from_the_file(client_of, clerk, visit):
    person = old_person()
    identify(visit, clerk, person)
    other = know_person(by=Actor.system(), name="Berta Soto")
    Interaction.objects.filter(pk=visit.interaction_id).update(represented=other)

    assert "We surely know" not in panel(client_of(clerk).get(page("visit", visit)).text)


def test_a_wrong_answer_is_told_at_its_field_and_kept(client_of, clerk, visit):
    answer = client_of(clerk).post(page("visit-possible", visit), {"age": "seventy"})

    assert answer.status_code == 422
    assert 'value="seventy"' in panel(answer.text)
    assert "Write a whole number, only digits." in panel(answer.text)
    assert "no sheet with rules fits" not in panel(answer.text)  # nothing was looked for


def test_htmx_swaps_in_exactly_the_panel_of_the_page(client_of, clerk, visit):
    client = client_of(clerk)

    swapped = client.post(page("visit-possible", visit), {"age": "70"}, headers=HTMX).text
    whole = client.post(page("visit-possible", visit), {"age": "70"}).text

    assert swapped.strip().startswith('<section id="possible"')
    assert panel(swapped).count("Example pension") == panel(whole).count("Example pension") > 0


def test_an_organisation_is_asked_about_itself(client_of, clerk, visit):
    firm = know_person(by=Actor.system(), name="Almacén Sol", kind="organisation")
    identify(visit, clerk, firm)

    shown = panel(client_of(clerk).get(page("visit", visit)).text)

    assert 'name="size"' in shown
    assert 'name="age"' not in shown


def test_whoever_speaks_for_an_organisation_is_asked_about_it_and_told_what_it_may_get(
    client_of, clerk, visit, agency
):
    publish(
        sheet(
            code="88",
            slug="fondo-pyme",
            applicant="organisation",
            title={"es": "Fondo de ejemplo", "en": "Example fund"},
            eligibility={"fact": "size", "in": ["micro", "small"]},
        ),
        agency=agency,
    )
    identify(visit, clerk, old_person())
    firm = know_person(by=Actor.system(), name="Almacén Sol", kind="organisation")
    Interaction.objects.filter(pk=visit.interaction_id).update(represented=firm)
    client = client_of(clerk)

    asked = panel(client.get(page("visit", visit)).text)
    told = panel(client.post(page("visit-possible", visit), {"size": "micro"}).text)

    assert ('name="size"' in asked, 'name="age"' in asked) == (True, False)
    assert "Example fund" in told
    assert "Example pension" not in told
