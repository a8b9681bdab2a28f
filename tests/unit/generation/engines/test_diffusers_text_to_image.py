"""The adapter's own promises over any pipeline: progress in steps, memory given back, out of memory named."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from generation.engines.diffusers_text_to_image import DiffusersTextToImage
from generation.engines.libraries import diffusers
from generation.engines.tiny_networks import build_pipeline
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest
from generation.pipeline.stage import StageFailed, Stopped

ENTRY = ModelEntry(
    name="any",
    title="Any",
    adapter="",
    revision="1",
    native_side=64,
    licence="none",
    serves=("standard",),
    default_guidance=5.0,
    max_guidance=12.0,
)
REQUEST = DrawRequest("an apple", "", 64, 64, 4, None, (1, 2))


@pytest.fixture(scope="module")
def engine() -> DiffusersTextToImage:
    pipeline = build_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    return DiffusersTextToImage(pipeline, ENTRY)


def test_guidance_beyond_the_models_range_is_cut_and_told(engine: DiffusersTextToImage) -> None:
    pictures = [next(engine.draw(replace(REQUEST, guidance_scale=scale), lambda *call: None)) for scale in (12.0, 30.0)]
    assert (pictures[0] == pictures[1]).all()
    said = [engine.notes(replace(REQUEST, guidance_scale=scale)) for scale in (None, 12.0, 30.0)]
    assert said[:2] == [[], []] and "guidanceScale of 30" in said[2][0]


@pytest.mark.parametrize(
    "scheduler",
    [
        "DDIMScheduler",
        "EulerDiscreteScheduler",
        "HeunDiscreteScheduler",
        "PNDMScheduler",
        "DPMSolverMultistepScheduler",
        "UniPCMultistepScheduler",
    ],
)
def test_progress_is_counted_in_steps_whatever_the_scheduler_runs(scheduler: str) -> None:
    pipeline = build_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = getattr(diffusers, scheduler).from_config(pipeline.scheduler.config)
    calls: list[tuple[int, int]] = []
    engine = DiffusersTextToImage(pipeline, ENTRY)
    first = list(engine.draw(REQUEST, lambda *call: calls.append(call)))
    again = list(engine.draw(REQUEST, lambda *call: None))
    done = [call[0] for call in calls]
    assert {call[1] for call in calls} == {8}
    assert done == sorted(done)
    assert done[-1] == 8
    assert set(done) >= set(range(1, 9))
    assert all((one == other).all() for one, other in zip(first, again, strict=True))


def live_tensor_bytes() -> int:
    gc.collect()
    tensors = [thing for thing in gc.get_objects() if type(thing) is torch.Tensor]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def test_a_stopped_drawing_gives_its_memory_back_while_the_error_is_still_held(
    engine: DiffusersTextToImage,
) -> None:
    list(engine.draw(REQUEST, lambda done, total: None))
    before = live_tensor_bytes()
    during: list[int] = []

    def stop(done: int, total: int) -> None:
        if done == 6:
            during.append(live_tensor_bytes())
            raise Stopped

    with pytest.raises(Stopped) as held:
        list(engine.draw(REQUEST, stop))
    assert during[0] > before
    assert live_tensor_bytes() == before
    assert held.value is not None


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory"), None], ids=["python", "cuda", "cpu"]
)
def test_running_out_of_memory_is_worth_another_try(engine: DiffusersTextToImage, error: Exception | None) -> None:
    def exhaust(done: int, total: int) -> None:
        if error is not None:
            raise error
        torch.empty(2**60)

    with pytest.raises(StageFailed, match="out_of_memory") as caught:
        list(engine.draw(REQUEST, exhaust))
    assert caught.value.retryable
    assert len(list(engine.draw(REQUEST, lambda done, total: None))) == 2


def test_other_errors_of_a_step_are_passed_on_as_they_are(engine: DiffusersTextToImage) -> None:
    def fail(done: int, total: int) -> None:
        raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError, match="away"):
        list(engine.draw(REQUEST, fail))


def test_guidance_and_negative_prompt_change_the_picture(engine: DiffusersTextToImage) -> None:
    def draw(negative: str, guidance: float | None) -> Any:
        request = DrawRequest("an apple", negative, 64, 64, 4, guidance, (1,))
        return next(iter(engine.draw(request, lambda done, total: None)))

    usual = draw("", None)
    assert (draw("", 5.0) == usual).all()
    assert (draw("", 9.0) != usual).any()
    assert (draw("a house", None) != usual).any()


def test_its_size_is_that_of_its_weights(engine: DiffusersTextToImage, tiny_folder: Path) -> None:
    on_disk = sum(path.stat().st_size for path in tiny_folder.rglob("*.safetensors"))
    assert engine.memory_bytes == pytest.approx(on_disk, rel=0.02)
