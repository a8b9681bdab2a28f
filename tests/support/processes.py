"""Many processes doing something at the same moment, each with its own connection; and processes that die.

They are forked from a clean server process that has imported the product and connected to nothing, so eight of them
start in a fraction of a second. What a call returns or raises comes back; a process that was killed says so.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.preloaded"])
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Call:
    """`function(**values)` in a process of its own; the function must be importable by name."""

    function: Callable[..., Any]
    values: dict[str, Any]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a call: its value, or the name of what it raised, or the signal that killed it (9: SIGKILL)."""

    value: Any = None
    error: str = ""
    signal: int = 0
    detail: str = ""


def call(function: Callable[..., Any], *, settings: dict[str, Any] | None = None, **values: Any) -> Call:
    """A call for `at_once`; `settings` are Django settings of that process."""
    return Call(function, values, settings or {})


def at_once(calls: Sequence[Call]) -> list[Outcome]:
    """Run every call in its own process, all released by one barrier; the outcomes in the order of the calls."""
    barrier = _CONTEXT.Barrier(len(calls))
    running = [_start(one, barrier) for one in calls]
    try:
        return [_finish(process, receiver) for process, receiver in running]
    finally:
        for process, _ in running:
            process.kill()
            process.join()


def alone(function: Callable[..., Any], *, settings: dict[str, Any] | None = None, **values: Any) -> Outcome:
    """One call in one process."""
    return at_once([call(function, settings=settings, **values)])[0]


@contextmanager
def frozen(one: Call) -> Iterator[None]:
    """A process whose call freezes it (a crash point with SIGSTOP); killed at the end of the block."""
    barrier = _CONTEXT.Barrier(1)  # held here: it must outlive the start of the process
    process, _receiver = _start(one, barrier)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_frozen(process.pid):
            assert process.is_alive(), "it ended instead of freezing"
            assert time.monotonic() < until, "it did not freeze"
            time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.join()


def is_frozen(pid: int) -> bool:
    """True while the process is stopped by SIGSTOP. Raises FileNotFoundError when there is none."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _start(one: Call, barrier: Any) -> tuple[Any, Connection]:
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_perform, args=(one, barrier, sender), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _finish(process: Any, receiver: Connection) -> Outcome:
    try:
        if not receiver.poll(PATIENCE_SECONDS):
            raise TimeoutError(f"A process gave no answer in {PATIENCE_SECONDS} s.")
        return receiver.recv()
    except EOFError:
        process.join()
        return Outcome(signal=-(process.exitcode or 0))


def _perform(one: Call, barrier: Any, sender: Connection) -> None:
    from django.conf import settings
    from django.db import connection

    from atelier.core.db.tenancy import across

    for name, value in one.settings.items():
        setattr(settings, name, value)
    connection.ensure_connection()  # so that the barrier releases work and not log-ins
    barrier.wait(PATIENCE_SECONDS)
    try:
        with across("tests"):
            outcome = Outcome(value=one.function(**one.values))
    except Exception as error:
        outcome = Outcome(error=type(error).__name__, detail=str(error))
    sender.send(outcome)
    connection.close()
