"""Each right is a case with its term and its acts; granting it without the act is refused; an erasure leaves nothing behind."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed
from config.reference import sheets as reference
from config.reference.retention import load_retention_rules
from crm import actions
from crm.models import (
    Case,
    Message,
    MessageKind,
    Person,
    PersonAttribute,
    PersonIdentifier,
    RedactionLog,
    Stage,
)
from crm.queries.erasures import erasure_plan
from crm.queries.people import find_people
from crm.queries.rights import person_of
from crm.queries.timeline import case_timeline
from crm.terms import due_on
from events.models import Event
from territory.queries.calendar import next_business_day
from tests.factories import catalog as sheets
from tests.factories import crm, mandates
from tests.factories.rights import decide, right_case, right_sheet

pytestmark = pytest.mark.usefixtures("in_english")

CANARY = "canario"


@pytest.fixture
def asked(agency, officer):
    """Make a case of a right, taken by an officer."""
    load_retention_rules()
    return lambda right, **answers: right_case(right, agency=agency, officer=officer, **answers)


def of_another_time(years=6):
    return clock.frozen(clock.now() - timedelta(days=366 * years))


# --- the sheets and their terms ----------------------------------------------------------------------
def test_the_six_rights_are_in_the_catalogue_free_and_for_whoever_shows_an_identity_card():
    from catalog.sheets import RIGHTS, Sheet, validated

    found = {data["right"]: Sheet(validated(data)) for data in reference.read_sheets() if data.get("right")}

    assert set(found) == set(RIGHTS)
    for right, sheet in found.items():
        assert all(cost.is_free for cost in sheet.costs)
        assert (sheet.level("office", "submit"), sheet.level("web", "submit")) == (500, 600)
        assert {sheet.level("phone", act) for act in ("status", "answer")} == {500}  # nor a code by phone
        stage = sheet.stages[0]
        expected = (2, None) if right == "blocking" else (None, 30)
        assert (stage.term_business_days, stage.term_calendar_days) == expected


def test_a_right_is_due_in_thirty_days_of_the_calendar(asked):
    case = asked("access")

    filed = clock.local_date(case.submitted_at, "America/Santiago")
    last = next_business_day(next_business_day(filed) + timedelta(days=30))
    assert case.stages.get().due_on == last == case.promised_on


def test_the_term_is_extended_once_with_a_reason_the_citizen_reads(asked):
    case = asked("access")
    due = case.promised_on

    actions.extend_term(case, by=case.by, reason="Hay papeles en tres oficinas.")

    case.refresh_from_db()
    assert case.promised_on == next_business_day(due + timedelta(days=30)) == due_on(case.stages.get())
    assert Message.objects.get(kind=MessageKind.NOTICE).text == "Hay papeles en tres oficinas."
    points = case_timeline(case, actor=case.holder)
    assert any(point.text == "Hay papeles en tres oficinas." for point in points)
    with pytest.raises(DomainError, match=r"once|sola vez"):
        actions.extend_term(case, by=case.by, reason="Otra vez.")


def test_a_term_that_is_over_is_not_extended(asked):
    case = asked("access")
    Stage.objects.update(due_on=clock.now().date() - timedelta(days=2))

    with pytest.raises(DomainError):
        actions.extend_term(case, by=case.by, reason="Tarde.")


def test_a_denial_says_how_to_complain_and_until_when(asked):
    case = asked("access")

    case = decide(case, by=case.by, decision="denied", reason="No.")

    assert re.search(r"30 (business days|días hábiles)", case.stages.get().decision_reason)


def test_other_procedures_are_denied_without_that_sentence(submitted_case, officer):
    case = decide(submitted_case, by=Actor.staff(officer), decision="denied", reason="No.")

    assert case.stages.get().decision_reason == "No."


@pytest.mark.parametrize("right", ["access", "portability", "suppression", "rectification", "blocking"])
def test_granting_without_the_act_is_refused(right, asked):
    case = asked(right)

    with pytest.raises(DomainError, match=r"first|Primero|antes"):
        actions.decide_stage(case.stages.get(), by=case.by, decision="granted", reason="")

    assert Case.objects.get(pk=case.pk).state == "in_review"


def test_opposition_is_granted_with_words(asked):
    case = asked("opposition")

    assert decide(case, by=case.by).state == "granted"


@pytest.mark.parametrize("right", ["access", "suppression", "blocking", "rectification"])
def test_nobody_else_does_these_acts(right, asked, clerk, other_officer, supervisor, administrator):
    case = asked(right)
    acts = {
        "access": lambda by: actions.ask_export(case, by=by),
        "suppression": lambda by: actions.erase_person(case, by=by),
        "blocking": lambda by: actions.block_person(case, by=by, reason="Sí."),
        "rectification": lambda by: actions.correct_attribute(
            case, by=by, key="name", value="X", evidence=case.documents.first()
        ),
    }

    for user in (clerk, other_officer, supervisor, administrator):
        with pytest.raises(NotAllowed):
            acts[right](Actor.staff(user))
    with pytest.raises(NotAllowed):
        actions.extend_term(case, by=Actor.visitor(frozenset({case.pk})), reason="Sí.")


@pytest.mark.parametrize("right", ["access", "portability", "suppression", "blocking", "rectification"])
def test_nothing_is_done_with_a_persons_data_for_whoever_did_not_show_that_they_are_that_person(right, asked):
    case = asked(right)
    Case.objects.filter(pk=case.pk).update(filed_level=100)
    acts = {
        "suppression": lambda: actions.erase_person(case, by=case.by),
        "blocking": lambda: actions.block_person(case, by=case.by, reason="Sí."),
        "rectification": lambda: actions.correct_attribute(
            case, by=case.by, key="name", value="X", evidence=case.documents.get()
        ),
    }

    with pytest.raises(DomainError, match="did not show that they are this person"):
        acts.get(right, lambda: actions.ask_export(case, by=case.by))()

    assert decide(case, by=case.by, decision="denied", reason="Venga con su cédula.").state == "denied"


def test_opposition_is_not_granted_to_whoever_did_not_show_that_they_are_that_person(asked):
    case = asked("opposition")
    Case.objects.filter(pk=case.pk).update(filed_level=100)

    with pytest.raises(DomainError, match="did not show that they are this person"):
        decide(case, by=case.by)


def test_a_right_filed_by_a_mandate_is_carried_out(agency, officer, office, clerk):
    by = Actor.staff(clerk)
    amanda, amina = (
        actions.know_person(by=by, name=name, run=run, level=500)
        for name, run in (("Amanda Lagos", "9876543-3"), ("Amina Rojas Soto", "12345678-5"))
    )
    contact = mandates.at_desk(office, by, amanda)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=amanda)
    contact = actions.represent(contact, by=by, represented=amina, mandate=mandate)
    case = mandates.filed_in(contact, by, sheets.publish(right_sheet("access"), agency=agency))
    actions.take_stage(case.stages.get(), by=Actor.staff(officer))

    assert actions.ask_export(case, by=Actor.staff(officer)).person_id == amina.pk


def test_an_act_of_another_right_is_refused(asked):
    case = asked("access")

    with pytest.raises(DomainError):
        actions.erase_person(case, by=case.by)


# --- rectification -----------------------------------------------------------------------------------
def test_a_name_is_corrected_with_a_paper_and_the_old_one_stays_in_the_history(asked):
    case = asked("rectification")

    row = actions.correct_attribute(
        case, by=case.by, key="name", value="Amina Rojas Sotomayor", evidence=case.documents.get()
    )

    assert Person.objects.get().name == "Amina Rojas Sotomayor"
    assert (row.level, row.evidence) == (500, case.documents.get())
    assert PersonAttribute.objects.filter(key="name").count() == 2
    assert decide(case, by=case.by).state == "granted"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", " "),
        ("birth_date", "ayer"),
        ("birth_date", "1950-02-31"),
        ("commune", "99999"),
        ("run", "1-9"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(key, value, asked):
    case = asked("rectification")

    with pytest.raises(DomainError):
        actions.correct_attribute(case, by=case.by, key=key, value=value, evidence=case.documents.get())

    assert PersonAttribute.objects.filter(key="name").count() == 1


# --- suppression -------------------------------------------------------------------------------------
def test_an_open_case_stands_in_the_way_and_is_named(asked, submitted_case):
    case = asked("suppression")

    with pytest.raises(DomainError, match=submitted_case.folio):
        actions.erase_person(case, by=case.by)

    assert Person.objects.get().name
    assert erasure_plan(person_of(case), asked_in=case).obstacles


def test_a_case_that_must_still_be_kept_stands_in_the_way_with_its_day(asked, submitted_case, officer):
    decide(submitted_case, by=Actor.staff(officer))
    case = asked("suppression")

    with pytest.raises(DomainError, match=submitted_case.folio):
        actions.erase_person(case, by=case.by)


def every_text() -> str:
    """Everything written in the database, in every column of every table of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('SELECT string_agg(t::text, E''\\n'') AS x FROM %I t', relname), ' UNION ALL ') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition "
            "AND has_table_privilege(c.oid, 'SELECT') "
            "AND relname LIKE ANY(ARRAY['crm\\_%', 'events\\_%', 'callcentre\\_%', 'offices\\_%', 'portal\\_%', 'metrics\\_%'])"
        )
        cursor.execute(cursor.fetchone()[0])
        return "\n".join(row[0] or "" for row in cursor.fetchall())


