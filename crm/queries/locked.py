"""A case with what an act on it needs, locked: the first step of the acts that every day is full of."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Agency
from common import clock
from common.rows import Shape, shape_of
from crm.models import Case, Interaction, Stage

_CASE = "SELECT {case} FROM crm_case c WHERE c.id = %s FOR UPDATE"
# A row of `held` is told once it is locked: the time told with the last one is later than every lock.
_STAGES = """
WITH held AS (
    SELECT {stage}, {agency} FROM crm_stage s JOIN accounts_agency a ON a.id = s.agency_id
    WHERE s.case_id = %s ORDER BY s."order", s.id FOR UPDATE OF s
)
SELECT held.*, clock_now() FROM held
"""
_DRAFT = """
WITH held AS (
    SELECT {case}, {contact} FROM crm_case c JOIN crm_interaction i ON i.id = c.source_id WHERE c.id = %s FOR UPDATE OF {locked}
)
SELECT held.*, clock_now() FROM held
"""


def locked_case_and_stages(case_id: UUID) -> tuple[Case, list[Stage], datetime]:
    """
    Lock a case, then every stage of it in a fixed order; return them, stages with their agency, and the time once all are locked.

    The case's answers, which may be long, are not read until they are asked for.

    :raises Case.DoesNotExist:
    """
    case, stage, agency, of_case, of_stages = _statements()
    with connection.cursor() as cursor:
        cursor.execute(of_case, [case_id])
        found = cursor.fetchone()
        if found is None:
            raise Case.DoesNotExist
        cursor.execute(of_stages, [case_id])
        rows = cursor.fetchall()
    width = len(stage.names)
    stages: list[Stage] = []
    for values in rows:
        one = stage.row(values[:width])
        one.agency = agency.row(values[width:-1])
        stages.append(one)
    return case.row(found), stages, rows[-1][-1] if rows else clock.now()


@cache
def _statements() -> tuple[Shape, Shape, Shape, str, str]:
    case, stage, agency = shape_of(Case, frozenset({"answers"})), shape_of(Stage), shape_of(Agency)
    return (
        case,
        stage,
        agency,
        _CASE.format(case=case.of("c")),
        _STAGES.format(stage=stage.of("s"), agency=agency.of("a")),
    )


def locked_case_and_contact(case_id: UUID, *, contact_too: bool) -> tuple[Case, datetime]:
    """
    Lock a case and return it with the contact it was begun in, and the time once it is locked.

    :param contact_too: the contact is locked as well
    :raises Case.DoesNotExist:
    """
    case, contact = shape_of(Case), shape_of(Interaction)
    with connection.cursor() as cursor:
        cursor.execute(_draft(contact_too), [case_id])
        values: tuple[Any, ...] | None = cursor.fetchone()
    if values is None:
        raise Case.DoesNotExist
    width = len(case.names)
    found: Case = case.row(values[:width])
    found.source = contact.row(values[width:-1])
    return found, values[-1]


@cache
def _draft(contact_too: bool) -> str:
    case, contact = shape_of(Case).of("c"), shape_of(Interaction).of("i")
    return _DRAFT.format(case=case, contact=contact, locked="c, i" if contact_too else "c")
