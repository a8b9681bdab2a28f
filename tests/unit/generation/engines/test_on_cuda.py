"""What only a GPU can show. Skipped where there is none; the contract suites run on whatever device there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from generation.engines.cache import EngineCache
from generation.engines.diffusers_text_to_image import DiffusersTextToImage, load
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest
from generation.pipeline.stage import StageFailed

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
MEBIBYTE = 1024 * 1024


@pytest.fixture
def engine(tiny_folder: Path) -> Iterator[DiffusersTextToImage]:
    yield load(entry(), tiny_folder.parent)
    torch.cuda.empty_cache()


def entry(name: str = "tiny") -> ModelEntry:
    return ModelEntry(
        name=name,
        title=name,
        adapter="",
        revision="1",
        native_side=64,
        licence="none",
        serves=("standard",),
        folder="tiny",
        default_guidance=5.0,
    )


def request(*seeds: int, side: int = 64) -> DrawRequest:
    return DrawRequest("a red apple", "", side, side, 4, None, seeds or (1,))


def quiet(done: int, total: int) -> None:
    pass


def held() -> int:
    torch.cuda.synchronize()
    return int(torch.cuda.memory_allocated())


def parts(engine: DiffusersTextToImage) -> list[torch.nn.Module]:
    pipeline: Any = engine._pipeline
    return [pipeline.unet, pipeline.vae, pipeline.text_encoder]


def test_all_weights_are_on_the_device_in_half_precision(engine: DiffusersTextToImage) -> None:
    weights = [weight for part in parts(engine) for weight in part.parameters()]
    assert {weight.device.type for weight in weights} == {"cuda"}
    assert {weight.dtype for weight in weights} <= {torch.bfloat16, torch.float16}
    assert engine.memory_bytes <= held()


def test_loaded_again_it_draws_the_same_pixels(engine: DiffusersTextToImage, tiny_folder: Path) -> None:
    again = load(entry(), tiny_folder.parent)
    for one, other in zip(engine.draw(request(1, 2), quiet), again.draw(request(1, 2), quiet), strict=True):
        assert np.array_equal(one, other)


def test_an_engine_that_leaves_gives_its_memory_back(tiny_folder: Path) -> None:
    before = held()
    cache = EngineCache[DiffusersTextToImage](capacity_bytes=1)
    for name in ("one", "two", "one"):
        list(cache.get(name, lambda: load(entry(), tiny_folder.parent)).engine.draw(request(), quiet))
        assert cache.keys() == [name]
    assert held() - before < 1.5 * cache.held_bytes + MEBIBYTE


def test_a_cancelled_drawing_leaves_nothing_on_the_device(engine: DiffusersTextToImage) -> None:
    list(engine.draw(request(), quiet))
    before = held()

    def cancel(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(engine.draw(request(side=512), cancel))
    assert held() - before < MEBIBYTE


def test_a_picture_too_large_for_the_device_is_refused_and_the_next_one_drawn(engine: DiffusersTextToImage) -> None:
    list(engine.draw(request(), quiet))
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 64 * MEBIBYTE) / total)
    try:
        with pytest.raises(StageFailed, match="out_of_memory") as caught:
            list(engine.draw(request(side=2048), quiet))
        assert caught.value.retryable
        assert len(list(engine.draw(request(), quiet))) == 1
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