def test_nothing_the_person_ever_was_or_said_is_left_anywhere(
    asked, agency, officer, clerk, agent, office, procedure_version
):
    from callcentre.actions import write_note
    from callcentre.models import Call
    from crm.models import PersonNeed
    from tests.callcentre import phones
    from tests.factories import offices as make

    words = {
        "applicant_name": {"given": "Canario", "surnames": "Amarillo"},
        "applicant_email": "canario@test.invalid",
    }
    with of_another_time():
        old = crm.filed_case(procedure_version, **words)
        old = decide(old, by=Actor.staff(officer), decision="denied", reason="A canario le falta un papel.")
        actions.note_case(old, by=Actor.staff(officer), text="El canario llamó.")
        person = Person.objects.get()
        PersonNeed.objects.create(person=person, kind="interpreter", detail="canario")
        survey = old.source.survey
        actions.answer_survey(survey, by=Actor.visitor(), grade=7, comment="Canario contento.")
        call = phones.speaks(agent, call_id="canario-1", number="+56912345678")
        actions.identify_person(call, by=Actor.staff(agent), person=person, level=100)
        write_note(Call.objects.get(), by=Actor.staff(agent), text="Llamó canario.")
        actions.open_file(person, by=Actor.staff(agent), reason="Llama canario.", interaction=call)
        phones.hangs_up("canario-1")
        actions.end_interaction(call, by=Actor.system())
        ticket = make.ticket(office)
        ticket.visit.note = "Trae al canario"
        ticket.visit.save()
        visit = ticket.visit.interaction
        actions.identify_person(visit, by=Actor.system(), person=person, level=100)
        actions.end_interaction(visit, by=Actor.system())
    assert every_text().lower().count(CANARY) > 10
    case = asked(
        "suppression",
        applicant_name={"given": "Otro", "surnames": "Nombre"},
        applicant_email="otro@test.invalid",
    )

    log = actions.erase_person(case, by=case.by)

    left = [
        line
        for line in every_text().splitlines()
        if re.search("canari|amarillo|\\\\+?56912345678", line, re.IGNORECASE)
    ]
    assert [line for line in left if "canario-1" not in line] == []
    assert (log.case, log.rule) == (case, None)
    assert not PersonIdentifier.objects.filter(is_active=True).exists()
    assert find_people("12.345.678-5", by=Actor.system()) == []
    assert Case.objects.get(pk=old.pk).decided_at
    assert decide(case, by=case.by).state == "granted"


