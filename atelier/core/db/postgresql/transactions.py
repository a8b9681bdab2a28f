"""What travels with each statement: the BEGIN of its transaction, for whom it acts, and how long it may take.

All of it is set for the transaction only (`set_config(..., true)`), by every message anew: neither this side nor the
session keeps a tenant that another statement could inherit, whoever hands sessions from one client to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import pq
from psycopg.pq import TransactionStatus

from atelier.core.db.deadlines import is_limited, time_left
from atelier.core.db.postgresql.wire import Step, send
from atelier.core.db.tenancy import current_tenant

_BEGIN, COMMIT = Step("BEGIN"), Step("COMMIT")
_END_IDLE = Step("SET LOCAL idle_in_transaction_session_timeout = 60000")
"""A process that freezes inside a transaction must not keep its locks for ever."""
_CONTEXT = "SELECT set_config('atelier.workspace', $1, true), set_config('statement_timeout', $2, true)"
_BARE = ("SET TRANSACTION", "SAVEPOINT ")
"""The first takes no query before itself; to the second a rollback returns, with the limit that held then."""
_NO_LIMIT = Step("SELECT set_config('statement_timeout', NULL, true)")


def exchange(wrapper: Any, steps: Sequence[Step]) -> list[pq.abc.PGresult]:
    """Run the steps for the current tenant and within the current budget, in one round trip; a result for each.

    Outside `atomic` they are a transaction of their own, as PostgreSQL makes of one message; inside, they belong to its
    transaction, which they begin when nothing has yet. Raises psycopg's errors; the budget's own without time left.
    """
    before = _before(wrapper, steps[0].sql, begins=not wrapper.autocommit)
    # A limit ends with its statements: what the transaction does next is not part of the budget.
    limited = not wrapper.autocommit and is_limited() and steps[-1] != COMMIT
    message = [*before, *steps, *([_NO_LIMIT] if limited else [])]
    _note(wrapper, message)
    return send(wrapper.connection, message)[len(before) : len(before) + len(steps)]


def begin(wrapper: Any, text: str) -> None:
    """Open the transaction for what cannot be a step: COPY, DECLARE, several statements in one text.

    Outside `atomic` the caller ends it.
    """
    before = _before(wrapper, text, begins=True)
    _note(wrapper, [*before, Step(text)])
    send(wrapper.connection, before)


def _before(wrapper: Any, sql: str, *, begins: bool) -> list[Step]:
    """A transaction that has failed takes nothing before ROLLBACK TO."""
    status = wrapper.connection.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        return []
    steps = [_BEGIN, _END_IDLE] if begins and status == TransactionStatus.IDLE else []
    if not sql.startswith(_BARE):
        steps.append(Step(_CONTEXT, (current_tenant(), time_left())))
    return steps


def _note(wrapper: Any, message: Sequence[Step]) -> None:
    """For Django's log of queries, in tests and with DEBUG."""
    if wrapper.queries_logged:
        wrapper.sent = "; ".join(step.sql for step in message)
