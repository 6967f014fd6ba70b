"""The administrators' room, through pages and actions: people, posts, passwords, and what ends at once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions, live
from accounts.actors import Actor
from accounts.models import Membership, Role, User
from accounts.queries import people as queries
from common import clock
from common.errors import DomainError, NotAllowed
from events.models import Event
from tests.factories import accounts as people

GOOD = "cuatro palabras sin relación"
PEOPLE = reverse("accounts:people")


@pytest.fixture
def by(administrator, actor_of):
    return actor_of(administrator)


@pytest.fixture
def admin(administrator, client_of):
    return client_of(administrator)


def person(user):
    return reverse("accounts:person", args=[user.pk])


def do(name, user, *more):
    return reverse(f"accounts:{name}", args=[user.pk, *more])


def kinds(user):
    return list(Event.objects.about("user", user.pk).values_list("kind", flat=True))


# --- actions -----------------------------------------------------------------------------------------
def test_a_person_is_given_a_sign_in_without_a_password(by):
    user = actions.create_user(by=by, name="  Nora   Díaz ", email=" Nora@Agencia.CL ")

    assert (user.name, user.email, user.has_usable_password()) == ("Nora Díaz", "nora@agencia.cl", False)
    assert kinds(user) == ["user.created"]


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        ("", "a@b.cl", "name"),
        ("a" * 121, "a@b.cl", "name"),
        ("Nora", "", "email"),
        ("Nora", "no es correo", "email"),
        ("Nora", f"{'a' * 300}@b.cl", "email"),
        ("Nora", "STRANGER@test.invalid", "email"),
    ],
)
def test_a_wrong_or_taken_address_is_refused_at_its_field(name, email, field, by):
    people.UserFactory(email="stranger@test.invalid")

    with pytest.raises(DomainError) as refused:
        actions.create_user(by=by, name=name, email=email)

    assert set(refused.value.fields) == {field}
    assert not Event.objects.filter(kind="user.created").exists()


@pytest.mark.parametrize("who", ["clerk", "officer", "supervisor", "analyst", "editor", "stranger"])
def test_only_administrators_manage_people(who, request, stranger, actor_of):
    by = actor_of(request.getfixturevalue(who))
    victim = people.staff("Víctor Paz", Role.ANALYST)
    tries = (
        lambda: actions.create_user(by=by, name="Nora", email="nora@b.cl"),
        lambda: actions.give_post(victim, by=by, role="administrator"),
        lambda: actions.end_post(victim.memberships.get(), by=by),
        lambda: actions.disable_user(victim, by=by),
        lambda: actions.enable_user(victim, by=by),
        lambda: actions.take_password_back(victim, by=by),
        lambda: actions.change_password(victim, by=by, old=people.PASSWORD, new=GOOD),
    )

    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()
    assert not Event.objects.filter(subject_kind="user").exists()


@pytest.mark.parametrize(
    ("role", "place", "field"),
    [
        ("", {}, "role"),
        ("king", {}, "role"),
        ("clerk", {}, "office"),
        ("host", {"agency": True}, "office"),
        ("officer", {}, "agency"),
        ("editor", {"office": True}, "agency"),
        ("agent", {"office": True}, "office"),
        ("analyst", {"agency": True}, "agency"),
        ("supervisor", {"agency": True}, "agency"),
        ("officer", {"agency": True, "office": True}, "office"),
    ],
)
def test_a_post_needs_the_place_that_fits_its_work(role, place, field, by, stranger, office, agency):
    places = {name: {"office": office, "agency": agency}[name] for name in place}

    with pytest.raises(DomainError) as refused:
        actions.give_post(stranger, by=by, role=role, **places)

    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("role", "place"),
    [(role, "office") for role in ("clerk", "host", "supervisor")]
    + [(role, "agency") for role in ("officer", "editor")]
    + [(role, "") for role in ("supervisor", "agent", "analyst", "administrator")],
)
def test_a_post_is_given_and_ended(role, place, by, stranger, office, agency):
    places = {place: {"office": office, "agency": agency}[place]} if place else {}

    post = actions.give_post(stranger, by=by, role=role, **places)
    assert Actor.staff(stranger).has_role(role)
    with pytest.raises(DomainError):
        actions.give_post(stranger, by=by, role=role, **places)
    actions.end_post(post, by=by)
    actions.end_post(post, by=by)

    assert not Actor.staff(stranger).has_role(role)
    assert kinds(stranger) == ["post.given", "post.ended"]


def test_a_post_may_begin_later_and_have_a_last_day(by, stranger):
    today = clock.now().date()

    with pytest.raises(DomainError):
        actions.give_post(stranger, by=by, role="agent", last_day=today - timedelta(days=2))
    with pytest.raises(DomainError):
        actions.give_post(
            stranger,
            by=by,
            role="agent",
            first_day=today + timedelta(days=9),
            last_day=today + timedelta(days=5),
        )
    post = actions.give_post(
        stranger, by=by, role="agent", first_day=today + timedelta(days=5), last_day=today + timedelta(days=9)
    )

    assert not Actor.staff(stranger).posts
    with clock.frozen(clock.now() + timedelta(days=7)):
        assert Actor.staff(stranger).has_role("agent")
    with clock.frozen(clock.now() + timedelta(days=12)):
        assert not Actor.staff(stranger).posts
    actions.end_post(post, by=by)
    assert Membership.objects.get(pk=post.pk).ends_at <= clock.now()


def test_somebody_is_left_to_administer(by, administrator):
    other = people.staff("Otra Admin", Role.ADMINISTRATOR)
    actions.end_post(other.memberships.get(), by=by)

    with pytest.raises(DomainError):
        actions.end_post(administrator.memberships.get(), by=by)
    with pytest.raises(DomainError):
        actions.disable_user(administrator, by=Actor.system())
    with pytest.raises(NotAllowed):
        actions.disable_user(administrator, by=by)


# --- what ends at once -------------------------------------------------------------------------------
def test_an_ended_sign_in_is_dead_at_once_everywhere(by, officer, agency, client_of):
    client = client_of(officer)
    key = client.session.session_key
    assert client.get(reverse("crm:work")).status_code == 200
    assert live.may_watch(key, [f"agency:{agency.pk}"])

    actions.disable_user(officer, by=by)

    assert client.get(reverse("crm:work")).status_code == 302
    assert not live.may_watch(key, [f"agency:{agency.pk}"])
    assert not Client().login(email=officer.email, password=people.PASSWORD)


def test_no_old_session_comes_back_to_life_with_the_sign_in(by, officer, agency, client_of):
    client = client_of(officer)
    key = client.session.session_key

    actions.disable_user(officer, by=by)
    actions.enable_user(officer, by=by)

    assert client.get(reverse("crm:work")).status_code == 302
    assert not live.may_watch(key, [f"agency:{agency.pk}"])
    assert kinds(officer) == ["user.disabled", "user.enabled"]


def test_an_ended_post_closes_its_room_at_the_next_request(by, officer, agency, client_of):
    client = client_of(officer)
    key = client.session.session_key

    actions.end_post(officer.memberships.get(), by=by)

    assert client.get(reverse("crm:work")).status_code == 403
    assert not live.may_watch(key, [f"agency:{agency.pk}"])


@pytest.mark.parametrize(
    "topic", ["agency:0", "agency:x", "line ", "agent:", "secret:1", "agency:99999999999999999999"]
)
def test_nobody_watches_what_is_not_theirs(topic, officer, client_of):
    assert not live.may_watch(client_of(officer).session.session_key, [topic])
    assert not live.may_watch("", [topic])
    assert not live.may_watch("no-such-session", [topic])


# --- passwords ---------------------------------------------------------------------------------------
def test_a_password_is_chosen_once_through_the_link(by, stranger, client):
    token = actions.take_password_back(stranger, by=by)
    link = reverse("accounts:password-link", args=[stranger.pk, token])

    page = client.get(link, follow=True)
    weak = client.post(reverse("accounts:choose-password"), {"password": "corta"})
    chosen = client.post(reverse("accounts:choose-password"), {"password": GOOD})
    again = Client()
    again.get(link)
    refused = again.post(reverse("accounts:choose-password"), {"password": GOOD + " dos"})

    assert token not in page.request["PATH_INFO"]
    assert (weak.status_code, chosen.status_code, refused.status_code) == (422, 302, 422)
    assert User.objects.get(pk=stranger.pk).check_password(GOOD)


def test_a_link_of_nobody_says_nothing_of_who_there_is(client, db, stranger):
    from uuid import uuid4

    for user_id in (uuid4(), stranger.pk):
        client.get(reverse("accounts:password-link", args=[user_id, "abc-def"]))
        response = client.post(reverse("accounts:choose-password"), {"password": GOOD})
        assert response.status_code in {404, 422}
    bare = Client().get(reverse("accounts:choose-password"))
    assert bare.status_code == 200
    assert "<input" not in bare.content.decode().split("<main")[1].split("</main")[0]


def test_one_changes_ones_own_password_and_stays_signed_in_here_alone(officer, client_of):
    here, there = client_of(officer), client_of(officer)
    address = reverse("accounts:password")

    wrong = here.post(address, {"old": "no es", "new": GOOD})
    weak = here.post(address, {"old": people.PASSWORD, "new": "123"})
    done = here.post(address, {"old": people.PASSWORD, "new": GOOD})

    assert (wrong.status_code, weak.status_code, done.status_code) == (422, 422, 302)
    assert here.get(reverse("crm:work")).status_code == 200
    assert there.get(reverse("crm:work")).status_code == 302
    assert kinds(officer) == ["user.password_set"]


def test_a_password_that_was_taken_back_works_no_more(by, officer, client_of):
    client = client_of(officer)

    actions.take_password_back(officer, by=by)

    assert client.get(reverse("crm:work")).status_code == 302
    assert not Client().login(email=officer.email, password=people.PASSWORD)
    with pytest.raises(DomainError):
        actions.take_password_back(actions.disable_user(officer, by=by), by=by)


# --- pages -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["clerk", "officer", "analyst", "stranger"])
def test_the_room_is_closed_to_others(who, request, officer, client_of):
    client = client_of(request.getfixturevalue(who))

    assert client.get(PEOPLE).status_code == 403
    assert client.get(person(officer)).status_code == 403
    assert client.post(do("person-disable", officer)).status_code == 403


def test_an_administrator_makes_a_person_gives_a_post_and_hands_over_the_link_once(admin, office):
    made = admin.post(
        reverse("accounts:person-new"), {"name": "Nora Díaz", "email": "nora@agencia.cl"}, follow=True
    )
    nora = User.objects.get(email="nora@agencia.cl")
    given = admin.post(do("post-give", nora), {"role": "clerk", "office": office.code}, follow=True)
    linked = admin.post(do("person-link", nora), follow=True).content.decode()
    again = admin.get(person(nora)).content.decode()

    assert "Nora Díaz" in made.content.decode()
    assert office.name in given.content.decode()
    link = re.search(r"http://testserver(/es/staff/password/[^<\"]+)", linked)
    assert link
    assert link[1] not in again
    assert Client().get(link[1]).status_code == 302


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"role": "king"},
        {"role": "clerk"},
        {"role": "clerk", "office": "nowhere"},
        {"role": "officer", "agency": "x" * 500},
        {"role": "agent", "last_day_day": "31", "last_day_month": "2", "last_day_year": "2027"},
        {"role": "agent", "last_day_day": "1", "last_day_month": "1", "last_day_year": "1999"},
    ],
)
def test_a_post_that_can_not_be_is_answered_in_words(given, admin, stranger):
    response = admin.post(do("post-give", stranger), given)

    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert not stranger.memberships.exists()


@pytest.mark.parametrize(
    "given", [{}, {"name": "Nora"}, {"name": "Nora", "email": "x"}, {"name": "a" * 999, "email": "a@b.cl"}]
)
def test_a_person_who_can_not_be_is_answered_in_words(given, admin):
    response = admin.post(reverse("accounts:person-new"), given)

    assert response.status_code == 422
    assert given.get("name", "")[:30] in response.content.decode()


def test_a_refusal_is_told_where_one_stands(admin, administrator):
    told = admin.post(do("person-disable", administrator), follow=True).content.decode()

    assert "message-error" in told
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_sign_in_is_ended_and_opened_again(admin, officer):
    admin.post(do("person-disable", officer))
    assert not User.objects.get(pk=officer.pk).is_active
    admin.post(do("person-enable", officer))
    assert User.objects.get(pk=officer.pk).is_active


def test_a_search_is_posted_and_forgives_accents(admin):
    people.staff("Íñigo Muñoz", Role.AGENT)

    by_name = admin.post(PEOPLE, {"text": "iñigo MUÑ"}).content.decode()
    by_mail = admin.post(PEOPLE, {"text": "@test.invalid"}).content.decode()
    nobody = admin.post(PEOPLE, {"text": "%_'\"; --"}).content.decode()

    assert "Íñigo Muñoz" in by_name
    assert "Íñigo Muñoz" in by_mail
    assert "Íñigo Muñoz" not in nobody


def test_pages_of_people_hold_no_name_in_their_address(admin, monkeypatch):
    import base64

    monkeypatch.setattr(queries, "PAGE", 3)
    for number in range(6):
        people.staff(f"Persona {number}", Role.AGENT)

    seen, address = [], PEOPLE
    while address:
        response = admin.get(address)
        seen += [one.name for one in response.context["people"]]
        after = response.context["pages"]["next"]
        address = PEOPLE + after if after else ""
        decoded = (
            base64.urlsafe_b64decode(after.partition("place=")[2].partition("%3A")[0] + "===").decode()
            if after
            else ""
        )
        assert "ersona" not in decoded

    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 7


def test_the_list_asks_as_many_questions_of_two_people_as_of_twelve(admin):
    def count():
        with CaptureQueriesContext(connection) as asked:
            admin.get(PEOPLE)
        return len(asked)

    few = count()
    for number in range(10):
        people.staff(f"Persona {number}", Role.AGENT)

    assert count() == few


def test_a_post_of_somebody_else_is_not_ended_through_me(admin, officer, stranger):
    post = officer.memberships.get()

    assert admin.post(do("post-end", stranger, post.pk)).status_code == 404
    assert admin.post(do("post-end", officer, post.pk)).status_code == 302
    assert Membership.objects.get(pk=post.pk).ends_at is not None
