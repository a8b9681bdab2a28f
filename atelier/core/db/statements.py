"""Statements that cost less: planned once a connection, or sent with others in one message.

They reach PostgreSQL by the simple protocol (docs/adr/0009), which keeps no plans; PREPARE and EXECUTE do, and can have
the tenant and the time limit in front of them like any other statement (docs/adr/0013).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

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
    batch: list[str] = []
    with _sending(batch):
        yield
    if batch:
        if last and not connection.savepoint_ids:
            batch.append("COMMIT")
        with connection.cursor() as cursor:
            cursor.execute("; ".join(batch))


@contextmanager
def _sending(batch: list[str] | None) -> Iterator[None]:
    """Inside the block statements are added to the batch; None: they are sent at once."""
    wrapper: Any = connection  # of atelier.core.db.postgresql
    before, wrapper.batch = wrapper.batch, batch
    try:
        yield
    finally:
        wrapper.batch = before


class Statement:
    """One SQL statement with places `%(name)s`, planned once a connection; then only its values travel.

    Where PostgreSQL cannot see a value's type, cast it: `%(id)s::text`. A literal % is written once. Safe to share
    between threads: each connection remembers what it has prepared.
    """

    def __init__(self, text: str) -> None:
        self._names = list(dict.fromkeys(_PLACE.findall(text)))
        numbered = _PLACE.sub(lambda place: f"${self._names.index(place[1]) + 1}", text)
        self._name = f"atelier_{hashlib.sha256(numbered.encode()).hexdigest()[:16]}"
        self._prepare = f"PREPARE {self._name} AS {numbered}"
        self._execute = f"EXECUTE {self._name}" + (f" ({', '.join(['%s'] * len(self._names))})" if self._names else "")

    def run(self, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Execute it; its rows, empty where it returns none. Raises what Django's cursors raise."""
        given = values or {}
        with connection.cursor() as cursor:
            self._be_ready(cursor)
            cursor.execute(self._execute, [given[name] for name in self._names])
            return cursor.fetchall() if cursor.description else []

    def first(self, values: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """Execute it; its first row, or None."""
        rows = self.run(values)
        return rows[0] if rows else None

    def _be_ready(self, cursor: Any) -> None:
        """A plan belongs to the session and outlives its transaction, so it is made beside what waits to be sent."""
        prepared = connection.connection.__dict__.setdefault("prepared", set())
        if self._name not in prepared:
            with _sending(None):
                cursor.execute(self._prepare)
            prepared.add(self._name)
