"""What people wish to be told, their electronic domicile, and the house's rules: who may change them, and what is refused."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.held import HELD_CASES, shown
from common.errors import DomainError, NotAllowed
from crm import actions
from crm.models import ContactPoint, MessagePolicy, MessagePolicyChange, MessageWish
from crm.queries.notifications import wish_for
from events.models import Event
from tests.factories import crm

RULES = {
    "quiet_from": time(20),
    "quiet_until": time(9),
    "rests_on_holidays": True,
    "domicile_is_active": True,
    "domicile_days": 3,
    "reason": "Lo pidió el consejo.",
}

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def before_us(submitted_case, clerk, office, actor_of):
    """Amina at a desk; her person, the clerk and the contact."""
    by = actor_of(clerk)
    person = submitted_case.parties.get().person
    contact = actions.open_interaction("office", by=by, office=office, person=person)
    return person, by, actions.attend_interaction(contact, by=by)


def test_the_citizen_says_it_for_one_case_with_its_key(submitted_case):
    actions.wish_messages_in_case(submitted_case, by=submitted_case.holder, channel="sms", scope="needed")

    assert (wish_for(submitted_case).channel, wish_for(submitted_case).scope) == ("sms", "needed")
    assert Event.objects.get(kind="case.messages_wished").data["scope"] == "needed"


def test_staff_note_it_for_every_case_and_the_one_said_for_a_case_goes_first(submitted_case, before_us):
    person, by, contact = before_us
    actions.wish_messages(person, by=by, interaction=contact, channel="email", scope="all")
    assert wish_for(submitted_case).channel == "email"

    actions.wish_messages_in_case(submitted_case, by=submitted_case.holder, channel="both", scope="all")
    assert wish_for(submitted_case).channel == "both"


def test_nobody_else_says_it(submitted_case, procedure_version, officer, actor_of, stranger):
    other = crm.filed_case(procedure_version, applicant_run="11111111-1")
    for by in (Actor.visitor(), other.holder, actor_of(officer), actor_of(stranger)):
        with pytest.raises(NotAllowed):
            actions.wish_messages_in_case(submitted_case, by=by, channel="sms", scope="all")

    assert not MessageWish.objects.exists()


@pytest.mark.parametrize(("channel", "scope"), [("fax", "all"), ("sms", "nothing"), ("sms", "")])
def test_what_is_no_way_and_no_extent_is_refused(channel, scope, submitted_case):
    with pytest.raises(DomainError, match="Choose"):
        actions.wish_messages_in_case(submitted_case, by=submitted_case.holder, channel=channel, scope=scope)


def test_the_electronic_domicile_asks_for_the_identity_card_and_is_one(before_us):
    person, by, contact = before_us
    mail = ContactPoint.objects.get(kind="email")
    with pytest.raises(DomainError, match="identity card"):
        actions.choose_domicile(mail, by=by, interaction=contact)

    type(contact).objects.filter(pk=contact.pk).update(identity_level=500)
    contact.refresh_from_db()
    other = actions.add_contact_point(
        person, by=by, interaction=contact, kind="email", value="otra@test.invalid"
    )
    assert actions.choose_domicile(mail, by=by, interaction=contact).is_domicile
    assert actions.choose_domicile(other, by=by, interaction=contact).is_domicile
    assert [one.value for one in ContactPoint.objects.filter(is_domicile=True)] == ["otra@test.invalid"]

    assert not actions.choose_domicile(other, by=by, interaction=contact).is_domicile


def test_a_telephone_and_an_unsafe_mail_are_no_domicile(before_us):
    _person, by, contact = before_us
    type(contact).objects.filter(pk=contact.pk).update(identity_level=500)
    contact.refresh_from_db()
    ContactPoint.objects.filter(kind="email").update(is_safe=False)

    for point in ContactPoint.objects.all():
        with pytest.raises(DomainError, match="Only an e-mail"):
            actions.choose_domicile(point, by=by, interaction=contact)


def test_an_administrator_changes_the_rules_with_a_reason_once(administrator, actor_of):
    by = actor_of(administrator)

    actions.change_message_policy(by=by, **RULES)
    actions.change_message_policy(by=by, **RULES)

    change = MessagePolicyChange.objects.get()
    assert (change.before["quiet_from"], change.after["quiet_from"]) == ("21:00", "20:00")
    assert MessagePolicy.objects.get().quiet_until == time(9)


@pytest.mark.parametrize("who", ["office_supervisor", "officer", "clerk", "analyst", "stranger"])
def test_nobody_else_changes_them(who, request, actor_of):
    with pytest.raises(NotAllowed):
        actions.change_message_policy(by=actor_of(request.getfixturevalue(who)), **RULES)


@pytest.mark.parametrize("wrong", [{"reason": "  "}, {"domicile_days": 0}, {"domicile_days": 31}])
def test_without_a_reason_or_with_days_that_make_no_sense_nothing_changes(wrong, administrator, actor_of):
    with pytest.raises(DomainError):
        actions.change_message_policy(by=actor_of(administrator), **{**RULES, **wrong})

    assert not MessagePolicy.objects.exists()


def test_the_page_of_the_rules_keeps_what_was_typed_when_it_refuses(administrator, client_of):
    client, page = client_of(administrator), reverse("messages:policy")
    assert client.get(page).status_code == 200

    refused = client.post(
        page, {"quiet_from": "20:00", "quiet_until": "9h", "domicile_days": "3", "reason": "Ya"}
    )
    assert refused.status_code == 422
    assert "9h" in refused.text

    done = client.post(
        page,
        {"quiet_from": "20:00", "quiet_until": "09:00", "domicile_days": "3", "reason": "Ya"},
        follow=True,
    )
    assert done.status_code == 200
    assert "Ya" in done.text


def test_the_citizen_s_page_says_how_and_keeps_it(submitted_case, client):
    session = client.session
    session[HELD_CASES] = shown(submitted_case.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key
    page = reverse("portal:messages", args=[submitted_case.folio])
    assert client.get(page).status_code == 200
    assert client.post(page, {"channel": "fax", "scope": "all"}).status_code == 422

    done = client.post(page, {"channel": "sms", "scope": "needed"}, follow=True)

    assert done.status_code == 200
    assert wish_for(submitted_case).channel == "sms"
