"""The database's clock, NOTIFY, rows without the ORM's query compiler, and retries after a lost connection."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import DateTimeField, Func, JSONField, Model
from django.db.models.expressions import DatabaseDefault

from atelier.core.db.statements import Statement

log = logging.getLogger(__name__)
T = TypeVar("T")
M = TypeVar("M", bound=Model)

DISCONNECTED = (OperationalError, InterfaceError)
"""The errors of a lost connection or of a restarting database."""


class Now(Func):
    """The wall clock of the database. Unlike now() it moves within a transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()


def database_now() -> datetime:
    """The database's clock: leases and deadlines are compared with no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


_NOTIFY = Statement("SELECT pg_notify(%(channel)s, %(payload)s)")


def notify(channel: str, payload: str = "") -> None:
    """NOTIFY on commit. At most 8,000 bytes; equal notifications of one transaction are folded by PostgreSQL."""
    _NOTIFY.run({"channel": channel, "payload": payload})


def insert_row(row: Model, later: Mapping[str, float] | None = None) -> None:
    """INSERT one row with a prepared statement, one for each model: compiling a query costs more than running it.

    `later` maps columns to seconds: each gets the database's time plus that. Columns that the database fills in
    (defaults, generated keys) are not sent and not read back. Raises what `save` raises.
    """
    moments = later or {}
    given = [(field, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    values = {
        field.column: field.get_db_prep_save(value, connection)
        for field, value in given
        if field.column not in moments
        and not isinstance(value, DatabaseDefault)
        and not (field.primary_key and value is None)
    }
    _insertion(row._meta.db_table, tuple(values), tuple(moments)).run(values | dict(moments))


@lru_cache(maxsize=64)
def _insertion(table: str, columns: tuple[str, ...], moments: tuple[str, ...]) -> Statement:
    names = ", ".join(connection.ops.quote_name(column) for column in (*columns, *moments))
    places = [f"%({name})s" for name in columns]
    places += [f"statement_timestamp() + %({name})s::float8 * interval '1 second'" for name in moments]
    into = connection.ops.quote_name(table)
    return Statement(f"INSERT INTO {into} ({names}) VALUES ({', '.join(places)})")  # noqa: S608  (our models' names)


def columns_of(model: type[Model]) -> list[str]:
    """The columns of a model's table, in the order of the values that `from_row` takes."""
    return [field.column for field in model._meta.concrete_fields]


def from_row(model: type[M], row: Sequence[Any]) -> M:
    """The model instance of a row that a `Statement` returned; `row` has the columns of `columns_of`."""
    fields = model._meta.concrete_fields
    values = [
        json.loads(value) if isinstance(field, JSONField) and value is not None else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db("default", [field.attname for field in fields], values)


def attempt(work: Callable[[], T], name: str) -> T | None:
    """Run one round of a loop. A lost connection is logged and closed, and None returned: the caller tries again."""
    try:
        return work()
    except DISCONNECTED as error:
        log.warning("%s: database unavailable, will retry: %s", name, error)
        connection.close()
        return None
