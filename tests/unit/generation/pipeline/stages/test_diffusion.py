"""The diffusion stage asks for the right pictures and hands each on at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from generation.pipeline.engines import DrawRequest, Loaded
from generation.pipeline.stage import Facts, Frame, State, Stopped
from generation.pipeline.stages.diffusion import Diffusion
from tests.support.specs import make_spec

STATE = State({"finalPrompt": "an apple, in ink", "finalNegativePrompt": "colour"}, ())


class Recorder:
    """An engine that draws one grey level a seed and remembers what it was asked for."""

    def __init__(self, *said: str) -> None:
        self.request: DrawRequest | None = None
        self.drawn = 0
        self._said = list(said)

    def notes(self, request: DrawRequest) -> list[str]:
        return self._said

    def text_to_image(self, model: str) -> Loaded[Any]:
        return Loaded(self, cache_hit=False, load_ms=12)

    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        self.request = request
        total = request.steps * len(request.seeds)
        for index, seed in enumerate(request.seeds):
            for step in range(request.steps):
                on_step(index * request.steps + step + 1, total)
            self.drawn += 1
            yield np.full((request.height, request.width, 3), seed % 256, np.uint8)


def run(engines: Recorder, beat: Callable[[int, int], None], **changes: Any) -> Iterator[Any]:
    return Diffusion().run(STATE, make_spec(**changes), engines, beat)  # type: ignore[arg-type]  # a part of Engines


def test_the_request_holds_the_final_words_the_native_size_and_a_seed_an_image() -> None:
    engines = Recorder()
    list(
        run(
            engines,
            lambda step, steps: None,
            count=3,
            seed=2**32 - 2,
            guidance_scale=6.5,
            prompt="an  apple",
            style="line-art",
            generation_type="illustration",
        )
    )
    assert engines.request == DrawRequest(
        prompt="an apple, in ink",
        negative_prompt="colour",
        width=64,
        height=64,
        steps=2,
        guidance_scale=6.5,
        seeds=(2**32 - 2, 2**32 - 1, 0),
        subject="an apple",
        style="line-art",
        generation_type="illustration",
    )


def test_each_frame_comes_before_the_next_is_drawn_and_the_facts_come_last() -> None:
    engines = Recorder()
    products = run(engines, lambda step, steps: None, count=2)
    for index in range(2):
        frame = next(products)
        assert isinstance(frame, Frame)
        assert (frame.index, engines.drawn) == (index, index + 1)
    (facts,) = products
    assert facts == Facts(
        {"model": "tiny", "modelRevision": "1", "seed": 7, "inferenceSteps": 2, "cacheHit": False, "loadMs": 12}
    )


def test_the_beat_hears_of_every_step_and_can_stop_at_any() -> None:
    beats: list[tuple[int, int]] = []
    list(run(Recorder(), lambda step, steps: beats.append((step, steps)), count=2))
    assert beats == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]

    def stop(step: int, steps: int) -> None:
        if step == 3:
            raise Stopped

    engines = Recorder()
    with pytest.raises(Stopped):
        list(run(engines, stop, count=2))
    assert engines.drawn == 1


def test_what_the_engine_says_follows_the_note_of_an_earlier_stage() -> None:
    noted = State({**STATE.facts, "note": "One."}, ())
    engines: Any = Recorder("Two.", "Three.")
    *_, facts = Diffusion().run(noted, make_spec(), engines, lambda step, steps: None)
    assert isinstance(facts, Facts)
    assert facts.values["note"] == "One. Two. Three."
