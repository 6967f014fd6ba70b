"""Telling those whom a new text of a procedure touches, and going on under it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import ProcedureVersion
from catalog.queries.impact import changes_for_whom
from catalog.queries.published import content_of
from catalog.questionnaires.checks import sound
from catalog.questionnaires.question import Question, Questionnaire
from catalog.sheets import Sheet
from common import clock
from common.errors import DomainError, require
from crm.actions.applications import lock_draft
from crm.actions.owed_work import open_task
from crm.models import Case, Task, TaskKind
from crm.models.task import HOUSE_WORDS
from crm.queries.touched import (
    LAST_DAYS,
    already_told,
    believing_otherwise,
    cases_under_other_text,
    commune_of,
    explainers,
)
from events.models import Event
from events.record import gathered, once, record

AT_ONCE = 500
ONLY_US = _("Only Ventanilla itself tells of what changed.")


@transaction.atomic
def tell_cases_of_change(event_id: UUID, *, by: Actor, after: UUID | None = None) -> UUID | None:
    """
    Say in up to 500 cases that go on that the public text of their procedure changed; a second time says nothing twice. Where nothing is
    otherwise than in the case's own text it says nothing, or, where it had told of a change, once that all is as it was (`touches` is empty).

    :param event_id: of the publication
    :param after: the last case that was looked at; None: begin
    :return: the last case looked at; None when there was none
    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, ONLY_US)
    event = Event.objects.get(pk=event_id)
    if not event.value("touches"):
        return None
    version = ProcedureVersion.objects.get(pk=event.subject_id)
    going_on = cases_under_other_text(version)
    if after is not None:
        going_on = going_on.filter(pk__gt=after)
    fields = ("pk", "state", "version", "commune", "answers")
    cases = list(going_on.select_for_update(of=("self",)).only(*fields).order_by("pk")[:AT_ONCE])
    publication = event.data["publication"]
    told = already_told([case.pk for case in cases], publication)
    touched = _touched(cases, version)
    misled = believing_otherwise(case.pk for case in cases if case.pk not in touched)
    now = clock.now()
    with gathered():
        for case in cases:
            if case.pk in told or case.pk not in touched | misled:
                continue
            touches = event.data["touches"] if case.pk in touched else []
            kind = "case.draft_outdated" if case.is_draft and touches else "case.sheet_changed"
            record(kind, case, by=by, at=now, publication=publication, touches=touches)
    return cases[-1].pk if cases else None


def _touched(cases: list[Case], version: ProcedureVersion) -> set[UUID]:
    """Of some cases, those for whose applicants something is otherwise than in their own text, as it is done where they live."""
    touched: set[UUID] = set()
    everywhere: dict[UUID, bool] = {}  # of a text without variants, once for all who applied under it
    for case in cases:
        before = content_of(case.version_id)
        differs = everywhere.get(case.version_id)
        if differs is None:
            differs = bool(
                changes_for_whom(
                    before, version.content, answers=case.answers or {}, commune=commune_of(case)
                )
            )
            if not (before.get("variants") or version.content.get("variants")):
                everywhere[case.version_id] = differs
        if differs:
            touched.add(case.pk)
    return touched


@transaction.atomic
def tell_staff_of_change(event_id: UUID, *, by: Actor) -> int:
    """
    Open a task for each who explained the earlier text in the last days, to read what is true now; returns for how many.

    One that is open still, of an earlier change, tells of this one from now on. It is the last step: the event had its effect.

    :raises NotAllowed: `by` is not the system
    """
    require(by.is_system, ONLY_US)
    event = Event.objects.get(pk=event_id)
    if not once(event_id, "crm.tell_of_change") or not event.value("touches"):
        return 0
    version = ProcedureVersion.objects.defer("content").get(pk=event.subject_id)
    now = clock.now()
    found = explainers(version, since=now - LAST_DAYS)
    with translation.override(settings.LANGUAGE_CODE):
        for one in found:
            task = open_task(
                str(HOUSE_WORDS["sheet"]),
                by=by,
                kind=TaskKind.SHEET,
                office=one.team.office,
                owner=one.user,
                due_on=clock.local_date(now, settings.TIME_ZONE),
                version=version,
                key=f"sheet:{version.procedure_id}:{one.user.pk}",
            )
            Task.objects.filter(pk=task.pk).exclude(version=version).update(version=version)
    return len(found)


@transaction.atomic
def renew_draft(case: Case, *, by: Actor) -> Case:
    """
    Go on with an application under the procedure's public text: answers to questions that both ask stay, where they still are answers.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already, the procedure is not public any more, or its public text could not be filed from here
    """
    case = lock_draft(case, by=by)
    public = public_text(case)
    if public is None:
        raise DomainError(_("This procedure takes no applications now. What you wrote is kept."))
    if public.pk == case.version_id:
        return case
    if not is_fileable(case, public):
        raise DomainError(
            _(
                "With the new text this can not be sent from here any more. What you wrote is kept: go on as you began, or ask at an office."
            )
        )
    now = clock.now()
    before, case.version = case.version_id, public
    case.answers = _still_answers(case.answers, Questionnaire(public.content).questions)
    case.save(update_fields=["version", "answers"])
    record("case.draft_renewed", case, by=by, at=now, before=str(before), version=str(public.pk))
    return case


def public_text(case: Case) -> ProcedureVersion | None:
    """Return the public text of a case's procedure, where that can be applied for online."""
    public = ProcedureVersion.objects.published().filter(procedure__versions=case.version_id, has_form=True)
    return public.first()


def is_fileable(case: Case, public: ProcedureVersion) -> bool:
    """Whether the public text of a case's procedure can be applied for on this channel, by people or organisations as the text of before."""
    before = Sheet(content_of(case.version_id))
    is_alike = (before.applicant == "organisation") == (public.sheet.applicant == "organisation")
    return is_alike and public.sheet.level(case.channel, "submit") <= max(100, case.source.identity_level)


def _still_answers(answers: dict[str, Any] | None, questions: list[Question]) -> dict[str, Any] | None:
    """Leave out what a question of the same name would not take any more."""
    kept = sound(questions, answers or {})
    asked = {question.key for question in questions}
    return answers and {key: value for key, value in answers.items() if key in kept or key not in asked}
