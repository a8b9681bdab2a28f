"""The colours and backgrounds that a prompt can name, and how a drawing takes them on."""

from __future__ import annotations

import cv2
import numpy as np

HUES = {
    "red": 0,
    "orange": 28,
    "yellow": 50,
    "green": 120,
    "turquoise": 175,
    "cyan": 185,
    "teal": 178,
    "blue": 215,
    "purple": 275,
    "violet": 275,
    "magenta": 305,
    "pink": 330,
    "gold": 45,
    "golden": 45,
    "brown": 22,
}
"""Degrees."""

GREYS = {"black": 0.24, "grey": 0.62, "gray": 0.62, "silver": 0.78, "white": 0.97}
"""The brightness that the brightest half of a drawing comes to."""

COLOURS = frozenset({*HUES, *GREYS})

BACKGROUNDS = {
    "red": "#e5484d #c7353c",
    "orange": "#ff9f43 #f5811f",
    "yellow": "#ffe066 #ffd23f",
    "green": "#57c785 #38a169",
    "turquoise": "#4fd1c5 #319795",
    "cyan": "#76e4f7 #3bbfd9",
    "teal": "#4fd1c5 #2c7a7b",
    "blue": "#5aa9ff #2f7fe0",
    "purple": "#a78bfa #7c5cd6",
    "violet": "#a78bfa #7c5cd6",
    "magenta": "#e879c9 #c94fa8",
    "pink": "#ffb3d1 #ff8fb8",
    "gold": "#f6d365 #d4a017",
    "golden": "#f6d365 #d4a017",
    "brown": "#a9794f #805533",
    "black": "#1b1b1f #000000",
    "grey": "#c5c9d1 #a1a6b0",
    "gray": "#c5c9d1 #a1a6b0",
    "silver": "#dfe3e8 #b4bac2",
    "white": "#ffffff #ffffff",
    "sky": "#6db9ff #d9f0ff",
    "night": "#0b1033 #2a2f66",
    "sunset": "#6a3d9a #ffb35c",
    "grass": "#bfe8ff #6fbf4b",
    "meadow": "#bfe8ff #6fbf4b",
    "sea": "#bfe8ff #2b8fd0",
    "ocean": "#bfe8ff #2b8fd0",
    "beach": "#bfe8ff #f2d6a2",
    "sand": "#f9e7c4 #e8c98a",
    "snow": "#dfefff #ffffff",
    "space": "#05060f #1a1440",
}
"""The colours at the top and at the bottom."""


def paint_background(name: str, width: int, height: int) -> np.ndarray:
    """(height, width, 3) float 0..1, from the top colour to the bottom one."""
    top, bottom = (
        np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)]) / 255 for code in BACKGROUNDS[name].split()
    )
    share = np.linspace(0, 1, height)[:, None, None]
    return np.broadcast_to((1 - share) * top + share * bottom, (height, width, 3)).astype(np.float32)


def recolour(drawing: np.ndarray, colour: str) -> np.ndarray:
    """A (h, w, 4) float 0..1 drawing, not premultiplied, in another colour: shades stay, the main hue turns to it."""
    hsv = cv2.cvtColor(np.ascontiguousarray(drawing[..., :3], dtype=np.float32), cv2.COLOR_RGB2HSV)
    hue, saturation, value = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    weight = saturation * value * drawing[..., 3]
    solid = drawing[..., 3] > 0.5
    if colour in GREYS:
        level = float(np.percentile(value[solid], 75)) if solid.any() else 1.0
        saturation, value = saturation * 0.08, _level(value, level, GREYS[colour])
    elif weight.sum() < 0.12 * max(drawing[..., 3].sum(), 1e-6):
        hue, saturation = np.full_like(hue, HUES[colour]), np.where(value > 0.25, 0.75, saturation)
    else:
        hue, saturation = (hue + HUES[colour] - main_hue(hue, weight)) % 360, np.clip(saturation * 1.1, 0, 1)
    if colour == "brown":
        saturation, value = np.clip(saturation, 0, 0.72), value * 0.62
    if colour == "pink":
        saturation, value = saturation * 0.6, np.clip(value * 1.1, 0, 1)
    turned = cv2.cvtColor(np.stack([hue, saturation, value], -1).astype(np.float32), cv2.COLOR_HSV2RGB)
    return np.concatenate([turned, drawing[..., 3:]], -1)


def main_hue(hue: np.ndarray, weight: np.ndarray) -> float:
    """Degrees: the middle of the fullest 30 of them."""
    counts, _ = np.histogram(hue % 360, bins=72, range=(0, 360), weights=weight)
    around = sum(np.roll(counts, shift) for shift in range(-3, 4))
    peak = int(np.argmax(around))
    shares = np.array([counts[(peak + shift) % 72] for shift in range(-3, 4)])
    return float((peak + 0.5 + (shares * np.arange(-3, 4)).sum() / max(shares.sum(), 1e-9)) * 5 % 360)


def _level(value: np.ndarray, level: float, wanted: float) -> np.ndarray:
    return (
        np.clip(value * wanted / max(level, 0.05), 0, 1)
        if wanted < level
        else 1 - (1 - value) * (1 - wanted) / max(1 - level, 0.05)
    )
