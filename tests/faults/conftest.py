"""One server stack for all faults: two workers a queue, so that a fault can be aimed; then the books are judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atelier.stacks.workers import Worker
from tests.support.installation import Installation, installed
from tests.support.servers import short_directory

TIER_QUEUES = {"a": "priority", "b": "standard", "c": "basic"}
WORKERS = [
    *(Worker(f"gpu-{letter}", "gpu", (f"gpu.{queue}",)) for letter, queue in TIER_QUEUES.items()),
    *(Worker(f"cpu-{letter}", "cpu", (f"cpu.{queue}", "control")) for letter, queue in TIER_QUEUES.items()),
]


@pytest.fixture(scope="package")
def running() -> Iterator[Installation]:
    """The stack; the models are stubs."""
    with short_directory() as directory, installed(directory, workers=WORKERS) as installation:
        yield installation


@pytest.fixture
def installation(running: Installation) -> Iterator[Installation]:
    """The stack; afterwards everything that was accepted has ended, and the judge finds no fault."""
    yield running
    running.judge()
    assert running.armed() == []
