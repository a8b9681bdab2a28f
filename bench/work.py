"""What the stages' own work takes when nothing is around it: the stub's drawing, and encoding its picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

from bench.stub import StubTextToImage, draw_pixels
from generation.pipeline.engines import DrawRequest
from generation.pipeline.provenance import Provenance
from generation.pipeline.stages.encode import encode

TRIES = 11
STEPS = 20


@lru_cache(maxsize=8)
def pure_work_ms(side: int) -> dict[str, float]:
    """Least milliseconds of the engine and of the PNG encoder for one square picture."""
    request = DrawRequest("a red apple", "", side, side, STEPS, None, (1,))
    pixels = draw_pixels(1, side, side)
    provenance = Provenance("gen_" + "a" * 20, "a red apple", 1, "stub", "1")
    engine = StubTextToImage()
    return {
        "engine": _least_ms(lambda: list(engine.draw(request, lambda step, steps: None))),
        "encode": _least_ms(lambda: encode(pixels, "png", provenance)),
    }


def _least_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return round(min(times), 1)
