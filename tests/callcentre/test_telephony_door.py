"""`POST /api/telephony/<token>/`."""

import io
import json
from urllib.parse import urlencode

import pytest
from django.conf import settings

from callcentre import telephony
from callcentre.models import Call, CallEvent

FORM = "application/x-www-form-urlencoded"


def door(token=None):
    return f"/api/telephony/{token or settings.TELEPHONY_TOKEN}/"


def post(client, pairs, token=None):
    return client.post(door(token), urlencode(pairs), content_type=FORM)


def test_a_form_encoded_event_with_a_repeated_user_rings_at_both(client, agent, second_agent):
    pairs = [
        ("event", "newCall"),
        ("callId", "a1"),
        ("from", "56 9 8765 4321"),
        ("to", "101"),
        ("direction", "in"),
    ]

    response = post(client, [*pairs, ("user[]", agent.email), ("user[]", second_agent.email)])

    assert response.status_code == 200
    assert response.json() == {"callId": "a1", "state": "ringing"}
    call = Call.objects.get()
    assert call.from_number == "+56987654321"
    assert {ring.user for ring in call.rings.all()} == {agent, second_agent}


@pytest.mark.parametrize("name", ["user", "user[]"])
def test_a_json_event_takes_one_user_or_several(client, agent, name):
    event = {
        "event": "newCall",
        "callId": "a1",
        "from": "+56987654321",
        "direction": "in",
        name: [agent.email],
    }

    response = client.post(door(), json.dumps(event), content_type="application/json")

    assert response.status_code == 200
    assert Call.objects.get().rings.get().user == agent


@pytest.mark.parametrize(
    "number", ["", "anonymous", "Anonymous", "unknown", "sip:anonymous@anonymous.invalid", "12", "💥"]
)
def test_a_withheld_or_impossible_number_is_no_number(client, agent, number):
    post(client, {"event": "newCall", "callId": "a1", "from": number, "direction": "in"})

    assert Call.objects.get().from_number == ""


def test_nothing_but_what_folding_needs_is_stored(client, agent):
    post(
        client,
        {
            "event": "newCall",
            "callId": "a1",
            "from": "+56987654321",
            "fullName": "Amina Rojas",
            "note": "secret",
        },
    )

    stored = json.dumps(CallEvent.objects.get().payload)
    assert "Amina" not in stored
    assert "secret" not in stored


@pytest.mark.parametrize("token", ["wrong", "demo-telephony-toke", "demo-telephony-token2", "ñ"])
def test_a_wrong_token_opens_nothing(client, db, token):
    response = post(client, {"event": "newCall", "callId": "a1"}, token=token)

    assert response.status_code == 403
    assert not CallEvent.objects.exists()


def test_without_a_token_of_our_own_nobody_is_let_in(client, db, settings):
    settings.TELEPHONY_TOKEN = ""

    assert post(client, {"event": "newCall", "callId": "a1"}, token="x").status_code == 403


def test_guessing_tokens_is_slowed_down(client, db):
    statuses = {
        post(client, {"event": "newCall", "callId": "a1"}, token=f"guess-{n}").status_code for n in range(40)
    }

    assert statuses == {403, 429}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 20000, "application/json", 400),
        (b"\xff\xfe", FORM, 400),
        (b"event=newCall", FORM, 400),
        (b"event=explode&callId=1", FORM, 400),
        (b"callId=1", FORM, 400),
        (b"event=newCall&callId=" + b"x" * 121, FORM, 400),
        (b"event=newCall&callId=1&provider=..%2F", FORM, 400),
        (b"event=newCall&callId=1&x=" + b"y" * 40000, FORM, 400),
        (b"event=newCall&callId=1&x=" + b"y" * 3_000_000, FORM, 413),
        (b"event=newCall&callId=1", "text/plain", 400),
        (b"", "", 400),
        (b'{"event": "newCall", "callId": "s\\ud800"}', "application/json", 400),
        (b"x", "multipart/form-data", 400),
        (b"--a\r\nx", "multipart/form-data; boundary=a", 400),
    ],
)
def test_what_is_no_event_is_answered_with_what_is_wrong(client, db, body, content_type, status):
    response = client.post(door(), body, content_type=content_type)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert not CallEvent.objects.exists()


def test_hostile_values_are_kept_out_of_the_rows(client, db):
    event = {
        "event": "newCall",
        "callId": "a1",
        "from": {"a": 1},
        "user": [None, 3, {"x": []}],
        "menu": "6.4'; --",
    }

    response = client.post(door(), json.dumps(event), content_type="application/json")

    assert response.status_code == 200
    assert Call.objects.get().call_id == "a1"


def test_a_multipart_event_is_read_and_its_files_are_left_aside(client, agent):
    event = {"event": "newCall", "callId": "a1", "from": "+56987654321", "direction": "in"}

    response = client.post(door(), event | {"user[]": [agent.email], "x": io.BytesIO(b"a file")})

    assert response.json() == {"callId": "a1", "state": "ringing"}
    assert Call.objects.get().rings.get().user == agent


@pytest.mark.parametrize("body", [b'{"callId": "s\\ud800"}', b'{"s\\udfff": "1"}'])
def test_half_a_character_is_no_event(body):
    with pytest.raises(telephony.EventUnreadable, match="could not be read"):
        telephony.read("application/json", body)


def test_every_refusal_is_in_english_whatever_language_is_asked_for(client, db):
    spanish = {"Accept-Language": "es"}

    response = client.post(door(), b"", content_type="text/plain", headers=spanish)
    stranger = client.post(door("wrong"), b"", content_type="text/plain", headers=spanish)

    assert stranger.json()["title"].lower() == "not allowed"
    assert response.json()["detail"] == "Send the event as a form, urlencoded or multipart, or as JSON."


def test_only_post_is_taken(client, db):
    refused = client.get(door())

    assert (refused.status_code, refused["Allow"]) == (405, "POST")


def test_no_cross_site_token_is_asked_of_a_machine(db):
    from django.test import Client

    assert post(Client(enforce_csrf_checks=True), {"event": "newCall", "callId": "a1"}).status_code == 200
