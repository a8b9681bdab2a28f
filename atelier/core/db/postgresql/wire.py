"""One message to PostgreSQL and its results: statements of the extended protocol, followed by one Sync.

This uses libpq's pipeline mode by psycopg's documented `psycopg.pq`; psycopg's own `Connection.pipeline()` does the
same for two to five times the processor time (docs/adr/0016).
"""

from __future__ import annotations

import hashlib
import select
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

_READABLE = select.POLLIN
_WRITABLE = select.POLLIN | select.POLLOUT
"""Read while writing: a server whose results are not read stops reading as well."""
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)


class Step(NamedTuple):
    """One statement with parameters $1, $2, ... and their values. `prepared`: prepare it once and reuse it."""

    sql: str
    values: Sequence[Any] = ()
    prepared: bool = True


def send(raw: psycopg.Connection[Any], steps: Sequence[Step]) -> list[pq.abc.PGresult]:
    """Run the steps in one round trip; returns a result for each.

    Raises psycopg's error of the first step that fails; PostgreSQL skips the steps after it. If the call is
    interrupted, by a signal for instance, the connection is closed: the next call would read the remaining results.
    """
    wire, plans, transformer = raw.pgconn, _plans_of(raw), Transformer(raw)
    # Before pipeline mode: a value that cannot be adapted must not cost the connection.
    given = [transformer.dump_sequence(step.values, [PyFormat.TEXT] * len(step.values)) for step in steps]
    wire.enter_pipeline_mode()
    try:
        expected = [sql for step, values in zip(steps, given, strict=True) for sql in _queue(wire, plans, step, values)]
        wire.pipeline_sync()
        while wire.flush():
            _wait(wire, _WRITABLE)
        return _collect(wire, plans, expected)
    finally:
        try:
            wire.exit_pipeline_mode()
        except psycopg.OperationalError:
            raw.close()


def _queue(wire: Any, plans: dict[str, bytes] | None, step: Step, values: Sequence[Any]) -> Sequence[str | None]:
    """Pass a step to libpq. Returns the results to expect, in order: the SQL for a PREPARE, None for a statement."""
    if plans is None or not step.prepared:
        wire.send_query_params(step.sql.encode(), values)
        return (None,)
    name = plans.get(step.sql)
    if name is not None:
        wire.send_query_prepared(name, values)
        return (None,)
    name = plans[step.sql] = _name(step.sql)
    wire.send_prepare(name, step.sql.encode())
    wire.send_query_prepared(name, values)
    return (step.sql, None)


def _name(sql: str) -> bytes:
    """The name of a prepared statement: a digest of its SQL, so that a name never means another statement."""
    return f"atelier_{hashlib.sha256(sql.encode()).hexdigest()[:32]}".encode()


def _collect(wire: Any, plans: dict[str, bytes] | None, expected: Sequence[str | None]) -> list[pq.abc.PGresult]:
    found = _read(wire)
    for sql, result in zip(expected, found, strict=False):
        if sql is not None and plans is not None and result.status in _FAILED:
            del plans[sql]
    for result in found:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result)
    return [result for sql, result in zip(expected, found, strict=True) if sql is None]


def _read(wire: Any) -> list[pq.abc.PGresult]:
    """All results up to that of the Sync; fewer if the server closed the connection after reporting an error."""
    found: list[pq.abc.PGresult] = []
    ended = False
    while True:
        try:
            result = _next(wire)
        except psycopg.OperationalError:
            if any(each.status == pq.ExecStatus.FATAL_ERROR for each in found):
                return found
            raise
        if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
            return found
        if result is not None:
            found.append(result)
        elif ended:  # one None follows each result; a second one means that the connection is lost
            raise psycopg.OperationalError("the connection is lost")
        ended = result is None


def _next(wire: Any) -> pq.abc.PGresult | None:
    """The next result. Waits in `poll`, which releases the GIL; PQgetResult alone would block all threads."""
    while wire.is_busy():
        _wait(wire, _READABLE)
    return wire.get_result()


def _wait(wire: Any, event: int) -> None:
    poll = select.poll()
    poll.register(wire.socket, event)
    for _, happened in poll.poll():
        if happened & ~select.POLLOUT:
            wire.consume_input()


def _plans_of(raw: psycopg.Connection[Any]) -> dict[str, bytes] | None:
    """Names of the session's prepared statements by SQL; None behind a pooler, where sessions change."""
    state: dict[str, Any] = raw.__dict__
    if "plans" not in state:
        state["plans"] = None
        if settings.DATABASE_PLANS == "on" or (settings.DATABASE_PLANS == "auto" and is_direct(raw)):
            state["plans"] = {}
    return state["plans"]


def is_direct(raw: psycopg.Connection[Any]) -> bool:
    """Whether there is no pooler in between: a pooler reports another backend process id than the server."""
    (answer,) = send(raw, [Step("SELECT pg_backend_pid()", prepared=False)])
    return int(answer.get_value(0, 0) or 0) == raw.info.backend_pid
