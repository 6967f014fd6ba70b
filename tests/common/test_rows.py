"""Rows that belong together are written in one statement."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.ids import new_id
from common.rows import Changed, ChangedWhere, New, shape_of, write
from crm.models import Case, Enquiry, Person
from crm.queries.locked import locked_case_and_stages

pytestmark = pytest.mark.django_db


def _person(name: str) -> Person:
    return Person(name=name, created_at=clock.now())


def test_new_and_changed_rows_are_written_in_one_statement():
    known = _person("Rosa")
    known.save(force_insert=True)
    known.name = "Rosa Elvira"
    new = [_person("Luis"), _person("Ana")]

    with CaptureQueriesContext(connection) as asked:
        write(New(new), Changed(known, ["name"]), ChangedWhere(Enquiry, {"kind": "none"}, {"kind": "other"}))

    assert len(asked) == 1
    assert set(Person.objects.values_list("name", flat=True)) == {"Rosa Elvira", "Luis", "Ana"}
    assert not new[0]._state.adding


def test_a_row_that_is_not_there_is_no_change():
    with pytest.raises(DatabaseError, match="is not there"):
        write(Changed(Person(pk=new_id(), name="Nobody"), ["name"]))


def test_nothing_to_write_asks_nothing():
    with CaptureQueriesContext(connection) as asked:
        write(New([]))

    assert len(asked) == 0


def test_a_row_read_so_is_the_one_the_orm_reads(submitted_case):
    case, stages, at = locked_case_and_stages(submitted_case.pk)
    there = Case.objects.get(pk=submitted_case.pk)
    names = [field.attname for field in Case._meta.concrete_fields]

    assert case.get_deferred_fields() == {"answers"}
    assert [getattr(case, name) for name in names] == [getattr(there, name) for name in names]
    assert stages == list(there.stages.order_by("order", "pk"))
    assert [stage.agency.code for stage in stages] == [
        stage.agency.code for stage in there.stages.order_by("order", "pk")
    ]
    assert at >= there.submitted_at


def test_no_case_is_locked_that_is_not_there():
    with pytest.raises(Case.DoesNotExist):
        locked_case_and_stages(new_id())


def test_what_is_read_of_a_model_is_found_out_once():
    assert shape_of(Case) is shape_of(Case)
