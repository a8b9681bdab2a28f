"""Codes of drawings: what the network is told to draw, a few hundred numbers a thing and style."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

FOLDER, FILE, STYLES = "codes", "codes.safetensors", "styles.json"
SHAKE = 0.1
"""How far a seed shakes a code: pictures of two seeds differ, and still show the thing."""


class Codes:
    """The codes of every thing in every style."""

    def __init__(self, table: torch.Tensor, styles: tuple[str, ...]) -> None:
        self.styles, self.width = styles, table.shape[-1]
        self._table = table

    def plain(self, row: int, style: str) -> torch.Tensor:
        """(width,) of the thing in `row`. Raises `ValueError` for a style it does not know."""
        if style not in self.styles:
            raise ValueError(f"There is no style {style!r}. Known: {', '.join(self.styles)}.")
        return self._table[row, self.styles.index(style)]

    def shaken(self, row: int, style: str, random: torch.Generator) -> torch.Tensor:
        """The code as `random` shakes it."""
        return self.plain(row, style) + SHAKE * torch.randn(self.width, generator=random)

    def save(self, folder: Path) -> None:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        save_file({"codes": self._table.half().contiguous()}, folder / FOLDER / FILE)
        (folder / FOLDER / STYLES).write_text(json.dumps(self.styles) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Codes:
        """Read what `save` wrote. Raises `OSError`, `ValueError` or `KeyError` for a damaged folder."""
        table = load_file(folder / FOLDER / FILE)["codes"].float()
        return cls(table, tuple(json.loads((folder / FOLDER / STYLES).read_text("utf-8"))))


def make_codes(pictures: torch.Tensor, width: int) -> np.ndarray:
    """(n, width) float32 codes of (n, channels, side, side) pictures, their mean square 1.

    The first principal components (Pearson 1901), each divided by the root of its spread: the silhouette weighs most
    and details are still heard.
    """
    flat = pictures.flatten(1)
    centred = flat - flat.mean(0)
    strengths, directions = torch.linalg.eigh(centred @ centred.T)
    strengths, directions = strengths.flip(0)[:width], directions.flip(1)[:, :width]
    codes = directions * strengths.clamp(min=0).sqrt().sqrt()
    scaled: np.ndarray = (codes / codes.square().mean().sqrt()).numpy().astype(np.float32)
    return scaled
