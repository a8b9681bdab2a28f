"""The diffusion stage: the model draws every image at its native size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generation.pipeline.engines import DrawRequest, Engines, Loaded
from generation.pipeline.spec import GenerationSpec
from generation.pipeline.stage import Beat, Facts, Frame, Pool, Product, State
from generation.pipeline.stages.prompt import normalise


class Diffusion:
    """Draws `count` frames, each yielded as soon as it is finished.

    Facts: model, modelRevision, seed, inferenceSteps, cacheHit, loadMs, and note where the engine has something
    to say; it follows an earlier stage's.
    """

    name = "diffusion"
    pool: Pool = "gpu"
    time_limit_seconds = 540

    def applies_to(self, spec: GenerationSpec) -> bool:
        return True

    def run(self, state: State, spec: GenerationSpec, engines: Engines, beat: Beat) -> Iterator[Product]:
        beat(0, spec.steps * spec.count)
        loaded = engines.text_to_image(spec.model)
        request = _request(state, spec)
        for index, pixels in enumerate(loaded.engine.draw(request, beat)):
            yield Frame(index, pixels)
        yield Facts(_facts(spec, loaded) | _note(state, loaded.engine.notes(request)))


def _request(state: State, spec: GenerationSpec) -> DrawRequest:
    return DrawRequest(
        prompt=state.facts["finalPrompt"],
        negative_prompt=state.facts["finalNegativePrompt"],
        width=spec.native_width,
        height=spec.native_height,
        steps=spec.steps,
        guidance_scale=spec.guidance_scale,
        seeds=tuple(spec.image_seed(index) for index in range(spec.count)),
        subject=normalise(spec.prompt),
        style=spec.style,
        generation_type=spec.generation_type,
    )


def _note(state: State, said: list[str]) -> dict[str, str]:
    earlier = [state.facts["note"]] if "note" in state.facts else []
    return {"note": " ".join([*earlier, *said])} if said else {}


def _facts(spec: GenerationSpec, loaded: Loaded[Any]) -> dict[str, Any]:
    return {
        "model": spec.model,
        "modelRevision": spec.model_revision,
        "seed": spec.seed,
        "inferenceSteps": spec.steps,
        "cacheHit": loaded.cache_hit,
        "loadMs": loaded.load_ms,
    }
