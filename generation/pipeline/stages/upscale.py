"""The upscale stage: every frame gets exactly the size that the client requested."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generation.pipeline.engines import UPSCALER, Engines
from generation.pipeline.spec import Spec
from generation.pipeline.stage import Beat, Facts, Frame, Pool, Product, State


class Upscale:
    """Crops each frame to the final aspect and enlarges it. Facts: `upscaler`, the name of the network.

    The model draws multiples of 8 or 64, so its frame can be a few pixels too wide or too tall: they are
    cropped evenly on both sides, not squeezed.
    """

    name = "upscale"
    pool: Pool = "gpu"
    time_limit_seconds = 540

    def applies_to(self, spec: Spec) -> bool:
        return any((shot.native_width, shot.native_height) != (shot.width, shot.height) for shot in spec.shots)

    def run(self, state: State, spec: Spec, engines: Engines, beat: Beat) -> Iterator[Product]:
        upscaler = engines.tool(UPSCALER).engine
        for position, item in enumerate(state.items):
            shot = spec.shots[item.index]
            if not isinstance(item, Frame) or item.pixels.shape[:2] == (shot.height, shot.width):
                yield item
                continue
            cropped = crop_to_aspect(item.pixels, shot.width, shot.height)
            on_tile = _spanning(beat, position, len(state.items))
            yield Frame(item.index, upscaler.upscale(cropped, shot.width, shot.height, on_tile))
        yield Facts({"upscaler": upscaler.name})


def crop_to_aspect(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """The largest centred part of (h, w, 3) `pixels` with the aspect of `width` x `height`."""
    have_height, have_width = pixels.shape[:2]
    keep_width = min(have_width, max(1, round(have_height * width / height)))
    keep_height = min(have_height, max(1, round(have_width * height / width)))
    left, top = (have_width - keep_width) // 2, (have_height - keep_height) // 2
    return pixels[top : top + keep_height, left : left + keep_width]


def _spanning(beat: Beat, position: int, count: int) -> Beat:
    """A beat for image `position` that reports progress over the tiles of all `count` images, as if equal in size."""
    return lambda done, total: beat(position * total + done, count * total)
