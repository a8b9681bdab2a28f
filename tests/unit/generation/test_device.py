"""Two links share a device: one draws at a time, and what is drawn is stored while the next one draws."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext

import numpy as np
import pytest

from generation.device import AT_ONCE, LEAD_SECONDS, DeviceSlot, LinkRunner
from generation.pipeline.stage import Beat, Facts, Frame, Product

WAIT = 10.0


def frame(index: int) -> Frame:
    return Frame(index, np.zeros((1, 1, 3), np.uint8))


def quiet(step: int, steps: int) -> None:
    pass


def stage(*products: Product, steps: int = 4, pause: float = 0.0) -> Callable[[Beat], Iterator[Product]]:
    """A stage that takes its steps, and then hands over what it made."""

    def run(beat: Beat) -> Iterator[Product]:
        for step in range(steps):
            beat(step, steps)
            time.sleep(pause)
        beat(steps, steps)
        yield from products

    return run


def test_the_device_is_free_before_the_last_product_is_stored() -> None:
    lock = threading.Lock()
    seen = [
        (getattr(product, "index", "facts"), lock.locked())
        for product in DeviceSlot(lock).run(stage(frame(0), frame(1), Facts({}), frame(2)), quiet)
    ]
    assert seen == [(0, True), ("facts", True), (1, True), (2, False)]


def test_a_drawing_that_is_left_early_frees_the_device() -> None:
    lock = threading.Lock()
    with pytest.raises(OSError), closing(DeviceSlot(lock).run(stage(frame(0), frame(1)), quiet)) as products:
        for _ in products:
            raise OSError("storage is full")
    assert not lock.locked()


def test_a_stage_that_stops_frees_the_device() -> None:
    lock = threading.Lock()

    def stop(step: int, steps: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(DeviceSlot(lock).run(stage(frame(0)), stop))
    assert not lock.locked()


def test_one_is_stored_while_the_next_one_draws() -> None:
    runner, drawing, stored, order = LinkRunner(), threading.Event(), threading.Event(), list[str]()

    def first(slot: DeviceSlot) -> None:
        for _ in slot.run(stage(frame(0)), quiet):
            assert drawing.wait(WAIT), "the second one draws while this is stored"
            order.append("first stored")
            stored.set()

    def second(slot: DeviceSlot) -> None:
        def run(beat: Beat) -> Iterator[Product]:
            drawing.set()
            assert stored.wait(WAIT)
            order.append("second drawn")
            yield frame(0)

        list(slot.run(run, quiet))

    runner.run(first)
    runner.run(second)
    runner.finish(WAIT)
    assert order == ["first stored", "second drawn"]


def test_two_never_draw_at_once() -> None:
    assert most_at_once(LinkRunner()) == 1


def test_the_lock_is_what_keeps_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = LinkRunner()
    monkeypatch.setattr(runner, "_lock", nullcontext())
    assert most_at_once(runner) == 2


def most_at_once(runner: LinkRunner) -> int:
    """Of six links, each of which lets the worker go on before it has drawn."""
    busy = most = 0

    def link(slot: DeviceSlot) -> None:
        def run(beat: Beat) -> Iterator[Product]:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            beat(1, 1)
            time.sleep(0.02)
            busy -= 1
            yield frame(0)

        list(slot.run(run, quiet))

    for _ in range(6):
        runner.run(link)
    runner.finish(WAIT)
    return most


def test_slow_storage_slows_the_device_down() -> None:
    runner, store, begun = LinkRunner(), threading.Event(), list[int]()

    def link(slot: DeviceSlot) -> None:
        begun.append(1)
        for _ in slot.run(stage(frame(0)), quiet):
            store.wait(WAIT)

    def work() -> None:
        for _ in range(AT_ONCE + 1):
            runner.run(link)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(0.3)
    assert worker.is_alive()
    assert len(begun) == AT_ONCE
    store.set()
    worker.join(WAIT)
    runner.finish(WAIT)
    assert len(begun) == AT_ONCE + 1


@pytest.mark.parametrize("images", [1, 3])
def test_the_worker_goes_on_shortly_before_all_is_drawn(images: int) -> None:
    """Not at the end of the first of several images."""
    pause, steps = LEAD_SECONDS, 4 * images
    slot, released = DeviceSlot(threading.Lock()), list[bool]()
    list(slot.run(stage(frame(0), steps=steps, pause=pause), lambda step, _: released.append(slot._released.is_set())))
    assert released[:-1] == [False] * steps
    assert slot._released.is_set()


def test_a_link_that_fails_lets_the_worker_go_on(caplog: pytest.LogCaptureFixture) -> None:
    runner = LinkRunner()

    def link(slot: DeviceSlot) -> None:
        raise RuntimeError("no database")

    with caplog.at_level(logging.ERROR):
        runner.run(link)
        runner.finish(WAIT)
    assert "no database" in caplog.text
    runner.run(lambda slot: None)
