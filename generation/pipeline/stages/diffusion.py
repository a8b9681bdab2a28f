"""The diffusion stage: the model draws every image at its native size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from generation.pipeline.engines import DrawRequest, Engines, Loaded
from generation.pipeline.spec import Shot, Spec
from generation.pipeline.stage import Beat, Facts, Frame, Pool, Product, State
from generation.pipeline.stages.prompt import final_words, normalise


class Diffusion:
    """Draws a frame a shot, each yielded as soon as it is finished. Shots that differ in their seeds alone are one
    request to the engine.

    Facts: model, modelRevision, seed, inferenceSteps, cacheHit, loadMs, and note where the engine has something
    to say; it follows an earlier stage's.
    """

    name = "diffusion"
    pool: Pool = "gpu"
    time_limit_seconds = 540

    def applies_to(self, spec: Spec) -> bool:
        return True

    def run(self, state: State, spec: Spec, engines: Engines, beat: Beat) -> Iterator[Product]:
        beat(0, spec.steps * spec.count)
        loaded = engines.text_to_image(spec.model)
        notes: list[str] = []
        done = 0
        for shots in _alike(spec):
            request = _request(state, spec, shots)
            on_step = _counting_on(beat, done * spec.steps, spec.count * spec.steps)
            for shot, pixels in zip(shots, loaded.engine.draw(request, on_step), strict=True):
                yield Frame(shot.index, pixels)
            notes += [note for note in loaded.engine.notes(request) if note not in notes]
            done += len(shots)
        yield Facts(_facts(spec, loaded) | _note(state, notes))


def _alike(spec: Spec) -> list[list[Shot]]:
    """Neighbouring shots that differ in their seeds alone."""
    plain = groupby(spec.shots, key=lambda shot: replace(shot, index=0, role="", seed=0))
    return [list(shots) for _, shots in plain]


def _counting_on(beat: Beat, before: int, total: int) -> Beat:
    """The beat of one request, counted over the steps of all of them."""
    return lambda done, _: beat(before + done, total)


def _request(state: State, spec: Spec, shots: list[Shot]) -> DrawRequest:
    shot = shots[0]
    prompt, negative_prompt = final_words(state.facts, shot.index)
    return DrawRequest(
        prompt=prompt,
        negative_prompt=negative_prompt,
        width=shot.native_width,
        height=shot.native_height,
        steps=spec.steps,
        guidance_scale=spec.guidance_scale,
        seeds=tuple(one.seed for one in shots),
        subject=normalise(shot.prompt),
        unwanted=normalise(shot.negative_prompt),
        style=spec.style,
        generation_type=spec.generation_type,
    )


def _note(state: State, notes: list[str]) -> dict[str, str]:
    earlier = [state.facts["note"]] if "note" in state.facts else []
    return {"note": " ".join([*earlier, *notes])} if notes else {}


def _facts(spec: Spec, loaded: Loaded[Any]) -> dict[str, Any]:
    return {
        "model": spec.model,
        "modelRevision": spec.model_revision,
        "seed": spec.seed,
        "inferenceSteps": spec.steps,
        "cacheHit": loaded.cache_hit,
        "loadMs": loaded.load_ms,
    }
