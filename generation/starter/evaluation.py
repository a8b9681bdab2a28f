"""The figures of the starter model, each measured as the model card says."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm import tqdm

from generation.starter import card, probes, style_judge
from generation.starter.colours import main_hue
from generation.starter.config import Config
from generation.starter.dataset import read
from generation.starter.export import MODEL
from generation.starter.grid import sheet
from generation.starter.judge import Judge, load, measure, on_white
from generation.starter.pipeline import Drawing, StarterPipeline
from generation.starter.sentences import shared_sentences
from generation.starter.wishes import Thing, Wish

THINGS, SEEDS = 200, (1, 2)
GRID_COLOURS = 255
HUE_TOLERANCE = 30
"""Degrees either way."""


class Evaluation:
    """The shipped model, the judge, and the drawings both are compared with."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.config = config
        self.real, _, concepts = read(folder)
        self.pipeline = StarterPipeline.from_pretrained(MODEL, shared_sentences())
        self.judge: Judge = load(folder, len(concepts))
        self.style_judge = style_judge.load(config, folder)
        self.known = on_white(torch.from_numpy(self.real).flatten(0, 1).permute(0, 3, 1, 2)).flatten(1)

    def draw(self, wish: Wish, style: str, seed: int) -> np.ndarray:
        """(side, side, 3) 0..1 as a client gets it before the upscaler."""
        side, rule = self.config.side, self.config.drawing
        return self.pipeline.draw(wish, Drawing(side, side, int(rule["steps"]), rule["guidance"], style, "", seed))

    def look(self, pictures: list[np.ndarray]) -> torch.Tensor:
        """The things that the judge sees, as logits."""
        with torch.inference_mode():
            return self.judge(_tensor(pictures))

    def things(self) -> dict[str, float]:
        """Top-1, top-5 and style of things times styles; and how seeds and drawings differ."""
        rows = np.random.default_rng(self.config.seed).permutation(len(self.real))[:THINGS]
        orders = [(int(row), style, seed) for row in rows for style in self.config.styles for seed in SEEDS]
        pictures = [self.draw(Wish([Thing(row, None)]), style, seed) for row, style, seed in tqdm(orders, "things")]
        wanted = torch.tensor([row for row, _, _ in orders])
        best = self.look(pictures).topk(5, dim=1).indices
        style = torch.tensor([self.config.styles.index(style) for _, style, _ in orders])
        with torch.inference_mode():
            hits = self.style_judge(_tensor(pictures)).argmax(1) == style
        return {
            "top-1": _share(best[:, 0] == wanted),
            "top-5": _share((best == wanted[:, None]).any(1)),
            "style": _share(hits),
            **{f"style {name}": _share(hits[style == at]) for at, name in enumerate(self.config.styles)},
            **self._likeness(pictures, wanted, style),
        }

    def colours(self) -> float:
        """Share of coloured things whose main hue is the one asked for."""
        obeyed = []
        for thing in tqdm(probes.COLOURED, "colours"):
            for colour, hue in probes.COLOURS.items():
                picture = self.draw(self.pipeline.read(f"a {colour} {thing}"), self.config.styles[0], 1)
                hsv = cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2HSV)
                away = (main_hue(hsv[..., 0], hsv[..., 1] * hsv[..., 2]) - hue + 180) % 360 - 180
                obeyed.append(abs(away) <= HUE_TOLERANCE)
        return float(np.mean(obeyed))

    def pairs(self) -> float:
        """Share of two-thing prompts of which the judge finds both in its top 5, looking at the left and the right."""
        found = []
        for prompt in tqdm(probes.PAIRS, "pairs"):
            wish = self.pipeline.read(prompt)
            picture = self.draw(wish, self.config.styles[0], 1)
            size, side = round(len(picture) * 0.62), self.config.side
            top = (side - size) // 3
            halves = [picture[top : top + size, :size], picture[side - size - top : side - top, -size:]]
            named = self.look([cv2.resize(half, (side, side), interpolation=cv2.INTER_CUBIC) for half in halves])
            best = [set(row.tolist()) for row in named.topk(5, dim=1).indices]
            rows = [thing.row for thing in wish.things]
            found.append(len(rows) == 2 and rows[0] in best[0] and rows[1] in best[1])
        return float(np.mean(found))

    def paraphrases(self, listed: dict[str, str]) -> float:
        """Share of `listed` paraphrases that reach a thing of the right name."""
        reached = []
        for prompt, names in listed.items():
            label = self.pipeline.vocabulary.concepts[self.pipeline.read(prompt).things[0].row].label
            reached.append(bool(set(label.split()) & set(names.split())))
        return float(np.mean(reached))

    def grid(self, file: Path) -> None:
        """The 48 prompts in three styles by turns."""
        styles = self.config.styles
        pictures = [
            self.draw(wish, wish.style or styles[at % len(styles)], 1)
            for at, wish in enumerate(map(self.pipeline.read, tqdm(probes.GRID, "grid")))
        ]
        sheet(pictures, columns=8, names=probes.GRID).quantize(GRID_COLOURS).save(file, optimize=True)

    def _likeness(self, pictures: list[np.ndarray], thing: torch.Tensor, style: torch.Tensor) -> dict[str, float]:
        """Root mean squares, 0..1: between two seeds, to the nearest real drawing; and how often it is its own."""
        drawn = _tensor(pictures).flatten(1)
        gaps = torch.cdist(drawn, self.known) / 2 / drawn.shape[1] ** 0.5
        seeds = (drawn[0::2] - drawn[1::2]).square().mean(1).sqrt() / 2
        own = thing * len(self.config.styles) + style
        return {
            "between seeds": round(float(seeds.mean()), 3),
            "to the nearest real drawing": round(float(gaps.min(1).values.mean()), 3),
            "nearest is its own": _share(gaps.argmin(1) == own),
        }


def evaluate(config: Config, folder: Path, picture: Path) -> dict[str, float]:
    """Every figure of the shipped model, into its card too; the grid goes to `picture`.

    Raises `FileNotFoundError` without judges.
    """
    evaluation = Evaluation(config, folder)
    figures = {
        "judge": measure(evaluation.judge, evaluation.real),
        "style judge": style_judge.measure(evaluation.style_judge, folder),
        **evaluation.things(),
        "colours": evaluation.colours(),
        "pairs": evaluation.pairs(),
        "paraphrases": evaluation.paraphrases(probes.PARAPHRASES),
        "other paraphrases": evaluation.paraphrases(probes.OTHER_PARAPHRASES),
    }
    evaluation.grid(picture)
    rounded = {name: round(value, 3) for name, value in figures.items()}
    card.write(rounded, THINGS * len(config.styles), len(SEEDS))
    return rounded


def _tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2) * 2 - 1


def _share(hits: torch.Tensor) -> float:
    return float(hits.float().mean())
