"""The cast of the demo and the rooms that are promised to each of them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import rooms
from accounts.actors import Actor
from accounts.models import User
from config.cast import CAST, STRANGER, load_cast
from tests.factories import accounts as people
from tests.factories.territory import OfficeFactory


@pytest.fixture
def cast(db):
    for office in {member.office for member in CAST if member.office}:
        OfficeFactory(code=office)
    for agency in {member.agency for member in CAST if member.agency}:
        people.AgencyFactory(code=agency)
    load_cast()


@pytest.mark.parametrize("email", [*[member.email for member in CAST], STRANGER[1]])
def test_every_door_shown_to_a_member_of_the_cast_opens_and_no_other_does(email, cast):
    user = User.objects.get(email=email)
    client = Client()
    client.force_login(user)

    opened = {
        room.code for room in rooms.registered() if client.get(reverse(room.url_name)).status_code == 200
    }

    inside = {"tasks"} if Actor.staff(user).has_role("officer") else set()  # a tab of the agency's room
    assert {room.code for room in rooms.rooms_of(Actor.staff(user))} == opened - inside
