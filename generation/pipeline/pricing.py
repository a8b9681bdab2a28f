"""What an image costs, by its size and the rate card in force. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateCard:
    """`steps` are (largest area in pixels, credits an image), smallest first."""

    steps: tuple[tuple[int, int], ...]

    @property
    def largest_area(self) -> int:
        """Pixels of the largest image that has a price."""
        return self.steps[-1][0]

    def image_price(self, width: int, height: int) -> int:
        """Credits for one image of that size in pixels. ValueError above the largest area: no price, no promise."""
        for area, credits in self.steps:
            if width * height <= area:
                return credits
        raise ValueError(f"{width} x {height} is above {self.largest_area} pixels")


def captured_price(held: int, delivered: int, count: int) -> int:
    """What is captured when `delivered` of `count` images arrived: their share of the hold, exactly."""
    return held * delivered // count
