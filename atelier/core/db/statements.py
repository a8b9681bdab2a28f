"""Statements that cost less: planned once a connection, or sent with others in one message (docs/adr/0016)."""

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
    """What is executed in the block is sent in one message at its end, in order; nothing of it can be read.

    It is sent for the tenant, and within the time limit, that hold where the block ends: change neither inside.
    `last`: nothing follows in this transaction, so its COMMIT goes with them; inside another transaction, that one
    still decides.

    Raises TransactionManagementError outside a transaction, and at the end of the block what its statements raise.
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
    """One SQL statement with places `%(name)s`, planned once a connection; then only its values travel.

    Where PostgreSQL cannot see a value's type, cast it: `%(id)s::text`. A literal % is written once. Safe to share
    between threads.
    """

    def __init__(self, text: str) -> None:
        self._names = list(dict.fromkeys(_PLACE.findall(text)))
        self._sql = _PLACE.sub(lambda place: f"${self._names.index(place[1]) + 1}", text)

    def run(self, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Execute it; its rows, empty where it returns none. Raises what Django's cursors raise."""
        given = values or {}
        with connection.cursor() as cursor:
            cursor.execute(Batch.of([Step(self._sql, [given[name] for name in self._names])]))
            return cursor.fetchall() if cursor.rownumber is not None else []

    def first(self, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """Execute it; its first row, or None."""
        rows = self.run(values)
        return rows[0] if rows else None
