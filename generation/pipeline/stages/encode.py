"""The encode stage: frames become files that say where they come from."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generation.pipeline.engines import Engines
from generation.pipeline.provenance import Provenance, build_xmp
from generation.pipeline.spec import GenerationSpec
from generation.pipeline.stage import Beat, File, Frame, Pool, Product, StageFailed, State

ENCODER_SETTINGS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG", "compress_level": 1, "compress_type": zlib.Z_RLE},
    "jpeg": {"format": "JPEG", "quality": 92, "subsampling": 0, "optimize": False},
    "webp": {"format": "WEBP", "quality": 90, "method": 4},
}
"""How each format is written: PNG without loss, JPEG and WebP without visible loss.

Runs are all that deflate looks for in a PNG (Z_RLE): two thirds of the time of level 3, and files from a fifth smaller
(smooth pictures) to a tenth larger (many equal icons). WebP's method 0 cannot write 8K pictures, 4 can."""


class Encode:
    """Writes each frame in the format of the spec, with prompt, seed, model and generation id inside."""

    name = "encode"
    pool: Pool = "cpu"
    time_limit_seconds = 300

    def applies_to(self, spec: GenerationSpec) -> bool:
        return True

    def run(self, state: State, spec: GenerationSpec, engines: Engines, beat: Beat) -> Iterator[Product]:
        for position, item in enumerate(state.items):
            beat(position, len(state.items))
            yield self._file(item, spec) if isinstance(item, Frame) else item

    def _file(self, frame: Frame, spec: GenerationSpec) -> File:
        height, width = frame.pixels.shape[:2]
        if (width, height) != (spec.width, spec.height):
            raise StageFailed(
                "wrong_size", f"The image is {width}x{height} pixels, asked for were {spec.width}x{spec.height}."
            )
        content = encode(frame.pixels, spec.format, _provenance(spec, frame.index))
        return File(frame.index, content, spec.format, width, height)


def encode(pixels: np.ndarray, file_format: str, provenance: Provenance) -> bytes:
    """(H, W, 3) uint8 RGB as a PNG, JPEG or WebP file with XMP, in PNG also iTXt. Same input, same bytes."""
    output = io.BytesIO()
    settings = ENCODER_SETTINGS[file_format] | _METADATA[file_format](provenance)
    Image.fromarray(np.ascontiguousarray(pixels), "RGB").save(output, **settings)
    return output.getvalue()


def _png_metadata(provenance: Provenance) -> dict[str, Any]:
    chunks = PngInfo()
    chunks.add_itxt("XML:com.adobe.xmp", build_xmp(provenance))
    for keyword, text in provenance.labelled():
        chunks.add_itxt(keyword, text)
    return {"pnginfo": chunks}


def _xmp_metadata(provenance: Provenance) -> dict[str, Any]:
    return {"xmp": build_xmp(provenance).encode()}


_METADATA: dict[str, Callable[[Provenance], dict[str, Any]]] = {
    "png": _png_metadata,
    "jpeg": _xmp_metadata,
    "webp": _xmp_metadata,
}


def _provenance(spec: GenerationSpec, index: int) -> Provenance:
    return Provenance(
        generation_id=spec.generation_id,
        prompt=spec.prompt,
        seed=spec.image_seed(index),
        model=spec.model,
        model_revision=spec.model_revision,
    )
