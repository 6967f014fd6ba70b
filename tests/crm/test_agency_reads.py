"""What an agency's program reads of a case that it shares, and how it learns that what it knows of it is not so any more."""

from datetime import timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from crm import actions
from crm.api.rows import TOLD
from crm.events import TOLD_TO_AGENCIES
from tests.crm.programs import API, program_of
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm
from tests.factories.rights import right_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def shared(*codes, agency):
    """Return a case that agencies decide at once."""
    rows = [{"agency": code, "order": 1, "required": True, "term_business_days": 10} for code in codes]
    return crm.filed_case(sheets.publish(sheets.sheet(stages=rows), agency=agency))


# --- what happened ----------------------------------------------------------------------------------
def test_a_timeline_tells_no_notes_no_keys_and_nobody_of_the_staff(agency, other_agency, officer, actor_of):
    case, by = shared("SRCEI", "IPS", agency=agency), actor_of(officer)
    own = case.stages.get(agency=agency)
    colleague = people.staff("Otra Oficial", Role.OFFICER, agency=agency)
    chief = Actor.staff(people.staff("Ofelia Rivas", Role.CHIEF, agency=agency))
    actions.assign_stage(own, by=chief, to=colleague)
    actions.take_stage(own, by=by)
    actions.give_back_stage(own, by=by)
    actions.note_case(case, by=by, text="Sospecha de fraude", stage=own)
    actions.issue_claim_code_at_agency(case, by=by, document_seen=True)

    theirs, ours = (
        program_of(one).get(f"cases/{case.folio}/timeline", page_size=100).json()["results"]
        for one in (other_agency, agency)
    )

    kinds = ["case.submitted", "case.reassigned", "case.taken", "case.given_back"]
    assert [one["kind"] for one in theirs] == kinds
    assert ours == theirs
    assert set(kinds) <= set(TOLD_TO_AGENCIES)
    assert all(set(one["data"]) <= TOLD for one in theirs)
    assert theirs[2]["data"]["stage"] == str(own.pk)
    assert not {str(officer.pk), str(colleague.pk)} & {
        str(said) for one in theirs for said in one["data"].values()
    }


def test_a_timeline_is_paged_by_what_is_told(agency, officer, actor_of):
    case, by = shared("SRCEI", agency=agency), actor_of(officer)
    for number in range(3):
        actions.note_case(case, by=by, text=f"Nota {number}")
    actions.take_stage(case.stages.get(), by=by)
    program = program_of(agency)

    first = program.get(f"cases/{case.folio}/timeline", page_size=1).json()
    second = program.get(first["next"].split("/api/v1/")[1]).json()

    assert [one["kind"] for one in first["results"] + second["results"]] == ["case.submitted", "case.taken"]
    assert second["next"] is None


# --- what is known already --------------------------------------------------------------------------
def known_as(program, case, etag):
    """Ask for a case that the program has already, under its ETag."""
    return program.client.get(f"{API}/cases/{case.folio}", headers={**program.headers, "If-None-Match": etag})


@pytest.fixture
def case(other_agency):
    return shared("IPS", agency=other_agency)


@pytest.fixture
def person(case):
    return case.parties.get().person


@pytest.fixture
def program(other_agency):
    return program_of(other_agency)


@pytest.fixture
def unsafe(person):
    return lambda: person.contact_points.update(is_safe=False)


@pytest.fixture
def block_of_theirs(case, agency, officer):
    asked = right_case("blocking", agency=agency, officer=officer)
    return lambda: actions.block_person(asked, by=asked.by, reason="Mientras se corrige.")


@pytest.fixture
def merge(person, supervisor, actor_of):
    other = actions.know_person(by=Actor.system(), name="Amina Rojas", run="9876543-3")
    return lambda: actions.merge_people(other, person, by=actor_of(supervisor), reason="Es la misma persona.")


@pytest.fixture
def paper_run_out(case):
    return lambda: case.documents.update(valid_until=clock.now().date() - timedelta(days=2))


@pytest.mark.parametrize("change", ["unsafe", "block_of_theirs", "merge", "paper_run_out"])
def test_what_changes_without_an_act_on_the_case_is_told_to_whoever_knows_the_case(
    change, request, program, case
):
    happen = request.getfixturevalue(change)
    first = program.get(f"cases/{case.folio}")

    happen()
    again = known_as(program, case, first.headers["ETag"])

    assert again.status_code == 200
    assert again.json()["revision"] == first.json()["revision"]
    assert again.json() != first.json()
    assert known_as(program, case, again.headers["ETag"]).status_code == 304


def test_an_etag_of_a_revision_alone_is_known_to_nobody(program, case):
    assert known_as(program, case, f'"{case.revision}"').status_code == 200


def test_an_act_goes_by_the_revision_whatever_became_of_addresses_meanwhile(program, case, unsafe):
    etag = program.get(f"cases/{case.folio}").headers["ETag"]
    unsafe()

    assert program.post(f"cases/{case.folio}/take", match=etag).status_code == 200
    assert program.post(f"cases/{case.folio}/take", match=etag).status_code == 412


def test_asking_for_the_headers_alone_marks_nothing_as_read(agency, submitted_case):
    case, program = submitted_case, program_of(agency)
    actions.write_to_agency(case, by=case.holder, interaction=case.source, text="Una consulta.")

    answer = program.client.head(f"{API}/cases/{case.folio}", headers=program.headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert case.messages.get(kind="message").read_at is None
