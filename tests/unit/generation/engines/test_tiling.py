"""Passes reach the target, and tiles cover a picture exactly once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.engines.tiling import FACTOR, SMALL_REMAINDER, Size, count_tiles, cut, plan_passes


@pytest.mark.parametrize(
    ("size", "target", "passes"),
    [
        ((64, 64), (64, 64), []),
        ((64, 64), (32, 32), []),
        ((64, 64), (80, 80), []),
        ((64, 64), (128, 128), [(64, 64)]),
        ((64, 64), (256, 256), [(64, 64)]),
        ((64, 64), (300, 300), [(64, 64)]),
        ((64, 64), (1024, 1024), [(64, 64), (256, 256)]),
        ((1024, 1024), (8192, 8192), [(1024, 1024), (2048, 2048)]),
        ((64, 64), (8192, 8192), [(64, 64), (256, 256), (1024, 1024), (2048, 2048)]),
    ],
)
def test_worked_examples(size: Size, target: Size, passes: list[Size]) -> None:
    assert plan_passes(size, target) == passes


@given(st.integers(8, 2048), st.integers(8, 2048), st.floats(0.1, 128))
def test_after_the_passes_a_small_step_is_left_and_memory_is_bounded_by_the_target(
    width: int, height: int, scale: float
) -> None:
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    passes = plan_passes((width, height), target)
    last = (passes[-1][0] * FACTOR, passes[-1][1] * FACTOR) if passes else (width, height)
    assert max(target[0] / last[0], target[1] / last[1]) <= SMALL_REMAINDER
    for made in passes[1:]:
        assert all(side <= math.ceil(goal / FACTOR) + 1 for side, goal in zip(made, target, strict=True))


@given(st.integers(1, 3000), st.integers(16, 400), st.integers(0, 40))
def test_spans_cover_every_pixel_once_and_read_the_halo_as_far_as_the_picture_goes(
    length: int, side: int, halo: int
) -> None:
    spans = list(cut(length, side, halo))
    assert [pixel for span in spans for pixel in range(span.start, span.stop)] == list(range(length))
    for span in spans:
        assert 1 <= span.stop - span.start <= side
        assert span.read_from == max(0, span.start - halo)
        assert span.read_to == min(length, span.stop + halo)


@given(st.integers(1, 900), st.integers(1, 900), st.integers(16, 400))
def test_the_count_is_the_number_of_spans(width: int, height: int, side: int) -> None:
    spans = len(list(cut(width, side, 4))) * len(list(cut(height, side, 4)))
    assert count_tiles([(width, height)], side) == spans
