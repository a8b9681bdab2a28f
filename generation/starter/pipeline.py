"""The pipeline: a prompt becomes a picture; loaded from and saved as a diffusers folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from generation.starter.codes import Codes
from generation.starter.colours import paint_background, recolour
from generation.starter.layout import place
from generation.starter.network import StarterNetwork
from generation.starter.sampling import sample
from generation.starter.vocabulary import Embedder, Vocabulary
from generation.starter.wishes import Thing, Wish, named_parts, read_wish, unwanted

INDEX = "model_index.json"
GRAIN = 9
"""Levels of 255 that count as grain and not as drawing."""
OnStep = Callable[[int, Tensor], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw besides the prompt: pixels, steps, strength of guidance, the style (None: the first), the seed."""

    width: int
    height: int
    steps: int
    guidance: float
    style: str | None
    negative_prompt: str
    seed: int


class StarterPipeline:
    """Draws one picture at a time, so that it depends on nothing but its own seed."""

    def __init__(self, network: StarterNetwork, codes: Codes, vocabulary: Vocabulary, embedder: Embedder) -> None:
        self.network, self.codes, self.vocabulary, self._embedder = network, codes, vocabulary, embedder

    @classmethod
    def from_pretrained(cls, folder: Path, embedder: Embedder) -> StarterPipeline:
        """Load the folder. Raises `OSError`, `ValueError` or `KeyError` when it is not whole."""
        network = StarterNetwork.from_pretrained(folder / "network", local_files_only=True, use_safetensors=True)
        return cls(network.to(torch.float32).eval(), Codes.load(folder), Vocabulary.load(folder), embedder)

    def save_pretrained(self, folder: Path) -> None:
        """Write the folder: half-precision safetensors, JSON, no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        self.network.to(torch.float16)
        self.network.save_pretrained(folder / "network", safe_serialization=True)  # type: ignore[operator]  # its base is untyped
        self.network.to(torch.float32)
        self.codes.save(folder)
        self.vocabulary.save(folder)
        parts = {"network": StarterNetwork, "codes": Codes, "vocabulary": Vocabulary}
        named = {name: [part.__module__, part.__name__] for name, part in parts.items()}
        index = {"_class_name": type(self).__name__, **named}
        (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", "utf-8")

    def read(self, prompt: str) -> Wish:
        """What a prompt asks for, and what there is to say about it."""
        return read_wish(prompt, self.vocabulary, self._embedder)

    @torch.inference_mode()
    def draw(self, wish: Wish, drawing: Drawing, on_step: OnStep = lambda done, latents: None) -> np.ndarray:
        """(height, width, 3) float 0..1; `on_step(done, latents)` after each of `drawing.steps`."""
        things = self.draw_things(wish, drawing, on_step)
        canvas = np.ones((drawing.height, drawing.width, 3), np.float32)
        if wish.background:
            canvas = paint_background(wish.background, drawing.width, drawing.height).copy()
        return place(things, canvas)

    def draw_things(self, wish: Wish, drawing: Drawing, on_step: OnStep) -> list[np.ndarray]:
        """Each thing as (side, side, 4) float 0..1, not premultiplied, in the colour asked for."""
        style = drawing.style or wish.style or self.codes.styles[0]
        generators = [torch.Generator().manual_seed(drawing.seed + 2**32 * at) for at in range(len(wish.things))]
        told = [
            self.codes.shaken(thing.row, style, random) for thing, random in zip(wish.things, generators, strict=True)
        ]
        instead = self._instead(drawing.negative_prompt, wish, style)
        pictures = sample(
            self.network, torch.stack(told), instead, generators, drawing.steps, drawing.guidance, on_step
        )
        return [_finish(picture, thing) for picture, thing in zip(pictures, wish.things, strict=True)]

    def ignored(self, negative_prompt: str, wish: Wish, *, guided: bool) -> list[str]:
        """The parts of a negative prompt that change nothing: all but the first thing it names, and that one too where
        it is drawn or nothing guides."""
        parts = named_parts(negative_prompt, self.vocabulary)
        used = next((at for at, (_, row) in enumerate(parts) if row is not None), None)
        if used is not None and (not guided or any(thing.row == parts[used][1] for thing in wish.things)):
            used = None
        return [part for at, (part, _) in enumerate(parts) if at != used]

    def _instead(self, negative_prompt: str, wish: Wish, style: str) -> Tensor:
        """What guidance leads away from: the thing that the negative prompt names, or nothing told."""
        row = unwanted(negative_prompt, self.vocabulary)
        if row is None or any(thing.row == row for thing in wish.things):
            return torch.zeros(len(wish.things), self.codes.width)
        return self.codes.plain(row, style).expand(len(wish.things), -1)


def _finish(picture: Tensor, thing: Thing) -> np.ndarray:
    """Network's output (RGB over white, alpha; -1..1) -> RGBA 0..1; what is nearly clear or solid becomes so."""
    values = ((picture + 1) / 2).permute(1, 2, 0).numpy()
    alpha = np.clip((values[..., 3:] - 0.08) / 0.84, 0, 1)
    colours = np.clip((_calm(values[..., :3]) - (1 - alpha)) / np.maximum(alpha, 0.05), 0, 1)
    drawing = np.concatenate([colours, alpha], -1).astype(np.float32)
    return recolour(drawing, thing.colour) if thing.colour else drawing


def _calm(colours: np.ndarray) -> np.ndarray:
    """The colours without the grain that the network leaves on plain areas (non-local means, Buades et al. 2005)."""
    levels = np.rint(np.clip(colours, 0, 1) * 255).astype(np.uint8)
    return cv2.fastNlMeansDenoisingColored(levels, None, GRAIN, GRAIN, 3, 9).astype(np.float32) / 255
