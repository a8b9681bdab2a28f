"""Is this process alive, and can it serve: what a load balancer and an operator ask."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from atelier.core.db.policies import list_policy_faults
from atelier.core.errors import AtelierError
from storage.backend import get_blobs

log = logging.getLogger(__name__)

FIRST_SECONDS = 2.0
"""How long the first question waits for the first check."""
UNASKED_SECONDS = 60.0
"""A probe that nobody reads ends; the next question starts it again."""
_PROBE = secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Readiness:
    """`troubles` keep this process from serving, by part; no detail that helps an attacker. `age` is in seconds."""

    troubles: dict[str, str]
    age: float


def read_readiness() -> Readiness:
    """What the probes found last; it asks neither the database nor the storage."""
    found = {part: probe.read() for part, probe in PROBES.items()}
    troubles = {part: trouble for part, (trouble, _) in found.items() if trouble}
    return Readiness(troubles, max(age for _, age in found.values()))


_applied = threading.Event()
"""Set once all migrations were seen to be applied: they are never taken back while a process runs."""


def _database() -> str | None:
    try:
        if _applied.is_set():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return None
        if _known_migrations() - set(MigrationRecorder(connection).applied_migrations()):
            return "Migrations are missing: run manage.py migrate."
        if faults := list_policy_faults():
            log.error("not ready: %s", "; ".join(faults))
            return "Workspaces are not kept apart: see the log."
        _applied.set()
        return None
    except Error as error:
        log.warning("not ready: %s", error)
        return "The database cannot be reached."
    finally:
        connection.close()


def _known_migrations() -> set[tuple[str, str]]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return set(loader.disk_migrations)


def _storage() -> str | None:
    key = f"artifacts/probe/{os.getpid()}-{_PROBE}"
    try:
        get_blobs().put(key, b"ready", "text/plain")
        get_blobs().delete(key)
    except (AtelierError, OSError) as error:
        log.warning("not ready: storage: %s", error)
        return "Storage cannot be written."
    return None


class Probe:
    """Repeats a check in a thread of its own while somebody asks, so that asking never waits for what is checked.

    The first question starts it and waits FIRST_SECONDS at most. A check that has hung for longer than `stale` seconds
    counts as trouble.
    """

    def __init__(self, check: Callable[[], str | None], *, every: float, stale: float, silence: str) -> None:
        self._check, self._every, self._stale, self._silence = check, every, stale, silence
        self._lock = threading.Lock()
        self._known = threading.Event()
        self._pid = 0
        self._asked_at = self._checked_at = time.monotonic()
        self._trouble: str | None = None

    def read(self) -> tuple[str | None, float]:
        """(what is wrong, how many seconds ago that was found out)."""
        with self._lock:
            self._asked_at = time.monotonic()
            if self._pid != os.getpid():  # not yet, not since nobody asked, or not in this child of the process
                self._pid, self._known, self._checked_at = os.getpid(), threading.Event(), time.monotonic()
                threading.Thread(target=self._run, args=(self._known,), name="probe", daemon=True).start()
            event = self._known
        known = event.wait(FIRST_SECONDS)
        with self._lock:
            age = time.monotonic() - self._checked_at
            return (self._trouble if known and age <= self._stale else self._silence), age

    def clear(self) -> None:
        """Begin anew with the next question."""
        with self._lock:
            self._pid, self._known = 0, threading.Event()

    def _look(self) -> str | None:
        try:
            return self._check()
        except Exception:
            log.exception("not ready: a check failed")
            return self._silence

    def _run(self, known: threading.Event) -> None:
        while True:
            trouble = self._look()
            with self._lock:
                if self._known is not known or time.monotonic() - self._asked_at > UNASKED_SECONDS:
                    self._pid = 0 if self._known is known else self._pid
                    return
                self._trouble, self._checked_at = trouble, time.monotonic()
            known.set()
            time.sleep(self._every)


PROBES = {
    "database": Probe(_database, every=1.0, stale=10.0, silence="The database does not answer."),
    "storage": Probe(_storage, every=10.0, stale=30.0, silence="Storage does not answer."),
}
