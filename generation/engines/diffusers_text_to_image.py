"""Any text-to-image pipeline of diffusers, from a local folder or from a hub id with a pinned commit."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from generation.engines.diffusers_loading import count_bytes, find_folder, read_pipeline
from generation.engines.failures import reported_failures
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest
from generation.pipeline.stage import StageFailed

FLAT_RANGE = 2
"""A picture whose channels all vary by no more than this many of 255 levels shows nothing."""

OnStep = Callable[[int, int], None]


def load(entry: ModelEntry, models_dir: Path) -> DiffusersTextToImage:
    """The engine of `entry`.

    Raises `StageFailed`: model_broken, or model_unavailable and out_of_memory, which are retryable.
    """
    with reported_failures():
        pipeline = read_pipeline(find_folder(entry, models_dir), entry)
        return DiffusersTextToImage(pipeline, entry)


class DiffusersTextToImage:
    """Draws one image at a time, never in batches: another batch size means other kernels and other pixels.

    A pipeline is not safe for threads: one image is drawn at a time, other threads wait for it.
    """

    def __init__(self, pipeline: Any, entry: ModelEntry) -> None:
        self.memory_bytes = count_bytes(pipeline)
        self._pipeline = pipeline
        self._scheduler = pipeline.scheduler
        self._accepted = set(inspect.signature(pipeline.__call__).parameters)
        self._entry = entry
        self._lock = threading.Lock()
        _watch_decoder(pipeline)

    def draw(self, request: DrawRequest, on_step: OnStep) -> Iterator[np.ndarray]:
        """Yield one (height, width, 3) uint8 RGB array a seed; `on_step(done, total)` after every step.

        Raises `StageFailed`: nan_output, flat_output, wrong_size, out_of_memory (retryable). What `on_step`
        raises is passed on after the memory of the unfinished image was released.
        """
        total = request.steps * len(request.seeds)
        for index, seed in enumerate(request.seeds):
            report = _StepReport(on_step, index * request.steps, request.steps, total)
            with self._lock, reported_failures():
                pixels = self._draw_one(request, seed, report)
            yield pixels

    def notes(self, request: DrawRequest) -> list[str]:
        """Where it draws with less guidance than was asked for."""
        return self._entry.guidance_notes(request.guidance_scale)

    def _draw_one(self, request: DrawRequest, seed: int, report: _StepReport) -> np.ndarray:
        # A scheduler keeps the state of its last run, so each image gets a fresh one.
        self._pipeline.scheduler = type(self._scheduler).from_config(self._scheduler.config)
        output = self._pipeline(**self._arguments(request, seed, report)).images[0]
        return _checked_pixels(output, request.width, request.height)

    def _arguments(self, request: DrawRequest, seed: int, report: _StepReport) -> dict[str, Any]:
        """What this pipeline accepts of the request; the noise is drawn on the CPU, equal on every device."""
        guidance = self._entry.guidance(request.guidance_scale)
        wanted = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt or None,
            "width": request.width,
            "height": request.height,
            "num_inference_steps": request.steps,
            "guidance_scale": guidance,
            "generator": torch.Generator("cpu").manual_seed(seed),
            "output_type": "np",
            "callback_on_step_end": report,
        }
        return {key: value for key, value in wanted.items() if key in self._accepted and value is not None}


class _StepReport:
    """The callback of one image: checks the latents and reports done steps out of all images' steps.

    Some schedulers run more rounds than steps (Heun: two a step), so rounds are scaled to steps.
    """

    def __init__(self, on_step: OnStep, done_before: int, steps: int, total: int) -> None:
        self._on_step, self._done_before, self._steps, self._total = (on_step, done_before, steps, total)

    def __call__(self, pipeline: Any, index: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        latents = tensors.get("latents")
        if latents is not None:
            _require_finite(latents)
        done = (index + 1) * self._steps // max(getattr(pipeline, "num_timesteps", self._steps), index + 1)
        self._on_step(self._done_before + done, self._total)
        return {}


def _watch_decoder(pipeline: Any) -> None:
    """Check what the autoencoder paints before it is clipped to 0..1: infinity would pass as white."""
    decoder = getattr(getattr(pipeline, "vae", None), "decoder", None)
    if isinstance(decoder, torch.nn.Module):
        decoder.register_forward_hook(_check_decoded)


def _check_decoded(module: torch.nn.Module, inputs: Any, output: Any) -> None:
    _require_finite(output)


def _require_finite(tensor: Any) -> None:
    if isinstance(tensor, torch.Tensor) and not torch.isfinite(tensor).all():
        raise StageFailed("nan_output", "The model produced numbers that are not a picture.")


def _checked_pixels(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """(h, w, 3) float 0..1 -> (height, width, 3) uint8, or `StageFailed` where it is no such picture."""
    if not np.isfinite(picture).all():
        raise StageFailed("nan_output", "The model produced numbers that are not a picture.")
    if picture.shape != (height, width, 3):
        raise StageFailed("wrong_size", f"The model cannot draw {width}x{height} pixels.")
    pixels: np.ndarray = np.rint(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)
    if int(np.ptp(pixels, axis=(0, 1)).max()) <= FLAT_RANGE:
        raise StageFailed("flat_output", "The model drew a picture of one colour.")
    return pixels
