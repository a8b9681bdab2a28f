"""A value cached by the process for at most N seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """What `read` returns, at most `seconds` old. Threads may read it twice at once; they find the same."""

    def __init__(self, read: Callable[[], T], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._seconds, self._clock = read, seconds, clock
        self._known: tuple[float, T] | None = None

    def get(self) -> T:
        """The value. Raises what `read` raises, and asks again the next time."""
        known, now = self._known, self._clock()
        if known is None or now - known[0] > self._seconds:
            self._known = known = (now, self._read())
        return known[1]

    def forget(self) -> None:
        """The next look reads."""
        self._known = None
