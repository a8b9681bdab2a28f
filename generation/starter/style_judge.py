"""The judge of styles: a small classifier that sees shades and lines, whatever thing is drawn."""

from __future__ import annotations

import os
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generation.starter.config import Config
from generation.starter.dataset import read
from generation.starter.judge import on_white

WEIGHTS = "style-judge.pt"
BATCH = 96


class StyleJudge(nn.Module):
    """Names the style of a (n, 3, 64, 64) picture -1..1."""

    def __init__(self, styles: int) -> None:
        super().__init__()
        widths = (3, 32, 64, 128)
        steps: list[nn.Module] = []
        for narrow, wide in zip(widths, widths[1:], strict=False):
            steps += [
                nn.Conv2d(narrow, wide, 5 if narrow == 3 else 3, 2, 1, bias=False),
                nn.BatchNorm2d(wide),
                nn.ReLU(),
            ]
        self.look, self.style = nn.Sequential(*steps), nn.Linear(2 * widths[-1], styles)

    def forward(self, picture: Tensor) -> Tensor:
        """(n, styles) as logits."""
        seen = self.look(picture)
        named: Tensor = self.style(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1))
        return named


def train(config: Config, folder: Path, minutes: float) -> float:
    """Train for `minutes` on disturbed drawings, going on from the weights in `folder`, and keep them.

    Returns the share of the real drawings, undisturbed, whose style it names right.
    """
    torch.manual_seed(config.seed)
    pictures, style = _material(folder)
    judge = load(config, folder).train() if (folder / WEIGHTS).is_file() else StyleJudge(len(config.styles))
    optimiser = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.05)
    begun, ends = time.monotonic(), time.monotonic() + 60 * minutes
    with tqdm(desc="judge of styles", unit=" pictures") as bar:
        while (now := time.monotonic()) < ends:
            optimiser.param_groups[0]["lr"] = 2e-3 * max(0.02, 1 - (now - begun) / (ends - begun))
            chosen = torch.randint(len(pictures), (BATCH,))
            loss = functional.cross_entropy(judge(roughen(pictures[chosen])), style[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            bar.update(BATCH)
    torch.save(judge.state_dict(), folder / f"{WEIGHTS}.new")
    os.replace(folder / f"{WEIGHTS}.new", folder / WEIGHTS)
    return measure(judge.eval(), folder)


def load(config: Config, folder: Path) -> StyleJudge:
    """The judge that `train` kept. Raises `FileNotFoundError` before it did."""
    judge = StyleJudge(len(config.styles))
    judge.load_state_dict(torch.load(folder / WEIGHTS, weights_only=True))
    return judge.eval()


@torch.inference_mode()
def measure(judge: StyleJudge, folder: Path) -> float:
    """Share of the real drawings, undisturbed, whose style it names right."""
    pictures, style = _material(folder)
    named = torch.cat([judge(part).argmax(1) for part in pictures.split(BATCH)])
    return float((named == style).float().mean())


def roughen(pictures: Tensor) -> Tensor:
    """Moved, mirrored, softened, blotched and grainy by chance: drawn by a hand less sure than the real one."""
    count, _, height, width = pictures.shape
    down, right = (int(move) for move in torch.randint(-4, 5, (2,)))
    moved = functional.pad(pictures, (4, 4, 4, 4), value=1.0)
    moved = moved[..., 4 + down : 4 + down + height, 4 + right : 4 + right + width]
    turned = torch.where(torch.rand(count, 1, 1, 1) < 0.5, moved.flip(3), moved)
    softness = torch.rand(count, 1, 1, 1)
    soft = softness * functional.avg_pool2d(turned, 3, 1, 1, count_include_pad=False) + (1 - softness) * turned
    blotches = functional.interpolate(torch.randn(count, 3, height // 4, width // 4), (height, width), mode="bilinear")
    grain = torch.randn_like(soft)
    inside = (soft < 0.97).float()
    strength = torch.rand(2, count, 1, 1, 1)
    return soft + inside * (0.12 * strength[0] * blotches + 0.12 * strength[1] * grain)


def _material(folder: Path) -> tuple[Tensor, Tensor]:
    """(pictures on white, style numbers) of all shipped drawings."""
    real, _, _ = read(folder)
    things, styles = real.shape[:2]
    pictures = on_white(torch.from_numpy(real).flatten(0, 1).permute(0, 3, 1, 2))
    return pictures, torch.arange(styles).repeat(things)
