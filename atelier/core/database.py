"""The database's clock, its notifications, and how long-lived loops survive its restarts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import DateTimeField, Func, Model
from django.db.models.expressions import DatabaseDefault

log = logging.getLogger(__name__)
T = TypeVar("T")

DISCONNECTED = (OperationalError, InterfaceError)
"""What a lost or restarting database raises."""


class Now(Func):
    """The wall clock of the database. Unlike now() it moves within a transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()


def database_now() -> datetime:
    """The database's clock: the only clock that leases and deadlines know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def notify(channel: str, payload: str = "") -> None:
    """NOTIFY on commit. At most 8,000 bytes; equal notifications of one transaction are folded by PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


def insert_row(row: Model) -> None:
    """INSERT one row by a statement that is put together once a model: compiling a query costs more than running it.

    What the database fills in (defaults, generated keys) is left to it and not read back. Raises what `save` raises.
    """
    given = [(field, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    values = {
        field.column: field.get_db_prep_save(value, connection)
        for field, value in given
        if not isinstance(value, DatabaseDefault) and not (field.primary_key and value is None)
    }
    with connection.cursor() as cursor:
        cursor.execute(_insert_statement(row._meta.db_table, tuple(values)), list(values.values()))


@lru_cache(maxsize=64)
def _insert_statement(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES ({places})"  # noqa: S608  (our models' names)


def attempt(work: Callable[[], T], name: str) -> T | None:
    """Run one round of a loop; on a lost database drop the connection and return None so that it is tried again."""
    try:
        return work()
    except DISCONNECTED as error:
        log.warning("%s: database unavailable, will retry: %s", name, error)
        connection.close()
        return None
