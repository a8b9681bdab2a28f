"""A contact sheet of pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

LINES, LINE_HEIGHT = 2, 12
"""Of a name, in Pillow's own font; a longer one is cut."""


def sheet(pictures: Sequence[np.ndarray], columns: int, names: Sequence[str] = (), scale: int = 2) -> Image.Image:
    """(h, w, 3) float 0..1 pictures of one size in rows of `columns`, each with its name below."""
    side = pictures[0].shape[0] * scale
    labels = [textwrap.wrap(name, side // 6)[:LINES] for name in names]
    line = LINE_HEIGHT * max((len(label) for label in labels), default=0)
    rows = -(-len(pictures) // columns)
    canvas = Image.new("RGB", (columns * side, rows * (side + line)), "white")
    pen = ImageDraw.Draw(canvas)
    for index, picture in enumerate(pictures):
        tile = Image.fromarray(np.rint(picture * 255).clip(0, 255).astype(np.uint8))
        left, top = index % columns * side, index // columns * (side + line)
        canvas.paste(tile.resize((side, side), Image.Resampling.BICUBIC), (left, top))
        if names:
            pen.text((left + 2, top + side), "\n".join(labels[index]), fill="black", spacing=1)
    return canvas
