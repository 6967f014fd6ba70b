"""Publishing a text that changes what people bring, pay or wait tells those it touches, and nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actors import Actor
from accounts.models import Membership
from catalog import actions as catalog
from catalog.models import Procedure, ProcedureVersion
from catalog.queries.impact import changes_since
from catalog.queries.published import current_version
from common import clock
from common.errors import DomainError
from crm import actions, tasks
from crm.actions import sheet_changes
from crm.models import Case, Notification, Task
from crm.queries.touched import touched_by
from events.models import Event
from integrations.mail import memory as post
from tests.factories import crm
from tests.factories.catalog import publish as published
from tests.factories.catalog import sheet
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
DEARER = {
    "costs": [{"amount": 4100, "currency": "CLP", "condition": {"es": "Primera vez", "en": "First time"}}]
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def publish(agency, **changes):
    """Publish another text, let those be told whom it touches, and return its version."""
    catalog.put_sheet(agency, sheet(**changes), by=SYSTEM)
    version = current_version(Procedure.objects.get(code="3430"))
    tell(version)
    return version


def tell(version):
    events = Event.objects.filter(kind="version.published", subject_id=version.pk)
    for _twice in range(2):
        tasks.tell_of_change(event_ids=[str(event.pk) for event in events])


def said_in(case):
    return list(
        Event.objects.filter(
            subject_id=case.pk, kind__in=["case.sheet_changed", "case.draft_outdated"]
        ).values_list("kind", flat=True)
    )


def letters_to(case):
    """Send what the case's last event calls for; return the letters."""
    event = Event.objects.filter(subject_id=case.pk).latest("seq")
    before = len(post.sent())
    for one in actions.prepare_notifications(event.pk, by=SYSTEM):
        actions.send_notification(one, by=SYSTEM)
    return post.sent()[before:]


def explained(user, version, *, channel="office", office=None, at=None):
    """Let somebody explain a procedure in a contact of theirs."""
    contact = actions.open_interaction(channel, by=SYSTEM, office=office)
    contact = actions.attend_interaction(contact, by=Actor.staff(user))
    enquiry = actions.open_enquiry(contact, by=Actor.staff(user), kind="inform", version=version)
    if at is not None:
        type(enquiry).objects.filter(pk=enquiry.pk).update(opened_at=at)
    return contact


# --- applications -----------------------------------------------------------------------------------
def test_an_application_that_was_begun_is_told_what_changed_at_the_address_typed_in_it(
    procedure_version, agency
):
    draft = crm.draft_case(procedure_version)

    publish(agency, **DEARER)

    assert said_in(draft) == ["case.draft_outdated"]
    (letter,) = letters_to(draft)
    assert letter["to"] == draft.answers["applicant_email"]
    assert "$4.100" in letter["body"]
    assert draft.key not in letter["body"]
    draft.refresh_from_db()
    assert draft.version == procedure_version


def test_an_open_case_says_that_it_goes_on_as_it_was_filed(submitted_case, agency):
    publish(agency, **DEARER)

    assert said_in(submitted_case) == ["case.sheet_changed"]
    (letter,) = letters_to(submitted_case)
    assert submitted_case.folio in letter["subject"]
    assert "$4.100" in letter["body"]


def test_whoever_wishes_only_what_asks_something_of_them_is_not_written_to_about_an_open_case(
    submitted_case, agency
):
    actions.wish_messages_in_case(submitted_case, by=submitted_case.holder, channel="", scope="needed")

    publish(agency, **DEARER)

    assert said_in(submitted_case) == ["case.sheet_changed"]
    assert letters_to(submitted_case) == []


def test_a_case_that_is_over_and_an_application_begun_afterwards_hear_nothing(procedure_version, agency):
    over = crm.filed_case(procedure_version)
    actions.withdraw_case(over, by=over.holder, interaction=crm.web_contact())
    catalog.put_sheet(agency, sheet(**DEARER), by=SYSTEM)
    version = current_version(procedure_version.procedure)
    later = crm.draft_case(version)

    tell(version)

    assert said_in(over) == said_in(later) == []


