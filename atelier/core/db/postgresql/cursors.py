"""Cursors that send tenant and time limit with each statement (`transactions`).

The ORM's SQL gets its values as literals from psycopg, as in Django's own backend; a `Batch` has parameters.
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
    """Statements to send in one message. A `str`, because Django's cursors take one; the text is only for logs."""

    steps: Sequence[Step]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> Batch:
        """The steps in their order; the cursor gets the result of the last."""
        batch = cls("; ".join(step.sql for step in steps))
        batch.steps = steps
        return batch


class Cursor(base.Cursor):
    """A client-side cursor."""

    def __init__(self, wrapper: Any) -> None:
        super().__init__(wrapper.connection)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **options: Any) -> Cursor:
        """Send the query, or add it to the batch of `atelier.core.db.statements.together`."""
        if isinstance(query, Batch):
            return self._run(query.steps)
        text = self.mogrify(query, params)
        if not params and ";" in text:
            return self._run_text(text)
        return self._run([Step(text, prepared=False)])

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """Send all in one message."""
        steps = [Step(self.mogrify(query, params), prepared=False) for params in params_seq]
        if steps:
            self._run(steps)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[Any]:
        """COPY. Raises NotSupportedError outside `atomic`, because the transaction must have begun before it."""
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
        """Set the results of the cursor; psycopg has no public method for that."""
        self._tx = Transformer(self)
        self._set_results(results[-1:])
        if len(results) > 1:
            self._rowcount = sum(result.command_tuples or 0 for result in results)

    def _run_text(self, text: str) -> Cursor:
        """Run a text that may have several statements (migrations): only the simple protocol accepts it."""
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
    """A server-side cursor, valid within its transaction: rows are read a page at a time."""

    def __init__(self, wrapper: Any, name: str) -> None:
        super().__init__(wrapper.connection, name=name, scrollable=False, withhold=False)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **options: Any) -> NamedCursor:
        """DECLARE the cursor."""
        begin(self._wrapper, str(query))
        super().execute(query, params, **options)
        return self

    def fetchmany(self, size: int = 0) -> list[Any]:
        """The next page. The tenant is set again: policies apply to each FETCH, and it may have changed in between."""
        begin(self._wrapper, "FETCH")
        return super().fetchmany(size)
