"""A link goes to the device of its pool, and the worker goes on when the link has made all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from generation import tasks
from generation.device import LINK_RUNNERS, DeviceSlot
from generation.pipeline.stage import Beat, Frame, Product

WAIT = 10.0


def test_files_are_written_while_the_gpu_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process may serve both pools, as the embedded stack does."""
    written, order = threading.Event(), list[str]()

    def run_link(*, stage: str, slot: DeviceSlot, **_: object) -> bool:
        def run(beat: Beat) -> Iterator[Product]:
            beat(1, 1)  # the worker goes on
            if stage == "diffusion":
                assert written.wait(WAIT), "the files wait for the drawing"
            order.append(stage)
            yield Frame(0, np.zeros((1, 1, 3), np.uint8))

        list(slot.run(run, lambda step, steps: None))
        written.set()
        return False

    monkeypatch.setattr(tasks, "run_link", run_link)
    for stage in ("diffusion", "encode"):
        tasks.STAGE_TASKS[stage].run("gen_one", 1)
    for runner in LINK_RUNNERS.values():
        runner.finish(WAIT)
    assert order == ["encode", "diffusion"]


@pytest.mark.parametrize("stage", ["diffusion", "encode"])
def test_the_worker_takes_the_next_message_while_this_one_is_stored(
    monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    gone_on, stored = threading.Event(), list[bool]()

    def run_link(*, slot: DeviceSlot, **_: object) -> bool:
        def run(beat: Beat) -> Iterator[Product]:
            yield Frame(0, np.zeros((1, 1, 3), np.uint8))

        for _product in slot.run(run, lambda step, steps: None):
            stored.append(gone_on.wait(WAIT))
        return False

    monkeypatch.setattr(tasks, "run_link", run_link)
    tasks.STAGE_TASKS[stage].run("gen_one", 1)
    gone_on.set()
    for runner in LINK_RUNNERS.values():
        runner.finish(WAIT)
    assert stored == [True]
