"""The connection: what `tenancy` and `deadlines` say reaches PostgreSQL with the statement itself, at no round trip.

A session keeps `atelier.workspace` until it is set again. A connection that comes from the pool gets it together
with the check that it is alive. Where the two differ later, `SET ...;` is put in front of the next statement, in the
same message; so is the BEGIN of a transaction.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from atelier.core.db.deadlines import forget_limits, late_refusal, statement_limits
from atelier.core.db.tenancy import current_tenant

UNKNOWN = "?"
TRUSTED_SECONDS = 1.0
"""A connection that was found alive so short a time ago, and whose server has not hung up, is not asked again."""
Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps on each raw connection what it was told (`told`), and whether a rollback would take it back."""

    batch: list[str] | None = None
    """Statements that wait to be sent together (`atelier.core.db.statements.together`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_say_for_whom)

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            pool._check = take_over  # its own check asks nothing; Django gives no other way to replace it
        return pool

    def _start_transaction_under_autocommit(self) -> None:
        """Called by `atomic`: nothing is sent; BEGIN travels with the transaction's first statement."""

    def _commit(self) -> None:
        try:
            super()._commit()
        except OperationalError as error:
            refusal = late_refusal(getattr(self.connection, "limited", None), error)
            if refusal is None:
                raise
            self.rollback()  # Django does that for its own errors only
            raise refusal from error
        if self.connection is not None:
            self.connection.told_in_transaction = False
        forget_limits(self.connection)

    def _rollback(self) -> None:
        super()._rollback()
        self.forget()
        forget_limits(self.connection)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self.forget()

    def forget(self) -> None:
        """What was said inside the transaction was taken back with it."""
        raw = self.connection
        if raw is not None and getattr(raw, "told_in_transaction", True):
            raw.told = UNKNOWN


def take_over(raw: psycopg.Connection[Any]) -> None:
    """Check a connection that leaves the pool, and tell it for whom, in one round trip."""
    kept: Any = raw  # our own attributes live on the connection that they are about
    if time.monotonic() - getattr(kept, "alive_at", 0.0) < TRUSTED_SECONDS and _is_silent(raw):
        if kept.told_in_transaction:  # the pool may have taken it back
            kept.told = UNKNOWN
        return
    wanted = current_tenant()
    raw.execute("SELECT set_config('atelier.workspace', %s, false)", [wanted])
    kept.told, kept.told_in_transaction, kept.alive_at = wanted, False, time.monotonic()


def _is_silent(raw: psycopg.Connection[Any]) -> bool:
    """Nothing has come unasked: a server that ended has closed the socket, which makes it readable."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return not poll.poll(0)


def _say_for_whom(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper (Django): sends what changed since the last statement together with this one."""
    wrapper, cursor = context["connection"], context["cursor"].cursor
    if wrapper.batch is not None:
        return wrapper.batch.append(cursor.mogrify(sql, params))
    raw, last = wrapper.connection, getattr(wrapper.connection, "limited", None)
    wanted, before = _preface(wrapper)
    if not before:
        return execute(sql, params, many, context)
    if many or not isinstance(sql, str) or not isinstance(cursor, base.Cursor):
        raw.execute(before)
        raw.told = wanted
        return execute(sql, params, many, context)
    try:
        result = execute(before + sql, params, many, context)
    except OperationalError as error:
        refusal = late_refusal(last, error) if raw.limited is None else None
        if refusal is None:
            raise
        raise refusal from error
    raw.told = wanted
    for _ in range(before.count(";")):
        cursor.nextset()
    return result


def _preface(wrapper: DatabaseWrapper) -> tuple[str, str]:
    """For whom this code acts, and what PostgreSQL must be told in front of its next statement."""
    raw, wanted = wrapper.connection, current_tenant()
    before = statement_limits(raw, wrapper.in_atomic_block)
    if getattr(raw, "told", UNKNOWN) != wanted:
        before = f"SET atelier.workspace = '{wanted}'; {before}"
        raw.told, raw.told_in_transaction = UNKNOWN, wrapper.in_atomic_block  # an error takes it back
    if wrapper.in_atomic_block and raw.pgconn.transaction_status == TransactionStatus.IDLE:
        before = f"BEGIN; {before}"
    return wanted, before
