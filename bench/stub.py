"""Engines without work of their own, so that what is left of a generation's time is Atelier's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from generation.pipeline.catalog import ModelEntry, ToolEntry
from generation.pipeline.engines import DrawRequest, Face

IMAGE_SECONDS = 0.050


class StubTextToImage:
    """Takes 50 ms an image and sleeps through them, as a process does that waits for its GPU.

    One image at a time, as on a device: a worker that drew two at once would look twice as fast as it is.
    """

    memory_bytes = 0

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        """Yield one (height, width, 3) uint8 RGB array a seed: the same seed, the same pixels."""
        total = request.steps * len(request.seeds)
        for index, seed in enumerate(request.seeds):
            with self._lock:
                until, pixels = time.monotonic() + IMAGE_SECONDS, draw_pixels(seed, request.width, request.height)
                for step in range(1, request.steps + 1):
                    time.sleep(max(0.0, until - time.monotonic()) / (request.steps - step + 1))
                    on_step(index * request.steps + step, total)
            yield pixels

    def notes(self, request: DrawRequest) -> list[str]:
        """Nothing to say."""
        return []


class StubFaceFinder:
    """Looks at nothing and finds nobody."""

    memory_bytes = 0

    def find(self, pixels: np.ndarray) -> list[Face]:
        """No face."""
        return []


def draw_pixels(seed: int, width: int, height: int) -> np.ndarray:
    """A soft pattern that compresses about as a photograph does; (height, width, 3) uint8 RGB."""
    return np.roll(_pattern(width, height), seed % width, axis=1)


@lru_cache(maxsize=4)
def _pattern(width: int, height: int) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [127 + 100 * np.sin(columns / (9 + 7 * band)) * np.cos(rows / (17 + 5 * band)) for band in range(3)]
    noise = np.random.default_rng(1).normal(0, 2, (height, width, 3))
    return np.clip(np.stack(waves, axis=-1) + noise, 0, 255).astype(np.uint8)


def load_model(entry: ModelEntry, models_dir: Path) -> StubTextToImage:
    """Adapter of bench/models.toml."""
    return StubTextToImage()


def load_face_finder(entry: ToolEntry, models_dir: Path) -> StubFaceFinder:
    """Adapter of bench/models.toml."""
    return StubFaceFinder()
