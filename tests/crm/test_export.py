"""Everything held about a person, and nobody else; an export, an erasure and a new case at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from django.db import connection

from accounts.actors import Actor
from accounts.models import Role
from common import clock
from common.errors import AlreadyDone, DomainError
from config.reference.retention import load_retention_rules
from crm import actions, files, tasks
from crm.models import Case, Document, Party, Person, PersonExport, PersonIdentifier, RetentionRule
from crm.queries.holdings import SCHEMA, holdings_of
from crm.readable import as_pdf
from tests.callcentre import phones
from tests.factories import accounts as people
from tests.factories import catalog as sheets
from tests.factories import crm, mandates
from tests.factories.rights import decide, right_case

HOUSEHOLD = [
    {
        "key": "members",
        "type": "people",
        "question": {"es": "¿Quiénes viven con usted?", "en": "Who lives with you?"},
        "max_items": 5,
        "relations": ["child", "spouse"],
    }
]
BERTA = {
    "id": "b",
    "given": "Berta",
    "surnames": "Canaria",
    "run": "5126663-3",
    "birth_date": "2001-02-03",
    "relation": "child",
}


@pytest.fixture
def asked(agency, officer):
    load_retention_rules()
    return lambda right="access": right_case(right, agency=agency, officer=officer)


@pytest.fixture
def household(agency):
    return sheets.publish(
        sheets.sheet(
            code="777", slug="hogar", applicant="household", form=[*sheets.SHEET["form"], *HOUSEHOLD]
        ),
        agency=agency,
    )


def made(case):
    export = actions.ask_export(case, by=case.by)
    tasks.make_export(export_id=str(export.pk))
    return PersonExport.objects.get(pk=export.pk)


def rows(content, code):
    return next(section["rows"] for section in content["sections"] if section["code"] == code)


# --- what is in it -----------------------------------------------------------------------------------
def test_everything_held_is_in_it_each_with_its_source(submitted_case, agent, officer, actor_of):
    by = actor_of(officer)
    decide(submitted_case, by=by, decision="denied", reason="Falta un papel.")
    contact = phones.speaks(agent, number="+56911111111")
    person = Person.objects.get()
    actions.identify_person(contact, by=actor_of(agent), person=person, level=300)
    actions.open_file(person, by=actor_of(agent), reason="Llama por su caso.", interaction=contact)
    actions.answer_survey(submitted_case.source.survey, by=Actor.visitor(), grade=6, comment="Bien.")

    content = holdings_of(person)

    assert content["schema"] == SCHEMA
    assert rows(content, "numbers")[0]["value"] == "12345678-5"
    assert {row["what"] for row in rows(content, "attributes")} >= {"name", "commune"}
    assert {row["value"] for row in rows(content, "contact_points")} == {"amina@test.invalid", "+56987654321"}
    case = rows(content, "cases")[0]
    assert (case["folio"], case["decisions"][0]["reason"]) == (submitted_case.folio, "Falta un papel.")
    assert case["papers"][0]["name"] == "comprobante.pdf"
    assert len(rows(content, "contacts")) == 2
    assert rows(content, "calls")[0]["number"] == "+56911111111"
    assert rows(content, "surveys")[0]["comment"] == "Bien."
    assert any(row["reason"] == "Llama por su caso." for row in rows(content, "readings"))
    json.dumps(content)


def test_staff_are_a_role_and_a_place_and_notes_are_counted_not_told(submitted_case, officer, actor_of):
    by = actor_of(officer)
    actions.take_stage(submitted_case.stages.get(), by=by)
    actions.note_case(submitted_case, by=by, text="Nota reservada.")
    actions.log_access("open_case", by=by, case_id=submitted_case.pk)

    text = json.dumps(holdings_of(Person.objects.get()), ensure_ascii=False)

    assert "Nota reservada" not in text
    assert officer.name not in text
    assert '"internal_notes": 1' in text
    assert "Servicio de Registro Civil" in text


def test_those_who_live_with_the_person_are_not_in_it(household):
    crm.filed_case(household, members=[BERTA])
    amina, berta = (PersonIdentifier.objects.get(value=value).person for value in ("12345678-5", "5126663-3"))

    hers, theirs = (json.dumps(holdings_of(one), ensure_ascii=False) for one in (amina, berta))

    for canary in ("Berta", "Canaria", "5126663-3", "2001-02-03"):
        assert canary not in hers
        assert canary in theirs
    for canary in ("Amina", "12345678-5", "amina@test.invalid", "comprobante"):
        assert canary not in theirs


def test_merged_records_are_one_person(submitted_case, supervisor, actor_of):
    person = Person.objects.get()
    second = actions.know_person(by=Actor.system(), name="Amina R.", email="otra@test.invalid")
    actions.merge_people(second, person, by=actor_of(supervisor), reason="Es ella.")

    content = holdings_of(second)

    assert {row["value"] for row in rows(content, "contact_points")} >= {
        "otra@test.invalid",
        "amina@test.invalid",
    }
    assert len(rows(content, "cases")) == 1


def test_the_readable_file_is_tagged_and_nothing_in_it_is_a_command(submitted_case):
    person = Person.objects.get()
    Person.objects.filter(pk=person.pk).update(name='#panic("x") *a* $ @b <c>')
    Case.objects.update(
        answers={
            **submitted_case.answers,
            "applicant_name": {"given": '#read("/etc/passwd")', "surnames": "[x"},
        }
    )

    pdf = as_pdf(holdings_of(person))

    assert pdf.startswith(b"%PDF-")
    assert b"StructTreeRoot" in pdf


def said(person, language="es"):
    """Every line of the readable file, as `label: value`."""
    from django.utils import translation

    from crm import readable

    Person.objects.filter(pk=person.pk).update(language=language)
    content = holdings_of(Person.objects.get(pk=person.pk))
    with translation.override(language):
        return [
            f"{label}: {value}"
            for section in content["sections"]
            for row in section["rows"]
            for label, value in readable._pairs(row)
        ]


def test_the_readable_file_says_codes_in_words_and_numbers_as_they_are_written(submitted_case):
    lines = said(Person.objects.get())

    assert "Valor: 12.345.678-5" in lines
    assert "Valor: Santiago" in lines
    assert "Valor: +56 9 8765 4321" in lines
    for code in (": commune", ": name", ": web", ": submitted", ": 12345678-5", ": 13101"):
        assert not [one for one in lines if one.endswith(code)], code
    assert not [one for one in lines if one.startswith(("Responder", "Hasta:"))]
    assert any(one.startswith("Pregunta 1 · Respuesta: ") for one in lines)


def test_of_a_merge_the_file_tells_its_undoing_too(submitted_case, supervisor, actor_of):
    person = Person.objects.get()
    other = actions.know_person(by=Actor.system(), name="Amina R.")
    merge = actions.merge_people(person, other, by=actor_of(supervisor), reason="Es ella.")
    actions.unmerge_people(merge, by=actor_of(supervisor), reason="Eran dos.")

    for one in (person, other):
        told = [row["what"] for row in rows(holdings_of(Person.objects.get(pk=one.pk)), "record")]
        assert told[-2:] == [
            "Se determinó que dos registros son una persona",
            "Se deshizo la unión de dos registros",
        ]


# --- the case of the right ---------------------------------------------------------------------------
def test_the_export_becomes_two_papers_of_its_case_for_its_holder_and_officer_alone(
    asked, clerk, other_officer, actor_of
):
    case = asked()

    export = made(case)

    assert {paper.requirement for paper in (export.data, export.readable)} == {
        "export-data",
        "export-readable",
    }
    content = json.loads(files.path_of(export.data.sha256).read_bytes())
    assert rows(content, "numbers")[0]["value"] == "12345678-5"
    for actor, sees in (
        (case.holder, True),
        (case.by, True),
        (actor_of(clerk), False),
        (actor_of(other_officer), False),
    ):
        assert Document.objects.visible_to(actor).filter(pk=export.data_id).exists() == sees
    assert decide(case, by=case.by).state == "granted"


def test_an_export_is_asked_for_once_at_a_time_and_made_once(asked):
    case = asked("portability")
    export = actions.ask_export(case, by=case.by)
    with pytest.raises(AlreadyDone):
        actions.ask_export(case, by=case.by)

    tasks.make_export(export_id=str(export.pk))
    tasks.make_export(export_id=str(export.pk))
    tasks.finish_exports()

    assert Document.objects.filter(requirement__startswith="export-").count() == 2


def test_an_export_expires_and_the_case_can_not_be_granted_with_it_then(asked):
    case = asked()
    export = made(case)

    with clock.frozen(clock.now() + timedelta(days=31)):
        assert actions.apply_retention_rule(RetentionRule.objects.get(code="exports"), by=Actor.system()) == 1
        with pytest.raises(DomainError):
            actions.decide_stage(case.stages.get(), by=case.by, decision="granted", reason="")

    paper = Document.objects.get(pk=export.data_id)
    assert (paper.name, paper.sha256) == (None, "")


def test_an_export_of_a_case_decided_meanwhile_is_given_up(asked):
    case = asked()
    export = actions.ask_export(case, by=case.by)
    decide(case, by=case.by, decision="denied", reason="No es usted.")

    tasks.make_export(export_id=str(export.pk))

    assert PersonExport.objects.get().given_up_at
    assert not Document.objects.filter(requirement__startswith="export-").exists()


# --- at the same moment ------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "late", [(), ("filing",), ("erasure",), ("filing", "erasure"), ("export",), ("export", "filing")]
)
def test_an_export_an_erasure_and_a_new_case_at_once_each_end_in_one_clear_state(late, transactional_db):
    load_retention_rules()
    agency = people.AgencyFactory(code="SRCEI")
    officer = people.staff("Olga Vidal", Role.OFFICER, agency=agency)
    version = sheets.publish(sheets.sheet(), agency=agency)
    erasure = right_case("suppression", agency=agency, officer=officer)
    old = Person.objects.get()
    access = right_case("access", agency=agency, officer=officer)
    export = actions.ask_export(access, by=access.by)
    draft = crm.draft_case(version)
    start = Barrier(3)

    def erase():
        # While the access case is open it stands in the way: its holder withdraws it as the erasure comes.
        actions.withdraw_case(access, by=access.holder, interaction=access.source)
        return actions.erase_person(erasure, by=erasure.by)

    def at_once(name, act):
        try:
            start.wait()
            if name in late:
                sleep(0.6)
            return act()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        erased, filed, _made = (
            pool.submit(at_once, name, act)
            for name, act in (
                ("erasure", erase),
                ("filing", lambda: actions.submit_case(draft, by=draft.holder)),
                ("export", lambda: tasks.make_export(export_id=str(export.pk))),
            )
        )

    new = Case.objects.get(pk=draft.pk)
    whose = new.parties.get().person
    old.refresh_from_db()
    assert not isinstance(filed.result(), DomainError)
    assert (new.state, new.folio is not None) == ("submitted", True)
    if isinstance(erased.result(), DomainError):
        assert old.name
        assert whose == old
    else:
        assert (old.name, bool(old.redacted_at)) == (None, True)
        assert whose != old
        assert (whose.name, whose.redacted_at) == ("Amina Rojas Soto", None)
        assert PersonIdentifier.objects.get(is_active=True).person == whose
    assert new.answers
    assert not Party.objects.filter(case=new, person__redacted_at__isnull=False).exists()
    export.refresh_from_db()
    assert (export.made_at is None) != (export.given_up_at is None)
    handed = Document.objects.filter(requirement__startswith="export-", redacted_at__isnull=True)
    assert handed.exists() == (export.made_at is not None and export.expired_at is None)
    assert not (old.redacted_at and handed.exists())


@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_the_filing_that_came_first_and_then_sees_it(transactional_db):
    from threading import Event as Signal

    from django.db import transaction

    load_retention_rules()
    agency = people.AgencyFactory(code="SRCEI")
    officer = people.staff("Olga Vidal", Role.OFFICER, agency=agency)
    version = sheets.publish(sheets.sheet(), agency=agency)
    erasure = right_case("suppression", agency=agency, officer=officer)
    draft = crm.draft_case(version)
    filed = Signal()

    def file():
        try:
            with transaction.atomic():
                actions.submit_case(draft, by=draft.holder)
                filed.set()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.6)")
        finally:
            connection.close()

    def erase():
        try:
            filed.wait()
            return actions.erase_person(erasure, by=erasure.by)
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(file)
        outcome = pool.submit(erase).result()

    assert isinstance(outcome, DomainError)
    assert Case.objects.get(pk=draft.pk).folio in str(outcome)
    assert Person.objects.get().name


@pytest.mark.django_db(transaction=True)
def test_everything_in_an_export_is_of_one_moment(transactional_db, monkeypatch):
    from crm import held

    agency = people.AgencyFactory(code="SRCEI")
    crm.filed_case(sheets.publish(sheets.sheet(), agency=agency))
    person = Person.objects.get()
    sections = held.sections()

    def meanwhile(_person):
        def write():
            Person.objects.filter(pk=person.pk).update(language="en")
            actions.know_person(by=Actor.system(), name="Otro Nombre", run="12345678-5", phone="+56933333333")
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(write).result()
        return []

    monkeypatch.setattr(held, "sections", lambda: [held.Section("between", "Entre", meanwhile, 0), *sections])

    text = json.dumps(holdings_of(person), ensure_ascii=False)

    assert "+56933333333" not in text
    assert "+56933333333" in json.dumps(holdings_of(person), ensure_ascii=False)


# --- whom one acts for, and what else is held ----------------------------------------------------------
@pytest.mark.parametrize("is_revoked", [False, True])
def test_a_representatives_export_tells_nothing_of_whom_they_act_for(
    procedure_version, office, clerk, officer, actor_of, is_revoked
):
    by = actor_of(clerk)
    amina = actions.know_person(by=Actor.system(), name="Amina Rojas Soto", run="12345678-5")
    maria = actions.know_person(by=Actor.system(), name="María Pérez", run="7654321-6")
    contact = mandates.at_desk(office, by, maria)
    mandate = mandates.mandate(contact, by, grantor=amina, agent=maria, evidence="Poder de Amina Rojas")
    actions.represent(contact, by=by, represented=amina, mandate=mandate)
    contact.refresh_from_db()
    case = mandates.filed_in(contact, by, procedure_version)
    actions.decide_stage(
        actions.take_stage(case.stages.get(), by=actor_of(officer)),
        by=actor_of(officer),
        decision="denied",
        reason="Por su diagnóstico.",
    )
    if is_revoked:
        actions.revoke_mandate(mandate, by=actor_of(officer), reason="La señora Amina lo pidió")

    content = holdings_of(maria)
    text = json.dumps(content, ensure_ascii=False)

    for canary in ("Amina", "12345678-5", "amina@test.invalid", "+56987654321", "comprobante", "diagnóstico"):
        assert canary not in text
    row = rows(content, "cases")[0]
    assert set(row) == {"folio", "procedure", "agency", "part", "filed", "answers"}
    assert (row["folio"], row["answers"]) == (case.folio, [])
    held = rows(content, "mandates")[0]
    assert bool(held["revoked"]) == is_revoked
    assert "to" not in held
    given = rows(holdings_of(amina), "mandates")[0]
    assert (given["to"], given["document"]) == ("María Pérez", "Poder de Amina Rojas")  # hers to know


def test_wishes_marks_where_they_live_and_files_opened_with_a_reason_are_in_it(
    office, clerk, actor_of, procedure_version
):
    by = actor_of(clerk)
    crm.filed_case(procedure_version)
    person = Person.objects.get()
    contact = mandates.at_desk(office, by, person)
    actions.prefer(person, by=by, interaction=contact, channel="phone", language="arn")
    actions.add_contact_point(
        person,
        by=by,
        interaction=contact,
        kind="phone",
        value="2 3333 4444",
        is_safe=False,
        may_announce=False,
    )
    actions.break_glass(person, by=by, reason="Reclama que nadie le responde")

    content = holdings_of(person)

    wish = rows(content, "wishes")[0]
    assert (wish["channel"], wish["home_commune"]) == ("phone", "Santiago")
    assert "apu" in wish["language"].lower()
    marks = {row["value"]: (row["safe"], row["may_announce"]) for row in rows(content, "contact_points")}
    assert marks["+56233334444"] == (False, False)
    assert marks["+56987654321"] == (True, True)
    assert rows(content, "opened")[0]["reason"] == "Reclama que nadie le responde"
    assert as_pdf(content).startswith(b"%PDF-")
