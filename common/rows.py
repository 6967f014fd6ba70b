"""
Rows held, entered and changed by statements that a process compiles once; what belongs together is written in one trip.

The ORM compiles a statement anew each time it is asked, which costs an act more than the statement itself. What is here knows models and
nothing else: columns, conversions and constraints are theirs, and whoever reads lists or searches goes on asking querysets.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Shape:
    """How a model's rows are read: the columns in their order, and what is made of some of them."""

    model: type[Model]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    converted: tuple[tuple[int, Convert], ...]

    def of(self, alias: str) -> str:
        """Return the columns of a table that a statement names so."""
        return ", ".join(f"{alias}.{column}" for column in self.columns)

    def row(self, values: Sequence[Any]) -> Any:
        """Return the row that these values, in the order of the columns, are."""
        found = list(values)
        for index, convert in self.converted:
            found[index] = convert(found[index])
        return self.model.from_db(connection.alias, self.names, found)


@lru_cache(maxsize=64)
def shape_of(model: type[Model], without: frozenset[str] = frozenset()) -> Shape:
    """
    Return how rows of a model are read.

    :param without: fields that are not read now; one that is asked for after all is read then
    """
    fields: list[Any] = [field for field in model._meta.concrete_fields if field.name not in without]
    converted = []
    for index, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        converters = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        converted += [(index, _converting(converter, column)) for converter in converters]
    return Shape(
        model,
        tuple(field.attname for field in fields),
        tuple(map(_quoted, fields)),
        tuple(converted),
    )


def _converting(converter: Callable[..., Any], column: Any) -> Convert:
    return lambda value: converter(value, column, connection)


def _quoted(field: "Field[Any, Any]") -> str:
    return connection.ops.quote_name(field.column)


@dataclass(frozen=True)
class New:
    """New rows of one model; ids that the database gives are not read back."""

    rows: Sequence[Model]


@dataclass(frozen=True)
class Changed:
    """A row, and which of its fields changed."""

    row: Model
    fields: Collection[str]


@dataclass(frozen=True)
class ChangedWhere:
    """The rows of a model in which some fields have these values, however many, and what others become."""

    model: type[Model]
    where: Mapping[str, Any]
    to: Mapping[str, Any]


Part = New | Changed | ChangedWhere


def write(*parts: Part) -> None:
    """
    Write rows that belong together in one statement, all or none; none of them may be another one's row.

    :raises IntegrityError: a constraint refuses one
    :raises DatabaseError: a row that was to change is not there
    """
    texts: list[tuple[Any, ...]] = []
    values: list[Any] = []
    least: list[int | None] = []
    for part in parts:
        if isinstance(part, New) and not part.rows:
            continue
        key, given, count = _PREPARED[type(part)](part)
        texts.append(key)
        values += given
        least.append(count)
    if not texts:
        return
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(texts)), values)
        written = cursor.fetchone()
    if any(count is not None and count != found for count, found in zip(least, written, strict=True)):
        raise DatabaseError("A row that was to be written is not there.")
    for part in parts:
        for row in part.rows if isinstance(part, New) else ():
            row._state.adding, row._state.db = False, connection.alias


Prepared = tuple[tuple[Any, ...], list[Any], int | None]


def _new(part: New) -> Prepared:
    model = type(part.rows[0])
    fields = _entered(model, part.rows[0])
    if any(_entered(model, row) != fields for row in part.rows[1:]):
        raise ValueError("New rows of one model that are written together say the same fields.")
    values = [_saved(field, field.pre_save(row, add=True)) for row in part.rows for field in fields]
    return (_insert_text, model, fields, len(part.rows)), values, len(part.rows)


def _entered(model: type[Model], row: Model) -> "tuple[Field[Any, Any], ...]":
    """The fields that a new row says; the others the database fills in."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.generated
        and not (field.primary_key and row.pk is None)
        and not isinstance(getattr(row, field.attname), DatabaseDefault)
    )


def _changed(part: Changed) -> Prepared:
    model, row = type(part.row), part.row
    fields = _named(model, tuple(part.fields))
    values = [_saved(field, field.pre_save(row, add=False)) for field in fields]
    return (
        (_update_text, model, fields, (model._meta.pk,)),
        [*values, _saved(model._meta.pk, row.pk)],
        1,
    )


def _changed_where(part: ChangedWhere) -> Prepared:
    fields, known = _named(part.model, tuple(part.to)), _named(part.model, tuple(part.where))
    given = [*zip(fields, part.to.values(), strict=True), *zip(known, part.where.values(), strict=True)]
    values = [_saved(field, value.pk if isinstance(value, Model) else value) for field, value in given]
    return (_update_text, part.model, fields, known), values, None


_PREPARED: dict[type[Any], Callable[[Any], Prepared]] = {
    New: _new,
    Changed: _changed,
    ChangedWhere: _changed_where,
}


@lru_cache(maxsize=256)
def _named(model: type[Model], names: tuple[str, ...]) -> "tuple[Field[Any, Any], ...]":
    return tuple(model._meta.get_field(name) for name in names)  # type: ignore[misc]


def _saved(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


@lru_cache(maxsize=512)
def _statement(keys: tuple[tuple[Any, ...], ...]) -> str:
    steps = ",\n".join(
        f"w{number} AS ({text(*words)} RETURNING 1)" for number, (text, *words) in enumerate(keys)
    )
    counts = ", ".join(f"(SELECT count(*) FROM w{number})" for number in range(len(keys)))  # noqa: S608  # numbers
    return f"WITH {steps}\nSELECT {counts}"


def _insert_text(model: type[Model], fields: "Iterable[Field[Any, Any]]", count: int) -> str:
    columns = [_quoted(field) for field in fields]
    one = f"({', '.join(['%s'] * len(columns))})"
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * count)}"  # noqa: S608  # likewise


def _update_text(
    model: type[Model], fields: "Iterable[Field[Any, Any]]", known: "Iterable[Field[Any, Any]]"
) -> str:
    told = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    where = " AND ".join(f"{_quoted(field)} = %s" for field in known)
    return f"UPDATE {connection.ops.quote_name(model._meta.db_table)} SET {told} WHERE {where}"  # noqa: S608  # likewise
