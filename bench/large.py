"""A model of the size people use, where there is a GPU: loading, steps, stopping, memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import torch

from bench.report import Result, spread
from bench.session import Session
from generation.engines.cache import EngineCache
from generation.engines.diffusers_text_to_image import DiffusersTextToImage, load
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest

NAME = "large: a pipeline of the size of Stable Diffusion XL, untrained"
STEPS, SIDE, ROUNDS = 20, 1024, 5


class _Enough(Exception):
    """The drawing is cancelled."""


def measure(session: Session) -> Iterator[Result]:
    """Two names for the same weights and room for one: what it costs to change the model, and to stop."""
    if not torch.cuda.is_available():
        yield Result(NAME, {"device": "no CUDA device here"})
        return
    from bench.large_networks import build_pipeline

    build_pipeline().save_pretrained(session.directory / "large", safe_serialization=True)
    first, second = (_entry(name) for name in ("first", "second"))
    before = _settled()
    cache = EngineCache[DiffusersTextToImage](capacity_bytes=1)
    load_ms = [
        cache.get(entry.name, partial(load, entry, session.directory)).load_ms for entry in (first, second, first)
    ]  # nothing holds an engine but the cache
    engine = cache.get("first", partial(load, first, session.directory)).engine
    figures = {"device": torch.cuda.get_device_name(), "weightsGB": _giga(engine.memory_bytes), "loadMs": load_ms}
    torch.cuda.reset_peak_memory_stats()  # of drawing, not of loading
    figures |= {"heldGB": _giga(_settled() - before), "drawing": _draw(engine), "stopMs": _stop(engine)}
    figures |= {"peakGB": _giga(torch.cuda.max_memory_allocated()), "samePixels": _same(engine)}
    yield Result(NAME, figures)


def _entry(name: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        title=name,
        adapter="",
        revision="1",
        native_side=SIDE,
        licence="none",
        serves=("standard",),
        folder="large",
        default_guidance=5.0,
    )


def _draw(engine: DiffusersTextToImage) -> dict[str, Any]:
    """Milliseconds a picture of 1024 x 1024 in 20 steps with guidance, and a step of it."""
    _timed(lambda: _run(engine))  # the first one chooses its kernels
    marks: list[float] = []
    pictures = [_timed(lambda: _run(engine, lambda done, total: marks.append(time.monotonic()))) for _ in range(ROUNDS)]
    steps = [(late - early) * 1000 for place, (early, late) in enumerate(pairwise(marks), start=1) if place % STEPS]
    return {"pictureMs": round(statistics.median(pictures)), "stepMs": spread(steps)}


def _stop(engine: DiffusersTextToImage) -> float:
    """Milliseconds from a cancel seen at step 5 until the engine is free again."""
    asked = 0.0

    def cancel(done: int, total: int) -> None:
        nonlocal asked
        if done == 5:
            asked = time.monotonic()
            raise _Enough

    try:
        _run(engine, cancel)
    except _Enough:
        return round((time.monotonic() - asked) * 1000, 1)
    raise RuntimeError("the drawing went on")


def _same(engine: DiffusersTextToImage) -> bool:
    """The picture of a seed is the same alone and as the second of two."""
    alone, both = _run(engine, seeds=(8,)), _run(engine, seeds=(7, 8))
    return bool((alone[0] == both[1]).all())


def _run(
    engine: DiffusersTextToImage,
    on_step: Callable[[int, int], None] = lambda done, total: None,
    seeds: tuple[int, ...] = (7,),
) -> list[Any]:
    request = DrawRequest(
        prompt="a red apple on a table",
        negative_prompt="",
        width=SIDE,
        height=SIDE,
        steps=STEPS,
        guidance_scale=5.0,
        seeds=seeds,
    )
    return list(engine.draw(request, on_step))


def _timed(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    torch.cuda.synchronize()
    return (time.monotonic() - begun) * 1000


def _settled() -> int:
    """Bytes that torch holds on the device once what nobody uses is gone."""
    torch.cuda.synchronize()
    torch.cuda.empty_cache()
    return int(torch.cuda.memory_allocated())


def _giga(count: int) -> float:
    return round(count / 1e9, 2)
