"""The network: a transformer over the patches of one small picture, told a code of what to draw and the time."""

from __future__ import annotations

import math

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 4
"""Red, green, blue over white, and alpha; each -1..1."""
TIME_WAVES = 64
REFINED = 24


class Block(nn.Module):
    """Attention and a feed-forward layer, each shifted, scaled and gated by what is to be drawn."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attend, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.tuning = nn.Parameter(torch.zeros(6 * width))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)

    def forward(self, tokens: Tensor, wanted: Tensor) -> Tensor:
        shift, scale, gate, shift_2, scale_2, gate_2 = (wanted + self.tuning)[:, None].chunk(6, -1)
        tokens = tokens + gate * self._attention(self.norm(tokens) * (1 + scale) + shift)
        hidden = functional.gelu(self.widen(self.norm(tokens) * (1 + scale_2) + shift_2), approximate="tanh")
        return tokens + gate_2 * self.narrow(hidden)

    def _attention(self, tokens: Tensor) -> Tensor:
        batch, count, width = tokens.shape
        parts = self.attend(tokens).reshape(batch, count, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.mix(mixed.transpose(1, 2).reshape(batch, count, width))


class StarterNetwork(ModelMixin, nn.Module, ConfigMixin):
    """Predicts the finished picture from a noisy one (flow matching, x-prediction; after Lipman et al. 2023).

    The code reaches every patch directly (`place`) and every block by its shifts, scales and gates. A code of zeros
    means "not told".
    """

    @register_to_config
    def __init__(self, width: int, blocks: int, heads: int, patch: int, code_width: int, side: int) -> None:
        super().__init__()
        self.side, self.patch, self.grid = side, patch, side // patch
        inner = CHANNELS * patch * patch
        self.enter = nn.Sequential(nn.Linear(inner, width // 2, bias=False), nn.Linear(width // 2, width))
        self.position = nn.Parameter(torch.randn(1, self.grid**2, width) * 0.02)
        self.time = nn.Sequential(nn.Linear(2 * TIME_WAVES, width), nn.SiLU(), nn.Linear(width, width))
        self.told = nn.Sequential(nn.Linear(code_width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))
        self.place = nn.Linear(code_width, self.grid**2 * width)
        self.steer = nn.Linear(width, 6 * width)
        self.layers = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm, self.last = nn.LayerNorm(width, elementwise_affine=False), nn.Linear(width, 2 * width)
        self.leave = nn.Linear(width, inner)
        self.refine = nn.Sequential(
            nn.Conv2d(8 * CHANNELS, REFINED, 3, padding=1), nn.GELU(), nn.Conv2d(REFINED, 4 * CHANNELS, 3, padding=1)
        )
        for silent in (self.steer, self.last, self.refine[-1]):
            for weight in silent.parameters():
                nn.init.zeros_(weight)

    def forward(self, noisy: Tensor, time: Tensor, code: Tensor) -> Tensor:
        """(n, 4, side, side) picture for a noisy one at `time` 0 (noise) to 1, as its (n, code_width) code says."""
        waves = torch.exp(-math.log(1e4) * torch.arange(TIME_WAVES, device=time.device) / TIME_WAVES)
        angles = 1000 * time[:, None] * waves
        wanted = functional.silu(self.told(code) + self.time(torch.cat([angles.cos(), angles.sin()], 1)))
        steered = self.steer(wanted)
        tokens = self.enter(self._patches(noisy)) + self.position
        tokens = tokens + self.place(code).reshape(len(noisy), self.grid**2, -1)
        for block in self.layers:
            tokens = block(tokens, steered)
        shift, scale = self.last(wanted)[:, None].chunk(2, -1)
        drawn = self._picture(self.leave(self.norm(tokens) * (1 + scale) + shift))
        near = functional.pixel_unshuffle(torch.cat([drawn, noisy], 1), 2)
        return drawn + functional.pixel_shuffle(self.refine(near), 2)

    def _patches(self, picture: Tensor) -> Tensor:
        return functional.pixel_unshuffle(picture, self.patch).flatten(2).transpose(1, 2)

    def _picture(self, tokens: Tensor) -> Tensor:
        grid = tokens.transpose(1, 2).unflatten(2, (self.grid, self.grid))
        return functional.pixel_shuffle(grid, self.patch)