@pytest.mark.parametrize("changes", [{"summary": {"es": "Otras palabras.", "en": "Other words."}}])
def test_other_words_touch_nobody(changes, submitted_case, procedure_version, clerk, office, agency):
    explained(clerk, procedure_version, office=office)

    version = publish(agency, **changes)

    assert said_in(submitted_case) == []
    assert not Task.objects.filter(version=version).exists()


def test_many_are_told_in_several_steps_each_once(procedure_version, agency, monkeypatch):
    monkeypatch.setattr(sheet_changes, "AT_ONCE", 2)
    drafts = [crm.draft_case(procedure_version) for _ in range(5)]

    publish(agency, **DEARER)

    assert [said_in(draft) for draft in drafts] == [["case.draft_outdated"]] * 5


@pytest.fixture
def dearer_in_nunoa(agency):
    for code, name in (("13120", "Ñuñoa"), ("05101", "Valparaíso")):
        CommuneFactory(code=code, name=name)
    return published(sheet(variants=in_nunoa(5000)), agency=agency)


def in_nunoa(amount):
    return [{"communes": ["13120"], "costs": [{"amount": amount, "currency": "CLP"}]}]


def test_what_changes_in_one_commune_is_told_to_whoever_applied_from_there_and_to_nobody_else(
    dearer_in_nunoa, agency
):
    there, elsewhere = (
        crm.filed_case(dearer_in_nunoa, applicant_commune=code) for code in ("13120", "05101")
    )

    publish(agency, variants=in_nunoa(6000))

    (letter,) = letters_to(there)
    assert "6.000" in letter["body"] or "6,000" in letter["body"]
    assert "Ñuñoa" not in letter["body"]
    assert said_in(elsewhere) == []


def test_what_changes_everywhere_is_not_told_where_another_text_holds(dearer_in_nunoa, agency):
    there, elsewhere = (
        crm.draft_case(dearer_in_nunoa, applicant_commune=code) for code in ("13120", "05101")
    )

    publish(agency, variants=in_nunoa(5000), **DEARER)

    assert said_in(there) == []
    assert len(letters_to(elsewhere)) == 1


def test_while_nobody_knows_where_they_live_they_are_told_of_every_place(dearer_in_nunoa, agency):
    draft = crm.draft_case(dearer_in_nunoa, applicant_commune="")

    publish(agency, variants=in_nunoa(6000))

    (letter,) = letters_to(draft)
    assert "Ñuñoa" in letter["body"]


def test_a_second_change_is_told_anew(procedure_version, agency):
    draft = crm.draft_case(procedure_version)

    publish(agency, **DEARER)
    publish(agency, costs=[])

    assert said_in(draft) == ["case.draft_outdated"] * 2


def test_whoever_was_told_of_a_price_that_does_not_hold_any_more_is_told_so_once(procedure_version, agency):
    draft, filed = crm.draft_case(procedure_version), crm.filed_case(procedure_version)
    publish(agency, **DEARER)
    letters_to(draft), letters_to(filed)

    publish(agency)

    assert said_in(draft) == ["case.draft_outdated", "case.sheet_changed"]
    for case, when in ((draft, "cuando la comenzó"), (filed, "cuando usted lo pidió")):
        (letter,) = letters_to(case)
        assert f"es de nuevo como {when}" in letter["body"]
        assert "$" not in letter["body"]
    publish(agency, summary={"es": "Otras palabras.", "en": "Other words."})
    assert len(said_in(draft)) == len(said_in(filed)) == 2


def test_whoever_was_told_that_all_is_as_it_was_hears_nothing_of_what_changes_elsewhere(
    dearer_in_nunoa, agency
):
    there = crm.draft_case(dearer_in_nunoa, applicant_commune="13120")
    for amount in (6000, 5000):
        publish(agency, variants=in_nunoa(amount))

    publish(agency, variants=in_nunoa(5000), **DEARER)

    assert said_in(there) == ["case.draft_outdated", "case.sheet_changed"]


