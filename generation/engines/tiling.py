"""How a picture is cut for a network that enlarges four times: passes and tiles as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

FACTOR = 4
"""What one pass of the network enlarges each side by."""

SMALL_REMAINDER = 1.25
"""An enlargement up to this is plain interpolation: another pass would cost much and add nothing to see."""

Size = tuple[int, int]
"""(width, height) in pixels."""


@dataclass(frozen=True, slots=True)
class Span:
    """One tile along one axis: [`read_from`, `read_to`) is read, the result of [`start`, `stop`) is kept."""

    start: int
    stop: int
    read_from: int
    read_to: int


def plan_passes(size: Size, target: Size) -> list[Size]:
    """The size of the network's input in each pass from `size` to `target`; none for a small step.

    The first pass reads the whole picture, so that no drawn detail is lost. A later pass that would overshoot
    gets its input shrunk to a quarter of the target first, which bounds the memory by the target's own.
    """
    passes: list[Size] = []
    while (needed := _scale(size, target)) > SMALL_REMAINDER:
        if passes and needed < FACTOR:
            size = (math.ceil(target[0] / FACTOR), math.ceil(target[1] / FACTOR))
        passes.append(size)
        size = (size[0] * FACTOR, size[1] * FACTOR)
    return passes


def count_tiles(passes: list[Size], side: int) -> int:
    """How many tiles of at most `side` pixels all `passes` take together."""
    return sum(math.ceil(width / side) * math.ceil(height / side) for width, height in passes)


def cut(length: int, side: int, halo: int) -> Iterator[Span]:
    """Equal spans of at most `side` that cover `length`; each reads up to `halo` pixels beyond its ends."""
    count = math.ceil(length / side)
    edges = [length * index // count for index in range(count + 1)]
    for start, stop in zip(edges, edges[1:], strict=False):
        yield Span(start, stop, max(0, start - halo), min(length, stop + halo))


def _scale(size: Size, target: Size) -> float:
    return max(target[0] / size[0], target[1] / size[1])
