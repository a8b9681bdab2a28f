"""The rate card: what an image costs, by its size."""

from __future__ import annotations

RATE_CARD: tuple[tuple[int, int], ...] = ((2_100_000, 1), (4_200_000, 2), (16_800_000, 4), (33_200_000, 8))
"""(largest area in pixels, credits an image), smallest first (spec/api.md, Limits)."""

LARGEST_AREA = RATE_CARD[-1][0]


def image_price(width: int, height: int) -> int:
    """Credits for one image of that size in pixels. ValueError above 33.2 megapixels: no price, no promise."""
    for area, credits in RATE_CARD:
        if width * height <= area:
            return credits
    raise ValueError(f"{width} x {height} is above {LARGEST_AREA} pixels")


def captured_price(held: int, delivered: int, count: int) -> int:
    """What is captured when `delivered` of `count` images arrived: their share of the hold, exactly."""
    return held * delivered // count
