"""Pictures that the tests draw themselves: (H, W, 3) uint8 RGB. No photograph of anybody is in this repository."""

from __future__ import annotations

import cv2
import numpy as np

FACE_GROUND = (150, 170, 190)


def draw_apple(width: int = 96, height: int = 64) -> np.ndarray:
    """A red disc between blue sky and green grass, a yellow sun top left: shows swapped channels and flips."""
    picture = np.full((height, width, 3), (90, 160, 230), np.uint8)
    picture[height * 2 // 3 :] = (70, 150, 60)
    cv2.circle(picture, (width // 2, height // 2), min(width, height) // 4, (210, 30, 30), -1, cv2.LINE_AA)
    cv2.circle(picture, (width // 8, height // 8), min(width, height) // 12, (255, 230, 60), -1, cv2.LINE_AA)
    return picture


def draw_noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Independent random pixels: the hardest picture for anything that should not depend on its tiles."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def draw_face(side: int = 112) -> np.ndarray:
    """A frontal face, plain enough to draw and human enough for a detector. Landmarks: see `FACE_LANDMARKS`."""
    scale = side / 256
    picture = np.full((side, side, 3), FACE_GROUND, np.uint8)

    def ellipse(x: int, y: int, wide: int, high: int, colour: tuple[int, int, int], turn: int = 360) -> None:
        axes = (max(1, int(wide * scale)), max(1, int(high * scale)))
        centre = (int(x * scale), int(y * scale))
        cv2.ellipse(picture, centre, axes, 0, 0, turn, colour, -1, cv2.LINE_AA)

    ellipse(128, 290, 110, 80, (60, 70, 120))  # shoulders
    ellipse(128, 215, 24, 40, (205, 160, 130))  # neck
    ellipse(128, 105, 72, 90, (60, 40, 25))  # hair
    ellipse(128, 125, 58, 76, (225, 180, 150))  # skin
    for x in (104, 152):
        ellipse(x, 97, 17, 5, (60, 40, 25))
        ellipse(x, 112, 12, 6, (250, 250, 250))
        ellipse(x, 112, 6, 6, (70, 45, 25))
        ellipse(x, 112, 3, 3, (10, 10, 10))
    ellipse(128, 147, 10, 6, (170, 115, 95), 180)  # nose
    ellipse(128, 172, 22, 7, (180, 70, 70))  # mouth
    return cv2.GaussianBlur(picture, (0, 0), 1.2 * scale)


FACE_LANDMARKS = ((104, 112), (152, 112), (128, 143), (107, 172), (149, 172))
"""Eyes, nose and corners of the mouth of `draw_face`, (x, y) in 256ths of its side."""
