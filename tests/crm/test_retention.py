"""What is redacted, when, and that every figure stays true."""

import os
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.urls import reverse

from accounts.actors import Actor
from common import clock
from common.errors import DomainError, NotAllowed
from config.reference.retention import load_retention_rules
from crm import actions, files, held, tasks
from crm.models import (
    Case,
    Document,
    Interaction,
    Message,
    Person,
    PersonIdentifier,
    RedactionLog,
    RetentionChange,
    RetentionRule,
    SurveyAnswer,
    SurveyInvitation,
)
from events.models import Event
from tests.crm.programs import program_of
from tests.factories import crm
from tests.factories.rights import decide
from tests.test_house_rules import OURS

pytestmark = pytest.mark.usefixtures("in_english")

SYSTEM = Actor.system()
TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField, models.BinaryField)


@pytest.fixture
def rules(db):
    load_retention_rules()
    return {rule.code: rule for rule in RetentionRule.objects.all()}


def years_later(years=6):
    return clock.frozen(clock.now() + timedelta(days=366 * years))


def apply(rule):
    return actions.apply_retention_rule(rule, by=SYSTEM)


# --- every column ------------------------------------------------------------------------------------
def text_columns() -> list[str]:
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not field.choices
    ]


def test_every_column_that_can_hold_words_was_spoken_for():
    assert [name for name in text_columns() if held.column(name) is None] == []


def test_nothing_is_spoken_for_that_is_not_there():
    there = set(text_columns()) | {f"{name.rpartition('.')[0]}.*" for name in text_columns()}

    assert [one.name for one in held.columns() if one.name not in there] == []


def test_whatever_is_kept_says_why():
    assert [one.name for one in held.columns() if one.fate == held.Fate.KEPT and not one.why] == []


def test_every_subject_of_the_rules_is_known_and_every_subject_has_a_rule(rules):
    assert {rule.subject for rule in rules.values()} == {one.code for one in held.subjects()}


# --- the rules ---------------------------------------------------------------------------------------
def test_loading_again_keeps_what_was_changed_here_and_renews_the_texts(rules, administrator):
    actions.change_retention_rule(
        rules["drafts"],
        by=Actor.staff(administrator),
        days=60,
        is_active=False,
        reason="Lo pidió el archivo.",
    )
    RetentionRule.objects.update(title_es="vieja", days=1)

    load_retention_rules()

    draft = RetentionRule.objects.get(code="drafts")
    assert (draft.days, draft.is_active, draft.title_es != "vieja") == (1, False, True)
    assert RetentionRule.objects.get(code="contacts").days == 731


@pytest.mark.parametrize("who", ["clerk", "officer", "analyst", "editor", "stranger"])
def test_nobody_else_changes_a_rule(who, rules, request):
    with pytest.raises(NotAllowed):
        actions.change_retention_rule(
            rules["drafts"],
            by=Actor.staff(request.getfixturevalue(who)),
            days=9,
            is_active=True,
            reason="Sí.",
        )


@pytest.mark.parametrize(("days", "reason"), [(0, "Sí."), (40_000, "Sí."), (9, " ")])
def test_a_rule_changes_to_something_sensible_and_with_a_reason(days, reason, rules, administrator):
    with pytest.raises(DomainError):
        actions.change_retention_rule(
            rules["drafts"], by=Actor.staff(administrator), days=days, is_active=True, reason=reason
        )


def test_what_was_changed_and_redacted_can_not_be_rewritten(rules, administrator):
    actions.change_retention_rule(
        rules["drafts"], by=Actor.staff(administrator), days=60, is_active=True, reason="Lo pidió el archivo."
    )

    for model in (RetentionChange, RedactionLog):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(at=clock.now())
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.all().delete()


# --- what they do ------------------------------------------------------------------------------------
def test_a_draft_that_was_never_sent_is_emptied_with_its_papers_and_can_not_be_gone_on_with(
    rules, procedure_version
):
    draft = crm.draft_case(procedure_version)
    path = files.path_of(draft.documents.get().sha256)

    with clock.frozen(clock.now() + timedelta(days=32)):
        assert apply(rules["drafts"]) == 1
        assert apply(rules["drafts"]) == 0

    draft.refresh_from_db()
    paper = Document.objects.get()
    assert (draft.answers, paper.name, paper.sha256) == (None, None, "")
    assert draft.redacted_at
    assert paper.redacted_at
    assert Event.objects.filter(kind="case.redacted", subject_id=draft.pk).count() == 1
    assert RedactionLog.objects.get().rule == rules["drafts"]
    with pytest.raises(DomainError):
        actions.fill_case(draft, by=draft.holder, answers={"reason": "work"})
    with pytest.raises(DomainError):
        actions.add_document(draft, by=draft.holder, file=files.store(crm.pdf()), requirement="proof")
    assert path.exists()


