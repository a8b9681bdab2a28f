"""The judge: a small classifier of drawings that learned from other styles than those that ship."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generation.starter.config import Config
from generation.starter.dataset import read, render_all
from generation.starter.drawings import Drawings, fetch

PICTURES, WEIGHTS = "judge.npz", "judge.pt"
BATCH, SIDE = 96, 48


class Judge(nn.Module):
    """Names the thing of a (n, 3, 64, 64) picture -1..1."""

    def __init__(self, things: int) -> None:
        super().__init__()
        widths = (3, 32, 64, 128, 256)
        steps: list[nn.Module] = []
        for narrow, wide in zip(widths, widths[1:], strict=False):
            steps += [nn.Conv2d(narrow, wide, 3, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU()]
        self.look = nn.Sequential(*steps, nn.Conv2d(256, 256, 3, 1, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU())
        self.thing = nn.Linear(256 * 9, things)

    def forward(self, picture: Tensor) -> Tensor:
        """(n, things) as logits."""
        seen = self.look(functional.interpolate(picture, SIDE, mode="area"))
        named: Tensor = self.thing(functional.dropout(seen.flatten(1), 0.3, self.training))
        return named


def build(config: Config, folder: Path) -> None:
    """Render the drawings of the other styles; a drawing that a package lacks stays empty."""
    _, _, concepts = read(folder)
    drawn = {name: Drawings(fetch(package, folder / "packages")) for name, package in config.judge_sources.items()}
    np.savez(folder / PICTURES, pixels=render_all(concepts, drawn, config.side))


def train(config: Config, folder: Path, minutes: float) -> float:
    """Train for `minutes`, going on from the weights in `folder`; the share of real drawings that it names right.

    It learns the things from the other styles and from the shipped drawings turned, shrunk and recoloured, and is
    tested on the shipped drawings as they are.
    """
    torch.manual_seed(config.seed)
    real, _, concepts = read(folder)
    pictures, thing = _material(real, np.load(folder / PICTURES)["pixels"])
    judge = load(folder, len(concepts)).train() if (folder / WEIGHTS).is_file() else Judge(len(concepts))
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.05)
    begun, ends = time.monotonic(), time.monotonic() + 60 * minutes
    with tqdm(desc="judge", unit=" pictures") as bar:
        while (now := time.monotonic()) < ends:
            optimiser.param_groups[0]["lr"] = 2e-3 * max(0.02, 1 - (now - begun) / (ends - begun))
            chosen = torch.randint(len(pictures), (BATCH,))
            named = judge(disturb(on_white(pictures[chosen])))
            loss = functional.cross_entropy(named, thing[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            bar.update(BATCH)
    torch.save(judge.state_dict(), folder / f"{WEIGHTS}.new")
    os.replace(folder / f"{WEIGHTS}.new", folder / WEIGHTS)
    return measure(judge.eval(), real)


def load(folder: Path, things: int) -> Judge:
    """The judge that `train` kept. Raises `FileNotFoundError` before it did."""
    judge = Judge(things)
    judge.load_state_dict(torch.load(folder / WEIGHTS, weights_only=True))
    return judge.eval()


@torch.inference_mode()
def measure(judge: Judge, real: np.ndarray) -> float:
    """Share of the real drawings, undisturbed, whose thing it names right."""
    flat = torch.from_numpy(real).flatten(0, 1).permute(0, 3, 1, 2)
    named = torch.cat([judge(on_white(part)).argmax(1) for part in flat.split(BATCH)])
    return float((named == torch.arange(len(real)).repeat_interleave(real.shape[1])).float().mean())


def on_white(premultiplied: Tensor) -> Tensor:
    """(n, 4, h, w) uint8 -> (n, 3, h, w) -1..1."""
    values = premultiplied.float() / 255
    return (values[:, :3] + 1 - values[:, 3:]) * 2 - 1


def disturb(pictures: Tensor) -> Tensor:
    """Turned, moved, scaled, recoloured, blurred and noisy: as no drawing that it will be shown."""
    count = len(pictures)
    turn, scale = (torch.rand(count) - 0.5) * 0.5, 0.9 + 0.35 * torch.rand(count)
    cosine, sine = torch.cos(turn) * scale, torch.sin(turn) * scale
    move = (torch.rand(2, count) - 0.5) * 0.25
    table = torch.stack([torch.stack([cosine, -sine, move[0]], 1), torch.stack([sine, cosine, move[1]], 1)], 1)
    places = functional.affine_grid(table, list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures - 1, places, align_corners=False) + 1
    mixed = moved + 0.25 * torch.randn(count, 3, 1, 1) * (1 - moved) * 0.5
    grain = 0.15 * torch.rand(count, 1, 1, 1) * torch.randn_like(mixed)
    soft = functional.avg_pool2d(mixed, 3, 1, 1)
    return torch.where(torch.rand(count, 1, 1, 1) < 0.3, soft, mixed) + grain


def _material(real: np.ndarray, other: np.ndarray) -> tuple[Tensor, Tensor]:
    """(pictures, things) of every drawing there is."""
    everything = np.concatenate([real, other], 1)
    place = np.argwhere(everything[..., 3].any(axis=(2, 3)))
    pictures = torch.from_numpy(everything[place[:, 0], place[:, 1]]).permute(0, 3, 1, 2).contiguous()
    return pictures, torch.from_numpy(place[:, 0])
