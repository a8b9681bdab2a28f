"""Where the things of a picture stand."""

from __future__ import annotations

import cv2
import numpy as np

PAIR_SHARE = 0.62
"""Side of each of two things, of the canvas's shorter side."""


def place(things: list[np.ndarray], canvas: np.ndarray) -> np.ndarray:
    """`canvas` (h, w, 3) with the (side, side, 4) `things` on it: one in the middle, two side by side."""
    height, width = canvas.shape[:2]
    short = min(height, width)
    if len(things) == 1:
        _paste(canvas, things[0], short, (width - short) // 2, (height - short) // 2)
        return canvas
    side = round(short * PAIR_SHARE) if width < 2 * height else short
    _paste(canvas, things[0], side, 0, (height - side) // 3)
    _paste(canvas, things[1], side, width - side, height - side - (height - side) // 3)
    return canvas


def _paste(canvas: np.ndarray, thing: np.ndarray, side: int, left: int, top: int) -> None:
    """Blend in place; colours are weighted by alpha while scaling, so that no fringe shows."""
    solid = np.concatenate([thing[..., :3] * thing[..., 3:], thing[..., 3:]], -1)
    if side != len(thing):
        method = cv2.INTER_AREA if side < len(thing) else cv2.INTER_CUBIC
        solid = np.clip(cv2.resize(solid, (side, side), interpolation=method), 0, 1)
    under = canvas[top : top + side, left : left + side]
    under[:] = solid[..., :3] + under * (1 - solid[..., 3:])
