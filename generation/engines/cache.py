"""A cache of loaded engines that is bounded by the bytes they hold; the least recently used leaves first."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

from generation.pipeline.engines import Loaded


class Sized(Protocol):
    """An engine that knows how many bytes its weights take."""

    @property
    def memory_bytes(self) -> int: ...


Engine = TypeVar("Engine", bound=Sized)


class EngineCache(Generic[Engine]):
    """Engines by key, at most `capacity_bytes` of weights.

    The engine in use always stays, even when it alone is over the capacity: evicting it would mean loading it
    again for every generation. An evicted engine that somebody still draws with lives until that drawing
    ends. Safe for threads: different engines load one after the other (two loads at once would double the
    peak), a hit never waits for a load.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self.capacity_bytes = capacity_bytes
        self._engines: OrderedDict[Hashable, Engine] = OrderedDict()
        self._table = threading.Lock()
        self._loading = threading.Lock()

    @property
    def held_bytes(self) -> int:
        with self._table:
            return sum(engine.memory_bytes for engine in self._engines.values())

    def keys(self) -> list[Hashable]:
        """Keys held, the least recently used first."""
        with self._table:
            return list(self._engines)

    def get(self, key: Hashable, load: Callable[[], Engine], expected_bytes: int = 0) -> Loaded[Engine]:
        """The engine of `key`, loaded by `load` if it is not held. What `load` raises is passed on.

        Room for `expected_bytes` is made before loading, so that the old and the new engine need not fit
        together.
        """
        held = self._hit(key)
        if held is None:
            with self._loading:
                held = self._hit(key) or self._load(key, load, expected_bytes)
        return held

    def _hit(self, key: Hashable) -> Loaded[Engine] | None:
        with self._table:
            if key not in self._engines:
                return None
            self._engines.move_to_end(key)
            return Loaded(self._engines[key], cache_hit=True, load_ms=0)

    def _load(self, key: Hashable, load: Callable[[], Engine], expected_bytes: int) -> Loaded[Engine]:
        self._evict_until(self.capacity_bytes - expected_bytes, keep=None)
        started = time.monotonic()
        engine = load()
        load_ms = round((time.monotonic() - started) * 1000)
        with self._table:
            self._engines[key] = engine
        self._evict_until(self.capacity_bytes, keep=key)
        return Loaded(engine, cache_hit=False, load_ms=load_ms)

    def _evict_until(self, allowed_bytes: int, keep: Hashable | None) -> None:
        evicted = False
        with self._table:
            held = sum(engine.memory_bytes for engine in self._engines.values())
            for key in list(self._engines):
                if held <= allowed_bytes:
                    break
                if key != keep:
                    held -= self._engines.pop(key).memory_bytes
                    evicted = True
        if evicted:
            free_memory()


def free_memory() -> None:
    """Return the memory of dropped engines: collect cycles, empty torch's CUDA pool where there is one."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