def test_a_file_goes_with_the_next_sweep_and_stays_while_another_case_needs_it(
    rules, procedure_version, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    draft = crm.draft_case(procedure_version)
    path = files.path_of(draft.documents.get().sha256)
    with clock.frozen(clock.now() + timedelta(days=32)):
        apply(rules["drafts"])
    other = crm.draft_case(procedure_version)
    os.utime(path, (0, 0))

    tasks.remove_orphan_papers()
    assert path.exists()

    with clock.frozen(clock.now() + timedelta(days=64)):
        apply(rules["drafts"])
    tasks.remove_orphan_papers()
    assert not path.exists()
    assert Case.objects.get(pk=other.pk).redacted_at


def test_an_open_case_is_never_redacted_even_when_asked_of_the_database(rules, submitted_case):
    with years_later(20):
        assert [apply(rules[code]) for code in ("case-answers", "case-papers", "case-words", "people")] == [
            0
        ] * 4

    with (
        pytest.raises(IntegrityError, match="open case"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT redact_cases(%s, ARRAY['answers'])", [[submitted_case.pk]])
    with (
        pytest.raises(IntegrityError, match="open case"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT redact_people(%s)", [[submitted_case.parties.get().person_id]])


def test_a_decided_case_is_emptied_part_by_part_once_its_years_are_over(rules, submitted_case, officer):
    case = decide(submitted_case, by=Actor.staff(officer), decision="denied", reason="Falta un papel.")
    actions.note_case(case, by=Actor.staff(officer), text="Una nota.")

    assert apply(rules["case-answers"]) == 0
    with years_later():
        assert [apply(rules[code]) for code in ("case-answers", "case-papers", "case-words")] == [1, 1, 1]

    case.refresh_from_db()
    stage = case.stages.get()
    assert (case.answers, stage.decision_reason, Message.objects.get().text) == (None, None, None)
    assert (case.state, stage.state, case.folio is not None) == ("denied", "denied", True)


def test_a_case_that_was_emptied_still_opens_on_its_screen_and_for_its_agencys_program(
    rules, submitted_case, officer, agency, client_of
):
    by = Actor.staff(officer)
    case = decide(submitted_case, by=by, decision="denied", reason="Falta un papel.")
    actions.note_case(case, by=by, text="Una nota.")

    with years_later():
        for code in ("case-answers", "case-papers", "case-words", "contacts", "people"):
            assert apply(rules[code]) == 1, code
        screen = client_of(officer).get(reverse("crm:case", args=[case.folio]))
        told = program_of(agency).get(f"cases/{case.folio}")

    assert (screen.status_code, told.status_code) == (200, 200)
    assert (told.json()["answers"], told.json()["state"]) == (None, "denied")
    assert "Amina" not in screen.text + told.text


def test_a_case_that_was_emptied_is_not_opened_again(rules, submitted_case, officer):
    by = Actor.staff(officer)
    case = decide(submitted_case, by=by)
    actions.close_case(case, by=by)
    with years_later():
        apply(rules["case-answers"])

        with pytest.raises(DomainError, match=r"new application|nueva solicitud"):
            actions.reopen_stage(case.stages.get(), by=by, reason="Otra vez.")


def test_a_contact_forgets_with_whom_it_was_and_keeps_the_rest(rules, submitted_case):
    invitation = SurveyInvitation.objects.get(interaction=submitted_case.source)
    actions.answer_survey(invitation, by=Actor.visitor(), grade=6, comment="Me atendió Clara.")

    with years_later():
        assert apply(rules["contacts"]) == 1

    contact = Interaction.objects.get(pk=submitted_case.source_id)
    answer = SurveyAnswer.objects.get()
    assert (contact.person, contact.channel, bool(contact.redacted_at)) == (None, "web", True)
    assert (answer.comment, answer.grade) == (None, 6)


def test_a_person_nobody_needs_any_more_is_forgotten_but_not_while_a_case_holds_their_words(
    rules, submitted_case, officer
):
    decide(submitted_case, by=Actor.staff(officer))
    with years_later():
        assert apply(rules["people"]) == 0
        apply(rules["case-answers"])
        assert apply(rules["people"]) == 1

    person = Person.objects.get()
    assert (person.name, bool(person.redacted_at)) == (None, True)
    number = PersonIdentifier.objects.get()
    assert (number.value, number.is_active) == (None, False)


def test_a_rule_that_is_off_does_nothing(rules, procedure_version):
    crm.draft_case(procedure_version)
    RetentionRule.objects.update(is_active=False)

    with clock.frozen(clock.now() + timedelta(days=32)):
        assert apply(rules["drafts"]) == 0


def test_a_night_applies_every_rule_in_steps(rules, procedure_version, monkeypatch):
    for _ in range(5):
        crm.draft_case(procedure_version)
    monkeypatch.setattr(actions.apply_retention_rule.__wrapped__, "__kwdefaults__", {"limit": 2})

    with clock.frozen(clock.now() + timedelta(days=32)):
        tasks.apply_retention()

    assert Case.objects.filter(redacted_at__isnull=False).count() == 5
    assert RedactionLog.objects.count() >= 3
