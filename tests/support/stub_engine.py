"""Engines of tests/support/models.toml: they draw a gradient, take the time their entry says, or kill their process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest


class GradientTextToImage:
    """Sleeps `seconds_per_step` a step, as a process does that waits for its device."""

    memory_bytes = 0

    def __init__(self, seconds_per_step: float) -> None:
        self._seconds = seconds_per_step

    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        """Yield one (height, width, 3) uint8 RGB array a seed: the same seed, the same pixels."""
        total = request.steps * len(request.seeds)
        for index, seed in enumerate(request.seeds):
            for step in range(1, request.steps + 1):
                time.sleep(self._seconds)
                on_step(index * request.steps + step, total)
            yield gradient(seed, request.width, request.height)

    def notes(self, request: DrawRequest) -> list[str]:
        """Nothing to say."""
        return []


class PoisonousTextToImage:
    """A generation that kills whoever works on it, as one does that needs more memory than there is."""

    memory_bytes = 0

    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield gradient(0, request.width, request.height)

    def notes(self, request: DrawRequest) -> list[str]:
        """Nothing to say."""
        return []


def gradient(seed: int, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8 RGB; every seed below 2^24 gives another picture."""
    rows, columns = np.mgrid[0:height, 0:width]
    bands = (rows + (seed & 255), columns + (seed >> 8 & 255), rows + columns + (seed >> 16 & 255))
    return np.stack(bands, axis=-1).astype(np.uint8)


def load(entry: ModelEntry, models_dir: Path) -> GradientTextToImage:
    """Adapter of tests/support/models.toml."""
    return GradientTextToImage(entry.seconds_per_step)


def load_poison(entry: ModelEntry, models_dir: Path) -> PoisonousTextToImage:
    """Adapter of tests/support/models.toml."""
    return PoisonousTextToImage()
