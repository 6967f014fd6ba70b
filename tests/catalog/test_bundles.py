"""The editors' room of bundles: begun, changed, published; what is left out is said; nobody overwrites a colleague."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Role
from catalog import actions, permissions, tasks
from catalog.models import Bundle, BundleStatus, Publication
from catalog.queries.bundles import offered_bundles, parts_now, shared_questions, usable
from common import clock
from common.errors import DomainError, IllegalMove, NotAllowed, StaleVersion
from events.models import Event
from portal import cache as pages
from tests.factories import accounts as people
from tests.factories.bundles import benefit, life_event, make_bundle, publish_bundle, text, two_procedures
from tests.factories.catalog import publish, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def versions(agency, other_agency):
    return two_procedures(agency, other_agency)


def withdraw(version):
    now = clock.now()
    row = Publication.objects.get(version=version)
    Publication.objects.filter(pk=row.pk).update(during=DateTimeTZRange(row.during.lower, now))


GIVEN = {
    "title_es": "Nació un hijo",
    "summary_es": "Todo en un formulario.",
    "code": "nace-un-hijo",
    "procedures": "4000\n3430",
}


def test_an_editor_begins_a_bundle_in_the_order_they_wrote(client_of, editor, versions):
    client = client_of(editor)

    sent = client.post(reverse("catalog:bundle-new"), GIVEN)

    bundle = Bundle.objects.get()
    assert sent.url == reverse("catalog:bundle", args=["nace-un-hijo"])
    assert [part.procedure.code for part in parts_now(bundle)] == ["4000", "3430"]
    assert bundle.status == BundleStatus.DRAFT
    assert Event.objects.get(kind="bundle.made").data["procedures"] == ["4000", "3430"]
    assert "Nació un hijo" in client.get(sent.url).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"procedures": "4000 9999 <b>"}, "No procedure has this code: 9999, &lt;b&gt;"),
        ({"procedures": "4000"}, "A bundle joins two to 8 procedures."),
        ({"procedures": "4000 4000"}, "A procedure stands in a bundle once."),
        ({"procedures": "1 " * 60}, "A bundle joins two to 8 procedures."),
        ({"procedures": ""}, "Write the codes of two procedures or more."),
        ({"code": "new"}, "Another bundle has this address."),
        ({"code": "NEW"}, "Another bundle has this address."),
        ({"code": "Ñandú y más"}, "Write lower case letters, numbers and dashes"),
        ({"title_es": ""}, "Write the title in Spanish."),
        ({"life_event": "nothing"}, "Choose one of the list."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(
    client_of, editor, versions, changes, sentence
):
    refused = client_of(editor).post(reverse("catalog:bundle-new"), {**GIVEN, **changes})

    assert refused.status_code == 422
    assert sentence in refused.text
    assert "Todo en un formulario." in refused.text
    assert not Bundle.objects.exists()


def test_an_address_is_given_once(client_of, editor, versions):
    make_bundle(versions)

    refused = client_of(editor).post(reverse("catalog:bundle-new"), GIVEN)

    assert refused.status_code == 422
    assert "Another bundle has this address." in refused.text


def test_a_publisher_publishes_and_takes_it_back(client_of, publisher, versions):
    bundle = make_bundle(versions)
    client = client_of(publisher)

    client.post(reverse("catalog:bundle-publish", args=[bundle.code]), {"revision": bundle.revision})
    bundle.refresh_from_db()
    assert bundle.is_published
    assert bundle.published_at is not None
    assert Event.objects.filter(kind="bundle.published").exists()

    client.post(reverse("catalog:bundle-withdraw", args=[bundle.code]), {"revision": bundle.revision})
    bundle.refresh_from_db()
    assert not bundle.is_published


def test_who_publishes_for_one_agency_does_not_publish_what_joins_another(agency, versions, client_of):
    bundle = make_bundle(versions)
    theirs = people.staff("Paula Ríos", Role.PUBLISHER, agency=agency)
    own = make_bundle(
        [versions[0], publish(sheet(code="3431", slug="otro"), agency=agency)], code="de-una-institucion"
    )

    refused = client_of(theirs).post(
        reverse("catalog:bundle-publish", args=[bundle.code]), {"revision": bundle.revision}
    )
    actions.publish_bundle(own, by=Actor.staff(theirs), revision=own.revision)

    assert refused.status_code == 403
    assert not Bundle.objects.get(pk=bundle.pk).is_published
    assert Bundle.objects.get(pk=own.pk).is_published


def test_what_is_public_is_changed_by_whoever_may_publish_it(editor, publisher, versions):
    bundle = publish_bundle(versions)
    given = {"text": text(title_es="Otro"), "procedures": [one.procedure for one in versions]}

    with pytest.raises(NotAllowed):
        actions.change_bundle(bundle, by=Actor.staff(editor), revision=bundle.revision, **given)
    actions.change_bundle(bundle, by=Actor.staff(publisher), revision=bundle.revision, **given)

    assert Bundle.objects.get().title_es == "Otro"


@pytest.mark.parametrize(
    ("role", "makes", "publishes"),
    [
        (Role.EDITOR, True, False),
        (Role.REVIEWER, False, False),
        (Role.PUBLISHER, True, True),
        (Role.ADMINISTRATOR, True, True),
        (Role.OFFICER, False, False),
    ],
)
def test_who_makes_and_who_publishes(role, makes, publishes, versions, agency):
    place = {} if role in {Role.PUBLISHER, Role.ADMINISTRATOR} else {"agency": agency}
    actor = Actor.staff(people.staff("Alguien", role, **place))
    procedures = [version.procedure for version in versions]

    assert permissions.can_make_bundles(actor) is makes
    assert permissions.can_publish_bundle(actor, procedures) is publishes


def test_a_colleagues_change_is_not_overwritten_and_what_was_typed_stays(client_of, editor, versions):
    bundle = make_bundle(versions)
    client, address = client_of(editor), reverse("catalog:bundle-edit", args=[bundle.code])
    typed = {**GIVEN, "title_es": "Lo mío", "revision": bundle.revision}
    procedures = [one.procedure for one in versions]
    actions.change_bundle(
        bundle, by=Actor.system(), text=text(title_es="Suyo"), procedures=procedures, revision=bundle.revision
    )

    refused = client.post(address, typed)

    assert refused.status_code == 422
    assert "Somebody changed this bundle meanwhile." in refused.text
    assert "Lo mío" in refused.text
    assert Bundle.objects.get().title_es == "Suyo"


def test_what_an_editor_typed_while_it_was_published_stays(client_of, editor, versions):
    bundle = make_bundle(versions)
    client, address = client_of(editor), reverse("catalog:bundle-edit", args=[bundle.code])
    bundle = actions.publish_bundle(bundle, by=Actor.system(), revision=bundle.revision)

    stale = client.post(address, {**GIVEN, "title_es": "Lo mío", "revision": bundle.revision - 1})
    again = client.post(address, {**GIVEN, "title_es": "Lo mío", "revision": bundle.revision})

    assert (stale.status_code, again.status_code) == (422, 422)
    assert "Somebody changed this bundle meanwhile." in stale.text
    assert "by whoever publishes for all its agencies" in again.text
    assert "Lo mío" in stale.text
    assert "Lo mío" in again.text
    assert client.get(address).status_code == 403, "who typed nothing loses nothing"
    assert Bundle.objects.get().title_es == "Nació un hijo"


def test_who_joins_another_agencys_procedure_to_what_is_public_is_told_at_the_field(
    client_of, agency, versions
):
    more = publish(sheet(code="3431", slug="otro"), agency=agency)
    bundle = publish_bundle([versions[0], more])
    theirs = client_of(people.staff("Paula Ríos", Role.PUBLISHER, agency=agency))
    typed = {**GIVEN, "title_es": "Lo mío", "procedures": "3430 4000 3431", "revision": bundle.revision}

    refused = theirs.post(reverse("catalog:bundle-edit", args=[bundle.code]), typed)

    assert refused.status_code == 422
    assert "you do not publish for the agency of 4000" in refused.text
    assert 'href="#id_procedures"' in refused.text
    assert "Lo mío" in refused.text
    assert len(parts_now(bundle)) == 2


def test_nothing_is_published_unread_nor_twice(publisher, versions):
    bundle = make_bundle(versions)
    by = Actor.staff(publisher)

    with pytest.raises(StaleVersion):
        actions.publish_bundle(bundle, by=by, revision=bundle.revision - 1)
    published = actions.publish_bundle(bundle, by=by, revision=bundle.revision)
    with pytest.raises(IllegalMove):
        actions.publish_bundle(bundle, by=by, revision=published.revision)


def test_what_can_not_be_applied_for_online_is_not_published_in_a_bundle(
    agency, other_agency, client_of, publisher
):
    first = publish(sheet(), agency=agency)
    second = publish(benefit(levels={"web": {"submit": 600}}), agency=other_agency)
    bundle = make_bundle([first, second])

    refused = client_of(publisher).post(
        reverse("catalog:bundle-publish", args=[bundle.code]), {"revision": bundle.revision}
    )

    assert refused.status_code == 422
    assert "4000: We must be surer of who you are than a form can be." in refused.text
    assert not Bundle.objects.get().is_published


def test_what_was_withdrawn_or_lost_its_form_since_is_left_out_and_editors_are_told(
    agency, other_agency, versions, client_of, editor
):
    third = publish(sheet(code="3431", slug="otro"), agency=agency)
    bundle = publish_bundle([*versions, third])
    withdraw(versions[1])
    publish(sheet(form=[], code="3431", slug="otro"), agency=agency)

    parts = parts_now(bundle)
    page = client_of(editor).get(reverse("catalog:bundle", args=[bundle.code])).text

    assert [part.left_out for part in parts] == [
        "",
        "It is not published now.",
        "It can not be applied for online now.",
    ]
    assert [version.pk for version in usable(parts)] == [versions[0].pk]
    assert "Not all of it is offered now" in page
    assert page.count("Left out") == 2


def test_people_and_organisations_are_not_asked_in_one_form(agency, other_agency):
    first = publish(sheet(), agency=agency)
    second = publish(benefit(applicant="organisation"), agency=other_agency)
    household = publish(sheet(code="3431", slug="otro", applicant="household"), agency=agency)
    bundle = make_bundle([first, second, household])

    assert [bool(part.left_out) for part in parts_now(bundle)] == [False, True, False]


def test_editors_see_which_questions_are_asked_once(versions, client_of, editor):
    bundle = make_bundle(versions)

    shared = shared_questions(versions)
    page = client_of(editor).get(reverse("catalog:bundle", args=[bundle.code])).text

    assert [one.label for one in shared] == ["How many?", "Attach the proof", "Declaration"]
    assert "Example certificate; Example benefit" in page


def test_a_sheets_page_names_the_bundles_it_is_part_of(versions, client_of, editor):
    make_bundle(versions)

    page = client_of(editor).get(reverse("catalog:procedure", args=["3430"])).text

    assert reverse("catalog:bundle", args=["nace-un-hijo"]) in page


def test_the_list_costs_the_same_however_long(versions, client_of, editor, django_assert_max_num_queries):
    client, address = client_of(editor), reverse("catalog:bundles")
    make_bundle(versions, code="uno")
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    for number in range(12):
        make_bundle(versions, code=f"uno-{number}")

    with django_assert_max_num_queries(len(few)):
        page = client.get(address).text

    assert page.count("data-row") == 13


def test_pages_that_offer_it_are_drawn_anew_when_it_or_a_part_of_it_changes(client, agency, versions):
    pages.memory.clear()
    event = life_event()
    home, topic = "/es/", "/es/situaciones/have-a-child/"
    assert "Nació un hijo" not in client.get(home).text
    assert "Nació un hijo" not in client.get(topic).text

    bundle = publish_bundle(versions, life_event=event)
    tasks.refresh_lists(event_ids=[str(Event.objects.get(kind="bundle.published").pk)])
    assert "Nació un hijo" in client.get(home).text
    assert "Nació un hijo" in client.get(topic).text

    publish(sheet(form=[]), agency=agency)  # one is left: nothing to join
    latest = Event.objects.filter(kind="version.published").order_by("-seq").first()
    tasks.refresh_pages(event_ids=[str(latest.pk)])
    assert "Nació un hijo" not in client.get(home).text
    assert bundle.is_published


def test_what_can_not_be_asked_together_any_more_is_not_offered(client, agency, other_agency, versions):
    pages.memory.clear()
    bundle = publish_bundle(versions)
    third = publish(sheet(code="3431", slug="otro"), agency=agency)
    publish_bundle([*versions, third], code="de-tres")
    assert {one.code for one in offered_bundles()} == {"nace-un-hijo", "de-tres"}
    assert client.get("/es/").text.count("Nació un hijo") == 2

    surer = publish(benefit(levels={"web": {"submit": 600}}), agency=other_agency)
    event = Event.objects.get(kind="version.published", subject_id=surer.pk)
    assert event.data["listed"] is False, "in lists it reads as before"
    tasks.refresh_pages(event_ids=[str(event.pk)])

    assert [one.code for one in offered_bundles()] == ["de-tres"]
    assert client.get("/es/").text.count("Nació un hijo") == 1
    assert bundle.is_published


def test_offering_bundles_takes_as_many_questions_for_many_as_for_one(versions, django_assert_num_queries):
    for number in range(4):
        publish_bundle(versions, code=f"uno-{number}")
        with django_assert_num_queries(3):
            assert len(offered_bundles()) == number + 1


def test_the_reference_has_a_bundle_and_loading_it_again_changes_nothing(agency, other_agency):
    from config.reference.bundles import load_bundles
    from config.reference.sheets import load_topics, read_sheets

    load_topics()
    real = {data["code"]: data for data in read_sheets()}
    publish(real["3394"], agency=agency)
    publish(real["25878"], agency=other_agency)

    first, again = load_bundles(), load_bundles()

    bundle = Bundle.objects.get()
    assert first == {"bundles": 1, "as they were": 0, "without their procedures": 0}
    assert again == {"bundles": 0, "as they were": 1, "without their procedures": 0}
    assert bundle.is_published
    assert not any(part.left_out for part in parts_now(bundle))


def test_the_database_refuses_a_public_bundle_without_its_day(versions):
    from django.db import IntegrityError, transaction

    bundle = make_bundle(versions)

    with pytest.raises(IntegrityError), transaction.atomic():
        Bundle.objects.filter(pk=bundle.pk).update(status="published")


def test_a_published_bundle_keeps_only_what_can_be_asked_together(publisher, versions, agency):
    bundle = publish_bundle(versions)
    plain = publish(sheet(code="3431", slug="otro", form=[]), agency=agency)

    with pytest.raises(DomainError, match="3431: It can not be applied for online now"):
        actions.change_bundle(
            bundle,
            by=Actor.staff(publisher),
            text=text(),
            procedures=[versions[0].procedure, plain.procedure],
            revision=bundle.revision,
        )
