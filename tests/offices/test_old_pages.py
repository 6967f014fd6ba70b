"""Pages that have grown old: what a clerk is told when a colleague or a supervisor was quicker."""

import pytest
from django.urls import reverse

from accounts.actors import Actor
from offices import actions
from tests.factories import offices as make


@pytest.fixture
def desk(office, second_clerk):
    return make.desk(office, second_clerk)


def call(client, desk):
    return client.post(english("call-next", desk.pk), follow=True)


def english(name, *args):
    return reverse(f"offices:{name}", args=args).replace("/es/", "/en/")


def test_a_colleague_does_not_close_the_desk_where_a_clerk_sits(client_of, clerk, host, desk):
    answers = [client_of(one).post(english("desk-close", desk.pk)) for one in (clerk, host)]

    desk.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert desk.is_open


def test_who_calls_from_a_desk_that_the_supervisor_closed_is_told_so(
    client_of, second_clerk, office_supervisor, desk
):
    actions.close_desk(desk, by=Actor.staff(office_supervisor))

    answer = call(client_of(second_clerk), desk)

    assert answer.status_code == 200
    assert "Silvia Mella closed desk 1. Choose a desk before you call." in answer.text


def test_who_calls_from_a_desk_where_somebody_else_sits_now_is_told_so(client_of, clerk, second_clerk, desk):
    actions.close_desk(desk, by=Actor.staff(second_clerk))
    own = call(client_of(second_clerk), desk)
    make.desk(desk.office, clerk)

    answer = call(client_of(second_clerk), desk)

    assert "Desk 1 is closed." in own.text
    assert "Clara Fuentes sits at desk 1 now." in answer.text


def test_who_never_sat_at_a_desk_does_not_call_to_it(client_of, clerk, desk):
    assert client_of(clerk).post(english("call-next", desk.pk)).status_code == 403


def _goes_back(ticket, supervisor, colleague):
    actions.put_back(ticket, by=Actor.staff(supervisor))


def _leaves(ticket, supervisor, colleague):
    _goes_back(ticket, supervisor, colleague)
    actions.abandon_ticket(ticket, by=Actor.system())


def _is_called_elsewhere(ticket, supervisor, colleague):
    _goes_back(ticket, supervisor, colleague)
    actions.call_next(make.desk(ticket.office, colleague, 2), by=Actor.staff(colleague))


def _is_served_elsewhere(ticket, supervisor, colleague):
    _is_called_elsewhere(ticket, supervisor, colleague)
    actions.start_serving(ticket, by=Actor.staff(colleague))


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (_goes_back, "A 001 is back in the queue."),
        (_leaves, "A 001 has left."),
        (_is_called_elsewhere, "A 001 was called to desk 2 by Clara Fuentes."),
        (_is_served_elsewhere, "A 001 is with Clara Fuentes at desk 2."),
    ],
)
@pytest.mark.parametrize("move", ["start", "recall", "no-show", "put-back"])
def test_a_desk_page_that_has_grown_old_says_how_the_ticket_stands_now(
    client_of, office, clerk, second_clerk, office_supervisor, happens, sentence, move
):
    ticket = make.called(office, second_clerk)
    happens(ticket, office_supervisor, clerk)

    answer = client_of(second_clerk).post(english(f"ticket-{move}", ticket.pk), follow=True)

    assert answer.status_code == 200
    assert ("message-error", sentence in answer.text) == ("message-error", True)


def test_a_colleague_who_never_called_a_ticket_is_refused_with_the_reason_that_is_true(
    client_of, office, clerk, second_clerk
):
    ticket = make.called(office, second_clerk)

    answer = client_of(clerk).post(english("ticket-start", ticket.pk))

    assert answer.status_code == 403
    assert "A 001 was called to desk 1 by Diego Rojas." in answer.text


@pytest.mark.parametrize("number", ["²", "٣", "x", "9" * 40])
def test_an_office_that_is_no_number_does_not_exist(client_of, clerk, number):
    assert client_of(clerk).post(english("choose-office"), {"office": number}).status_code == 404
