"""Cursors whose statements travel with their transaction, tenant and limit (`transactions`).

The ORM's SQL has its values written into it by psycopg, as in Django's own backend; a `Batch` has places for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg import pq
from psycopg.adapt import Transformer

from atelier.core.db.postgresql.transactions import begin, exchange
from atelier.core.db.postgresql.wire import Step


class Batch(str):
    """Statements that are sent in one message, as Django's cursors take them: a text, here for logs only."""

    steps: Sequence[Step]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> Batch:
        """The steps in their order; what a cursor reads is the result of the last."""
        batch = cls("; ".join(step.sql for step in steps))
        batch.steps = steps
        return batch


class Cursor(base.Cursor):
    """A client-side cursor."""

    def __init__(self, wrapper: Any) -> None:
        super().__init__(wrapper.connection)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **options: Any) -> Cursor:
        """Send it, or add it to what waits to be sent together (`atelier.core.db.statements.together`)."""
        if isinstance(query, Batch):
            return self._run(query.steps)
        text = self.mogrify(query, params)
        if not params and ";" in text:
            return self._run_text(text)
        return self._run([Step(text, planned=False)])

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """All in one message."""
        steps = [Step(self.mogrify(query, params), planned=False) for params in params_seq]
        if steps:
            self._run(steps)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[Any]:
        """COPY, inside `atomic` only: its transaction must be there before it. Else NotSupportedError."""
        if self._wrapper.autocommit:
            raise NotSupportedError("COPY belongs inside a transaction.")
        begin(self._wrapper, str(statement))
        with super().copy(statement, params, **options) as copy:
            yield copy

    def _run(self, steps: Sequence[Step]) -> Cursor:
        if self._wrapper.batch is not None:
            self._wrapper.batch += steps
            self._wrapper.sent = ""
        else:
            self._take(exchange(self._wrapper, steps))
        return self

    def _take(self, results: list[pq.abc.PGresult]) -> None:
        """psycopg has no public way to give a cursor results."""
        self._tx = Transformer(self)
        self._set_results(results[-1:])
        if len(results) > 1:
            self._rowcount = sum(result.command_tuples or 0 for result in results)

    def _run_text(self, text: str) -> Cursor:
        """What may be several statements, in a migration: only the simple protocol takes them, alone in a message."""
        begin(self._wrapper, text)
        try:
            super().execute(text)
        except BaseException:
            if self._wrapper.autocommit:
                self.connection.rollback()
            raise
        if self._wrapper.autocommit:
            self.connection.commit()
        return self


class NamedCursor(base.ServerSideCursor):
    """A cursor that PostgreSQL keeps, for as long as its transaction lasts: rows come a page at a time."""

    def __init__(self, wrapper: Any, name: str) -> None:
        super().__init__(wrapper.connection, name=name, scrollable=False, withhold=False)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **options: Any) -> NamedCursor:
        """DECLARE it."""
        begin(self._wrapper, str(query))
        super().execute(query, params, **options)
        return self

    def fetchmany(self, size: int = 0) -> list[Any]:
        """The next page; policies look at the tenant again with each, and others may have acted in between."""
        begin(self._wrapper, "FETCH")
        return super().fetchmany(size)
