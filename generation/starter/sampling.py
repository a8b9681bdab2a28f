"""From noise to a picture: Euler steps along the straight path, with guidance."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from generation.starter.network import CHANNELS, StarterNetwork

GUIDED = (0.1, 0.95)
"""Times between which guidance acts: outside it only coarsens colours."""


def sample(
    network: StarterNetwork,
    code: Tensor,
    instead: Tensor,
    generators: list[torch.Generator],
    steps: int,
    guidance: float,
    on_step: Callable[[int, Tensor], None] = lambda done, latents: None,
) -> Tensor:
    """(n, 4, side, side) in -1..1. `code` and `instead` are (n, width): what to draw, what to lead away from."""
    side = network.side
    noisy = torch.stack([torch.randn(CHANNELS, side, side, generator=generator) for generator in generators])
    times = torch.linspace(0, 1, steps + 1)
    both = torch.cat([code, instead])
    picture = noisy
    for step in range(steps):
        time = times[step]
        if guidance != 1 and GUIDED[0] < time < GUIDED[1]:
            wanted, other = network(torch.cat([noisy, noisy]), time.expand(2 * len(noisy)), both).chunk(2)
            picture = other + guidance * (wanted - other)
        else:
            picture = network(noisy, time.expand(len(noisy)), code)
        noisy = noisy + (times[step + 1] - time) * (picture - noisy) / (1 - time).clamp(min=0.02)
        on_step(step + 1, noisy)
    return picture.clamp(-1, 1)
