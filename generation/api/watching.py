"""Waiting for a generation: the events of `GET .../events`, and the end for `Prefer: wait`.

Whoever waits holds a thread of the server but no connection of the database's pool: every read gives it back.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Generator
from functools import lru_cache, partial
from typing import TypeVar

from django.conf import settings
from django.db import connection

from atelier.core.db.database import DISCONNECTED
from atelier.core.db.listen import listener
from atelier.core.errors import AtelierError
from atelier.core.http.answers import to_json
from atelier.core.http.streams import TenantStream
from generation.models import Generation, GenerationEvent
from generation.pipeline import lifecycle
from generation.selectors import list_events
from generation.services.events import GENERATION_CHANNEL

log = logging.getLogger(__name__)
T = TypeVar("T")

KEEP_ALIVE_SECONDS = 15.0
POLL_SECONDS = 5.0
"""How long `Prefer: wait` trusts the notifications before it looks itself."""


class TooManyWatchers(AtelierError):
    """This process watches as many generations as it has threads for; poll instead, or come back."""

    code = "too_many_watchers"
    status = 503
    title = "Too many clients are waiting for events"

    def __init__(self) -> None:
        super().__init__("Poll GET /projects/{id}, or connect again in a moment.", headers={"Retry-After": "5"})


@lru_cache(maxsize=4)
def _seats(pid: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings.ATELIER_WATCHERS)


class Seat:
    """One of the places for waiting in this process: threads are finite, and other requests need some."""

    def __init__(self) -> None:
        """Take a place. Raises `TooManyWatchers`."""
        self._seats = _seats(os.getpid())
        if not self._seats.acquire(blocking=False):
            raise TooManyWatchers
        self._taken = True

    def leave(self) -> None:
        """Twice is the same as once."""
        if self._taken:
            self._taken = False
            self._seats.release()


class EventStream(TenantStream):
    """The events after `after` as server-sent events, until the terminal one. `close` frees its place."""

    def __init__(self, generation_id: str, after: int) -> None:
        super().__init__(_frames(generation_id, after))
        self._seat = Seat()

    def close(self) -> None:
        super().close()
        self._seat.leave()


def _frames(generation_id: str, after: int) -> Generator[bytes]:
    yield b"retry: 2000\n\n"
    with listener(GENERATION_CHANNEL).subscribe(generation_id) as bell:
        while True:
            for event in _read(partial(list_events, generation_id, after)) or ():
                after = event.id
                yield _frame(event)
                if event.type == "terminal":
                    return
            if not bell.wait(KEEP_ALIVE_SECONDS):
                yield b": keep-alive\n\n"


def _frame(event: GenerationEvent) -> bytes:
    created_at = event.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = {"generationId": event.generation_id, "type": event.type, "createdAt": created_at} | event.data
    return f"id: {event.id}\nevent: {event.type}\ndata: {to_json(content)}\n\n".encode()


def wait_for_end(generation_id: str, seconds: float) -> bool | None:
    """Wait until the generation has ended, at most so long. False: it has not; None: no thread is free for waiting."""
    try:
        seat = Seat()
    except TooManyWatchers:
        return None
    try:
        return _wait(generation_id, time.monotonic() + seconds)
    finally:
        seat.leave()


def _wait(generation_id: str, until: float) -> bool:
    with listener(GENERATION_CHANNEL).subscribe(generation_id) as bell:
        while True:
            if _read(partial(_has_ended, generation_id)):
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            bell.wait(min(left, POLL_SECONDS))


def _has_ended(generation_id: str) -> bool:
    return Generation.objects.filter(id=generation_id, status__in=lifecycle.TERMINAL).exists()


def _read(work: Callable[[], T]) -> T | None:
    """Read and give the connection back; None while the database is away."""
    try:
        return work()
    except DISCONNECTED as error:
        log.warning("watching: database unavailable, will retry: %s", error)
        return None
    finally:
        connection.close()
