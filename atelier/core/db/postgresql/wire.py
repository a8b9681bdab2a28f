"""One message to PostgreSQL and its answers: statements of the extended protocol, ended by one Sync.

It is libpq's pipeline mode through psycopg's documented `psycopg.pq`; psycopg's own `Connection.pipeline()` does the
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
"""A server that waits for its answers to be read reads nothing more itself, so who sends must read as well."""
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)


class Step(NamedTuple):
    """One statement with places $1, $2, ... and its values. `planned`: PostgreSQL keeps its plan for the next time."""

    sql: str
    values: Sequence[Any] = ()
    planned: bool = True


def send(raw: psycopg.Connection[Any], steps: Sequence[Step]) -> list[pq.abc.PGresult]:
    """Run the steps in one round trip; a result for each.

    Raises psycopg's error of the first step that fails; PostgreSQL skips those behind it. An exchange that is broken
    off, by a signal for instance, closes the connection, or the rest of its answers would be read by the next one.
    """
    wire, plans, transformer = raw.pgconn, _plans_of(raw), Transformer(raw)
    # Before anything is queued: a value that PostgreSQL does not know must not cost the connection.
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
    """Hand a step to libpq. What it will answer, in order: SQL for the making of its plan, None for a result."""
    if plans is None or not step.planned:
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
    """The same statement has the same name in every process: no name can ever mean another statement."""
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
    """Every answer up to that of the Sync; fewer when the server hung up and said why."""
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
        elif ended:  # one None ends the answers to a step; libpq gives nothing else once the connection is gone
            raise psycopg.OperationalError("the connection is lost")
        ended = result is None


def _next(wire: Any) -> pq.abc.PGresult | None:
    """Waits without the interpreter's lock, which libpq's own waiting would keep."""
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
    """Names of what this session has prepared, by SQL; None where sessions change between transactions."""
    kept: dict[str, Any] = raw.__dict__
    if "plans" not in kept:
        kept["plans"] = None
        if settings.DATABASE_PLANS == "on" or (settings.DATABASE_PLANS == "auto" and is_direct(raw)):
            kept["plans"] = {}
    return kept["plans"]


def is_direct(raw: psycopg.Connection[Any]) -> bool:
    """No pooler is in between: one gives the client a process id of its own, since sessions are not the client's."""
    (answer,) = send(raw, [Step("SELECT pg_backend_pid()", planned=False)])
    return int(answer.get_value(0, 0) or 0) == raw.info.backend_pid
