"""Is this process alive, and can it serve: what a load balancer and an operator ask."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from atelier.core.db.policies import list_policy_faults
from atelier.core.errors import AtelierError
from storage.backend import get_blobs

log = logging.getLogger(__name__)

STORAGE_FRESH_SECONDS = 10.0
_PROBE = secrets.token_hex(8)


def list_troubles() -> dict[str, str]:
    """What keeps this process from serving, by part; empty when it can. No detail that helps an attacker."""
    checks: dict[str, Callable[[], str | None]] = {"database": _database, "storage": _storage.trouble}
    found = {part: check() for part, check in checks.items()}
    return {part: trouble for part, trouble in found.items() if trouble}


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
        if breaches := list_policy_faults():
            log.error("not ready: %s", "; ".join(breaches))
            return "Workspaces are not kept apart: see the log."
        _applied.set()
        return None
    except Error as error:
        log.warning("not ready: %s", error)
        return "The database cannot be reached."


def _known_migrations() -> set[tuple[str, str]]:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return set(loader.disk_migrations)


class _StorageProbe:
    """Writes and deletes a few bytes, at most every 10 s."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked_at = float("-inf")
        self._trouble: str | None = None

    def trouble(self) -> str | None:
        with self._lock:
            if time.monotonic() - self._checked_at > STORAGE_FRESH_SECONDS:
                self._trouble = self._try()
                self._checked_at = time.monotonic()
            return self._trouble

    def _try(self) -> str | None:
        key = f"artifacts/probe/{os.getpid()}-{_PROBE}"
        try:
            get_blobs().put(key, b"ready", "text/plain")
            get_blobs().delete(key)
        except (AtelierError, OSError) as error:
            log.warning("not ready: storage: %s", error)
            return "Storage cannot be written."
        return None


_storage = _StorageProbe()
