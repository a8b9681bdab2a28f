"""Django's PostgreSQL backend with cursors of our own."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as DjangoOperations

from atelier.core.db.postgresql.cursors import Cursor, NamedCursor
from atelier.core.db.postgresql.wire import Step

TRUSTED_SECONDS = 1.0
"""A connection that was checked so recently, and whose socket is not closed, is not checked again."""


class DatabaseOperations(DjangoOperations):
    """Reports the SQL that was really sent."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The last message, for logs and tests; empty for a statement that is only batched yet."""
        return self.connection.sent


class DatabaseWrapper(base.DatabaseWrapper):
    """Creates the cursors, through which every statement goes."""

    ops_class = DatabaseOperations
    batch: list[Step] | None = None
    """Statements collected for one message (`atelier.core.db.statements.together`)."""
    sent = ""
    """The text of the last message, where Django logs queries."""

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            pool._check = check_alive  # Django's own costs a round trip; there is no public way to replace it
        return pool

    def create_cursor(self, name: str | None = None) -> Any:
        return NamedCursor(self, name) if name else Cursor(self)

    def chunked_cursor(self) -> Any:
        """Outside a transaction all rows are read at once: a cursor beyond a transaction needs a session of its own."""
        return self.cursor() if self.autocommit else super().chunked_cursor()

    def _start_transaction_under_autocommit(self) -> None:
        """Called by `atomic`. Sends nothing: BEGIN is sent with the first statement (`transactions`)."""


def check_alive(raw: psycopg.Connection[Any]) -> None:
    """The pool's check of a connection before it is used; if this raises, the pool discards it."""
    state: dict[str, Any] = raw.__dict__
    if time.monotonic() - state.get("alive_at", 0.0) > TRUSTED_SECONDS or not _is_silent(raw):
        raw.execute("")
        state["alive_at"] = time.monotonic()


def _is_silent(raw: psycopg.Connection[Any]) -> bool:
    """Whether the socket has nothing to read. A server that ended has closed it, which makes it readable."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return not poll.poll(0)
