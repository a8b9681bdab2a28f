"""The upscale stage crops evenly, counts tiles over all images and names its network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.engines import UPSCALER, Loaded
from generation.pipeline.stage import Facts, Frame, State
from generation.pipeline.stages.upscale import Upscale, crop_to_aspect
from tests.support.specs import make_spec


class Stretcher:
    """Three tiles a picture, nearest pixels."""

    name = "stretcher"

    def tool(self, role: object) -> Loaded[Any]:
        assert role is UPSCALER
        return Loaded(self, cache_hit=True, load_ms=0)

    def upscale(self, pixels: np.ndarray, width: int, height: int, on_tile: Callable[[int, int], None]) -> np.ndarray:
        for tile in range(3):
            on_tile(tile, 3)
        rows = np.arange(height) * pixels.shape[0] // height
        columns = np.arange(width) * pixels.shape[1] // width
        return pixels[rows][:, columns]


def test_it_runs_only_where_the_native_size_is_not_the_final_one() -> None:
    assert Upscale().applies_to(make_spec())
    assert not Upscale().applies_to(make_spec(width=64, height=64))


def test_every_frame_gets_the_final_size_and_the_beat_spans_all_images() -> None:
    frames = [Frame(index, np.full((64, 64, 3), index, np.uint8)) for index in range(2)]
    beats: list[tuple[int, int]] = []
    engines: Any = Stretcher()
    stage = Upscale()
    spec = make_spec(width=300, height=150)
    products = list(stage.run(State({}, frames), spec, engines, lambda *beat: beats.append(beat)))
    sizes = [(product.index, product.pixels.shape) for product in products if isinstance(product, Frame)]
    assert sizes == [(0, (150, 300, 3)), (1, (150, 300, 3))]
    assert products[-1] == Facts({"upscaler": "stretcher"})
    assert beats == [(step, 6) for step in range(6)]


def test_what_is_too_much_is_cut_evenly_on_both_sides() -> None:
    picture = np.arange(10 * 20 * 3, dtype=np.uint16).reshape(10, 20, 3)
    assert np.array_equal(crop_to_aspect(picture, 100, 100), picture[:, 5:15])
    assert np.array_equal(crop_to_aspect(picture, 400, 100), picture[2:7])
    assert np.array_equal(crop_to_aspect(picture, 40, 20), picture)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_the_crop_has_the_aspect_to_within_a_pixel_and_is_the_largest(
    have_width: int, have_height: int, width: int, height: int
) -> None:
    cropped = crop_to_aspect(np.zeros((have_height, have_width, 3), np.uint8), width, height)
    kept_height, kept_width = cropped.shape[:2]
    assert kept_width == have_width or kept_height == have_height
    exact_width, exact_height = have_height * width / height, have_width * height / width
    assert abs(kept_width - min(have_width, max(1, exact_width))) <= 0.5
    assert abs(kept_height - min(have_height, max(1, exact_height))) <= 0.5
