"""The size at which a model draws a picture of a requested size."""

from __future__ import annotations

import math

from generation.pipeline.catalog.entries import ModelEntry

LEAST_SIDE = 64
"""The smallest side that a client may request, in pixels; no model draws a smaller one."""


def native_size(entry: ModelEntry, width: int, height: int) -> tuple[int, int]:
    """The size the model draws for a picture of `width` x `height`, both multiples of `entry.multiple`.

    Same aspect as far as the multiple allows, and an area of about `native_side`^2. A smaller picture is drawn at its
    own size, rounded up, or with the area `min_native_side`^2 if that is larger. A very long picture is drawn larger,
    so that its short side has `LEAST_SIDE`; where `max_native_side` forbids that, the frame has another aspect than
    the picture and the upscale stage crops it.
    """
    side = math.sqrt(width * height)
    scale = max(min(1.0, entry.native_side / side), (entry.min_native_side or 0) / side)
    scale = max(scale, LEAST_SIDE / min(width, height))
    if entry.max_native_side:
        scale = min(scale, entry.max_native_side / max(width, height))
    return _native_length(entry, width, scale), _native_length(entry, height, scale)


def _native_length(entry: ModelEntry, length: int, scale: float) -> int:
    """One side at `scale`: rounded up at scale 1, so that no pixel is missing, else to the nearest multiple."""
    step = entry.multiple
    rounded = math.ceil(length / step) if scale == 1.0 else round(length * scale / step)
    if entry.max_native_side:
        rounded = min(rounded, entry.max_native_side // step)
    return max(rounded * step, math.ceil(LEAST_SIDE / step) * step)
