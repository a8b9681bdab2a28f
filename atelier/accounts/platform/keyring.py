"""The platform's keys as a process remembers them: fetched again when they are old, and rarely for an unknown one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import jwt

from atelier.accounts.platform.jwks import Keys, KeysUnavailable

log = logging.getLogger(__name__)
FRESH_SECONDS = 300.0
"""Older keys are fetched again; a key that the platform has withdrawn is refused after so long at the latest."""

STALE_SECONDS = 3600.0
"""While the platform's server is away, keys it gave are believed for so long."""

PAUSE_SECONDS = 10.0
"""Between two fetches, whatever tokens come and whether the last one succeeded."""


class KeyUnknown(Exception):
    """The platform has no key of this name."""


class KeyRing:
    """For any number of threads; one fetches, and those whose key is known do not wait for it.

    `fetch` gives the keys or raises `KeysUnavailable`; `clock` counts seconds.
    """

    def __init__(self, fetch: Callable[[], Keys], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched = self._tried = float("-inf")

    def find(self, kid: str) -> jwt.PyJWK:
        """The key of that name. Raises `KeyUnknown`; `KeysUnavailable` when nobody can say."""
        key = self._current(kid)
        if key is None or self._age() > FRESH_SECONDS:
            self._refresh(wait=key is None)
            key = self._current(kid)
        if key is not None:
            return key
        if self._tried > self._fetched:
            raise KeysUnavailable("the last fetch failed")
        raise KeyUnknown(kid)

    def _current(self, kid: str) -> jwt.PyJWK | None:
        return self._keys.get(kid) if self._age() <= STALE_SECONDS else None

    def _age(self) -> float:
        return self._clock() - self._fetched

    def _refresh(self, *, wait: bool) -> None:
        """Fetch, unless that was tried just now, or somebody does it and the caller need not `wait`."""
        if self._lock.acquire(blocking=wait):
            try:
                if self._clock() - self._tried >= PAUSE_SECONDS:
                    self._try_fetch()
            finally:
                self._lock.release()

    def _try_fetch(self) -> None:
        now = self._clock()
        try:
            self._keys = self._fetch()
            self._fetched = self._tried = now
        except KeysUnavailable as error:
            self._tried = self._clock()
            log.error("the platform's keys cannot be fetched: %s", error, extra={"code": "token_keys_unavailable"})
