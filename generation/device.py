"""Pipelining in a worker: it computes the next link while the products of the last one are still being stored.

The Celery pool is `solo`: one message at a time, one process a device, engines loaded once. Each link runs in a thread
of its own. Shortly before a link has computed its last product (drawn on a GPU, encoded on a CPU), its message is
acknowledged and the next one fetched. From then on the lease and the scheduler ensure that the generation ends, as
they do when a worker dies (docs/adr/0014).
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.db import connection

from generation.pipeline.stage import Beat, Facts, Pool, Product

log = logging.getLogger(__name__)
AT_ONCE = 2
"""Links at a time: one computes, the other stores or waits for the device. So slow storage delays the device instead
of filling the memory."""
LEAD_SECONDS = 0.1
"""How long before the device is free the next message is fetched: longer than fetching it from the broker takes."""

Run = Callable[[Beat], Iterator[Product]]
"""A stage bound to its input: call it with the beat."""


class DeviceSlot:
    """One link's use of a device; released shortly before its last product is computed: the worker goes on."""

    def __init__(self, device: threading.Lock) -> None:
        self._device = device
        self._released = threading.Event()

    def run(self, run: Run, beat: Beat) -> Iterator[Product]:
        """The products of `run`, with the device locked. Each frame or file is yielded after the next one was computed,
        so that the device is unlocked before the last one is stored. Close the generator if it is not exhausted."""
        held: Product | None = None
        with self._device:
            for product in run(self._watch(beat)):
                if isinstance(product, Facts):
                    yield product
                    continue
                if held is not None:
                    yield held
                held = product
        self.release()
        if held is not None:
            yield held

    def release(self) -> None:
        """Let the worker fetch the next message."""
        self._released.set()

    def wait(self) -> None:
        """Block until `release`."""
        self._released.wait()

    def _watch(self, beat: Beat) -> Beat:
        begun = time.monotonic()

        def watched(step: int, steps: int) -> None:
            beat(step, steps)
            if step and (steps - step) * (time.monotonic() - begun) / step <= LEAD_SECONDS:
                self.release()

        return watched


class LinkRunner:
    """Runs the links of one pool, each in a thread; their slots share one device. Call `run` in the worker's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="link")
        self._running: set[Future[None]] = set()

    def run(self, link: Callable[[DeviceSlot], None]) -> None:
        """Start `link`; return when its slot is released or it has ended. Its exceptions are logged."""
        slot = DeviceSlot(self._lock)
        self._running = {future for future in self._running if not future.done()}
        self._running.add(self._threads.submit(contextvars.copy_context().run, _run_link, link, slot))
        slot.wait()

    def finish(self, seconds: float) -> None:
        """Wait up to `seconds` for running links, before the worker stops."""
        wait(self._running, timeout=seconds)


def _run_link(link: Callable[[DeviceSlot], None], slot: DeviceSlot) -> None:
    try:
        link(slot)
    except Exception:
        log.exception("a link failed unexpectedly; the scheduler requeues its generation when the lease expires")
    finally:
        slot.release()
        connection.close()


LINK_RUNNERS: dict[Pool, LinkRunner] = {"gpu": LinkRunner(), "cpu": LinkRunner()}
"""This process's runners by pool: for the device that CUDA_VISIBLE_DEVICES names, and for the CPU."""
