"""Prepared SQL statements, and several statements in one network message (docs/adr/0016)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from atelier.core.db.postgresql.cursors import Batch
from atelier.core.db.postgresql.transactions import COMMIT
from atelier.core.db.postgresql.wire import Step

_PLACE = re.compile(r"%\((\w+)\)s")


@contextmanager
def together(*, last: bool = False) -> Iterator[None]:
    """Collect the statements of the block and send them in one message at its end, in order. Their rows are discarded.

    The tenant and the time limit are those at the end of the block: change neither inside.
    `last`: no statement of the transaction follows, so its COMMIT is sent in the same message; in a nested
    transaction it has no effect.

    Raises TransactionManagementError outside a transaction, and at the end of the block the errors of its statements.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("together() belongs inside a transaction.")
    wrapper: Any = connection  # of atelier.core.db.postgresql
    before, wrapper.batch = wrapper.batch, []
    try:
        yield
    finally:
        batch, wrapper.batch = wrapper.batch, before
    if batch:
        if last and not connection.savepoint_ids:
            batch.append(COMMIT)
        with connection.cursor() as cursor:
            cursor.execute(Batch.of(batch))


class Statement:
    """One SQL statement with parameters `%(name)s`, prepared once a connection; after that only its values are sent.

    Where PostgreSQL cannot infer the type of a parameter, cast it: `%(id)s::text`. A literal % is not doubled.
    Thread-safe.
    """

    def __init__(self, text: str) -> None:
        self._names = list(dict.fromkeys(_PLACE.findall(text)))
        self._sql = _PLACE.sub(lambda place: f"${self._names.index(place[1]) + 1}", text)

    def run(self, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Execute it and return its rows, if any. Raises the errors of Django's cursors."""
        given = values or {}
        with connection.cursor() as cursor:
            cursor.execute(Batch.of([Step(self._sql, [given[name] for name in self._names])]))
            return cursor.fetchall() if cursor.rownumber is not None else []

    def first(self, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """Execute it and return its first row, or None."""
        rows = self.run(values)
        return rows[0] if rows else None
