"""Places for those who wait: each holds a thread of this process, threads are finite, and other requests need some."""

from __future__ import annotations

import os
import threading
from collections import Counter
from functools import lru_cache

from django.conf import settings

from atelier.core.errors import AtelierError


class TooManyWatchers(AtelierError):
    """This process watches as many generations as it has threads for, or as many as are one workspace's fair share."""

    code = "too_many_watchers"
    status = 503
    title = "Too many clients are waiting for events"

    def __init__(self) -> None:
        super().__init__("Poll GET /projects/{id}, or connect again in a moment.", headers={"Retry-After": "5"})


class Seats:
    """`total` places. A workspace may take one more as long as it has fewer than are free.

    So one workspace alone gets half of them, the next half of the rest, and a newcomer always finds one while few
    are greedy: the dynamic thresholds of Choudhury and Hahne (IEEE/ACM Transactions on Networking, 1998), alpha = 1.
    """

    def __init__(self, total: int) -> None:
        self._free = total
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, workspace_id: str) -> bool:
        """False when there is none for this workspace."""
        with self._lock:
            if self._taken[workspace_id] >= self._free:
                return False
            self._free -= 1
            self._taken[workspace_id] += 1
            return True

    def give_back(self, workspace_id: str) -> None:
        """End of a successful `take`."""
        with self._lock:
            self._free += 1
            self._taken[workspace_id] -= 1
            if not self._taken[workspace_id]:
                del self._taken[workspace_id]


@lru_cache(maxsize=4)
def _seats(pid: int) -> Seats:
    """The process id is part of the key: a forked child has threads of its own."""
    return Seats(settings.ATELIER_WATCHERS)


class Seat:
    """One of the places of this process."""

    def __init__(self, workspace_id: str) -> None:
        """Take a place. Raises `TooManyWatchers`."""
        self._seats, self._workspace_id = _seats(os.getpid()), workspace_id
        self._taken = self._seats.take(workspace_id)
        if not self._taken:
            raise TooManyWatchers

    def leave(self) -> None:
        """Twice is the same as once."""
        if self._taken:
            self._taken = False
            self._seats.give_back(self._workspace_id)