def test_nothing_of_anybody_else_is_erased(asked):
    case = asked("suppression")
    other = actions.know_person(by=Actor.system(), name="Berta Soto", run="5126663-3", phone="+56922222222")

    actions.erase_person(case, by=case.by)

    other.refresh_from_db()
    assert (other.name, other.identifiers.get().value) == ("Berta Soto", "5126663-3")


def test_every_record_of_the_person_goes(asked, supervisor):
    case = asked("suppression")
    person = Person.objects.get()
    second = actions.know_person(by=Actor.system(), name="Amina R.", email="otra@test.invalid")
    actions.merge_people(person, second, by=Actor.staff(supervisor), reason="Es ella.", taken_over=["name"])

    actions.erase_person(case, by=case.by, records=[person.pk, second.pk])

    assert list(Person.objects.values_list("name", flat=True)) == [None, None]
    assert RedactionLog.objects.count() == 1


def test_while_a_merge_stands_nothing_is_erased_unless_each_record_was_looked_at(asked, supervisor):
    case = asked("suppression")
    person = Person.objects.get()
    other = actions.know_person(by=Actor.system(), name="Berta Soto", run="5126663-3")
    actions.merge_people(other, person, by=Actor.staff(supervisor), reason="Por error.")

    for looked_at in ([], [person.pk]):
        with pytest.raises(DomainError, match="supervisor") as refused:
            actions.erase_person(case, by=case.by, records=looked_at)

    assert "records" in refused.value.fields
    assert list(erasure_plan(person_of(case), asked_in=case).records) == [person.pk, other.pk]
    assert not Person.objects.filter(redacted_at__isnull=False).exists()


