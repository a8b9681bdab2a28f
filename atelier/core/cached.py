"""A value cached by the process for at most N seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cached(Generic[T]):
    """The result of `read`, at most `seconds` old. Thread-safe; two threads may call `read` at the same time."""

    def __init__(self, read: Callable[[], T], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._seconds, self._clock = read, seconds, clock
        self._cached: tuple[float, T] | None = None

    def get(self) -> T:
        """The value. Raises the errors of `read`, which are not cached: the next call reads again."""
        cached, now = self._cached, self._clock()
        if cached is None or now - cached[0] > self._seconds:
            self._cached = cached = (now, self._read())
        return cached[1]

    def clear(self) -> None:
        """Make the next `get` read again."""
        self._cached = None
