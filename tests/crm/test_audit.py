"""What was read and changed is written where the application cannot change it, and sealed: one altered row is found."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from accounts.actors import Actor
from crm import actions
from crm.models import AccessLog, Change, Person, Seal
from crm.queries.audit import broken_seals, changes_of
from events.models import Event
from tests import databases

SYSTEM = Actor.system()
NOW = timedelta(0)


def owner(statement: str) -> None:
    """Do as the owner of the tables what the application can not."""
    with databases._admin(connections["owner"].settings_dict["NAME"]) as admin:
        admin.execute(statement)


@pytest.fixture
def amina(transactional_db) -> Person:
    person = actions.know_person(by=SYSTEM, name="Amina Roja", run="12345678-5", level=300)
    actions.know_person(by=SYSTEM, name="Amina Rojas Soto", run="12345678-5", level=500)
    return person


def test_a_change_keeps_what_was_before_and_the_act_that_made_it(amina, office_supervisor, actor_of):
    other = actions.know_person(by=SYSTEM, name="Amina Rojas")
    merge = actions.merge_people(amina, other, by=actor_of(office_supervisor), reason="Misma cédula")

    named = Change.objects.get(relation="crm_person", row_id=str(amina.pk))
    assert named.before == {"name": "Amina Roja"}
    pointed = Change.objects.get(relation="crm_person", row_id=str(other.pk))
    assert pointed.before == {"merged_into_id": None}
    assert Event.objects.get(pk=pointed.event_id).kind == "person.merged"
    assert merge.by == office_supervisor
    lines = changes_of(amina)
    assert lines[0].who == office_supervisor.name
    assert any("name: Amina Roja" in line.before for line in lines)


@pytest.mark.parametrize("table", ["crm_change", "crm_accesslog", "crm_seal", "events_event"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_can_neither_change_nor_delete_what_was_written(amina, table, deed):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(deed.format(table))


def test_the_application_can_not_write_a_change_or_a_seal_of_its_own(amina):
    for statement in (
        "INSERT INTO crm_change (relation, row_id) VALUES ('crm_person', 'x')",
        "INSERT INTO crm_seal (source, since, until, row_count, digest) VALUES ('events', now(), now() + interval '1 s', 0, '')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("altered", "source"),
    [
        ("UPDATE crm_accesslog SET actor_kind = 'staff' WHERE act = 'open_person'", "readings"),
        ("UPDATE crm_accesslog SET reason = 'Otra razón' WHERE act = 'open_person'", "readings"),
        ("DELETE FROM crm_accesslog WHERE act = 'open_person'", "readings"),
        (
            "INSERT INTO crm_accesslog (id, actor_kind, act, at) SELECT uuidv7(), 'staff', 'list', min(at) FROM crm_accesslog",
            "readings",
        ),
        ("UPDATE crm_change SET before = '{\"name\": \"Nadie\"}' WHERE relation = 'crm_person'", "changes"),
        (
            "UPDATE events_event SET kind = 'person.known', actor_kind = 'staff' WHERE kind = 'person.known'",
            "events",
        ),
    ],
)
def test_one_altered_row_breaks_its_seal(amina, altered, source):
    actions.open_file(amina, by=SYSTEM, reason="Está presente")
    for number in range(40):
        actions.log_access("list", by=SYSTEM, shown=[amina.pk], reason=str(number))
    actions.seal_audit(by=SYSTEM, still_open=timedelta(microseconds=1))
    assert broken_seals() == []

    owner(altered)

    assert {broken.source for broken in broken_seals()} == {source}


def test_stamping_and_redacting_break_no_seal(amina):
    actions.open_file(amina, by=SYSTEM, reason="Está presente")
    actions.seal_audit(by=SYSTEM, still_open=timedelta(microseconds=1))

    owner("UPDATE events_event SET delivered_at = now()")
    owner("UPDATE crm_accesslog SET reason = NULL")
    owner("UPDATE crm_change SET before = NULL")

    assert broken_seals() == []


def test_seals_follow_on_each_other_and_cover_each_row_once(amina):
    actions.seal_audit(by=SYSTEM, still_open=timedelta(microseconds=1))
    actions.open_file(amina, by=SYSTEM, reason="Está presente")
    actions.seal_audit(by=SYSTEM, still_open=timedelta(microseconds=1))

    assert (
        sum(Seal.objects.filter(source="readings").values_list("row_count", flat=True))
        == AccessLog.objects.count()
    )
    assert (
        sum(Seal.objects.filter(source="events").values_list("row_count", flat=True)) == Event.objects.count()
    )
    for source in ("events", "readings", "changes"):
        seals = list(Seal.objects.filter(source=source).order_by("since"))
        assert [one.until for one in seals[:-1]] == [one.since for one in seals[1:]]
    assert broken_seals() == []


# --- what the application's role tries -----------------------------------------------------------------
def test_a_change_can_not_be_hidden_by_saying_that_it_redacts(amina):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ventanilla.redacting', 'on', true)")
        cursor.execute("UPDATE crm_person SET name = 'Nadie' WHERE id = %s", [amina.pk])

    assert changes_of(amina)[0].before == ["name: Amina Rojas Soto"]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("INSERT INTO crm_redacting (subject) VALUES (%s)", [amina.pk])


def test_what_an_erasure_changes_keeps_no_value(amina):
    from config.reference.retention import load_retention_rules
    from crm.models import RedactionLog, RetentionRule

    load_retention_rules()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT redact_people(%s)", [[amina.pk]])
        RedactionLog.objects.create(rule=RetentionRule.objects.first(), rows=1)

    kept = Change.objects.filter(person_id=amina.pk)
    assert kept.exists()
    assert "Amina" not in str(list(kept.values_list("before", flat=True)))


def test_nothing_is_sealed_before_its_time_whatever_a_session_says_the_time_is(amina):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ventanilla.now', '2998-01-01', true)")
        for source in ("events", "readings", "changes"):
            cursor.execute("SELECT seal_audit(%s, '2997-01-01')", [source])
    assert not Seal.objects.exists()

    actions.open_file(amina, by=SYSTEM, reason="Está presente")
    actions.seal_audit(by=SYSTEM, still_open=timedelta(microseconds=1))

    assert Seal.objects.count() == 3
    assert broken_seals() == []


@pytest.mark.parametrize(
    "redaction",
    [
        "redact_cases(ARRAY(SELECT id FROM crm_case), ARRAY['words'])",
        "redact_contacts(ARRAY(SELECT id FROM crm_interaction))",
        "redact_people(ARRAY(SELECT id FROM crm_person))",
    ],
)
def test_reasons_in_the_access_log_are_not_emptied_without_a_line_that_says_why(amina, redaction):
    contact = actions.open_interaction("web", by=SYSTEM, person=amina)
    actions.open_file(amina, by=SYSTEM, reason="Está presente", interaction=contact)
    actions.end_interaction(contact, by=SYSTEM)

    with pytest.raises(IntegrityError, match="under which rule"), transaction.atomic():
        connection.cursor().execute("SELECT " + redaction)  # one of the above

    assert AccessLog.objects.get(act="open_person").reason == "Está presente"


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM crm_case",
        "DELETE FROM crm_stage",
        "DELETE FROM crm_breakglass",
        "DELETE FROM crm_message",
        "DELETE FROM crm_placement",
        "DELETE FROM crm_claimcode",
        "DELETE FROM crm_personblock",
        "UPDATE crm_breakglass SET reason = 'Otra razón'",
        "UPDATE crm_message SET text = 'Otra cosa'",
        "UPDATE crm_placement SET at = now()",
        "UPDATE crm_claimcode SET code_hmac = ''",
        "UPDATE crm_personblock SET reason = 'Otra razón'",
    ],
)
def test_the_application_can_not_rewrite_rows_whose_history_nobody_keeps(db, deed):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(deed)


def test_the_end_of_a_block_is_kept_with_what_was_before(transactional_db, agency, officer):
    from tests.factories.rights import right_case

    case = right_case("blocking", agency=agency, officer=officer)
    block = actions.block_person(case, by=case.by, reason="Mientras se corrige.")
    actions.lift_block(case, by=case.by)

    change = Change.objects.get(relation="crm_personblock")
    assert (change.row_id, change.before["lifted_at"]) == (str(block.pk), None)
    assert "reason" not in change.before


def test_of_an_act_with_several_events_the_page_says_what_was_recorded_with_the_change(
    client, amina, clerk, office
):
    contact = actions.open_interaction("web", by=SYSTEM)
    with transaction.atomic():
        Person.objects.filter(pk=amina.pk).update(language="en")
        actions.end_interaction(contact, by=SYSTEM)
    actions.break_glass(amina, by=Actor.staff(clerk), reason="Pregunta por su caso")
    client.force_login(clerk)

    page = client.get(f"/en/staff/files/{amina.pk}/readings/").text

    assert "Together with" in page
    assert "In which act" not in page
