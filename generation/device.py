"""A worker makes the next pictures while what it made last is still being stored.

The worker stays `solo`: one message at a time, one process a device, engines loaded once. A link runs in a thread
beside it, and the worker fetches the next message when the link will soon have made all: drawn it on a GPU, or written
its files on a CPU. The message is acknowledged then; from there on the generation's row, its lease and the scheduler's
rounds promise that it ends, as they do for a worker that dies (docs/adr/0014).
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
"""Links in threads: one makes, one stores or waits for the device. So slow storage slows the device down, and does not
fill the memory."""
LEAD_SECONDS = 0.1
"""How long before the device is free the next message is fetched: more than a broker takes, less than is noticed."""

Run = Callable[[Beat], Iterator[Product]]
"""A stage, ready to run with the beat it is given."""


class DeviceSlot:
    """One link's use of a device; released when the worker may begin the next link, shortly before all is made."""

    def __init__(self, device: threading.Lock) -> None:
        self._device = device
        self._released = threading.Event()

    def run(self, run: Run, beat: Beat) -> Iterator[Product]:
        """What `run` makes, with the device to itself: each frame or file once the next one is there, so that all is
        made, and the device free, before the last one is stored. Close it where it is left early."""
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
        """Let the worker go on."""
        self._released.set()

    def wait(self) -> None:
        """Return once the worker may go on."""
        self._released.wait()

    def _watch(self, beat: Beat) -> Beat:
        begun = time.monotonic()

        def watched(step: int, steps: int) -> None:
            beat(step, steps)
            if step and (steps - step) * (time.monotonic() - begun) / step <= LEAD_SECONDS:
                self.release()

        return watched


class LinkRunner:
    """Runs the links of one pool, each in a thread; their slots share one device. `run` is for the worker's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="link")
        self._running: set[Future[None]] = set()

    def run(self, link: Callable[[DeviceSlot], None]) -> None:
        """Start `link`; return when its slot is released, or it ends. What it raises is logged."""
        slot = DeviceSlot(self._lock)
        self._running = {future for future in self._running if not future.done()}
        self._running.add(self._threads.submit(contextvars.copy_context().run, _run_link, link, slot))
        slot.wait()

    def finish(self, seconds: float) -> None:
        """Wait so long for the links that still store: before the worker leaves."""
        wait(self._running, timeout=seconds)


def _run_link(link: Callable[[DeviceSlot], None], slot: DeviceSlot) -> None:
    try:
        link(slot)
    except Exception:
        log.exception("a link failed beyond its own errors; the scheduler gives its generation back")
    finally:
        slot.release()
        connection.close()


LINK_RUNNERS: dict[Pool, LinkRunner] = {"gpu": LinkRunner(), "cpu": LinkRunner()}
"""This process's, by the pool whose stages they run: the device that CUDA_VISIBLE_DEVICES says, and the processor."""
