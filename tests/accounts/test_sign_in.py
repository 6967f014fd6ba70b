"""Signing in and out, and what one finds behind the door."""

import html
import io
import re

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Role, User
from offices.models import Desk
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


NOTE = "Vino con su hermana.\r\n<b>“Ñandú”</b> & otros"


def in_form(response):
    """The last form of a page: where it goes and what it holds; the one before it changes the language."""
    page = response.content.decode().rpartition("<form")[2]
    address = re.search(r'action="([^"]+)"', page)[1]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', page.partition("</form>")[0])
    return html.unescape(address), [(name, html.unescape(value)) for name, value in fields]


def test_a_form_sent_after_the_session_ended_is_kept_through_signing_in_and_sent_again(clerk):
    browser = Client(enforce_csrf_checks=True)
    browser.get(SIGN_IN)
    address = reverse("offices:desk-open") + "?a=1&b=%C3%B1"
    token = browser.cookies["csrftoken"].value

    asked = browser.post(
        address,
        {"number": "1", "note": [NOTE, ""], "csrfmiddlewaretoken": token, "paper": io.BytesIO(b"x")},
    )
    to, fields = in_form(asked)
    wrong = browser.post(to, dict(fields) | {"login": clerk.email, "password": "wrong-password"})
    to, fields = in_form(wrong)
    signed_in = browser.post(to, dict(fields) | {"login": clerk.email, "password": PASSWORD})
    onwards, again = in_form(signed_in)

    assert (asked.status_code, wrong.status_code, signed_in.status_code) == (401, 422, 200)
    assert NOTE not in asked.content.decode()
    assert "archivo" in asked.content.decode()
    assert onwards == address
    assert again[1:] == [("number", "1"), ("note", NOTE), ("note", "")]
    assert not clerk_sits(clerk)
    assert browser.post(onwards, dict(again)).url == reverse("offices:desk")
    assert clerk_sits(clerk)


def clerk_sits(clerk):
    return Desk.objects.filter(clerk=clerk, is_open=True).exists()


def test_a_form_is_kept_while_the_sign_in_page_changes_its_language(client, officer):
    asked = client.post(reverse("offices:desk-open"), {"note": NOTE})
    kept = dict(in_form(asked)[1])["kept"]

    switched = client.post("/en/staff/sign-in/", {"kept": kept, "only_the_language": "1"})
    signed_in = sign_in_with(client, officer, kept, address="/en/staff/sign-in/")
    in_spanish = client.post("/es/staff/sign-in/", {"kept": kept, "only_the_language": "1"})

    assert "Your session has ended" in switched.content.decode()
    assert PASSWORD not in signed_in.content.decode()
    assert "You are signed in as" in signed_in.content.decode()
    assert in_form(in_spanish)[1][-1] == ("note", NOTE)


def sign_in_with(client, user, kept, address=SIGN_IN):
    return client.post(address, {"login": user.email, "password": PASSWORD, "kept": kept})


@pytest.mark.parametrize(
    "kept",
    ["", "x", "{}", signing.dumps({"path": "https://evil.example/"})],
    ids=["nothing", "a word", "unsigned", "signed for something else"],
)
def test_a_sign_in_page_keeps_nothing_that_is_not_ours(kept, client, officer):
    assert sign_in_with(client, officer, kept).url == reverse("accounts:start")


def test_passwords_and_the_way_out_are_not_kept(client):
    password = client.post(reverse("accounts:password"), {"old": "a", "new": "b"})
    out = client.post(reverse("accounts:sign-out"))

    assert password.url == f"{SIGN_IN}?next={reverse('accounts:password')}"
    assert out.url == f"{SIGN_IN}?next={reverse('accounts:rooms')}"