def test_a_person_on_a_call_is_not_erased_until_the_call_is_finished(asked, agent):
    from tests.callcentre import phones

    case = asked("suppression")
    call = phones.speaks(agent, call_id="canario-2", number="+56912345678")
    actions.identify_person(call, by=Actor.staff(agent), person=Person.objects.get(), level=100)

    with pytest.raises(DomainError, match="not finished"):
        actions.erase_person(case, by=case.by)

    phones.hangs_up("canario-2")
    with pytest.raises(DomainError, match="not finished"):  # its note is still being written
        actions.erase_person(case, by=case.by)
    actions.end_interaction(call, by=Actor.system())
    actions.erase_person(case, by=case.by)
    assert "+56912345678" not in every_text()


def test_whoever_was_erased_is_somebody_new_the_next_time(asked, procedure_version):
    case = asked("suppression")
    actions.erase_person(case, by=case.by)
    decide(case, by=case.by)

    again = crm.filed_case(procedure_version)

    person = again.parties.get().person
    assert (person.name, person.redacted_at) == ("Amina Rojas Soto", None)
    assert Person.objects.count() == 2


def test_a_part_in_a_case_is_never_given_to_whoever_was_erased(asked, procedure_version):
    from django.db import IntegrityError

    from crm.models import Party

    case = asked("suppression")
    person = Person.objects.get()
    actions.erase_person(case, by=case.by)

    with pytest.raises(IntegrityError, match="redacted"), transaction.atomic():
        Party.objects.create(case=case, person=person, role="beneficiary")


def test_an_erasure_is_told_with_ids_alone(asked):
    case = asked("suppression")
    actions.erase_person(case, by=case.by)

    event = Event.objects.get(kind="person.redacted")
    assert set(event.data) == {"asked_in"}


def test_the_words_of_a_name_that_was_corrected_are_kept_nowhere(asked):
    case = asked("rectification")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM crm_nameword WHERE word = 'soto'")
        assert cursor.fetchone() == (1,)

        actions.correct_attribute(
            case, by=case.by, key="name", value="Amina Rojas Sotomayor", evidence=case.documents.get()
        )

        cursor.execute("SELECT word FROM crm_nameword ORDER BY word")
        assert [word for (word,) in cursor.fetchall()] == ["amina", "rojas", "sotomayor"]
