"""An application for several procedures in one form: one case for each, filled in, filed and renewed together or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from catalog.models import Bundle, ProcedureVersion
from catalog.questionnaires.conditions import NOTHING
from catalog.questionnaires.question import Question
from common.errors import DomainError, require
from crm import permissions
from crm.actions.applications import (
    FILLED_BY_OTHER,
    INCOMPLETE,
    begin_case,
    file_case,
    keep_answers,
    lock_draft,
    not_yet_right,
)
from crm.actions.documents import put_document
from crm.actions.members import add_member, remove_member
from crm.actions.sheet_changes import is_fileable, public_text, renew_draft
from crm.files import StoredFile
from crm.models import Case, CaseBundle, Document, Interaction
from crm.queries.together import Application


@transaction.atomic
def begin_together(
    bundle: Bundle,
    versions: Sequence[ProcedureVersion],
    *,
    by: Actor,
    interaction: Interaction,
    key: str,
    language: str = "es",
) -> list[Case]:
    """
    Begin an application for several procedures in a contact: a draft for each, all opened by one key.

    :param key: the key that will open them (`crm.keys.new_key()`); only its hash is stored
    :raises NotAllowed: `by` does not attend this contact
    :raises DomainError: there is nothing to apply for
    """
    if not versions:
        raise DomainError(_("Choose at least one."))
    group = CaseBundle.objects.create(bundle=bundle)
    cases = []
    for place, version in enumerate(versions, start=1):
        case = begin_case(version, by=by, interaction=interaction, key=key, language=language)
        case.bundle, case.bundle_place = group, place
        case.save(update_fields=["bundle", "bundle_place"])
        cases.append(case)
    return cases


@transaction.atomic
def fill_together(
    application: Application,
    *,
    by: Actor,
    answers: dict[str, Any],
    unless_given: dict[str, Any] | None = None,
) -> Application:
    """
    Keep answers, by the keys of the form: each case gets those to its own questions.

    :param unless_given: answers that are kept only to questions that have none yet
    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    locked = Application(tuple(lock_draft(case, by=by) for case in application.cases))
    given, passed = locked.form.split(answers), locked.form.split(unless_given or {})
    for case, new, blank in zip(locked.cases, given, passed, strict=True):
        if new or blank:
            keep_answers(case, {**blank, **(case.answers or {}), **new})
    return locked


@transaction.atomic
def change_list_together(
    application: Application, *, by: Actor, key: str, add: dict[str, Any] | None = None, remove: str = ""
) -> Application:
    """
    Add an entry to a list of the form, or take one off by its id, in each case that has the list.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already, or the list is full
    """
    cases = list(application.cases)
    for part, question in sorted(application.form.standing_for(key).items()):
        with _told_of(application, part):
            if add is not None:
                cases[part] = add_member(cases[part], by=by, question=question, member=add)
            if remove:
                cases[part] = remove_member(cases[part], by=by, question=question, member=remove)
    return Application(tuple(cases))


@transaction.atomic
def give_file_together(application: Application, *, by: Actor, key: str, file: StoredFile) -> Application:
    """
    Answer a question of the form with a file: it is a paper of each case that asks for it.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already
    """
    locked = Application(tuple(lock_draft(case, by=by) for case in application.cases))
    standing = sorted(locked.form.standing_for(key).items())[:1]
    # What asks for it may wait for an answer that is still to be mended.
    for case, question in locked.asking(key) or [(locked.cases[part], own) for part, own in standing]:
        _put(case, question, file, by=by)
    return locked


def _put(
    case: Case, question: Question, file: StoredFile, *, by: Actor, reused: Document | None = None
) -> None:
    """Put a file into a locked draft, as the answer to one of its questions."""
    document = put_document(
        case,
        by=by,
        file=file,
        requirement=question.requirement,
        interaction=None,
        is_theirs=True,
        reused=reused,
    )
    keep_answers(
        case,
        {**(case.answers or {}), question.key: {"document": str(document.pk), "name": document.name}},
    )


@transaction.atomic
def renew_together(application: Application, *, by: Actor) -> Application:
    """
    Go on under the procedures' public texts: answers to questions that both ask stay, where they still are answers. Of several, one whose
    public text could not be filed with the others goes on as it was begun.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already, or its only procedure is not public any more or could not be filed from here
    """
    if not application.is_bundle:
        return Application((renew_draft(application.lead, by=by),))
    locked = [lock_draft(case, by=by) for case in application.cases]
    return Application(tuple(renew_draft(case, by=by) if _goes_on(case) else case for case in locked))


def _goes_on(case: Case) -> bool:
    """Whether a case can go on under its procedure's public text."""
    public = public_text(case)
    return public is not None and is_fileable(case, public)


