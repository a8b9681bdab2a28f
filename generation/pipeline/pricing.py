"""The price of an image, by its size and a rate card. Pure."""

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
        """Credits for one image of that size in pixels. Raises ValueError above the largest area."""
        for area, credits in self.steps:
            if width * height <= area:
                return credits
        raise ValueError(f"{width} x {height} is above {self.largest_area} pixels")


def captured_price(held: int, delivered: int, count: int) -> int:
    """Credits to capture when `delivered` of `count` images were delivered: their exact share of the hold."""
    return held * delivered // count
