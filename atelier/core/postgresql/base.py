"""The connection: what `tenancy` and `deadlines` say reaches PostgreSQL with the statement itself, at no round trip.

A session keeps `atelier.workspace` until it is set again. A connection that comes from the pool gets it together
with the check that it is alive, so what its last user was says nothing. Where the two differ later, `SET ...;` is
put in front of the next statement, in the same message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base

from atelier.core.deadlines import forget_limits, late_refusal, statement_limits
from atelier.core.tenancy import current_tenant

UNKNOWN = "?"
Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps on each raw connection what it was told (`told`), and whether a rollback would take it back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_say_for_whom)

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            pool._check = take_over  # its own check asks nothing; Django gives no other way to replace it
        return pool

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
    wanted = current_tenant()
    raw.execute("SELECT set_config('atelier.workspace', %s, false)", [wanted])
    setattr(raw, "told", wanted)  # noqa: B010  (attributes of ours, kept where they belong)
    setattr(raw, "told_in_transaction", False)  # noqa: B010  (the same)


def _say_for_whom(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper (Django): sends what changed since the last statement together with this one."""
    wrapper = context["connection"]
    raw, wanted = wrapper.connection, current_tenant()
    last = getattr(raw, "limited", None)
    before = statement_limits(raw, wrapper.in_atomic_block)
    if getattr(raw, "told", UNKNOWN) != wanted:
        before = f"SET atelier.workspace = '{wanted}'; {before}"
        raw.told, raw.told_in_transaction = UNKNOWN, wrapper.in_atomic_block  # an error takes it back
    if not before:
        return execute(sql, params, many, context)
    cursor = context["cursor"].cursor
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