@transaction.atomic
def leave_out(application: Application, place: int, *, by: Actor) -> Case:
    """
    Go on without one of several procedures, by its place; return the first case that is left. A second time changes nothing.

    Its draft is never sent, and is forgotten as any other; what the others ask too was given to each of them.

    :raises NotAllowed: `by` neither holds the key nor attends the contact it was begun in
    :raises DomainError: it was filed already, or it is the only one left
    """
    group = _lock_group(application)
    rows = Case.objects.filter(bundle=group).order_by("bundle_place").values_list("pk", flat=True)
    cases = [lock_draft(Case(pk=pk), by=by) for pk in rows]
    out = next((case for case in cases if case.bundle_place == place), None)
    kept = [case for case in cases if case is not out]
    if out is None:
        return cases[0]
    if not kept:
        raise DomainError(
            _("This is the only one left. If you do not wish to apply for it either, just leave it.")
        )
    out.bundle = out.bundle_place = None
    out.save(update_fields=["bundle", "bundle_place"])
    return kept[0]


def _lock_group(application: Application) -> CaseBundle:
    """Lock what ties the cases of an application together: who sends them and who leaves one out take turns."""
    tie = application.lead.bundle_id
    return CaseBundle.objects.select_for_update(of=("self",)).get(pk=tie)  # type: ignore[misc]  # of several, so it is there


@transaction.atomic
def submit_together(application: Application, *, by: Actor, ends_contact: bool = False) -> list[Case]:
    """
    File all cases of an application for a bundle, or none. Filing again returns the same cases.

    :param ends_contact: the contact they were begun in is over with them
    :raises NotAllowed: `by` neither holds the key nor attends the contact they were begun in
    :raises DomainError: an answer is missing or wrong; `fields` names the questions, by the keys of the form
    :raises LevelTooLow: one of them needs a surer identity on this channel
    """
    group = _lock_group(application)
    cases = [Case.objects.select_related("source").lock(case.pk) for case in application.cases]
    for case in cases:
        require(permissions.can_fill(by, case), FILLED_BY_OTHER)
    if not any(case.is_draft for case in cases):
        return cases
    if any(case.bundle_id != group.pk for case in cases):
        raise DomainError(
            _("One of the procedures was left out meanwhile. Look at what is left, and send it.")
        )
    drafts = Application(tuple(lock_draft(case, by=by) for case in cases))
    _settle(drafts, by=by)
    _require_complete(drafts)
    filed = []
    for part, case in enumerate(drafts.cases):
        is_last = part == len(drafts.cases) - 1
        with _told_of(drafts, part, names_procedure=True):
            filed.append(file_case(case, by=by, ends_contact=ends_contact and is_last, is_together=True))
    return filed


def _settle(application: Application, *, by: Actor) -> None:
    """
    Give each case what another has as the answer to a question that it asks too, and take from it what only another asks: an agency
    reads what its own procedure asks.
    """
    form, before = application.form, application.answers
    for part, own in enumerate(form.split(before)):
        case, answers = application.cases[part], dict(application.cases[part].answers or {})
        asked = {question.key for question in form.parts[part].asked(own)}
        for one in form.asked_once:
            question = one.of.get(part)
            if question is None or not one.is_shared:
                continue
            if question.key not in asked:
                answers.pop(question.key, None)
            elif question.kind != "file" and answers.get(question.key) in NOTHING and question.key in own:
                answers[question.key] = own[question.key]
        if answers != case.answers:
            keep_answers(case, answers)
    _share_papers(application, by=by)


def _share_papers(application: Application, *, by: Actor) -> None:
    """A file that was asked once is a paper of each case that asks for it."""
    for one in application.form.asked_once:
        asking = application.asking(one.key) if one.is_shared and _is_file(one.of) else []
        given = [(case, (case.answers or {}).get(question.key)) for case, question in asking]
        found = next((_paper(case, answer) for case, answer in given if _paper(case, answer)), None)
        for (case, question), (_case, answer) in zip(asking, given, strict=True):
            if found is not None and answer in NOTHING:
                file = StoredFile(found.name or "", found.content_type, found.size, found.sha256)
                _put(case, question, file, by=by, reused=found.reused_from)


def _is_file(standing: dict[int, Question]) -> bool:
    return all(question.kind == "file" for question in standing.values())


def _paper(case: Case, answer: Any) -> Document | None:
    """The paper of a case that an answer names."""
    named = str(answer.get("document")) if isinstance(answer, dict) else ""
    return next((paper for paper in case.documents.current() if str(paper.pk) == named), None)


def _require_complete(application: Application) -> None:
    wrong: dict[str, str] = {}
    for part, case in enumerate(application.cases):
        for key, sentence in not_yet_right(case).items():
            wrong.setdefault(application.form.key_of(part, key), sentence)
    if wrong:
        raise DomainError(INCOMPLETE, **wrong)


@contextmanager
def _told_of(application: Application, part: int, *, names_procedure: bool = False) -> Iterator[None]:
    """Tell a refusal of one of several procedures by the keys of the form, and of which procedure it is."""
    try:
        yield
    except DomainError as error:
        told = {}
        for name, sentence in error.fields.items():
            key, mark, box = name.partition("__")
            told[f"{application.form.key_of(part, key)}{mark}{box}"] = sentence
        error.fields = told
        if names_procedure:
            error.message = f"{application.cases[part].version.title}: {error.message}"
        raise
