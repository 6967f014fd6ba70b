"""A person is erased at their request, in the case of that right; figures stay true."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from common import clock
from common.errors import DomainError
from crm.actions.people import hold_records
from crm.actions.rights import begin_act
from crm.models import Case, PersonExport, RedactionLog
from crm.queries.erasures import cases_to_erase, erasure_plan
from crm.queries.rights import person_of
from events.record import record


@transaction.atomic
def erase_person(
    case: Case, *, by: Actor, records: Iterable[UUID] = (), revision: int | None = None
) -> RedactionLog:
    """
    Erase the person who asks for it (Ley 19.628, art. 7), under every record of theirs.

    A new case of theirs that is being filed at the same moment is either seen here, and refuses the erasure, or comes after it and is
    of a person nobody knew.

    :param records: where several records stand as one person, each of them, as whoever erases has looked at them: a merge that is wrong
        can be taken back, an erasure can not
    :raises NotAllowed: `by` is no officer of the agency
    :raises DomainError: this case does not ask for it; another case is open or must still be kept, and the sentence names it; a record
        was not looked at
    """
    case, _stage = begin_act(case, "suppression", by=by, revision=revision)
    person = person_of(case)
    if person is None or not hold_records(person, to_erase=True):
        raise DomainError(_("This person was erased already. Nothing was changed."))
    plan = erasure_plan(person, asked_in=case)
    if plan.obstacles:
        raise DomainError(" ".join(plan.obstacles))
    if len(plan.records) > 1 and set(plan.records) != set(records):
        unread = _(
            "Tick every record that is of this person. If one is of somebody else, let a supervisor take that merge back first. Nothing was erased."
        )
        raise DomainError(unread, records=unread)
    now = clock.now()
    cases = list(cases_to_erase(person, asked_in=case).values_list("pk", flat=True))
    exports = PersonExport.objects.of(person)
    exports.filter(made_at__isnull=True, given_up_at__isnull=True).update(given_up_at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT redact_cases(%s::uuid[], ARRAY['answers', 'papers', 'words'])", [cases])
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT redact_exports(%s::uuid[])", [list(exports.values_list("pk", flat=True))])
        cursor.execute("SELECT redact_people(%s::uuid[], %s)", [[person.pk], case.pk])
        rows += cursor.fetchone()[0]
    log = RedactionLog.objects.create(case=case, rows=rows, at=now)
    case.revision += 1
    case.save(update_fields=["revision"])
    for one in cases:
        record("case.redacted", Case(pk=one), by=by, at=now, asked_in=str(case.pk))
    record("person.redacted", person, by=by, at=now, asked_in=str(case.pk))
    record("case.erased", case, by=by, at=now, channel="agency", rows=rows)
    return log
