"""
Sign-ins that end (38): whoever is disabled is out of every session and live screen at once, and a post that ends closes its room at the
next request.
"""

import time
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.actors import Actor
from accounts.live import may_watch
from accounts.models import Role, User
from tests.factories import accounts as make
from tests.reliability import Outcome

WITHIN = 5.0  # seconds
EACH = 3  # sessions


def check(people: int, *, by: Actor, agency: Any) -> Outcome:
    """Sign so many officers in, on three devices each; disable half of them and end the posts of the others."""
    outcome = Outcome("ended sign-ins (38)")
    officers = [make.staff(f"P{number} Funcionario", Role.OFFICER, agency=agency) for number in range(people)]
    devices = {user.pk: [_signed_in(user) for _device in range(EACH)] for user in officers}
    work, topic, slowest = reverse("crm:work"), f"agency:{agency.pk}", 0.0
    for number, user in enumerate(officers):
        if any(client.get(work).status_code != 200 for client in devices[user.pk]):
            outcome.wrong.append(f"{user.name} could not work before")
        began = time.perf_counter()
        if number % 2:
            actions.disable_user(user, by=by)
        else:
            actions.end_post(user.memberships.get(), by=by)
        expected = 302 if number % 2 else 403
        for client in devices[user.pk]:
            status = client.get(work).status_code
            if status != expected:
                outcome.wrong.append(f"{user.name} is answered {status}")
            if may_watch(client.session.session_key or "", [topic]):
                outcome.wrong.append(f"{user.name} still watches live")
        slowest = max(slowest, time.perf_counter() - began)
    if slowest > WITHIN:
        outcome.wrong.append(f"it took {slowest:.1f} s to be out")
    outcome.figures = {"people": people, "sessions": people * EACH, "slowest": f"{slowest:.2f} s"}
    return outcome


def _signed_in(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client
