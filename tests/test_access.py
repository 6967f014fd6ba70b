"""
Who may open which address: `tests/reliability/access.py` says it for every route, and tries it with things that exist.

A new route without an entry there fails. `dev.py bench reliability` tries it as everybody there is.
"""

from tests.reliability import access
from tests.test_house_rules import routes

# Programs are let in by a credential, not by a sign-in: tests/crm/test_agency_api.py tries them.
OF_PROGRAMS = {name for name in access.MATRIX if name.startswith("agency-api:")}


def test_every_route_opens_for_those_in_the_matrix_and_for_nobody_else(db):
    outcome = access.check(access.make_world(), everybody=False)

    assert outcome.wrong == []
    assert outcome.figures["routes"] == len(access.MATRIX)


def test_what_anybody_may_open_is_what_asks_for_no_sign_in():
    asks_nothing = {
        name for name, pattern in routes() if getattr(pattern.callback, "login_required", True) is False
    }
    for_holders = {name for name, who in access.MATRIX.items() if who & {"holder", "nobody"}}

    assert asks_nothing == for_holders | OF_PROGRAMS


def test_every_staff_route_stands_in_a_room():
    roomless = {name for name, pattern in routes() if not getattr(pattern.callback, "room", None)}

    assert {name for name in roomless if "holder" not in access.MATRIX[name]} - OF_PROGRAMS == {
        "accounts:absence-end",
        "accounts:absences",
        "accounts:password",
        "accounts:rooms",
        "accounts:sign-out",
        "accounts:start",
    }