def test_whom_no_word_of_a_change_reached_is_not_told_that_it_does_not_hold(procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    publish(agency, **DEARER)

    publish(agency)

    assert letters_to(draft) == []


def test_whoever_goes_on_under_the_new_text_is_told_when_the_old_one_comes_back(procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    publish(agency, **DEARER)
    actions.renew_draft(draft, by=draft.holder)

    publish(agency)

    assert said_in(draft) == ["case.draft_outdated"] * 2
    (letter,) = letters_to(draft)
    assert "3.820" in letter["body"].replace(",", ".")


def test_an_address_that_was_erased_meanwhile_is_not_written_to(procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    publish(agency, **DEARER)
    event = Event.objects.filter(subject_id=draft.pk).latest("seq")
    (waiting,) = actions.prepare_notifications(event.pk, by=SYSTEM)
    Case.objects.filter(pk=draft.pk).update(answers=None)

    actions.send_notification(waiting, by=SYSTEM)

    assert Notification.objects.get(pk=waiting).failure == "ended"


def known_at(draft, **marks):
    """Let somebody be known by the e-mail that was typed in an application."""
    from crm.models import ContactPoint

    person = actions.know_person(by=SYSTEM, name="Otra Persona", run="9876543-3")
    return ContactPoint.objects.create(
        person=person, kind="email", value=draft.answers["applicant_email"], **marks
    )


@pytest.mark.parametrize("marks", [{"is_safe": False}, {"may_announce": False}])
def test_an_address_where_others_read_is_not_written_to_though_it_was_typed(marks, procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    known_at(draft, **marks)

    publish(agency, **DEARER)

    assert letters_to(draft) == []


def test_whoever_goes_on_under_the_new_text_before_the_letter_leaves_is_not_written_to(
    procedure_version, agency
):
    draft = crm.draft_case(procedure_version)
    publish(agency, **DEARER)
    event = Event.objects.filter(subject_id=draft.pk).latest("seq")
    (waiting,) = actions.prepare_notifications(event.pk, by=SYSTEM)
    actions.renew_draft(draft, by=draft.holder)

    actions.send_notification(waiting, by=SYSTEM)

    assert Notification.objects.get(pk=waiting).state == "failed"


# --- going on under the new text ---------------------------------------------------------------------
@pytest.fixture
def begun(procedure_version):
    """An application begun on the web, with its browser."""
    from django.test import Client

    client = Client(headers={"host": "localhost", "accept-language": "en"})
    client.post(reverse("portal:apply", args=[procedure_version.procedure.slug]))
    client.draft = Case.objects.get().draft
    return client


def test_whoever_comes_back_reads_what_changed_and_goes_on_under_the_new_text_with_their_answers(
    begun, agency
):
    draft = begun.draft
    begun.post(reverse("portal:question", args=[draft.code, "reason"]), {"reason": "work"})
    page = reverse("portal:question", args=[draft.code, "reason"])
    changes = reverse("portal:draft-changes", args=[draft.code])
    assert changes not in begun.get(page).text
    version = publish(agency, **DEARER)

    assert changes in begun.get(page).text
    assert "$4.100" in begun.get(changes).text.replace(",", ".")
    begun.post(changes)

    draft.case.refresh_from_db()
    assert draft.case.version == version
    assert draft.case.answers["reason"] == "work"
    assert changes not in begun.get(page).text
    assert Event.objects.filter(subject_id=draft.case_id, kind="case.draft_renewed").count() == 1


def test_whoever_goes_on_as_they_began_files_under_the_text_they_began_with(procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    publish(agency, **DEARER)

    filed = actions.submit_case(draft, by=draft.holder)

    assert filed.version == procedure_version


def test_renewing_twice_is_once_and_a_filed_case_is_not_renewed(procedure_version, agency):
    draft = crm.draft_case(procedure_version)
    version = publish(agency, **DEARER)

    for _twice in range(2):
        actions.renew_draft(draft, by=draft.holder)
    filed = actions.submit_case(draft, by=draft.holder)

    assert filed.version == version
    assert Event.objects.filter(subject_id=draft.pk, kind="case.draft_renewed").count() == 1
    with pytest.raises(DomainError, match="already filed"):
        actions.renew_draft(draft, by=draft.holder)


@pytest.mark.parametrize(
    "changes",
    [{"levels": {"web": {"submit": 500}}}, {"applicant": "organisation"}],
    ids=["level", "applicant"],
)
def test_an_application_does_not_go_on_under_a_text_that_could_not_be_sent_from_here(begun, agency, changes):
    draft = begun.draft
    begun.post(reverse("portal:question", args=[draft.code, "reason"]), {"reason": "work"})
    version = draft.case.version
    publish(agency, **DEARER, **changes)

    with pytest.raises(DomainError, match="can not be sent from here"):
        actions.renew_draft(draft.case, by=Actor.visitor(frozenset({draft.case_id})))
    page = begun.post(reverse("portal:draft-changes", args=[draft.code]))

    assert (page.status_code, "can not be sent from here" in page.text) == (409, True)
    draft.case.refresh_from_db()
    assert draft.case.version == version
    assert draft.case.answers["reason"] == "work"


# --- those who explained it ----------------------------------------------------------------------------
def test_whoever_explained_it_in_the_last_days_has_a_task_that_says_what_to_say_now(
    clerk, second_clerk, agent, office, procedure_version, agency, client_of
):
    explained(clerk, procedure_version, office=office)
    explained(agent, procedure_version, channel="phone")
    explained(second_clerk, procedure_version, office=office, at=clock.now() - timedelta(days=15))

    version = publish(agency, **DEARER)

    opened = {task.owner: task for task in Task.objects.filter(version=version)}
    assert set(opened) == {clerk, agent}
    assert (opened[clerk].office, opened[agent].office) == (office, None)
    client = client_of(clerk)
    page = client.get(reverse("tasks:task", args=[opened[clerk].pk]))
    change = reverse("sheets:change", args=[version.pk])
    assert change in page.text
    shown = client.get(change).text
    assert "$4.100" in shown.replace(",", ".")
    assert "Nobody known" in shown


def test_the_page_of_a_change_lists_ones_own_contacts_alone_and_their_reading_is_logged(
    clerk, second_clerk, office, procedure_version, agency, client_of
):
    from crm.models import AccessLog

    contact = explained(clerk, procedure_version, office=office)
    person = actions.know_person(by=SYSTEM, name="Amina Rojas", run="12345678-5")
    actions.identify_person(contact, by=SYSTEM, person=person, level=500)
    explained(second_clerk, procedure_version, office=office)
    version = publish(agency, **DEARER)
    change = reverse("sheets:change", args=[version.pk])

    assert "Amina Rojas" in client_of(clerk).get(change).text
    assert "Amina Rojas" not in client_of(second_clerk).get(change).text
    assert AccessLog.objects.filter(actor_id=clerk.pk, shown_ids__contains=[str(person.pk)]).exists()


def test_whoever_does_not_work_here_any_more_is_given_no_task(clerk, office, procedure_version, agency):
    explained(clerk, procedure_version, office=office)
    Membership.objects.filter(user=clerk).delete()

    version = publish(agency, **DEARER)

    assert not Task.objects.filter(version=version).exists()


def test_a_task_that_is_open_still_tells_of_the_last_change(clerk, office, procedure_version, agency):
    explained(clerk, procedure_version, office=office)

    publish(agency, **DEARER)
    latest = publish(agency, costs=[])

    assert [task.version for task in Task.objects.filter(kind="sheet")] == [latest]


# --- publishing ------------------------------------------------------------------------------------
def draft_of(procedure, by, amount):
    draft = catalog.begin_version(procedure, by=by)
    content = {**draft.content, "costs": [{"amount": amount, "currency": "CLP"}]}
    return catalog.edit_version(draft, by=by, content=content, revision=draft.revision)


@pytest.fixture
def reviewed(procedure_version, editor, reviewer, actor_of):
    draft = draft_of(procedure_version.procedure, actor_of(editor), 4100)
    catalog.send_to_review(draft, by=actor_of(editor))
    return catalog.review_version(draft, by=actor_of(reviewer), revision=draft.revision)


def test_a_publisher_sees_what_it_changes_and_for_how_many_before_it_is_public(
    client_of, publisher, reviewed, submitted_case, clerk, office, procedure_version
):
    explained(clerk, procedure_version, office=office)
    client = client_of(publisher)

    page = client.get(reverse("catalog:version-compare", args=["3430", reviewed.number])).text

    touched = reverse("sheets:touched", args=[reviewed.pk])
    assert touched in page
    assert "$4.100" in page.replace(",", ".")
    assert "1 open case" in client.get(touched).text


def test_a_publisher_who_says_that_it_changes_nothing_tells_nobody_and_the_history_says_so(
    client_of, publisher, reviewed, submitted_case
):
    client = client_of(publisher)

    client.post(
        reverse("catalog:version-publish", args=["3430", reviewed.number]),
        {"revision": reviewed.revision, "untold": "on"},
    )

    version = ProcedureVersion.objects.published().get(procedure__code="3430")
    assert version == reviewed
    tell(version)
    assert said_in(submitted_case) == []
    assert "nobody was told" in client.get(reverse("catalog:procedure", args=["3430"])).text


def test_what_is_told_to_nobody_is_not_told_to_whoever_fills_it_in_until_a_later_text_is(
    begun, reviewed, editor, reviewer, publisher, actor_of
):
    first, by = begun.draft.case.version, actor_of(publisher)
    page = reverse("portal:question", args=[begun.draft.code, "reason"])
    changes = reverse("portal:draft-changes", args=[begun.draft.code])
    catalog.publish_version(reviewed, by=by, revision=reviewed.revision, tells=False)

    assert changes_since(first.pk, answers={}, commune=None) == []
    catalog.retire_procedure(first.procedure, by=by, reason_es="Por error.", reason_en="By mistake.")
    catalog.restore_procedure(first.procedure, by=by)
    assert (
        changes_since(first.pk, answers={}, commune=None) == []
    )  # back as it was: that tells nobody what was not to be told
    assert changes not in begun.get(page).text
    assert begun.get(changes).status_code == 302

    later = draft_of(first.procedure, actor_of(editor), 5000)
    catalog.send_to_review(later, by=actor_of(editor))
    later = catalog.review_version(later, by=actor_of(reviewer), revision=later.revision)
    catalog.publish_version(later, by=by, revision=later.revision)

    assert [change.touch for change in changes_since(first.pk, answers={}, commune=None)] == ["pay"]
    assert [change.touch for change in changes_since(reviewed.pk, answers={}, commune=None)] == ["pay"]
    assert changes in begun.get(page).text


def test_what_becomes_public_on_a_later_day_tells_on_that_day(reviewed, publisher, actor_of, submitted_case):
    begins = clock.now() + timedelta(days=1)
    catalog.publish_version(reviewed, by=actor_of(publisher), revision=reviewed.revision, begins_at=begins)
    tell(reviewed)
    assert said_in(submitted_case) == []

    with clock.frozen(begins + timedelta(minutes=1)):
        catalog.begin_due_publications(by=SYSTEM)
        tell(reviewed)

    assert said_in(submitted_case) == ["case.sheet_changed"]


def test_counting_whom_it_touches_takes_as_many_questions_for_many_as_for_one(
    reviewed, procedure_version, django_assert_num_queries
):
    with django_assert_num_queries(4):
        assert touched_by(reviewed).open_cases == 0
    for _ in range(4):
        crm.filed_case(procedure_version)
    with django_assert_num_queries(4):
        touched = touched_by(reviewed)

    assert (touched.open_cases, touched.drafts) == (4, 0)


def test_the_public_page_says_what_changed_for_some_weeks(client, procedure_version, agency):
    page = reverse("portal:procedure", args=[procedure_version.procedure.slug])
    assert "It changed on" not in client.get(page, headers={"accept-language": "en"}).text
    publish(agency, **DEARER)
    from catalog.caching import forget_pages

    forget_pages()
    assert "It changed on" in client.get(page).text
    forget_pages()
    with clock.frozen(clock.now() + timedelta(days=91)):
        assert "It changed on" not in client.get(page).text


def test_the_desk_reads_what_changed_where_it_explains(client_of, clerk, office, procedure_version, agency):
    from tests.factories import offices

    publish(agency, **DEARER)
    ticket = offices.serving(office, clerk, versions=[current_version(procedure_version.procedure)])

    page = client_of(clerk).get(reverse("offices:visit", args=[ticket.visit_id]))

    assert "It changed on" in page.text
