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
"""A connection that was found alive so short a time ago, and whose server has not hung up, is not asked again."""


class DatabaseOperations(DjangoOperations):
    """Knows what was really sent."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The last message, for logs and tests; empty for what waits to be sent with others."""
        return self.connection.sent


class DatabaseWrapper(base.DatabaseWrapper):
    """Every statement, whoever sends it, goes through a cursor that is made here."""

    ops_class = DatabaseOperations
    batch: list[Step] | None = None
    """Statements that wait to be sent together (`atelier.core.db.statements.together`)."""
    sent = ""
    """The text of the last message, where Django logs queries."""

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            pool._check = check_alive  # its own check asks each time; Django gives no other way to replace it
        return pool

    def create_cursor(self, name: str | None = None) -> Any:
        return NamedCursor(self, name) if name else Cursor(self)

    def chunked_cursor(self) -> Any:
        """Outside a transaction everything is read at once: a cursor that outlived it would belong to a session."""
        return self.cursor() if self.autocommit else super().chunked_cursor()

    def _start_transaction_under_autocommit(self) -> None:
        """Called by `atomic`. Nothing is sent: BEGIN travels with the first statement (`transactions`)."""


def check_alive(raw: psycopg.Connection[Any]) -> None:
    """Check a connection that leaves the pool, which gives it to nobody when this raises."""
    kept: dict[str, Any] = raw.__dict__
    if time.monotonic() - kept.get("alive_at", 0.0) > TRUSTED_SECONDS or not _is_silent(raw):
        raw.execute("")
        kept["alive_at"] = time.monotonic()


def _is_silent(raw: psycopg.Connection[Any]) -> bool:
    """Nothing has come unasked: a server that ended has closed the socket, which makes it readable."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return not poll.poll(0)
