"""Who is away, who stands in, and who may say so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import actions
from accounts.models import Absence, Role
from common import clock
from common.errors import DomainError, NotAllowed
from events.models import Event
from tests.factories import accounts as people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def colleague(agency):
    return people.staff("Ana Pinto", Role.OFFICER, agency=agency)


def day(number=0):
    return clock.local_date(clock.now(), "America/Santiago") + timedelta(days=number)


def away(user, by, deputy, first=0, last=3):
    return actions.enter_absence(user, by=by, deputy=deputy, first_day=day(first), last_day=day(last))


def test_an_absence_holds_from_its_first_day_to_its_last(officer, colleague, actor_of):
    away(officer, actor_of(officer), colleague, 1, 2)

    holds = [Absence.objects.on(day(number)).exists() for number in range(4)]

    assert holds == [False, True, True, False]
    assert Event.objects.about("user", officer.pk).last().kind == "absence.entered"


@pytest.mark.parametrize("who", ["other_officer", "clerk", "office_supervisor", "supervisor", "stranger"])
def test_only_the_person_or_whoever_answers_for_them_says_so(who, request, officer, colleague, actor_of):
    with pytest.raises(NotAllowed):
        away(officer, actor_of(request.getfixturevalue(who)), colleague)


def test_supervisors_of_the_office_and_administrators_say_it_for_others(
    clerk, second_clerk, office_supervisor, administrator, officer, colleague, actor_of
):
    away(clerk, actor_of(office_supervisor), second_clerk)
    away(officer, actor_of(administrator), colleague)

    assert Absence.objects.count() == 2


def test_a_chief_says_it_for_the_officers_of_their_agency_and_for_no_others(
    officer, colleague, other_officer, agency, actor_of, client_of
):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    away(officer, actor_of(chief), colleague)

    assert Absence.objects.get().user == officer
    assert officer.name in client_of(chief).get(reverse("accounts:absences")).text
    with pytest.raises(NotAllowed):
        away(other_officer, actor_of(chief), colleague)
    with pytest.raises(NotAllowed):
        away(chief, actor_of(officer), colleague)


def test_a_chief_may_name_themselves_to_stand_in(officer, agency, client_of):
    chief = people.staff("Ofelia Rivas", Role.CHIEF, agency=agency)
    given = {"user": officer.pk, "deputy": chief.pk, "first_day": day(), "last_day": day(1)}

    entered = client_of(chief).post(reverse("accounts:absences"), given)

    assert entered.status_code == 302, entered.text
    absence = Absence.objects.get()
    assert absence.deputy == chief
    assert (
        reverse("accounts:absence-end", args=[absence.pk])
        in client_of(chief).get(reverse("accounts:absences")).text
    )
    assert chief.name not in str(client_of(officer).get(reverse("accounts:absences")).context["form"]["user"])


def test_a_supervisor_of_the_line_says_it_for_its_agents(supervisor, agent, second_agent, actor_of):
    away(agent, actor_of(supervisor), second_agent)

    assert Absence.objects.get().user == agent


@pytest.mark.parametrize(
    ("first", "last", "field"), [(3, 1, "last_day"), (-5, -1, "last_day"), (2, 5, "first_day")]
)
def test_days_that_are_over_turned_round_or_taken_are_refused(
    first, last, field, officer, colleague, actor_of
):
    if field == "first_day":
        away(officer, actor_of(officer), colleague)

    with pytest.raises(DomainError) as refusal:
        away(officer, actor_of(officer), colleague, first, last)

    assert field in refusal.value.fields


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.PUBLISHER])
def test_a_deputy_of_an_officer_does_the_work_of_officers(role, officer, agency, actor_of, client_of):
    other = people.staff("Elisa Duarte", role, agency=agency)

    with pytest.raises(DomainError, match="works with them"):
        away(officer, actor_of(officer), other)

    assert (
        other
        not in client_of(officer).get(reverse("accounts:absences")).context["form"].fields["deputy"].queryset
    )


def test_editors_reviewers_and_publishers_stand_in_for_whoever_has_the_same_post(agency, actor_of):
    editor, same = (people.staff(name, Role.EDITOR, agency=agency) for name in ("Elisa Duarte", "Eva Ríos"))
    publisher = people.staff("Pía Soto", Role.PUBLISHER, agency=agency)

    away(editor, actor_of(editor), same)

    with pytest.raises(DomainError, match="works with them"):
        away(same, actor_of(same), publisher, 5, 6)


def test_a_deputy_works_with_them(officer, other_officer, clerk, actor_of):
    for deputy in (other_officer, clerk, officer):
        with pytest.raises(DomainError, match="works with them"):
            away(officer, actor_of(officer), deputy)


def test_the_database_refuses_who_stands_in_for_themselves(officer, colleague, actor_of):
    away(officer, actor_of(officer), colleague)

    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.update(deputy=officer)


def test_back_is_back_and_a_second_time_changes_nothing(officer, colleague, actor_of):
    absence = away(officer, actor_of(officer), colleague)

    first = actions.end_absence(absence, by=actor_of(officer))
    again = actions.end_absence(absence, by=actor_of(officer))

    assert first.ended_at == again.ended_at
    assert not Absence.objects.today().exists()
    with pytest.raises(NotAllowed):
        actions.end_absence(absence, by=actor_of(colleague))


def test_it_is_entered_and_ended_on_its_page_and_a_refusal_keeps_what_was_chosen(
    officer, colleague, client_of
):
    client, address = client_of(officer), reverse("accounts:absences")
    given = {"user": officer.pk, "deputy": colleague.pk, "first_day": day(), "last_day": day(2)}

    done = client.post(address, given)
    refused = client.post(address, given)
    ended = client.post(reverse("accounts:absence-end", args=[Absence.objects.get().pk]))

    assert done.status_code == ended.status_code == 302
    assert refused.status_code == 422
    assert str(day(2)) in refused.content.decode()
    assert not Absence.objects.not_over().exists()


def test_a_stranger_has_no_such_page(stranger, client_of):
    assert client_of(stranger).get(reverse("accounts:absences")).status_code == 403
