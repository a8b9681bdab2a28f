"""The cache keeps what was used last, within its bytes, and loads each engine once."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from generation.engines.cache import EngineCache


class Weights:
    """An engine of so many bytes."""

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes


def make(cache: EngineCache[Weights], *names: str, size: int = 40) -> None:
    for name in names:
        cache.get(name, lambda: Weights(size))


def test_the_second_get_is_a_hit_that_costs_nothing() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    first = cache.get("a", lambda: Weights(40))
    second = cache.get("a", lambda: Weights(40))
    assert (first.cache_hit, second.cache_hit, second.load_ms) == (False, True, 0)
    assert first.engine is second.engine


def test_the_least_recently_used_leaves_first() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    make(cache, "a", "b", "a", "c")
    assert cache.keys() == ["a", "c"]
    assert cache.held_bytes == 80


def test_an_evicted_engine_is_freed_even_when_it_is_a_cycle() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    engine = cache.get("a", lambda: Weights(80)).engine
    engine.myself = engine  # type: ignore[attr-defined]  # pipelines refer to themselves too
    gone = weakref.ref(engine)
    del engine
    gc.disable()
    try:
        make(cache, "b", size=80)
        assert gone() is None
    finally:
        gc.enable()


def test_room_is_made_before_loading() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    make(cache, "a", size=80)
    held_while_loading: list[int] = []

    def load() -> Weights:
        held_while_loading.append(cache.held_bytes)
        return Weights(80)

    cache.get("b", load, expected_bytes=80)
    assert held_while_loading == [0]


def test_an_engine_over_the_capacity_is_kept_alone() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    make(cache, "a")
    make(cache, "huge", size=500)
    assert cache.keys() == ["huge"]
    assert cache.get("huge", lambda: Weights(500)).cache_hit


def test_a_failed_load_is_passed_on_and_leaves_nothing_behind() -> None:
    cache: EngineCache[Weights] = EngineCache(100)

    def fail() -> Weights:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        cache.get("a", fail)
    assert not cache.get("a", lambda: Weights(1)).cache_hit


def test_many_threads_load_an_engine_once() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    loads: list[int] = []
    barrier = threading.Barrier(8)

    def load() -> Weights:
        loads.append(1)
        return Weights(40)

    def work() -> None:
        barrier.wait()
        cache.get("a", load)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_a_hit_does_not_wait_for_a_load() -> None:
    cache: EngineCache[Weights] = EngineCache(100)
    make(cache, "a")
    loading, release = threading.Event(), threading.Event()

    def slow() -> Weights:
        loading.set()
        assert release.wait(30)
        return Weights(40)

    thread = threading.Thread(target=cache.get, args=("b", slow))
    thread.start()
    assert loading.wait(30)
    assert cache.get("a", lambda: Weights(40)).cache_hit
    release.set()
    thread.join()
