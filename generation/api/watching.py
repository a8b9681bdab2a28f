"""Waiting for a generation: the events of `GET .../events`, and the end for `Prefer: wait`.

Whoever waits holds a thread of the server but no connection of the database's pool: every read gives it back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, TypeVar

from django.db import connection

from atelier.core.db.database import DISCONNECTED
from atelier.core.db.listen import Wakeup, listener
from atelier.core.db.tenancy import current_tenant
from atelier.core.http.answers import to_json
from atelier.core.http.streams import TenantStream
from generation.api.seats import Seat, TooManyWatchers
from generation.models import Generation, GenerationEvent
from generation.pipeline import lifecycle
from generation.selectors import list_events
from generation.services.events import GENERATION_CHANNEL

log = logging.getLogger(__name__)
T = TypeVar("T")

KEEP_ALIVE_SECONDS = 15.0
POLL_SECONDS = 5.0
"""How long `Prefer: wait` trusts the notifications before it looks itself."""
LOOK_SECONDS = 0.5
"""How often it is looked whether the client is still there."""
RECHECK_SECONDS = 3.0
"""How often it is asked whether the client may still watch: its key may be revoked meanwhile."""

OPENED = b": open\n"
ENDED = b": the generation has ended and there is nothing more\n"
KEEP_ALIVE = b": keep-alive\n"
"""Comments end with one newline: an empty line is the end of an event to several clients, an empty one here."""
RETRY = b"retry: 2000\n"
"""Milliseconds; stands in the first event, since alone it would be an empty event to the same clients."""

HasLeft = Callable[[], bool]


def has_left(meta: Mapping[str, Any]) -> HasLeft:
    """Whether the client of a request has closed its connection, as the server notices it; never where it does not."""
    found: HasLeft = meta.get("waitress.client_disconnected", lambda: False)
    return found


class Watcher:
    """The client of a stream. `is_allowed` asks the database whether it may still watch."""

    def __init__(self, has_left: HasLeft, is_allowed: Callable[[], bool]) -> None:
        self._has_left, self._is_allowed = has_left, is_allowed
        self._checked_at, self._may_watch = time.monotonic(), True

    def goes_on(self) -> bool:
        """False, from then on: it has left, or it may watch no longer."""
        if self._has_left():
            return False
        if self._may_watch and time.monotonic() - self._checked_at >= RECHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._may_watch = _read(self._is_allowed) is not False
        return self._may_watch


class EventStream(TenantStream):
    """The events after `after` as server-sent events, until the terminal one. `close` frees its place."""

    def __init__(self, generation_id: str, after: int, watcher: Watcher) -> None:
        self._seat = Seat(current_tenant())
        super().__init__(_frames(generation_id, after, watcher))

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._seat.leave()


def _frames(generation_id: str, after: int, watcher: Watcher) -> Generator[bytes]:
    yield OPENED  # a server sends the header with the first bytes
    head = RETRY
    with listener(GENERATION_CHANNEL).subscribe(generation_id) as wakeup:
        while watcher.goes_on():
            for event in _read(partial(list_events, generation_id, after)) or ():
                after = event.id
                yield head + _frame(event)
                head = b""
                if event.type == "terminal":
                    return
            if not _wait_for(wakeup, KEEP_ALIVE_SECONDS, watcher.goes_on):
                yield KEEP_ALIVE


def _wait_for(wakeup: Wakeup, seconds: float, goes_on: Callable[[], bool]) -> bool:
    """True as soon as there may be something new, or nobody waits any longer; False after `seconds`."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if wakeup.wait(min(left, LOOK_SECONDS)) or not goes_on():
            return True
    return False


def _frame(event: GenerationEvent) -> bytes:
    created_at = event.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = {"generationId": event.generation_id, "type": event.type, "createdAt": created_at} | event.data
    return f"id: {event.id}\nevent: {event.type}\ndata: {to_json(content)}\n\n".encode()


def wait_for_end(generation_id: str, seconds: float, has_left: HasLeft) -> bool | None:
    """Wait until the generation has ended, at most so long. None: no thread is free for waiting.

    False: it has not ended, or the client has left.
    """
    try:
        seat = Seat(current_tenant())
    except TooManyWatchers:
        return None
    try:
        return _wait(generation_id, time.monotonic() + seconds, has_left)
    finally:
        seat.leave()


def _wait(generation_id: str, until: float, has_left: HasLeft) -> bool:
    with listener(GENERATION_CHANNEL).subscribe(generation_id) as wakeup:
        while not has_left():
            if _read(partial(_has_ended, generation_id)):
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            _wait_for(wakeup, min(left, POLL_SECONDS), lambda: not has_left())
    return False


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
