"""Signing in and out, and what one finds behind the door."""

import pytest
from django.urls import reverse

from accounts.models import Membership, Role, User
from tests.factories.accounts import PASSWORD

SIGN_IN = reverse("accounts:sign-in")


def sign_in(client, email, password=PASSWORD, address=SIGN_IN):
    return client.post(address, {"login": email, "password": password})


def test_one_signs_in_and_goes_straight_to_ones_only_room(client, officer):
    response = sign_in(client, officer.email.upper())

    assert response.url == reverse("accounts:start")
    assert client.get(response.url).url == reverse("crm:work")


def test_who_has_several_rooms_chooses(client, officer):
    Membership.objects.create(user=officer, role=Role.ANALYST)
    sign_in(client, officer.email)

    assert client.get(reverse("accounts:start")).url == reverse("accounts:rooms")
    text = client.get(reverse("accounts:rooms")).content.decode()
    assert reverse("crm:work") in text


def test_a_stranger_is_told_to_ask_their_administrator(client, stranger):
    sign_in(client, stranger.email)

    text = client.get(reverse("accounts:start").replace("/es/", "/en/"), follow=True).content.decode()

    assert "You have no rooms" in text
    assert "administrator" in text
    assert reverse("crm:work") not in text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("no es correo", "x"),
        ("olga.vidal@test.invalid", "wrong"),
        ("nobody@test.invalid", PASSWORD),
        ("a" * 400, "b" * 9999),
    ],
)
def test_a_wrong_sign_in_is_answered_in_words_and_tells_nothing(email, password, client, officer):
    response = sign_in(client, email, password)

    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_who_exists_is_not_told(client, officer):
    known = sign_in(client, officer.email, "wrong-password")
    unknown = sign_in(client, "nobody@test.invalid", "wrong-password")

    assert known.context["form"].errors == unknown.context["form"].errors


def test_an_ended_sign_in_looks_like_a_wrong_password(client, officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)

    response = sign_in(client, officer.email)

    assert response.status_code in {302, 422}
    assert client.get(reverse("crm:work")).status_code == 302


def test_guessing_is_slowed_down(client, officer):
    for _attempt in range(6):
        sign_in(client, officer.email, "wrong-password")

    response = sign_in(client, officer.email)

    assert response.status_code in {422, 429}
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("onwards", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(onwards, client, officer):
    response = sign_in(client, officer.email, address=f"{SIGN_IN}?next={onwards}")

    assert response.url.startswith("/")
    assert "evil" not in response.url


def test_one_goes_on_to_the_page_one_wanted(client, officer):
    wanted = reverse("crm:agency-work")

    asked = client.get(wanted)
    response = sign_in(client, officer.email, address=asked.url)

    assert response.url == wanted


def test_signing_in_and_out_changes_the_session_and_clears_the_browser(client, officer):
    client.get(SIGN_IN)
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    sign_in(client, officer.email)
    inside = client.session.session_key
    out = client.post(reverse("accounts:sign-out"))

    assert inside != before
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.session.session_key != inside
    assert client.get(reverse("crm:work")).status_code == 302
    assert client.get(reverse("accounts:sign-out")).status_code in {302, 405}
