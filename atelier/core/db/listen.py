"""Waiting for PostgreSQL's NOTIFY: one connection a process and channel, shared by all threads that wait."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from atelier.core.db.postgresql.wire import is_direct

log = logging.getLogger(__name__)

READY_SECONDS = 3.0
"""How long a subscriber waits for the connection; without it, only its own timeouts wake it."""
PING_SECONDS = 30.0
RETRY_SECONDS = 1.0
KEEPALIVE: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "connect_timeout": 5,
}


class Wakeup:
    """A flag that is set when its payload was notified, or when notifications may have been missed."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def wait(self, timeout: float) -> bool:
        """True as soon as it is set, at once if it was set since the last call; False after `timeout` seconds."""
        was_set = self._event.wait(timeout)
        self._event.clear()
        return was_set


class Listener:
    """LISTENs on one channel and sets the wakeups of a payload. Reconnects after a restart of the database."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._wakeups: defaultdict[str, set[Wakeup]] = defaultdict(set)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    @contextmanager
    def subscribe(self, payload: str) -> Iterator[Wakeup]:
        """A wakeup for `payload`, set by every notification after this returns: read the state inside the block.

        Waits up to READY_SECONDS for the connection. Without one it returns all the same, and the wakeup is set once
        the connection is back.
        """
        wakeup = Wakeup()
        with self._lock:
            self._wakeups[payload].add(wakeup)
            self._start()
        self._ready.wait(READY_SECONDS)
        try:
            yield wakeup
        finally:
            with self._lock:
                self._wakeups[payload].discard(wakeup)
                if not self._wakeups[payload]:
                    del self._wakeups[payload]

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=f"listen-{self._channel}", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._is_wanted():
            try:
                with connect() as listening:
                    self._listen(listening)
            except (psycopg.Error, OSError) as error:
                log.warning("listener of %s: database unavailable, will retry: %s", self._channel, error)
            self._ready.clear()
            time.sleep(RETRY_SECONDS)

    def _is_wanted(self) -> bool:
        """Whether there are subscribers. Without any the thread ends after a lost connection; the next starts it."""
        with self._lock:
            if not self._wakeups:
                self._thread = None
            return bool(self._wakeups)

    def _listen(self, listening: psycopg.Connection[Any]) -> None:
        listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        self._ready.set()
        self._wake_all()  # notifications before LISTEN are lost
        while True:
            for notice in listening.notifies(timeout=PING_SECONDS):
                self._wake(notice.payload)
            listening.execute("SELECT 1")  # raises if the connection is dead

    def _wake(self, payload: str) -> None:
        with self._lock:
            wakeups = list(self._wakeups.get(payload, ()))
        for wakeup in wakeups:
            wakeup.set()

    def _wake_all(self) -> None:
        with self._lock:
            wakeups = [wakeup for group in self._wakeups.values() for wakeup in group]
        for wakeup in wakeups:
            wakeup.set()


def listener(channel: str) -> Listener:
    """The process's listener on `channel`."""
    return _listener(channel, os.getpid())


@lru_cache(maxsize=8)
def _listener(channel: str, pid: int) -> Listener:
    """Cached by process id: a forked child must not share its parent's connection."""
    return Listener(channel)


def connect() -> psycopg.Connection[Any]:
    """A connection to the server itself, not to a pooler: LISTEN needs the same session throughout."""
    listening = psycopg.connect(settings.DATABASE_DIRECT_URL, autocommit=True, **KEEPALIVE)
    if not is_direct(listening):
        log.warning("a pooler is in front of the database: notices are lost, set DATABASE_DIRECT_URL")
    return listening
