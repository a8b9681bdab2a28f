"""The training set: rendered drawings with their concept and style, and the codes of the drawings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from generation.starter.codes import make_codes
from generation.starter.concepts import Concept, list_concepts
from generation.starter.config import Config
from generation.starter.drawings import Drawings, fetch

PICTURES, CONCEPTS = "pictures.npz", "concepts.json"


def build(config: Config, folder: Path) -> None:
    """Fetch, render and encode everything below `folder`. Fetched packages are kept there; the rest is made again."""
    packages = folder / "packages"
    drawn = {style: Drawings(fetch(config.sources[style], packages)) for style in config.styles}
    words = fetch(config.sources["words"], packages) / "en" / "data.json"
    concepts = list_concepts(words, config.concepts, [drawings.codes for drawings in drawn.values()])
    pixels = render_all(concepts, drawn, config.side)
    flat = torch.from_numpy(pixels).flatten(0, 1).permute(0, 3, 1, 2)
    codes = make_codes(over_white(flat.float() / 255), config.network["code_width"])
    np.savez(folder / PICTURES, pixels=pixels, codes=codes.reshape(*pixels.shape[:2], -1))
    listed = json.dumps([asdict(concept) for concept in concepts], ensure_ascii=False, indent=0)
    (folder / CONCEPTS).write_text(listed, "utf-8")


def render_all(concepts: list[Concept], drawn: dict[str, Drawings], side: int) -> np.ndarray:
    """(concepts, styles, side, side, 4) uint8 premultiplied; a drawing that a package lacks stays transparent."""
    pixels = np.zeros((len(concepts), len(drawn), side, side, 4), np.uint8)
    for row, concept in enumerate(tqdm(concepts, "drawings")):
        for column, drawings in enumerate(drawn.values()):
            if drawings.has(concept):
                pixels[row, column] = drawings.render(concept, side)
    return pixels


def read(folder: Path) -> tuple[np.ndarray, np.ndarray, list[Concept]]:
    """(pictures, codes, concepts) as `build` wrote them. Raises `FileNotFoundError` before it did."""
    stored = np.load(folder / PICTURES)
    rows = json.loads((folder / CONCEPTS).read_text("utf-8"))
    return stored["pixels"], stored["codes"], [Concept(r["code"], r["label"], tuple(r["tags"])) for r in rows]


def over_white(premultiplied: torch.Tensor) -> torch.Tensor:
    """Premultiplied (n, 4, h, w) 0..1 -> what the network draws: RGB over white and alpha, -1..1."""
    alpha = premultiplied[:, 3:]
    return torch.cat([premultiplied[:, :3] + 1 - alpha, alpha], 1) * 2 - 1
