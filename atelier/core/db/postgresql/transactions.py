"""What is sent with each statement: the BEGIN of its transaction, its tenant and its time limit.

They are set for the transaction only (`set_config(..., true)`), and again in every message. Neither the process nor the
session keeps a tenant that another statement could inherit, so a pooler may give a session to any client.
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
"""So that a process that freezes inside a transaction loses its locks after 60 s."""
_CONTEXT = "SELECT set_config('atelier.workspace', $1, true), set_config('statement_timeout', $2, true)"
_WITHOUT_CONTEXT = ("SET TRANSACTION", "SAVEPOINT ")
"""Statements without the context before them. SET TRANSACTION must be the first of a transaction; a rollback to a
SAVEPOINT would restore the time limit of that moment."""
_NO_LIMIT = Step("SELECT set_config('statement_timeout', NULL, true)")


def exchange(wrapper: Any, steps: Sequence[Step]) -> list[pq.abc.PGresult]:
    """Run the steps for the current tenant and within the current budget, in one round trip; a result for each.

    Outside `atomic` they are a transaction of their own, because PostgreSQL treats one message so. Inside they belong
    to its transaction, and begin it if they are the first. Raises psycopg's errors, or the budget's if no time is left.
    """
    preamble = _preamble(wrapper, steps[0].sql, begins=not wrapper.autocommit)
    # Remove the limit after the steps: later statements of the transaction may be outside of the budget.
    limited = not wrapper.autocommit and is_limited() and steps[-1] != COMMIT
    message = [*preamble, *steps, *([_NO_LIMIT] if limited else [])]
    _note(wrapper, message)
    return send(wrapper.connection, message)[len(preamble) : len(preamble) + len(steps)]


def begin(wrapper: Any, text: str) -> None:
    """Set the context, and begin the transaction, before a statement that cannot be a step: COPY, DECLARE, FETCH, and
    several statements in one text.

    Outside `atomic` the caller ends the transaction.
    """
    preamble = _preamble(wrapper, text, begins=True)
    _note(wrapper, [*preamble, Step(text)])
    send(wrapper.connection, preamble)


def _preamble(wrapper: Any, sql: str, *, begins: bool) -> list[Step]:
    """The steps before `sql`: BEGIN and context. None in a failed transaction, which accepts only ROLLBACK."""
    status = wrapper.connection.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        return []
    steps = [_BEGIN, _END_IDLE] if begins and status == TransactionStatus.IDLE else []
    if not sql.startswith(_WITHOUT_CONTEXT):
        steps.append(Step(_CONTEXT, (current_tenant(), time_left())))
    return steps


def _note(wrapper: Any, message: Sequence[Step]) -> None:
    """For Django's log of queries, in tests and with DEBUG."""
    if wrapper.queries_logged:
        wrapper.sent = "; ".join(step.sql for step in message)
