"""What travels with each statement: the BEGIN of its transaction, for whom it acts, and how long it may take.

All of it is set for the transaction only (`set_config(..., true)`), by every message anew: neither this side nor the
session keeps a tenant that another statement could inherit, whoever hands sessions from one client to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq
from psycopg.pq import TransactionStatus

from atelier.core.db.deadlines import is_limited, time_left
from atelier.core.db.postgresql.wire import Step, send
from atelier.core.db.tenancy import current_tenant

_BEGIN, COMMIT = Step("BEGIN"), Step("COMMIT")
_END_IDLE = Step("SET LOCAL idle_in_transaction_session_timeout = 60000")
"""A process that freezes inside a transaction must not keep its locks for ever."""
_CONTEXT = "SELECT set_config('atelier.workspace', $1, true), set_config('statement_timeout', $2, true)"
_NO_LIMIT = Step("SELECT set_config('statement_timeout', NULL, true)")


def exchange(wrapper: Any, steps: Sequence[Step]) -> list[pq.abc.PGresult]:
    """Run the steps for the current tenant and within the current budget, in one round trip; a result for each.

    Outside `atomic` they are a transaction of their own; inside, they belong to its transaction, which they begin
    when nothing has yet. Raises psycopg's errors, and the budget's own when no time is left.
    """
    raw: psycopg.Connection[Any] = wrapper.connection
    before, after = _before(wrapper, steps[0].sql), _after(wrapper, steps[-1])
    message = [*before, *steps, *after]
    _note(wrapper, message)
    try:
        results = send(raw, message)
    except BaseException:
        if wrapper.autocommit:
            with suppress(psycopg.Error):  # a connection that is lost has no transaction either
                raw.rollback()
        raise
    return results[len(before) : len(before) + len(steps)]


def begin(wrapper: Any, text: str) -> None:
    """Prepare the transaction for what cannot be a step: COPY, DECLARE, several statements in one text.

    Outside `atomic` the caller ends the transaction.
    """
    before = _before(wrapper)
    _note(wrapper, [*before, Step(text)])
    send(wrapper.connection, before)


def _note(wrapper: Any, message: Sequence[Step]) -> None:
    """For Django's log of queries, in tests and with DEBUG."""
    if wrapper.queries_logged:
        wrapper.sent = "; ".join(step.sql for step in message)


def _before(wrapper: Any, sql: str = "") -> list[Step]:
    """A transaction that has failed takes nothing before ROLLBACK TO, nor SET TRANSACTION a query before itself."""
    status = wrapper.connection.pgconn.transaction_status
    steps: list[Step] = []
    if status == TransactionStatus.INERROR:
        return steps
    if status == TransactionStatus.IDLE:
        steps = [_BEGIN] if wrapper.autocommit else [_BEGIN, _END_IDLE]
    if not sql.startswith("SET TRANSACTION"):
        steps.append(Step(_CONTEXT, (current_tenant(), time_left())))
    return steps


def _after(wrapper: Any, last: Step) -> list[Step]:
    """A limit ends with its statements: COMMIT, which may follow at any time, is not part of the budget."""
    if wrapper.autocommit:
        return [COMMIT]
    return [_NO_LIMIT] if is_limited() and last != COMMIT else []
